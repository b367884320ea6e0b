/** A mesh from a file. */
package io.periplus.ztunnel.local;

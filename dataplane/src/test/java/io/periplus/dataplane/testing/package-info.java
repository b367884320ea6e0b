/** Real counterparts for tests: a certificate authority, a control plane. */
package io.periplus.dataplane.testing;

/** IP addresses and blocks as plain values: compared and looked up without allocating. */
@NullMarked
package io.periplus.dataplane.address;

import org.jspecify.annotations.NullMarked;

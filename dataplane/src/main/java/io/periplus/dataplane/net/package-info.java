/**
 * Sockets for the byte path: made inside a pod's network namespace or in our own, marked, bound to foreign addresses
 * where a client's address is preserved; and the relay that moves bytes between two of them.
 */
@NullMarked
package io.periplus.dataplane.net;

import org.jspecify.annotations.NullMarked;

/** Sockets and relays, with real connections. */
@NullMarked
package io.periplus.dataplane.net;

import org.jspecify.annotations.NullMarked;

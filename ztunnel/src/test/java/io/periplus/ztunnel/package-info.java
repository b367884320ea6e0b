/** The node proxy against real network namespaces, sockets and TLS. */
@NullMarked
package io.periplus.ztunnel;

import org.jspecify.annotations.NullMarked;

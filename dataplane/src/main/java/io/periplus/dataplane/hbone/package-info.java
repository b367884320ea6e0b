/**
 * HBONE: TCP streams as HTTP/2 CONNECT tunnels over mutual TLS. {@link io.periplus.dataplane.hbone.HboneServer} turns
 * accepted connections into requests, {@link io.periplus.dataplane.hbone.HbonePool} opens tunnels over pooled
 * connections; in both directions a tunnel is a {@link io.netty.channel.socket.DuplexChannel} of {@code ByteBuf}s.
 * Everything that belongs to one connection lives on that connection's event loop.
 */
@NullMarked
package io.periplus.dataplane.hbone;

import org.jspecify.annotations.NullMarked;

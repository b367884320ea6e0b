package io.periplus.dataplane.net;

import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelPromise;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.ssl.SslHandler;

/** Ends one direction of a connection, whatever is spoken on it. */
public final class HalfClose {
    private HalfClose() {}

    /**
     * Says that nothing more follows: for TLS with a {@code close_notify} before the end of the socket's output, without which
     * the peer would have to take the end for an attack (RFC 8446 §6.1). What was written before is sent first.
     */
    public static ChannelFuture output(DuplexChannel channel) {
        SslHandler tls = channel.pipeline().get(SslHandler.class);
        if (tls == null) {
            return channel.shutdownOutput();
        }
        ChannelPromise ended = channel.newPromise();
        tls.closeOutbound().addListener(_ -> channel.shutdownOutput(ended));
        return ended;
    }
}

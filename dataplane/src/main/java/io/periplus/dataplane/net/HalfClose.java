package io.periplus.dataplane.net;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelPromise;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.ssl.SslHandler;

/** Ends one direction of a connection, whatever is spoken on it. */
public final class HalfClose {
    private HalfClose() {}

    /**
     * Says that nothing more follows, behind everything that was written before: for TLS with a {@code close_notify} before the
     * end of the socket's output, without which the peer would have to take the end for an attack (RFC 8446 §6.1).
     */
    public static ChannelFuture output(DuplexChannel channel) {
        ChannelPromise ended = channel.newPromise();
        // A socket's end does not wait for what was written before: it fails it.
        channel.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(_ -> {
            SslHandler tls = channel.pipeline().get(SslHandler.class);
            if (tls == null) {
                channel.shutdownOutput(ended);
            } else {
                tls.closeOutbound().addListener(_ -> channel.shutdownOutput(ended));
            }
        });
        return ended;
    }
}

package io.periplus.waypoint.server;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.socket.DuplexChannel;
import io.periplus.dataplane.net.HalfClose;
import java.util.concurrent.TimeUnit;

/**
 * Ends a connection so that the peer still reads what was written: first the output, then, once the peer has ended too or
 * a second has passed, the rest. Closing at once with unread input would reset the connection and could take the answer
 * with it (RFC 9112 §9.6).
 */
final class GracefulClose {
    private static final long LINGER_MS = 1000;

    private GracefulClose() {}

    static void close(Channel channel) {
        if (!(channel instanceof DuplexChannel duplex)) {
            channel.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
            return;
        }
        channel.flush();
        if (duplex.isInputShutdown()) {
            channel.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
            return;
        }
        HalfClose.output(duplex);
        channel.config().setAutoRead(true);
        var timer = channel.eventLoop().schedule(() -> channel.close(), LINGER_MS, TimeUnit.MILLISECONDS);
        channel.closeFuture().addListener(closed -> timer.cancel(false));
    }
}

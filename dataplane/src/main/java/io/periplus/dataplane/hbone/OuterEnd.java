package io.periplus.dataplane.hbone;

import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.DuplexChannel;
import java.util.concurrent.TimeUnit;

/**
 * How a tunnel ends that carries another one. When the inner connection closes, the outer tunnel is half-closed and waits for
 * the other side's end: a reset instead could overtake, inside the gateway, what was sent last. When the other side ends
 * first, that is the end of the inner connection.
 */
final class OuterEnd extends ChannelDuplexHandler {
    /** For a gateway that does not pass the end on. */
    private static final long PATIENCE_SECONDS = 5;

    private final DuplexChannel outer;
    private boolean closing;

    OuterEnd(DuplexChannel outer) {
        this.outer = outer;
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event == ChannelInputShutdownEvent.INSTANCE) {
            closing = true;
            outer.close();
        } else {
            ctx.fireUserEventTriggered(event);
        }
    }

    @Override
    public void close(ChannelHandlerContext ctx, ChannelPromise promise) {
        if (closing || !outer.isActive()) {
            ctx.close(promise);
            return;
        }
        closing = true;
        outer.closeFuture().addListener(_ -> promise.trySuccess());
        outer.shutdownOutput();
        var patience = ctx.executor().schedule(() -> outer.close(), PATIENCE_SECONDS, TimeUnit.SECONDS);
        outer.closeFuture().addListener(_ -> patience.cancel(false));
    }
}

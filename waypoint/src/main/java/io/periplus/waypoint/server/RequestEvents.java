package io.periplus.waypoint.server;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.util.ReferenceCountUtil;
import io.periplus.waypoint.exchange.RequestHandler;
import org.jspecify.annotations.Nullable;

/**
 * The request that is open on an HTTP/1.x connection, and what it has to know of the channel: the end of a round of reading,
 * whether more can be written, that the client has gone. The last handler of the pipeline.
 */
final class RequestEvents extends ChannelInboundHandlerAdapter {
    private final Runnable onGone;
    private @Nullable RequestHandler open;

    /** @param onGone called when nothing can be written any more, after the request was told */
    RequestEvents(Runnable onGone) {
        this.onGone = onGone;
    }

    /** The open request, null between requests. */
    @Nullable
    RequestHandler request() {
        return open;
    }

    void begin(RequestHandler request) {
        open = request;
    }

    /** The request hears nothing more. */
    void end() {
        open = null;
    }

    /** The client reset the request or its connection ended. */
    void gone() {
        RequestHandler current = open;
        open = null;
        if (current != null) {
            current.clientGone();
        }
        onGone.run();
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
        RequestHandler current = open;
        if (current != null) {
            current.requestReadComplete();
        }
        context.flush();
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext context) {
        RequestHandler current = open;
        if (current != null) {
            current.clientWritabilityChanged();
        }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
        if (event == ChannelInputShutdownEvent.INSTANCE) {
            gone();
            context.close();
        }
        ReferenceCountUtil.release(event);
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        gone();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        gone();
        context.close();
    }
}

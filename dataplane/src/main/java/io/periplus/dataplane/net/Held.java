package io.periplus.dataplane.net;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.util.ReferenceCountUtil;
import java.util.ArrayDeque;

/**
 * Keeps what arrives on a connection that is not relayed yet. Auto-read is off, but a client that has already ended
 * its side makes epoll read once all the same (EPOLLRDHUP), and those bytes must not be lost. Bounded by that one
 * round of reading.
 */
public final class Held extends ChannelInboundHandlerAdapter {
    private final ArrayDeque<Object> messages = new ArrayDeque<>(1);
    private boolean inputEnded;

    private Held() {}

    /** Stops reading {@code connection} and keeps what comes nevertheless, until {@link Relay#join} takes it over. */
    public static void hold(Channel connection) {
        connection.config().setAutoRead(false);
        connection.pipeline().addLast("held", new Held());
    }

    static void release(Channel connection) {
        Held held = connection.pipeline().get(Held.class);
        if (held != null) {
            connection.pipeline().remove(held);
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        messages.add(message);
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        // Nothing was passed on.
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event == ChannelInputShutdownEvent.INSTANCE) {
            inputEnded = true;
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        ctx.close();
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        Object message;
        while ((message = messages.poll()) != null) {
            ReferenceCountUtil.release(message);
        }
        ctx.fireChannelInactive();
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
        Object message;
        boolean any = !messages.isEmpty();
        while ((message = messages.poll()) != null) {
            ctx.fireChannelRead(message);
        }
        if (any) {
            ctx.fireChannelReadComplete();
        }
        if (inputEnded) {
            ctx.fireUserEventTriggered(ChannelInputShutdownEvent.INSTANCE);
        }
    }
}

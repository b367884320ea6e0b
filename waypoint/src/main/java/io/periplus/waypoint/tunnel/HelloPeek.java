package io.periplus.waypoint.tunnel;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.CompositeByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Waits for a connection's TLS hello, reads it and hands it on with every byte as it came. What has said something else or
 * has ended before is handed on without; what has not said it in time is closed.
 */
public final class HelloPeek extends ChannelInboundHandlerAdapter {
    /** As long as a handshake may take. */
    private static final int PATIENCE_MS = 15_000;

    /** Makes the channel ready; what was read follows. */
    public interface Continuation {
        /** @param hello null if the client has not begun TLS */
        void peeked(Channel channel, @Nullable ClientHello hello);

        /** Makes ready what has begun TLS, but in a way that leaves open what it asks for. May close it instead. */
        default void unreadable(Channel channel) {
            peeked(channel, null);
        }
    }

    private final Continuation continuation;
    private @Nullable ByteBuf bytes;
    private @Nullable ScheduledFuture<?> timer;
    private boolean inputEnded;
    private boolean done;

    public HelloPeek(Continuation continuation) {
        this.continuation = continuation;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext context) {
        timer = context.executor().schedule(() -> context.close(), PATIENCE_MS, TimeUnit.MILLISECONDS);
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext context) {
        ScheduledFuture<?> running = timer;
        timer = null;
        if (running != null) {
            running.cancel(false);
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        if (done) {
            context.fireChannelRead(message);
            return;
        }
        ByteBuf arrived = (ByteBuf) message;
        ByteBuf earlier = bytes;
        if (earlier == null) {
            bytes = arrived;
        } else {
            CompositeByteBuf joined = earlier instanceof CompositeByteBuf composite
                    ? composite
                    : context.alloc().compositeBuffer(64).addComponent(true, earlier);
            bytes = joined.addComponent(true, arrived);
        }
        switch (ClientHello.peek(bytes)) {
            case ClientHello.Peek.Complete(ClientHello hello) ->
                go(context, () -> continuation.peeked(context.channel(), hello));
            case ClientHello.Peek.Unreadable unreadable ->
                go(context, () -> continuation.unreadable(context.channel()));
            case ClientHello.Peek.Other other -> withoutHello(context);
            case ClientHello.Peek.Partial partial -> {
                // More has to come.
            }
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
        // Nothing was passed on.
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
        if (event == ChannelInputShutdownEvent.INSTANCE && !done) {
            inputEnded = true;
            withoutHello(context);
        } else {
            context.fireUserEventTriggered(event);
        }
    }

    private void withoutHello(ChannelHandlerContext context) {
        go(context, () -> continuation.peeked(context.channel(), null));
    }

    private void go(ChannelHandlerContext context, Runnable next) {
        if (done) {
            return;
        }
        done = true;
        ByteBuf read = bytes;
        bytes = null;
        next.run();
        if (read != null) {
            context.fireChannelRead(read).fireChannelReadComplete();
        }
        if (inputEnded) {
            context.fireUserEventTriggered(ChannelInputShutdownEvent.INSTANCE);
        }
        if (!context.isRemoved()) {
            context.pipeline().remove(this);
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        ByteBuf read = bytes;
        bytes = null;
        if (read != null) {
            read.release();
        }
        context.fireChannelInactive();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        context.close();
    }
}

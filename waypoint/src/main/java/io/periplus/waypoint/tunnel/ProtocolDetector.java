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
 * Waits for a client's first bytes, decides what it speaks, and hands the bytes to what continues.
 *
 * <p>For a client that says nothing for a moment, an endpoint is heard too: whoever speaks first decides. One that stops
 * in the middle of what may be a request line gets longer, and is then TCP, judged by what policies say of TCP.
 */
final class ProtocolDetector extends ChannelInboundHandlerAdapter {
    /** Longer than a client needs to speak first across a zone, short enough for a person not to notice. */
    static final int SILENCE_MS = 150;

    private static final int PARTIAL_MS = 10_000;

    /** Makes the channel ready for what was found. Whatever was read follows. */
    interface Continuation {
        void http1(Channel channel);

        void http2(Channel channel);

        void tcp(Channel channel);

        /**
         * Begins to listen to an endpoint.
         *
         * @param onServer to be called when the endpoint speaks
         */
        ServerFirst silent(Channel channel, Runnable onServer);
    }

    private final Continuation continuation;
    private final boolean declaredHttp;
    private @Nullable ByteBuf bytes;
    private @Nullable ScheduledFuture<?> timer;
    private @Nullable ServerFirst silence;
    private boolean inputEnded;

    /** @param declaredHttp whether the port is declared to speak HTTP, of either version */
    ProtocolDetector(Continuation continuation, boolean declaredHttp) {
        this.continuation = continuation;
        this.declaredHttp = declaredHttp;
    }

    @Override
    public void channelActive(ChannelHandlerContext context) {
        if (!declaredHttp) {
            wait(() -> listen(context), context, SILENCE_MS);
        }
    }

    private void listen(ChannelHandlerContext context) {
        ServerFirst listening = continuation.silent(context.channel(), () -> go(context, Sniffer.Verdict.TCP));
        silence = listening;
        listening.listen();
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        ByteBuf arrived = (ByteBuf) message;
        ByteBuf earlier = bytes;
        if (earlier == null) {
            bytes = arrived;
        } else {
            CompositeByteBuf joined = earlier instanceof CompositeByteBuf composite
                    ? composite
                    : context.alloc().compositeBuffer(64);
            if (joined != earlier) {
                joined.addComponent(true, earlier);
            }
            bytes = joined.addComponent(true, arrived);
        }
        Sniffer.Verdict verdict = Sniffer.look(bytes);
        switch (verdict) {
            case UNDECIDED -> {
                if (!declaredHttp) {
                    wait(() -> go(context, Sniffer.Verdict.TCP), context, PARTIAL_MS);
                }
            }
            case TCP -> go(context, declaredHttp ? Sniffer.Verdict.HTTP1 : Sniffer.Verdict.TCP);
            case HTTP1, HTTP2 -> go(context, verdict);
        }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
        if (event == ChannelInputShutdownEvent.INSTANCE) {
            inputEnded = true;
            go(context, declaredHttp ? Sniffer.Verdict.HTTP1 : Sniffer.Verdict.TCP);
        } else {
            context.fireUserEventTriggered(event);
        }
    }

    private void wait(Runnable then, ChannelHandlerContext context, int millis) {
        stopWaiting();
        timer = context.executor().schedule(then, millis, TimeUnit.MILLISECONDS);
    }

    private void stopWaiting() {
        ScheduledFuture<?> running = timer;
        timer = null;
        if (running != null) {
            running.cancel(false);
        }
    }

    private void go(ChannelHandlerContext context, Sniffer.Verdict verdict) {
        if (context.isRemoved()) {
            return;
        }
        Channel channel = context.channel();
        context.pipeline().remove(this);
        ServerFirst listening = silence;
        silence = null;
        if (verdict == Sniffer.Verdict.HTTP1 || verdict == Sniffer.Verdict.HTTP2) {
            if (listening != null) {
                listening.forget();
            }
            if (verdict == Sniffer.Verdict.HTTP1) {
                continuation.http1(channel);
            } else {
                continuation.http2(channel);
            }
        } else if (listening != null) {
            listening.passBytes();
        } else {
            continuation.tcp(channel);
        }
        ByteBuf read = bytes;
        bytes = null;
        if (read != null) {
            channel.pipeline().fireChannelRead(read).fireChannelReadComplete();
        }
        if (inputEnded) {
            channel.pipeline().fireUserEventTriggered(ChannelInputShutdownEvent.INSTANCE);
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
        // Nothing was passed on.
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext context) {
        stopWaiting();
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        stopWaiting();
        ByteBuf read = bytes;
        bytes = null;
        if (read != null) {
            read.release();
        }
        ServerFirst listening = silence;
        silence = null;
        if (listening != null) {
            listening.forget();
        }
        context.fireChannelInactive();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        context.close();
    }
}

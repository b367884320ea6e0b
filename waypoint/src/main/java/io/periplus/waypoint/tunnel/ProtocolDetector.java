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
public final class ProtocolDetector extends ChannelInboundHandlerAdapter {
    /** Longer than a client needs to speak first across a zone, short enough for a person not to notice. */
    static final int SILENCE_MS = 150;

    private static final int PARTIAL_MS = 10_000;

    /** A connection that never says anything, where HTTP is declared: as long as one between two requests. */
    private static final int UNUSED_MS = 3_600_000;

    /** Makes the channel ready for the version of HTTP that was found. Whatever was read follows. */
    public interface HttpContinuation {
        void http1(Channel channel);

        void http2(Channel channel);
    }

    /** The same where it may be something else than HTTP. */
    interface Continuation extends HttpContinuation {
        void tcp(Channel channel);

        /**
         * Begins to listen to an endpoint.
         *
         * @param onServer to be called when the endpoint speaks
         */
        ServerFirst silent(Channel channel, Runnable onServer);
    }

    private final HttpContinuation http;
    /** Null on a port that is declared to speak HTTP. */
    private final @Nullable Continuation other;

    private @Nullable ByteBuf bytes;
    private @Nullable ScheduledFuture<?> timer;
    private @Nullable ServerFirst silence;
    private boolean partial;
    private boolean inputEnded;
    private boolean done;

    private ProtocolDetector(HttpContinuation http, @Nullable Continuation other) {
        this.http = http;
        this.other = other;
    }

    /** For a port that is declared to speak HTTP, of either version. */
    public static ProtocolDetector declaredHttp(HttpContinuation http) {
        return new ProtocolDetector(http, null);
    }

    /** For a port of which nothing is known. */
    static ProtocolDetector undeclared(Continuation any) {
        return new ProtocolDetector(any, any);
    }

    @Override
    public void handlerAdded(ChannelHandlerContext context) {
        if (other == null) {
            wait(context::close, context, UNUSED_MS);
        }
    }

    @Override
    public void channelActive(ChannelHandlerContext context) {
        Continuation any = other;
        if (any != null) {
            wait(() -> listen(any, context), context, SILENCE_MS);
        }
    }

    private void listen(Continuation any, ChannelHandlerContext context) {
        ServerFirst listening = any.silent(context.channel(), () -> go(context, Sniffer.Verdict.TCP));
        silence = listening;
        listening.listen();
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
                    : context.alloc().compositeBuffer(64);
            if (joined != earlier) {
                joined.addComponent(true, earlier);
            }
            bytes = joined.addComponent(true, arrived);
        }
        Sniffer.Verdict verdict = Sniffer.look(bytes);
        switch (verdict) {
            case UNDECIDED -> waitForTheRest(context);
            case TCP -> go(context, other == null ? Sniffer.Verdict.HTTP1 : Sniffer.Verdict.TCP);
            case HTTP1, HTTP2 -> go(context, verdict);
        }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
        if (event == ChannelInputShutdownEvent.INSTANCE && !done) {
            inputEnded = true;
            go(context, other == null ? Sniffer.Verdict.HTTP1 : Sniffer.Verdict.TCP);
        } else {
            context.fireUserEventTriggered(event);
        }
    }

    /** From the first byte on, however slowly others follow. HTTP/1.1 has a bound of its own for what goes on so slowly. */
    private void waitForTheRest(ChannelHandlerContext context) {
        if (!partial) {
            partial = true;
            wait(() -> go(context, other == null ? Sniffer.Verdict.HTTP1 : Sniffer.Verdict.TCP), context, PARTIAL_MS);
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
        if (done) {
            return;
        }
        done = true;
        Channel channel = context.channel();
        ServerFirst listening = silence;
        silence = null;
        Continuation any = other;
        if (any == null || verdict == Sniffer.Verdict.HTTP1 || verdict == Sniffer.Verdict.HTTP2) {
            if (listening != null) {
                listening.forget();
            }
            if (verdict == Sniffer.Verdict.HTTP2) {
                http.http2(channel);
            } else {
                http.http1(channel);
            }
        } else if (listening != null) {
            listening.passBytes();
        } else {
            any.tcp(channel);
        }
        ByteBuf read = bytes;
        bytes = null;
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

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

    /** Whoever is about to send a request does not stop after an empty line, nor after the method; others may, for an answer. */
    private static final int VAGUE_MS = 1_000;

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

        /** Whether what becomes of TCP depends on what its client says first. */
        boolean looksOn();

        /**
         * Begins to listen to an endpoint.
         *
         * @param onServer to be called when the endpoint speaks
         * @return null where nobody can be listened to before the client has said more
         */
        @Nullable
        ServerFirst silent(Channel channel, Runnable onServer);
    }

    /** Null on a port that is declared to speak TCP. */
    private final @Nullable HttpContinuation http;
    /** Null on a port that is declared to speak HTTP. */
    private final @Nullable Continuation other;

    private @Nullable ByteBuf bytes;
    private @Nullable ScheduledFuture<?> timer;
    private @Nullable ServerFirst silence;
    private boolean vague;
    private boolean partial;
    private boolean inputEnded;
    private boolean done;

    private ProtocolDetector(@Nullable HttpContinuation http, @Nullable Continuation other) {
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

    /** For a port that is declared to speak TCP, where it has to be known what the client says first, if it does. */
    static ProtocolDetector declaredTcp(Continuation bytes) {
        return new ProtocolDetector(null, bytes);
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
        if (listening == null) {
            wait(context::close, context, UNUSED_MS);
        } else {
            silence = listening;
            listening.listen();
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
                    : context.alloc().compositeBuffer(64);
            if (joined != earlier) {
                joined.addComponent(true, earlier);
            }
            bytes = joined.addComponent(true, arrived);
        }
        Sniffer.Verdict verdict = http == null ? Sniffer.Verdict.TCP : Sniffer.look(bytes);
        switch (verdict) {
            case VAGUE -> waitForALine(context);
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

    private void waitForALine(ChannelHandlerContext context) {
        if (other == null) {
            go(context, Sniffer.Verdict.HTTP1);
        } else if (!vague) {
            vague = true;
            wait(() -> go(context, Sniffer.Verdict.TCP), context, VAGUE_MS);
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
        if (any != null && verdict == Sniffer.Verdict.TCP) {
            goOnAsBytes(any, channel, listening);
        } else {
            if (listening != null) {
                listening.forget();
            }
            goOnAsHttp(channel, verdict);
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

    /** An endpoint that was listened to was chosen by what is known without the client's first bytes. */
    private void goOnAsBytes(Continuation any, Channel channel, @Nullable ServerFirst listening) {
        if (listening == null) {
            any.tcp(channel);
        } else if (bytes == null || !any.looksOn()) {
            listening.passBytes();
        } else {
            listening.forget();
            any.tcp(channel);
        }
    }

    private void goOnAsHttp(Channel channel, Sniffer.Verdict verdict) {
        HttpContinuation requests = http;
        if (requests != null && verdict == Sniffer.Verdict.HTTP2) {
            requests.http2(channel);
        } else if (requests != null) {
            requests.http1(channel);
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

package io.periplus.e2e.load;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** One HTTP/1.1 connection with one request at a time. Confined to its event loop. */
final class HttpConnection extends ChannelInboundHandlerAdapter {
    private static final int BODY_CHARS_MAX = 256;
    private static final int ANSWER_SECONDS = 20;

    /** What became of a request. */
    sealed interface Outcome {
        /**
         * @param body the beginning of it, for whoever reads what went wrong
         * @param keep whether the connection takes another request
         */
        record Answered(int status, String body, boolean keep) implements Outcome {}

        /**
         * @param repeatable the connection had been used before and ended without a byte of an answer
         */
        record Failed(String cause, boolean repeatable) implements Outcome {}
    }

    /** Takes the one outcome of a request. */
    interface Asker {
        void done(HttpConnection connection, Outcome outcome);
    }

    private @Nullable Channel channel;
    private @Nullable Asker asker;
    private @Nullable ScheduledFuture<?> timeout;
    private int requests;
    private final StringBuilder body = new StringBuilder();
    private int status;
    private boolean keep;
    private boolean inputEnded;

    ChannelInitializer<Channel> initializer() {
        return new ChannelInitializer<>() {
            @Override
            protected void initChannel(Channel opened) {
                channel = opened;
                opened.pipeline().addLast(new HttpClientCodec(), HttpConnection.this);
            }
        };
    }

    /** Whether another request can be tried on it. */
    boolean isOpen() {
        Channel open = channel;
        return open != null && open.isActive() && !inputEnded;
    }

    void request(String host, boolean last, Asker whoAsks) {
        Channel open = java.util.Objects.requireNonNull(channel);
        asker = whoAsks;
        status = 0;
        body.setLength(0);
        requests++;
        FullHttpRequest request = new DefaultFullHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.GET, "/");
        request.headers().set(HttpHeaderNames.HOST, host);
        if (last) {
            request.headers().set(HttpHeaderNames.CONNECTION, "close");
        }
        timeout = open.eventLoop()
                .schedule(
                        () -> fail("no answer within " + ANSWER_SECONDS + " s", false),
                        ANSWER_SECONDS,
                        TimeUnit.SECONDS);
        open.writeAndFlush(request).addListener(written -> {
            if (!written.isSuccess()) {
                fail("cannot send: " + written.cause().getMessage(), requests > 1);
            }
        });
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        if (message instanceof HttpResponse response) {
            status = response.status().code();
            keep = HttpUtil.isKeepAlive(response);
        }
        if (message instanceof HttpContent content && body.length() < BODY_CHARS_MAX) {
            body.append(content.content().toString(StandardCharsets.UTF_8));
        }
        boolean end = message instanceof LastHttpContent;
        ReferenceCountUtil.release(message);
        if (end) {
            finish(new Outcome.Answered(status, body.toString(), keep));
        }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
        if (event == io.netty.channel.socket.ChannelInputShutdownEvent.INSTANCE) {
            inputEnded = true;
            ended("closed");
            context.close();
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        inputEnded = true;
        ended("closed");
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        ended("reset: " + cause.getMessage());
        context.close();
    }

    private void ended(String how) {
        if (status == 0) {
            fail(
                    how + (requests > 1 ? " before the answer, kept connection" : " before the answer, new connection"),
                    requests > 1);
        } else {
            fail(how + " within the answer", false);
        }
    }

    private void fail(String cause, boolean repeatable) {
        finish(new Outcome.Failed(cause, repeatable));
    }

    private void finish(Outcome outcome) {
        Asker waiting = asker;
        asker = null;
        ScheduledFuture<?> timer = timeout;
        if (timer != null) {
            timer.cancel(false);
        }
        if (waiting != null) {
            waiting.done(this, outcome);
        }
    }

    void close() {
        Channel open = channel;
        if (open != null) {
            open.close();
        }
    }
}

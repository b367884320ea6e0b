package io.periplus.dataplane.hbone;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.Http2Connection;
import io.netty.handler.codec.http2.Http2ConnectionDecoder;
import io.netty.handler.codec.http2.Http2ConnectionEncoder;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.handler.codec.http2.Http2Stream;
import io.netty.util.concurrent.Promise;
import io.periplus.dataplane.hbone.HboneException.Reason;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The client's end of a connection: opens tunnels on it. */
final class ClientSession extends HboneSession {
    private static final int MAX_STREAM_ID = Integer.MAX_VALUE - 2;

    private final Consumer<ClientSession> onRetired;
    private final Http2Connection.PropertyKey pending = connection().newKey();
    private long lastUseNanos = System.nanoTime();
    private boolean retired;
    private Consumer<Http2Headers> onAnswer = _ -> {};

    private ClientSession(
            Http2ConnectionDecoder decoder,
            Http2ConnectionEncoder encoder,
            Http2Settings initial,
            HboneSettings settings,
            Consumer<ClientSession> onRetired) {
        super(decoder, encoder, initial, settings);
        this.onRetired = onRetired;
    }

    /** @param onRetired called once, when the session can take no more streams */
    static ClientSession of(HboneSettings settings, Consumer<ClientSession> onRetired) {
        return SessionBuilder.client(
                settings,
                (decoder, encoder, initial) -> new ClientSession(decoder, encoder, initial, settings, onRetired));
    }

    /** Has {@code listener} told of every answer 200, before its tunnel is handed out. */
    void onAnswer(Consumer<Http2Headers> listener) {
        onAnswer = listener;
    }

    /** Whether one more stream may be opened. */
    boolean hasRoom() {
        int limit =
                Math.min(settings.streamsPerConnection(), connection().local().maxActiveStreams());
        return !isDraining()
                && channel().isActive()
                && connection().numActiveStreams() < limit
                && connection().local().lastStreamCreated() < MAX_STREAM_ID;
    }

    boolean isIdle() {
        return connection().numActiveStreams() == 0;
    }

    long lastUseNanos() {
        return lastUseNanos;
    }

    /** Asks for a tunnel; the promise belongs to this session's event loop. */
    void open(HboneTarget target, Promise<Channel> promise) {
        lastUseNanos = System.nanoTime();
        boolean silent = silentNanos() > settings.probeTimeout().toNanos();
        Http2Headers headers = new DefaultHttp2Headers(false).method("CONNECT").authority(target.authority());
        target.headers().forEach(headers::add);
        int id = connection().local().incrementAndGetNextStreamId();
        ChannelFuture writing = writeHeaders(id, headers, false);
        Http2Stream stream = connection().stream(id);
        if (stream == null) {
            promise.tryFailure(unasked(writing.cause()));
            return;
        }
        stream.setProperty(pending, promise);
        promise.addListener(_ -> {
            if (promise.isCancelled()) {
                reset(stream, Http2Error.CANCEL);
            }
        });
        if (silent) {
            probe(stream, promise);
        }
        flushSoon();
        boundAnswer(target, stream, promise);
    }

    /** What this peer does not take is not worth a second connection to it. */
    private HboneException unasked(@Nullable Throwable why) {
        return why instanceof Http2Exception.HeaderListSizeException
                ? new HboneException(
                        Reason.OVERLOAD,
                        "CONNECT has more header fields than %s takes: %s"
                                .formatted(channel().remoteAddress(), why.getMessage()),
                        why)
                : new HboneException(
                        Reason.HTTP2,
                        "the connection takes no more streams" + (why == null ? "" : ": " + why.getMessage()),
                        why);
    }

    /**
     * A connection that has been silent for a while may be dead without knowing: it has to show life soon, or it gets
     * no more tunnels and this one moves elsewhere. Those that it has are left to the keepalive, which is more patient.
     */
    private void probe(Http2Stream stream, Promise<Channel> promise) {
        ping();
        channel()
                .eventLoop()
                .schedule(
                        () -> {
                            if (!promise.isDone()
                                    && silentNanos() >= settings.probeTimeout().toNanos()) {
                                promise.tryFailure(new HboneException(
                                        Reason.CLOSED,
                                        "%s shows no sign of life"
                                                .formatted(channel().remoteAddress()),
                                        null));
                                retire();
                                reset(stream, Http2Error.CANCEL);
                            }
                        },
                        settings.probeTimeout().toMillis(),
                        TimeUnit.MILLISECONDS);
    }

    private void boundAnswer(HboneTarget target, Http2Stream stream, Promise<Channel> promise) {
        var timeout = channel()
                .eventLoop()
                .schedule(
                        () -> {
                            stream.removeProperty(pending);
                            promise.tryFailure(new HboneException(
                                    Reason.ANSWER_TIMEOUT,
                                    "%s did not answer CONNECT %s within %s"
                                            .formatted(
                                                    target.destination(), target.authority(), settings.answerTimeout()),
                                    null));
                            reset(stream, Http2Error.CANCEL);
                        },
                        settings.answerTimeout().toMillis(),
                        TimeUnit.MILLISECONDS);
        promise.addListener(_ -> timeout.cancel(false));
    }

    @Override
    void headers(Http2Stream stream, Http2Headers headers, boolean last) {
        TunnelChannel known = tunnel(stream);
        if (known != null) {
            known.receiveEnd();
            return;
        }
        int status = status(headers);
        if (HttpStatusClass.valueOf(status) == HttpStatusClass.INFORMATIONAL) {
            return;
        }
        Promise<Channel> promise = stream.removeProperty(pending);
        if (promise == null) {
            return;
        }
        if (status != 200) {
            promise.tryFailure(new HboneException(
                    status,
                    "http status: %d from %s".formatted(status, channel().remoteAddress())));
            reset(stream, Http2Error.CANCEL);
            return;
        }
        onAnswer.accept(headers);
        TunnelChannel tunnel = new TunnelChannel(this, stream);
        tunnel.config().setAutoRead(false);
        attach(stream, tunnel);
        if (last) {
            tunnel.receiveEnd();
        }
        channel().eventLoop().register(tunnel);
        if (!promise.trySuccess(tunnel)) {
            tunnel.close();
        }
    }

    private static int status(Http2Headers headers) {
        CharSequence text = headers.status();
        try {
            return text == null ? 0 : Integer.parseInt(text, 0, text.length(), 10);
        } catch (NumberFormatException _) {
            return 0;
        }
    }

    @Override
    void unopened(Http2Stream stream, HboneException why) {
        Promise<Channel> promise = stream.removeProperty(pending);
        if (promise != null) {
            promise.tryFailure(why);
        }
    }

    @Override
    void tick() {
        if (isIdle()
                && System.nanoTime() - lastUseNanos > settings.unusedRelease().toNanos()) {
            context().close();
        }
    }

    @Override
    void noMoreStreams() {
        if (!retired) {
            retired = true;
            onRetired.accept(this);
        }
    }
}

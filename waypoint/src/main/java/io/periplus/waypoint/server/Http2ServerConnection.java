package io.periplus.waypoint.server;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.codec.http2.Http2Connection;
import io.netty.handler.codec.http2.Http2ConnectionDecoder;
import io.netty.handler.codec.http2.Http2ConnectionEncoder;
import io.netty.handler.codec.http2.Http2ConnectionHandler;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.handler.codec.http2.Http2Stream;
import io.periplus.dataplane.http.HttpLimits;
import io.periplus.waypoint.exchange.Drain;
import io.periplus.waypoint.exchange.Exchanges;
import io.periplus.waypoint.exchange.IdleCheck;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One HTTP/2 connection of a client (RFC 9113, prior knowledge); every stream of it is an exchange. All frames of one round
 * of reading are handled before anything is flushed.
 */
public final class Http2ServerConnection extends Http2ConnectionHandler {
    private static final int DEFAULT_WINDOW = 65_535;

    private final Exchanges exchanges;
    private final Drain drain;
    private final Runnable onDrain = this::drainStarted;
    private final Http2Connection.PropertyKey streams = connection().newKey();
    private final List<Http2ServerStream> roundEnds = new ArrayList<>();
    private ChannelHandlerContext context;
    private boolean inRound;
    private boolean warned;

    @SuppressWarnings("NullAway.Init")
    Http2ServerConnection(
            Http2ConnectionDecoder decoder,
            Http2ConnectionEncoder encoder,
            Http2Settings initial,
            Exchanges exchanges,
            Drain drain) {
        super(decoder, encoder, initial, false);
        this.exchanges = exchanges;
        this.drain = drain;
        Http2ServerFrames frames = new Http2ServerFrames(this);
        decoder.frameListener(frames);
        connection().addListener(frames);
        connection().remote().flowController().listener(this::writabilityChanged);
        gracefulShutdownTimeoutMillis(-1);
    }

    /** Makes the channel an HTTP/2 server connection. */
    public static void install(Channel channel, Exchanges exchanges, Drain drain) {
        channel.pipeline().addLast(new Http2ServerBuilder(exchanges, drain).build());
    }

    // ---- streams

    @Nullable
    Http2ServerStream stream(int id) {
        Http2Stream stream = connection().stream(id);
        return stream == null ? null : stream(stream);
    }

    @Nullable
    Http2ServerStream stream(Http2Stream stream) {
        return stream.getProperty(streams);
    }

    void begin(int id, Http2Headers fields, boolean last) {
        Http2Stream opened = connection().stream(id);
        if (opened != null) {
            Http2ServerStream stream = new Http2ServerStream(this, opened);
            opened.setProperty(streams, stream);
            stream.begin(fields, last, exchanges);
        }
    }

    private void writabilityChanged(Http2Stream changed) {
        Http2ServerStream stream = stream(changed);
        if (stream != null) {
            stream.writabilityChanged();
        }
    }

    boolean isWritable(Http2Stream stream) {
        return connection().remote().flowController().isWritable(stream);
    }

    EventLoop eventLoop() {
        return context.channel().eventLoop();
    }

    // ---- frames out

    ChannelFuture writeHeaders(Http2Stream stream, Http2Headers fields, boolean last) {
        return encoder().writeHeaders(context, stream.id(), fields, 0, last, context.newPromise());
    }

    ChannelFuture writeData(Http2Stream stream, ByteBuf data, boolean last) {
        return encoder().writeData(context, stream.id(), data, 0, last, context.newPromise());
    }

    /** Ends a stream in both directions; nothing happens if it has ended already. */
    void reset(Http2Stream stream, Http2Error error) {
        if (stream.state() != Http2Stream.State.CLOSED) {
            encoder().writeRstStream(context, stream.id(), error.code(), context.newPromise());
            flushAfterRound();
        }
    }

    /** Gives flow-control credit for bytes that were taken. */
    void consumed(Http2Stream stream, int bytes) {
        try {
            if (connection().local().flowController().consumeBytes(stream, bytes)) {
                flushAfterRound();
            }
        } catch (Http2Exception e) {
            onError(context, true, e);
        }
    }

    /** Flushes now, or when the current round of reading ends. */
    void flushAfterRound() {
        if (!inRound) {
            flush(context);
        }
    }

    /** Tells the stream when the current round of reading ends. */
    void afterReadRound(Http2ServerStream stream) {
        if (roundEnds.isEmpty() || roundEnds.getLast() != stream) {
            roundEnds.add(stream);
        }
    }

    // ---- the connection

    @Override
    public void handlerAdded(ChannelHandlerContext added) throws Exception {
        context = added;
        super.handlerAdded(added);
        connection()
                .local()
                .flowController()
                .incrementWindowSize(
                        connection().connectionStream(), HttpLimits.CONNECTION_WINDOW_BYTES - DEFAULT_WINDOW);
        flush(added);
        drain.add(onDrain);
        IdleCheck.watch(
                added.channel(),
                exchanges.settings().idleTimeout(),
                () -> connection().numActiveStreams() > 0
                        ? IdleCheck.BUSY
                        : connection().remote().lastStreamCreated());
    }

    @Override
    protected void handlerRemoved0(ChannelHandlerContext removed) throws Exception {
        drain.remove(onDrain);
        super.handlerRemoved0(removed);
    }

    @Override
    public void channelRead(ChannelHandlerContext reading, Object message) throws Exception {
        inRound = true;
        super.channelRead(reading, message);
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext reading) throws Exception {
        try {
            for (int i = 0; i < roundEnds.size(); i++) {
                roundEnds.get(i).readRoundEnded();
            }
            roundEnds.clear();
        } finally {
            inRound = false;
            super.channelReadComplete(reading);
        }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext told, Object event) throws Exception {
        if (event == ChannelInputShutdownEvent.INSTANCE) {
            told.close();
        } else {
            super.userEventTriggered(told, event);
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext told, Throwable cause) throws Exception {
        if (cause instanceof IOException) {
            told.close();
        } else {
            super.exceptionCaught(told, cause);
        }
    }

    // ---- the end of service

    /**
     * First a word that new streams should go elsewhere, which refuses none (RFC 9113 §6.8). After the notice the final
     * GOAWAY, which the codec sends; it then waits for the streams that are open.
     */
    private void drainStarted() {
        eventLoop().execute(() -> {
            if (!context.channel().isActive()) {
                return;
            }
            if (!warned) {
                warned = true;
                goAway(
                        context,
                        Integer.MAX_VALUE,
                        Http2Error.NO_ERROR.code(),
                        Unpooled.EMPTY_BUFFER,
                        context.newPromise());
                flush(context);
            }
            if (drain.noticeOver()) {
                context.channel().close();
            }
        });
    }
}

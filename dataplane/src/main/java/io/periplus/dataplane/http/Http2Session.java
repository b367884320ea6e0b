package io.periplus.dataplane.http;

import io.netty.buffer.ByteBuf;
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
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One HTTP/2 connection that carries messages: what client and server have in common. All frames of one round of reading are
 * handled before anything is flushed, and streams are told when it ends. Streams have no channel of their own, which would
 * cost more than all the rest of a small message.
 */
public abstract class Http2Session extends Http2ConnectionHandler {
    private static final int DEFAULT_WINDOW = 65_535;

    private final Http2Connection.PropertyKey handlers = connection().newKey();
    private final List<Http2StreamHandler> roundEnds = new ArrayList<>();
    private @Nullable ChannelHandlerContext context;
    private boolean inRound;
    private int connectionWindowBytes = Http2Windows.SHARED.connectionBytes();

    protected Http2Session(Http2ConnectionDecoder decoder, Http2ConnectionEncoder encoder, Http2Settings initial) {
        super(decoder, encoder, initial, false);
        Http2SessionFrames frames = new Http2SessionFrames(this);
        decoder.frameListener(frames);
        connection().addListener(frames);
        connection().remote().flowController().listener(this::writabilityChanged);
    }

    /** Before the session is part of a pipeline. */
    final void connectionWindow(int bytes) {
        connectionWindowBytes = bytes;
    }

    /** What takes a stream that the peer has opened, null if it may not. */
    protected abstract @Nullable Http2StreamHandler opened(Http2Stream stream);

    // ---- streams

    @Nullable
    Http2StreamHandler handler(Http2Stream stream) {
        return stream.getProperty(handlers);
    }

    /** Tells {@code handler} what happens on the stream. */
    protected final void attach(Http2Stream stream, Http2StreamHandler handler) {
        stream.setProperty(handlers, handler);
    }

    private void writabilityChanged(Http2Stream stream) {
        Http2StreamHandler handler = handler(stream);
        if (handler != null) {
            handler.writabilityChanged();
        }
    }

    /** Whether more should be written on the stream now: its window, the connection's and the socket all have room. */
    public final boolean isWritable(Http2Stream stream) {
        return connection().remote().flowController().isWritable(stream);
    }

    // ---- frames out

    private ChannelHandlerContext context() {
        ChannelHandlerContext known = context;
        if (known == null) {
            throw new IllegalStateException("the session is not in a pipeline yet");
        }
        return known;
    }

    /** The connection. */
    public final Channel channel() {
        return context().channel();
    }

    public final EventLoop eventLoop() {
        return channel().eventLoop();
    }

    public final ChannelFuture writeHeaders(int stream, Http2Headers fields, boolean last) {
        return encoder()
                .writeHeaders(context(), stream, fields, 0, last, context().newPromise());
    }

    /** @param data ownership passes to the session */
    public final ChannelFuture writeData(Http2Stream stream, ByteBuf data, boolean last) {
        return encoder()
                .writeData(context(), stream.id(), data, 0, last, context().newPromise());
    }

    /** Ends a stream in both directions; nothing happens if it has ended already. */
    public final void reset(Http2Stream stream, Http2Error error) {
        if (stream.state() != Http2Stream.State.CLOSED) {
            encoder()
                    .writeRstStream(
                            context(), stream.id(), error.code(), context().newPromise());
            flushAfterRound();
        }
    }

    /** Gives flow-control credit for bytes that were taken. */
    public final void consumed(Http2Stream stream, int bytes) {
        if (bytes == 0) {
            return;
        }
        try {
            if (connection().local().flowController().consumeBytes(stream, bytes)) {
                flushAfterRound();
            }
        } catch (Http2Exception e) {
            onError(context(), true, e);
        }
    }

    /** Flushes now, or when the current round of reading ends. */
    public final void flushAfterRound() {
        if (!inRound) {
            flush(context());
        }
    }

    /** Tells the stream when the current round of reading ends. */
    final void afterReadRound(Http2StreamHandler stream) {
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
                .incrementWindowSize(connection().connectionStream(), connectionWindowBytes - DEFAULT_WINDOW);
        flush(added);
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

    @Override
    protected void onStreamError(
            ChannelHandlerContext told, boolean outbound, Throwable cause, Http2Exception.StreamException broken) {
        Http2Stream stream = connection().stream(broken.streamId());
        Http2StreamHandler handler = stream == null ? null : handler(stream);
        if (handler != null && !outbound) {
            handler.broken();
        }
        super.onStreamError(told, outbound, cause, broken);
    }

    @Override
    protected void onConnectionError(
            ChannelHandlerContext told, boolean outbound, Throwable cause, @Nullable Http2Exception broken) {
        if (!outbound) {
            List<Http2StreamHandler> open = new ArrayList<>();
            try {
                connection().forEachActiveStream(stream -> {
                    Http2StreamHandler handler = handler(stream);
                    if (handler != null) {
                        open.add(handler);
                    }
                    return true;
                });
            } catch (Http2Exception e) {
                throw new IllegalStateException("the visitor throws nothing", e);
            }
            open.forEach(Http2StreamHandler::broken);
        }
        super.onConnectionError(told, outbound, cause, broken);
    }
}

package io.periplus.dataplane.hbone;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.codec.http2.Http2CodecUtil;
import io.netty.handler.codec.http2.Http2Connection;
import io.netty.handler.codec.http2.Http2ConnectionAdapter;
import io.netty.handler.codec.http2.Http2ConnectionDecoder;
import io.netty.handler.codec.http2.Http2ConnectionEncoder;
import io.netty.handler.codec.http2.Http2ConnectionHandler;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.handler.codec.http2.Http2Stream;
import io.periplus.dataplane.hbone.HboneException.Reason;
import io.periplus.dataplane.tls.TlsFailures;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One HTTP/2 connection that carries tunnels: what client and server have in common. Owns the keepalive, the round of
 * reading (all frames of one read are handled before anything is flushed) and the way streams find their tunnels.
 */
abstract class HboneSession extends Http2ConnectionHandler {
    private static final Logger LOG = LoggerFactory.getLogger(HboneSession.class);
    private static final int DEFAULT_WINDOW = 65_535;
    /** What a flush may send at once: less makes more and smaller frames, records and system calls, more only waits. */
    private static final WriteBufferWaterMark WATER_MARK = new WriteBufferWaterMark(64 << 10, 256 << 10);

    private static final int MUCH = 32 << 10;
    private static final long KEEPALIVE_PING = 0x70657269706c7573L;

    final HboneSettings settings;
    private final Http2Connection.PropertyKey tunnels = connection().newKey();
    private final List<TunnelChannel> roundEnds = new ArrayList<>();
    private final UnreadBytes unread;
    private final Runnable flushing = () -> {
        flushQueued = false;
        flushNow();
    };
    private int unflushed;
    private boolean flushQueued;
    private final IncomingFrames incoming;
    private @Nullable ChannelHandlerContext context;
    private boolean inRound;
    private boolean draining;
    private long lastReadNanos = System.nanoTime();
    private long pingSentNanos;
    private boolean pingOutstanding;
    private @Nullable HboneException ending;

    HboneSession(
            Http2ConnectionDecoder decoder,
            Http2ConnectionEncoder encoder,
            Http2Settings initial,
            HboneSettings settings) {
        super(decoder, encoder, initial, true);
        this.settings = settings;
        this.unread = new UnreadBytes(settings.memoryShare());
        int preface =
                connection().isServer() ? Http2CodecUtil.connectionPrefaceBuf().readableBytes() : 0;
        this.incoming = new IncomingFrames(this, preface, settings.frameSize());
        decoder.frameListener(new SessionFrames(this));
        connection().addListener(new Http2ConnectionAdapter() {
            @Override
            public void onStreamClosed(Http2Stream stream) {
                streamClosed(stream);
            }
        });
    }

    // ---- what the two kinds of session do differently

    /** A header block that opens a stream, answers one, or trails it. */
    abstract void headers(Http2Stream stream, Http2Headers headers, boolean last) throws Http2Exception;

    /** A stream ended before it had a tunnel. */
    abstract void unopened(Http2Stream stream, HboneException why);

    /** Once per keepalive interval. */
    abstract void tick();

    /** The connection is ending or has ended: no new streams. */
    abstract void noMoreStreams();

    // ---- state

    Channel channel() {
        return context().channel();
    }

    ChannelHandlerContext context() {
        ChannelHandlerContext known = context;
        if (known == null) {
            throw new IllegalStateException("the session is not in a pipeline yet");
        }
        return known;
    }

    boolean isDraining() {
        return draining;
    }

    long silentNanos() {
        return System.nanoTime() - lastReadNanos;
    }

    @Nullable
    TunnelChannel tunnel(Http2Stream stream) {
        return stream.getProperty(tunnels);
    }

    void attach(Http2Stream stream, TunnelChannel tunnel) {
        stream.setProperty(tunnels, tunnel);
    }

    // ---- frames out

    /** Bytes of a tunnel; they go when flow control lets them. */
    void writeData(Http2Stream stream, OutgoingData data) {
        unflushed += data.size();
        connection().remote().flowController().addFlowControlled(stream, data);
    }

    /** Ends this side of a stream, behind everything that was written before. */
    ChannelFuture endData(Http2Stream stream) {
        return encoder()
                .writeData(
                        context(),
                        stream.id(),
                        Unpooled.EMPTY_BUFFER,
                        0,
                        true,
                        context().newPromise());
    }

    /** The largest frame that the other end takes. */
    int frameSizeOfPeer() {
        return encoder().configuration().frameSizePolicy().maxFrameSize();
    }

    ChannelFuture writeHeaders(int streamId, Http2Headers headers, boolean last) {
        return encoder()
                .writeHeaders(context(), streamId, headers, 0, last, context().newPromise());
    }

    /**
     * Ends a stream in both directions; nothing happens if it has ended already. What was flushed before goes first, as far as
     * flow control lets it: who breaks an answer off has said something until then.
     */
    void reset(Http2Stream stream, Http2Error code) {
        if (stream.state() != Http2Stream.State.CLOSED && channel().isActive()) {
            writeAllowed();
            encoder()
                    .writeRstStream(
                            context(), stream.id(), code.code(), context().newPromise());
            flushSoon();
        }
    }

    private void writeAllowed() {
        if (unflushed > 0) {
            try {
                connection().remote().flowController().writePendingBytes();
            } catch (Http2Exception e) {
                onError(context(), true, e);
            }
        }
    }

    /** Bytes wait to be taken from a tunnel. */
    void queued(int bytes) {
        unread.add(context(), bytes);
    }

    /** Bytes that waited were delivered or dropped: gives flow-control credit back. */
    void unqueued(Http2Stream stream, int bytes) {
        unread.remove(context(), bytes);
        consumed(stream, bytes);
    }

    /** Gives flow-control credit back for bytes that were dropped at once. */
    void consumed(Http2Stream stream, int bytes) {
        if (bytes == 0) {
            return;
        }
        try {
            if (connection().local().flowController().consumeBytes(stream, bytes)) {
                flushSoon();
            }
        } catch (Http2Exception e) {
            onError(context(), true, e);
        }
    }

    /**
     * Flushes soon. Where several tunnels of a connection have something to send, what a turn of the event loop brings leaves
     * together: as few records, system calls and wake-ups of the other end as there can be. Much does not wait, as it only
     * gets cold.
     */
    void flushSoon() {
        if (unflushed >= MUCH && !inRound) {
            flushNow();
        } else if (!flushQueued) {
            flushQueued = true;
            channel().eventLoop().execute(flushing);
        }
    }

    private void flushNow() {
        unflushed = 0;
        super.flush(context());
    }

    /** The codec's own wish, for one among others when it has read. */
    @Override
    public void flush(ChannelHandlerContext ctx) {
        flushSoon();
    }

    /** Calls the tunnel back when the current round of reading ends, or soon if there is none. */
    void afterReadRound(TunnelChannel tunnel) {
        roundEnds.add(tunnel);
        if (!inRound && roundEnds.size() == 1) {
            channel().eventLoop().execute(this::endRound);
        }
    }

    private void endRound() {
        for (int i = 0; i < roundEnds.size(); i++) {
            roundEnds.get(i).readRoundEnded();
        }
        roundEnds.clear();
    }

    /** Probes whether the peer still answers; the answer shows in {@link #silentNanos()}. */
    void ping() {
        if (!pingOutstanding) {
            pingOutstanding = true;
            pingSentNanos = System.nanoTime();
            encoder().writePing(context(), false, KEEPALIVE_PING, context().newPromise());
            flushSoon();
        }
    }

    /**
     * Stops new streams and lets running ones finish: GOAWAY with the highest stream id, and the final one after a
     * round trip, so that no request in flight is lost (RFC 9113 §6.8). The connection closes with its last stream.
     */
    void drain() {
        if (draining || !channel().isActive()) {
            return;
        }
        draining = true;
        noMoreStreams();
        goAway(Integer.MAX_VALUE);
        encoder()
                .writePing(context(), false, SessionFrames.DRAIN_PING, context().newPromise());
        flushSoon();
        closeIfDrained();
    }

    void drainRoundTripDone() {
        goAway(connection().remote().lastStreamCreated());
        flushSoon();
        closeIfDrained();
    }

    /** No more new streams; the connection closes with its last one. The peer announced its end, or seems dead. */
    void retire() {
        draining = true;
        noMoreStreams();
        closeIfDrained();
    }

    /** Ends the connection and all its tunnels at once, since its peer's certificate was revoked. On any thread. */
    void revoked(String why) {
        channel().eventLoop().execute(() -> {
            if (channel().isActive()) {
                HboneException cut = new HboneException(Reason.REVOKED, "the connection was cut: " + why, null);
                ending = cut;
                // TLS waits for its last word to leave, for seconds if the peer takes nothing: nothing is passed on
                // meanwhile.
                unread.gate().shut(context());
                forEachTunnel(tunnel -> tunnel.cut(cut));
                if (connection().isServer()) {
                    goAway(connection().remote().lastStreamCreated());
                }
                context().close();
            }
        });
    }

    /** On the event loop. Also those that nobody has taken yet. */
    void forEachTunnel(Consumer<TunnelChannel> action) {
        List<TunnelChannel> all = new ArrayList<>();
        try {
            connection().forEachActiveStream(stream -> {
                TunnelChannel tunnel = tunnel(stream);
                if (tunnel != null) {
                    all.add(tunnel);
                }
                return true;
            });
        } catch (Http2Exception e) {
            throw new IllegalStateException("looking at streams cannot fail", e);
        }
        // Afterwards, since what is done to a tunnel may end its stream.
        all.forEach(action);
    }

    private void goAway(int lastStream) {
        goAway(
                context(),
                lastStream,
                Http2Error.NO_ERROR.code(),
                Unpooled.EMPTY_BUFFER,
                context().newPromise());
    }

    private void closeIfDrained() {
        if (draining && connection().numActiveStreams() == 0 && !(connection().isServer() && !finalGoAwaySent())) {
            // In a task, so that frames of this round still leave first.
            channel().eventLoop().execute(() -> {
                flushNow();
                if (connection().numActiveStreams() == 0) {
                    context().close();
                }
            });
        }
    }

    private boolean finalGoAwaySent() {
        return connection().goAwayReceived()
                || connection().goAwaySent() && connection().remote().lastStreamKnownByPeer() != Integer.MAX_VALUE;
    }

    // ---- events

    void streamReset(Http2Stream stream, long code) {
        TunnelChannel tunnel = tunnel(stream);
        boolean clean = code == Http2Error.NO_ERROR.code() || code == Http2Error.CANCEL.code();
        HboneException why =
                new HboneException(Reason.RESET, "the peer reset the stream (%s)".formatted(name(code)), null);
        if (tunnel != null) {
            tunnel.reset(clean ? null : why);
        } else {
            unopened(stream, why);
        }
    }

    private void streamClosed(Http2Stream stream) {
        TunnelChannel tunnel = tunnel(stream);
        if (tunnel != null) {
            tunnel.terminate(
                    stream.isResetSent() && tunnel.isOpen()
                            ? new HboneException(Reason.RESET, "the stream broke HTTP/2 and was reset", null)
                            : null);
        } else {
            unopened(
                    stream,
                    new HboneException(Reason.CLOSED, "the peer ended the connection before it answered", null));
        }
        closeIfDrained();
    }

    void pingAnswered() {
        pingOutstanding = false;
    }

    private static String name(long code) {
        Http2Error error = Http2Error.valueOf(code);
        return error == null ? "code " + code : error.name();
    }

    // ---- frames in

    /** The stream with this number if it is one of a tunnel that takes DATA. */
    @Nullable
    Http2Stream tunnelled(int id) {
        Http2Stream stream = connection().stream(id);
        return stream != null && takesData(stream) && tunnel(stream) != null ? stream : null;
    }

    private static boolean takesData(Http2Stream stream) {
        Http2Stream.State state = stream.state();
        return (state == Http2Stream.State.OPEN || state == Http2Stream.State.HALF_CLOSED_LOCAL)
                && !stream.isResetSent();
    }

    /** DATA of a tunnel, or a part of it; takes over one reference. */
    void data(Http2Stream stream, ByteBuf bytes, boolean last) throws Http2Exception {
        TunnelChannel tunnel = tunnel(stream);
        try {
            // For a stream that was closed since, this is what gives the connection its credit back.
            connection().local().flowController().receiveFlowControlledFrame(stream, bytes, 0, last);
            if (tunnel != null && takesData(stream)) {
                tunnel.receive(bytes.retain(), last);
                if (last) {
                    closeStreamRemote(stream, context().newSucceededFuture());
                }
            }
        } finally {
            bytes.release();
        }
    }

    @Override
    protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) throws Exception {
        int codecs;
        try {
            codecs = incoming.take(in);
        } catch (Http2Exception e) {
            onError(ctx, false, e);
            return;
        }
        if (codecs > 0) {
            super.decode(ctx, in.readSlice(codecs), out);
        }
    }

    // ---- Http2ConnectionHandler

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) throws Exception {
        context = ctx;
        ctx.channel().config().setWriteBufferWaterMark(WATER_MARK);
        ctx.pipeline().addBefore(ctx.name(), "read-gate", unread.gate());
        super.handlerAdded(ctx);
        connection()
                .local()
                .flowController()
                .incrementWindowSize(connection().connectionStream(), settings.connectionWindow() - DEFAULT_WINDOW);
        flushNow();
        scheduleTick();
    }

    private void scheduleTick() {
        channel()
                .eventLoop()
                .schedule(this::keepAlive, settings.keepaliveInterval().toMillis(), TimeUnit.MILLISECONDS);
    }

    private void keepAlive() {
        if (!channel().isActive()) {
            return;
        }
        if (pingOutstanding
                && System.nanoTime() - pingSentNanos
                        > settings.keepaliveTimeout().toNanos()) {
            LOG.debug("{} did not answer a PING within {}", channel().remoteAddress(), settings.keepaliveTimeout());
            goAway(Math.max(0, connection().remote().lastStreamCreated()));
            context().close();
            return;
        }
        if (silentNanos() >= settings.keepaliveInterval().toNanos() / 2) {
            ping();
        }
        tick();
        scheduleTick();
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object msg) throws Exception {
        inRound = true;
        lastReadNanos = System.nanoTime();
        super.channelRead(ctx, msg);
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) throws Exception {
        try {
            endRound();
        } finally {
            inRound = false;
            super.channelReadComplete(ctx);
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) throws Exception {
        draining = true;
        noMoreStreams();
        HboneException why =
                ending != null ? ending : new HboneException(Reason.CLOSED, "the HBONE connection ended", null);
        connection().forEachActiveStream(stream -> {
            TunnelChannel tunnel = tunnel(stream);
            if (tunnel != null) {
                tunnel.reset(why);
            } else {
                unopened(stream, why);
            }
            return true;
        });
        super.channelInactive(ctx);
        endRound();
        inRound = false;
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) throws Exception {
        Throwable reason = cause instanceof DecoderException && cause.getCause() != null ? cause.getCause() : cause;
        if (reason instanceof IOException) {
            // With TLS 1.3 a server's refusal of our certificate arrives here, after the client's handshake is over.
            ending = switch (reason) {
                // This connection is a tunnel's own, and that tunnel has failed.
                case HboneException outer -> outer;
                case SSLException ssl ->
                    new HboneException(Reason.TLS, "the peer ended TLS: " + TlsFailures.describe(ssl), ssl);
                default ->
                    new HboneException(Reason.CLOSED, "the HBONE connection broke: " + reason.getMessage(), reason);
            };
            LOG.debug("connection {}: {}", ctx.channel(), reason.toString());
            ctx.close();
        } else {
            super.exceptionCaught(ctx, cause);
        }
    }

    @Override
    protected void onConnectionError(
            ChannelHandlerContext ctx, boolean outbound, Throwable cause, @Nullable Http2Exception http2) {
        LOG.debug("HTTP/2 error on {}: {}", ctx.channel(), cause.toString());
        super.onConnectionError(ctx, outbound, cause, http2);
    }
}

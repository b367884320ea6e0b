package io.periplus.dataplane.hbone;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.AbstractChannel;
import io.netty.channel.ChannelConfig;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelMetadata;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.ChannelPromise;
import io.netty.channel.DefaultChannelConfig;
import io.netty.channel.EventLoop;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.ChannelOutputShutdownEvent;
import io.netty.channel.socket.ChannelOutputShutdownException;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Stream;
import io.netty.util.internal.StringUtil;
import java.net.SocketAddress;
import java.nio.channels.ClosedChannelException;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * One CONNECT stream as a channel of bytes. END_STREAM is the half-close of either direction; the channel closes by
 * itself once both directions have ended.
 *
 * <p>Inbound: DATA is delivered while a read is wanted and queued otherwise; the peer gets flow-control credit back
 * when bytes are delivered, so the queue never exceeds the stream window. Outbound: a message stays in the channel's
 * outbound buffer until its bytes have left through the connection, so writability tells the truth about both
 * windows and the socket.
 */
final class TunnelChannel extends AbstractChannel implements DuplexChannel {
    private static final ChannelMetadata METADATA = new ChannelMetadata(false, 16);
    /** Enough for one round trip inside a zone at full speed; more only adds latency. */
    private static final WriteBufferWaterMark WATER_MARK = new WriteBufferWaterMark(64 << 10, 256 << 10);

    /** Bytes that are copied when they have to wait: a quarter of a TLS record. */
    private static final int SMALL = 4 << 10;

    private static final int TAIL_MAX = 16 << 10;

    private final HboneSession session;
    private final Http2Stream stream;
    private final ChannelConfig config = new DefaultChannelConfig(this);
    private final ArrayDeque<ByteBuf> inbound = new ArrayDeque<>(4);
    private final ChannelFutureListener onSent = this::sent;

    /** The end of the queue, if more may be copied behind it. */
    private @Nullable ByteBuf tail;

    private volatile boolean open = true;
    private volatile boolean inputShutdown;
    private volatile boolean outputShutdown;
    private boolean inputEnded;
    private boolean outputEnding;
    private boolean terminated;
    private @Nullable Throwable terminationCause;
    private boolean readPending;
    private boolean delivering;
    private boolean completionQueued;
    private int submitted;
    private int toSkip;
    private Runnable onUnansweredEnd = () -> {};

    TunnelChannel(HboneSession session, Http2Stream stream) {
        super(session.channel());
        this.session = session;
        this.stream = stream;
        config.setWriteBufferWaterMark(WATER_MARK);
    }

    // ---- called by the session, on the event loop

    /** DATA from the peer; takes over one reference of {@code data}. */
    void receive(ByteBuf data, boolean last) {
        if (data.isReadable() && open) {
            session.queued(data.readableBytes());
            queue(data);
        } else {
            session.consumed(stream, data.readableBytes());
            data.release();
        }
        inputEnded |= last;
        if (isRegistered()) {
            deliver();
        }
    }

    /**
     * A slice keeps the whole record that it was cut from: what is small and has to wait is copied together, so that a queue takes
     * no more memory than its bytes, however they are cut.
     */
    private void queue(ByteBuf data) {
        int bytes = data.readableBytes();
        if (bytes > SMALL || readPending && inbound.isEmpty()) {
            inbound.add(data);
            tail = null;
            return;
        }
        ByteBuf last = tail;
        if (last == null || last.maxWritableBytes() < bytes) {
            last = alloc().directBuffer(bytes, TAIL_MAX);
            inbound.add(last);
            tail = last;
        }
        last.writeBytes(data);
        data.release();
    }

    /** END_STREAM without DATA. */
    void receiveEnd() {
        receive(Unpooled.EMPTY_BUFFER, true);
    }

    /**
     * The stream is over in both directions, whatever was sent. What was received is still delivered; after it the
     * channel closes, with {@code cause} passed to the pipeline if there is one.
     */
    void terminate(@Nullable Throwable cause) {
        if (terminated || !open) {
            return;
        }
        terminated = true;
        terminationCause = cause;
        inputEnded = true;
        if (isRegistered()) {
            deliver();
        } else {
            open = false;
            releaseInbound();
            onUnansweredEnd.run();
        }
    }

    /** Has {@code action} run if the stream ends while the tunnel still waits to be accepted. */
    void onUnansweredEnd(Runnable action) {
        onUnansweredEnd = action;
    }

    /**
     * The peer has reset the stream, or its connection is gone. Where the peer had ended its side before and all was
     * delivered, nothing else would tell.
     */
    void reset(@Nullable Throwable cause) {
        terminate(cause);
        if (inputShutdown && open) {
            if (cause != null) {
                pipeline().fireExceptionCaught(cause);
            }
            unsafe().close(unsafe().voidPromise());
        }
    }

    /** Ends at once, with what was received and not delivered yet. */
    void cut(Throwable cause) {
        releaseInbound();
        reset(cause);
    }

    /** The connection has finished a round of reading. */
    void readRoundEnded() {
        completionQueued = false;
        if (open) {
            readPending = false;
            pipeline().fireChannelReadComplete();
            endInputIfDrained();
        }
    }

    private void deliver() {
        if (delivering) {
            return;
        }
        delivering = true;
        try {
            ByteBuf data;
            while (readPending && (data = inbound.poll()) != null) {
                if (data == tail) {
                    tail = null;
                }
                session.unqueued(stream, data.readableBytes());
                if (!config.isAutoRead()) {
                    readPending = false;
                }
                if (!completionQueued) {
                    completionQueued = true;
                    session.afterReadRound(this);
                }
                pipeline().fireChannelRead(data);
            }
        } finally {
            delivering = false;
        }
        if (!completionQueued) {
            endInputIfDrained();
        }
    }

    private void endInputIfDrained() {
        if (!inputEnded || inputShutdown || !inbound.isEmpty() || !open) {
            return;
        }
        inputShutdown = true;
        Throwable cause = terminationCause;
        if (cause != null) {
            pipeline().fireExceptionCaught(cause);
        }
        pipeline().fireUserEventTriggered(ChannelInputShutdownEvent.INSTANCE);
        if (terminated || outputShutdown) {
            unsafe().close(unsafe().voidPromise());
        }
    }

    private void releaseInbound() {
        tail = null;
        ByteBuf data;
        while ((data = inbound.poll()) != null) {
            session.unqueued(stream, data.readableBytes());
            data.release();
        }
    }

    // ---- AbstractChannel

    @Override
    protected void doBeginRead() {
        if (!inputShutdown) {
            readPending = true;
            deliver();
        }
    }

    @Override
    protected void doWrite(ChannelOutboundBuffer out) throws Exception {
        if (terminated || outputEnding || !stream.state().localSideOpen()) {
            // What was handed to the connection fails through its own promise; only an untouched buffer is ours to
            // fail.
            while (submitted == 0 && out.remove(new ClosedChannelException())) {}
            return;
        }
        // Who writes nothing wants to know when all before it has left.
        while (submitted == 0 && out.current() instanceof ByteBuf next && !next.isReadable()) {
            out.remove();
        }
        if (out.isEmpty()) {
            return;
        }
        do {
            submit(out);
            session.flushSoon();
            // Flushing may complete writes, whose listeners may write again; such a flush inside this one has no
            // effect.
        } while (open && !terminated && !outputEnding && submitted < out.size());
    }

    private void submit(ChannelOutboundBuffer out) throws Exception {
        toSkip = submitted;
        OutgoingData data = new OutgoingData(session, stream.id());
        out.forEachFlushedMessage(message -> {
            if (toSkip > 0) {
                toSkip--;
            } else {
                submitted++;
                data.add(
                        ((ByteBuf) message).retainedDuplicate(),
                        session.context().newPromise().addListener(onSent));
            }
            return true;
        });
        session.writeData(stream, data);
    }

    private void sent(ChannelFuture write) {
        submitted--;
        ChannelOutboundBuffer out = unsafe().outboundBuffer();
        if (out == null) {
            return;
        }
        if (write.isSuccess()) {
            out.remove();
        } else {
            out.remove(write.cause());
        }
    }

    @Override
    protected Object filterOutboundMessage(Object message) throws Exception {
        if (!(message instanceof ByteBuf)) {
            throw new UnsupportedOperationException(
                    "a tunnel carries ByteBufs, not " + StringUtil.simpleClassName(message));
        }
        if (outputEnding) {
            throw new ChannelOutputShutdownException("the tunnel's output was shut down before");
        }
        return message;
    }

    @Override
    protected void doClose() {
        boolean wasOpen = open;
        open = false;
        releaseInbound();
        if (wasOpen && !terminated && !(inputEnded && outputShutdown)) {
            boolean serverIsDone = session.connection().isServer() && outputShutdown;
            session.reset(stream, serverIsDone ? Http2Error.NO_ERROR : Http2Error.CANCEL);
        }
        inputShutdown = true;
        outputShutdown = true;
    }

    @Override
    protected void doDisconnect() {
        doClose();
    }

    @Override
    protected void doBind(SocketAddress localAddress) {
        throw new UnsupportedOperationException("a tunnel is bound by its connection");
    }

    @Override
    protected AbstractUnsafe newUnsafe() {
        return new TunnelUnsafe();
    }

    @Override
    protected boolean isCompatible(EventLoop loop) {
        return loop == session.channel().eventLoop();
    }

    @Override
    protected @Nullable SocketAddress localAddress0() {
        return parent().localAddress();
    }

    @Override
    protected @Nullable SocketAddress remoteAddress0() {
        return parent().remoteAddress();
    }

    @Override
    public ChannelConfig config() {
        return config;
    }

    @Override
    public ChannelMetadata metadata() {
        return METADATA;
    }

    @Override
    public boolean isOpen() {
        return open;
    }

    @Override
    public boolean isActive() {
        return open;
    }

    // ---- DuplexChannel

    @Override
    public boolean isInputShutdown() {
        return inputShutdown;
    }

    @Override
    public boolean isOutputShutdown() {
        return outputShutdown;
    }

    @Override
    public boolean isShutdown() {
        return inputShutdown && outputShutdown;
    }

    @Override
    public ChannelFuture shutdownInput() {
        return shutdownInput(newPromise());
    }

    @Override
    public ChannelFuture shutdownInput(ChannelPromise promise) {
        return promise.setFailure(
                new UnsupportedOperationException("HTTP/2 cannot refuse one direction of a stream; close the tunnel"));
    }

    @Override
    public ChannelFuture shutdownOutput() {
        return shutdownOutput(newPromise());
    }

    /** Sends END_STREAM after everything written before. */
    @Override
    public ChannelFuture shutdownOutput(ChannelPromise promise) {
        if (eventLoop().inEventLoop()) {
            endOutput(promise);
        } else {
            eventLoop().execute(() -> endOutput(promise));
        }
        return promise;
    }

    @Override
    public ChannelFuture shutdown() {
        return shutdown(newPromise());
    }

    @Override
    public ChannelFuture shutdown(ChannelPromise promise) {
        return close(promise);
    }

    private void endOutput(ChannelPromise promise) {
        if (outputEnding || outputShutdown) {
            promise.trySuccess();
            return;
        }
        if (!open || terminated || !stream.state().localSideOpen()) {
            promise.tryFailure(new ClosedChannelException());
            return;
        }
        unsafe().flush();
        outputEnding = true;
        session.endData(stream).addListener(write -> {
            if (!write.isSuccess()) {
                promise.tryFailure(write.cause());
                return;
            }
            outputShutdown = true;
            promise.trySuccess();
            pipeline().fireUserEventTriggered(ChannelOutputShutdownEvent.INSTANCE);
            if (inputShutdown && open) {
                unsafe().close(unsafe().voidPromise());
            }
        });
        session.flushSoon();
    }

    private final class TunnelUnsafe extends AbstractUnsafe {
        @Override
        public void connect(SocketAddress remote, SocketAddress local, ChannelPromise promise) {
            promise.setFailure(new UnsupportedOperationException("a tunnel is connected when it is made"));
        }
    }
}

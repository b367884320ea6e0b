package io.periplus.dataplane.net;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.socket.DuplexChannel;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Moves bytes between two channels of one event loop until both directions have ended. Each direction stops reading
 * while its target cannot be written to, and passes its end on as a half-close; a channel that closes or fails ends
 * the other one after everything received has been passed on.
 */
public final class Relay {
    private static final int SIDES = 2;

    /** For a target that takes nothing more of a source that is gone. */
    private static final Duration PATIENCE = Duration.ofMinutes(1);

    private final Duration patience;
    private final Counter downstreamToUpstream;
    private final Counter upstreamToDownstream;
    private final Consumer<@Nullable Throwable> onEnd;
    private int closed;
    private @Nullable Throwable failure;
    private @Nullable DuplexChannel client;
    private @Nullable DuplexChannel server;
    private boolean clientSpoke;
    private @Nullable Http2Frames frames;
    private boolean serverSpokeLast = true;
    private boolean draining;
    private boolean ended;
    private long lastBytesNanos;

    /** Told of every buffer that passes; must be quick. */
    @FunctionalInterface
    public interface Counter {
        /** @param bytes that were handed to the target */
        void add(int bytes);

        /** Counts into {@code sum}. */
        static Counter into(AtomicLong sum) {
            return sum::addAndGet;
        }
    }

    private Relay(
            Duration patience,
            Counter downstreamToUpstream,
            Counter upstreamToDownstream,
            Consumer<@Nullable Throwable> onEnd) {
        this.patience = patience;
        this.downstreamToUpstream = downstreamToUpstream;
        this.upstreamToDownstream = upstreamToDownstream;
        this.onEnd = onEnd;
    }

    /**
     * Joins the two; to be called on their common event loop, before either has delivered bytes. Auto-read of both is
     * managed from here on.
     *
     * @param received counts bytes from downstream to upstream
     * @param sent counts bytes from upstream to downstream
     * @param onEnd called once when both have closed, with the first error of either side or {@code null}
     */
    public static void join(
            DuplexChannel downstream,
            DuplexChannel upstream,
            Counter received,
            Counter sent,
            Consumer<@Nullable Throwable> onEnd) {
        join(downstream, upstream, PATIENCE, received, sent, onEnd);
    }

    /** @param patience with a side that takes nothing more, once the other one is gone */
    static void join(
            DuplexChannel downstream,
            DuplexChannel upstream,
            Duration patience,
            Counter received,
            Counter sent,
            Consumer<@Nullable Throwable> onEnd) {
        new Relay(patience, received, sent, onEnd).start(downstream, upstream);
    }

    /**
     * Ends the relay of which {@code downstream} is a side within {@code within}, at a moment at which nobody waits for
     * anything; does nothing for a channel that is not relayed, and nothing when it was asked before. What did not come to
     * such a moment is left to the caller to close. On any thread.
     */
    public static void drain(Channel downstream, Duration within) {
        RelayDrain.start(downstream, within);
    }

    private void start(DuplexChannel downstream, DuplexChannel upstream) {
        client = downstream;
        server = upstream;
        downstream.pipeline().addLast("relay", new RelayHandler(this, downstream, upstream, downstreamToUpstream));
        upstream.pipeline().addLast("relay", new RelayHandler(this, upstream, downstream, upstreamToDownstream));
        resume(downstream, upstream);
        resume(upstream, downstream);
    }

    private static void resume(Channel source, Channel target) {
        Held.release(source);
        source.config().setAutoRead(target.isWritable());
        if (!source.isActive()) {
            // It closed before there was a relay to notice.
            source.pipeline().fireChannelInactive();
        }
    }

    /** Bytes have come from one side; false if they are not to be passed on any more. */
    boolean pass(DuplexChannel from, ByteBuf bytes) {
        boolean ofServer = from == server;
        serverSpokeLast = ofServer;
        if (ofServer) {
            // A server of HTTP/2 may speak first.
            if (frames == null && !clientSpoke) {
                frames = new Http2Frames();
            }
            if (frames != null) {
                frames.pass(bytes);
            }
        } else if (!clientSpoke) {
            clientSpoke = true;
            if (!RelayDrain.isHttp2(bytes)) {
                frames = null;
            } else if (frames == null) {
                frames = new Http2Frames();
            }
        }
        if (draining) {
            lastBytesNanos = System.nanoTime();
        }
        // After the end nobody could be answered: better not asked than asked in vain.
        return !ended || ofServer;
    }

    Duration patience() {
        return patience;
    }

    boolean beginDrain() {
        boolean first = !draining;
        draining = true;
        return first;
    }

    /** Whether the client speaks HTTP/2 in clear. */
    boolean isHttp2() {
        return clientSpoke && frames != null;
    }

    /** Whether everything that the server of an HTTP/2 connection has sent so far are whole frames. */
    boolean isBetweenFrames() {
        return frames != null && frames.isBetween();
    }

    boolean serverSpokeLast() {
        return serverSpokeLast;
    }

    /** When bytes last came; known only while draining. */
    long lastBytesNanos() {
        return lastBytesNanos;
    }

    /** Whether bytes still wait to be taken, which also keeps their source from being read. */
    boolean isHeldBack() {
        return hasPending(client) || hasPending(server);
    }

    private static boolean hasPending(@Nullable Channel side) {
        ChannelOutboundBuffer pending = side == null ? null : side.unsafe().outboundBuffer();
        return pending != null && pending.totalPendingWriteBytes() > 0;
    }

    /** Tells both sides that nothing more will come, behind everything that came before. */
    void end() {
        ended = true;
        end(client);
        end(server);
    }

    private static void end(@Nullable DuplexChannel side) {
        if (side != null && side.isActive()) {
            HalfClose.output(side);
        }
    }

    void failed(Throwable cause) {
        if (failure == null) {
            failure = cause;
        }
    }

    void closed() {
        closed++;
        if (closed == SIDES) {
            onEnd.accept(failure);
        }
    }
}

package io.periplus.dataplane.net;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * Ends relayed connections before the proxy ends, at a moment at which nobody is likely to wait for anything. What was received
 * before is delivered first.
 *
 * <p>A client that speaks HTTP/2 in clear is told GOAWAY with the highest stream id (RFC 9113, 6.8), once, between two of
 * the server's frames: it opens its next streams on a new connection, finishes those it has and closes this one.
 *
 * <p>Any other connection is closed when the last bytes were the server's, all have been taken and it has been quiet for a while: as a server
 * closes an idle connection, which every client of a request-answer protocol has to bear. Until the last quarter of the
 * time nothing is closed, since most connections end by themselves; then "a while" halves again and again, so that the
 * idlest go first and even a busy one is caught between two requests.
 */
final class RelayDrain implements Runnable {
    private static final long STEP_MILLIS = 5;

    /** Enough to catch a pause; what is left of the time belongs to the connections. */
    private static final long CATCHING_MAX_NANOS = TimeUnit.SECONDS.toNanos(5);

    private static final int CATCHING_SHARE = 4;

    private static final long QUIET_MAX_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final int HALVINGS = 9;

    /** What a server needs that was kept from writing, until it writes again, on a busy machine. */
    private static final long RESUMING_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

    private static final byte[] GOAWAY = {0, 0, 8, 7, 0, 0, 0, 0, 0, 0x7f, -1, -1, -1, 0, 0, 0, 0};
    private static final byte[] PREFACE = "PRI * HTTP/2.0\r\n".getBytes(StandardCharsets.US_ASCII);

    private final Relay relay;
    private final Channel downstream;
    private final long start = System.nanoTime();
    private final long within;
    private long lastHeldBack = start;
    private boolean heldBack;

    private RelayDrain(Relay relay, Channel downstream, Duration within) {
        this.relay = relay;
        this.downstream = downstream;
        this.within = within.toNanos();
    }

    /**
     * Begins to end the relay that {@code downstream} is the client's side of, if it is one and that has not begun yet. On
     * any thread.
     */
    static void start(Channel downstream, Duration within) {
        downstream.eventLoop().execute(() -> {
            RelayHandler handler = downstream.pipeline().get(RelayHandler.class);
            Relay relay = handler == null ? null : handler.relay();
            if (relay != null && relay.beginDrain()) {
                new RelayDrain(relay, downstream, within).run();
            }
        });
    }

    /** Whether these are the first bytes of a client that speaks HTTP/2 in clear. */
    static boolean isHttp2(ByteBuf first) {
        if (first.readableBytes() < PREFACE.length) {
            return false;
        }
        for (int i = 0; i < PREFACE.length; i++) {
            if (first.getByte(first.readerIndex() + i) != PREFACE[i]) {
                return false;
            }
        }
        return true;
    }

    @Override
    public void run() {
        if (!downstream.isActive()) {
            return;
        }
        long now = System.nanoTime();
        if (relay.isHeldBack()) {
            // Nothing comes because nothing is taken, not because nobody has anything to say.
            heldBack = true;
            lastHeldBack = now;
        }
        long quiet = now - Math.max(Math.max(start, lastHeldBack), relay.lastBytesNanos());
        if (relay.isHttp2()) {
            if (relay.isBetweenFrames()) {
                downstream.writeAndFlush(Unpooled.copiedBuffer(GOAWAY));
                return;
            }
        } else if (relay.serverSpokeLast() && quiet >= needed(now - start)) {
            relay.end();
            return;
        }
        downstream.eventLoop().schedule(this, STEP_MILLIS, TimeUnit.MILLISECONDS);
    }

    private long needed(long elapsed) {
        long catching = Math.min(within / CATCHING_SHARE, CATCHING_MAX_NANOS);
        long since = elapsed - (within - catching);
        if (since < 0) {
            return Long.MAX_VALUE;
        }
        double share = catching == 0 ? 1 : Math.min(1, (double) since / catching);
        long quiet = (long) (QUIET_MAX_NANOS * Math.pow(2, -HALVINGS * share));
        return heldBack ? Math.max(quiet, RESUMING_NANOS) : quiet;
    }
}

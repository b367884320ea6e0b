package io.periplus.waypoint.limit.remote;

import io.netty.channel.EventLoop;
import io.netty.util.concurrent.ScheduledFuture;
import io.periplus.dataplane.telemetry.Histogram;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A backend with its bounds: how many requests wait for it, how long, and whether it is asked at all. A request is never kept
 * waiting for a connection to be made.
 */
public final class Remote implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Remote.class);

    /** A proxy that has more requests waiting than this is not helped by more of them. */
    static final int WAITING_MAX = 1_024;

    private static final double NANOS_PER_MILLI = 1e6;

    private final Transport transport;
    private final Histogram latency;
    private final Circuit circuit = new Circuit();
    private final AtomicInteger waiting = new AtomicInteger();

    Remote(Transport transport, Histogram latency) {
        this.transport = transport;
        this.latency = latency;
    }

    /** Whether the backend can be asked at this moment. */
    public boolean isConnected() {
        return transport.isConnected();
    }

    /**
     * Asks.
     *
     * @param enforced whether a request beyond one limit is to count in none of them
     * @param loop on which this is called and the answer is given
     * @param answer called once, perhaps at once; null when there is no answer in time
     */
    public void ask(
            List<Ask> limits, boolean enforced, EventLoop loop, long timeoutNanos, Consumer<@Nullable Verdict> answer) {
        long start = System.nanoTime();
        if (!transport.isConnected() || waiting.get() >= WAITING_MAX || !circuit.allows(start)) {
            answer.accept(null);
            return;
        }
        waiting.incrementAndGet();
        Waiting one = new Waiting(start, answer);
        one.timeout = loop.schedule(() -> one.end(null), timeoutNanos, TimeUnit.NANOSECONDS);
        try {
            transport.ask(limits, enforced, timeoutNanos, verdict -> one.answered(loop, verdict));
        } catch (RuntimeException e) {
            LOG.warn("rate limits: a backend could not be asked", e);
            one.end(null);
        }
    }

    /** Takes back what a request counted that was refused elsewhere. */
    public void giveBack(List<Ask> limits) {
        if (transport.isConnected()) {
            transport.giveBack(limits);
        }
    }

    /** A request that waits; on its loop. */
    private final class Waiting {
        private final long start;
        private final Consumer<@Nullable Verdict> answer;
        private @Nullable ScheduledFuture<?> timeout;
        private boolean over;

        Waiting(long start, Consumer<@Nullable Verdict> answer) {
            this.start = start;
            this.answer = answer;
        }

        void answered(EventLoop loop, @Nullable Verdict verdict) {
            if (loop.inEventLoop()) {
                end(verdict);
            } else {
                loop.execute(() -> end(verdict));
            }
        }

        void end(@Nullable Verdict verdict) {
            if (over) {
                return;
            }
            over = true;
            waiting.decrementAndGet();
            ScheduledFuture<?> timer = timeout;
            if (timer != null) {
                timer.cancel(false);
            }
            long now = System.nanoTime();
            if (verdict == null) {
                circuit.failed(now);
            } else {
                circuit.succeeded();
                latency.record((now - start) / NANOS_PER_MILLI);
            }
            answer.accept(verdict);
        }
    }

    @Override
    public void close() {
        transport.close();
    }
}

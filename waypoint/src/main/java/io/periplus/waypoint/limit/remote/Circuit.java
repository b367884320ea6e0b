package io.periplus.waypoint.limit.remote;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Whether a backend that is connected is worth waiting for.
 *
 * <pre>
 * CLOSED -- five failures in a row --> OPEN -- a second --> one request tries -- answered --> CLOSED
 *                                       ^------------------ no answer -----|
 * </pre>
 */
final class Circuit {
    private static final int FAILURES = 5;
    static final long PAUSE_NANOS = 1_000_000_000;

    private final AtomicInteger failures = new AtomicInteger();
    /** When the next request may try, while it is open. */
    private final AtomicLong retryNanos = new AtomicLong();

    /** Whether to ask now; while it is open, the caller that is told so is the one that tries. */
    boolean allows(long nowNanos) {
        if (failures.get() < FAILURES) {
            return true;
        }
        long retry = retryNanos.get();
        return nowNanos - retry >= 0 && retryNanos.compareAndSet(retry, nowNanos + PAUSE_NANOS);
    }

    void succeeded() {
        if (failures.get() != 0) {
            failures.set(0);
        }
    }

    void failed(long nowNanos) {
        if (failures.get() < FAILURES && failures.incrementAndGet() == FAILURES) {
            retryNanos.set(nowNanos + PAUSE_NANOS);
        }
    }
}

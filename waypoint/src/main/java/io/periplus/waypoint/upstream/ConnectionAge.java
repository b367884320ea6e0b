package io.periplus.waypoint.upstream;

import io.periplus.waypoint.upstream.policy.PoolSettings;
import java.time.Duration;

/** When a connection has served enough. */
final class ConnectionAge {
    private final long openedNanos = System.nanoTime();
    private final long nanosMax;
    private final int requestsMax;
    private int requests;

    ConnectionAge(PoolSettings settings) {
        Duration max = settings.maxAge();
        nanosMax = max == null ? Long.MAX_VALUE : max.toNanos();
        requestsMax = settings.requestsPerConnection();
    }

    /** A request begins. */
    void used() {
        requests++;
    }

    /** Whether it takes no more requests. */
    boolean isOver() {
        return requests >= requestsMax || (nanosMax != Long.MAX_VALUE && System.nanoTime() - openedNanos > nanosMax);
    }
}

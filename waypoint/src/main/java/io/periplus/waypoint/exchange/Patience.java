package io.periplus.waypoint.exchange;

import java.util.concurrent.TimeUnit;

/**
 * How long a request waits for an endpoint whose coming is expected. While an application is restarted, the last endpoint
 * known here may be gone a moment before its successor is heard of. Nothing has been delivered, so the request rather waits
 * for the news than fails.
 */
final class Patience {
    /** After so long it looks again. */
    static final long LOOK_AGAIN_MS = 100;

    /** As long as news may take on a very busy machine. */
    static final long MOST_NANOS = TimeUnit.SECONDS.toNanos(5);

    private long endNanos;

    /** @param expected whether there are signs of news; once it has begun to wait, a request does so to the end */
    boolean lasts(boolean expected) {
        if (endNanos == 0) {
            if (!expected) {
                return false;
            }
            endNanos = System.nanoTime() + MOST_NANOS;
        }
        return System.nanoTime() - endNanos < 0;
    }
}

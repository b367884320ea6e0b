package io.periplus.waypoint.exchange;

import io.periplus.waypoint.upstream.Host;
import java.util.concurrent.TimeUnit;

/**
 * How long a request or connection waits for an endpoint whose coming is expected. While an application is restarted, the last endpoint
 * known here may be gone a moment before its successor is heard of. Nothing has been delivered, so it rather waits
 * for the news than fails.
 */
public final class Patience {
    /** After so long it looks again. */
    public static final long LOOK_AGAIN_MS = 100;

    /** As long as news may take on a very busy machine. */
    static final long MOST_NANOS = TimeUnit.SECONDS.toNanos(5);

    private long endNanos;

    /** Whether the endpoint that cannot be reached now was reached a moment ago, so that another will take its place. */
    public static boolean isExpected(Host failed) {
        return System.nanoTime() - failed.reachedNanos() < MOST_NANOS;
    }

    /** @param expected whether there are signs of news; once it has begun to wait, a request does so to the end */
    public boolean lasts(boolean expected) {
        if (endNanos == 0) {
            if (!expected) {
                return false;
            }
            endNanos = System.nanoTime() + MOST_NANOS;
        }
        return System.nanoTime() - endNanos < 0;
    }
}

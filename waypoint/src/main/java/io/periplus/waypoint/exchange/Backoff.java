package io.periplus.waypoint.exchange;

import java.util.concurrent.ThreadLocalRandom;

/** The pause before another attempt: a random one that grows, or none where an endpoint is left that was not tried. */
public final class Backoff {
    private static final int BASE_MS = 25;
    private static final int DOUBLINGS_MAX = 4;

    private Backoff() {}

    /** @param retries so far, with the one that is about to begin */
    public static int millis(boolean untriedLeft, int retries) {
        return millis(untriedLeft, 0, retries);
    }

    /** @param baseMillis of the growing pause, 0 for the default */
    static int millis(boolean untriedLeft, int baseMillis, int retries) {
        if (untriedLeft) {
            return 0;
        }
        int base = baseMillis > 0 ? baseMillis : BASE_MS;
        return ThreadLocalRandom.current().nextInt(base << Math.min(retries, DOUBLINGS_MAX));
    }
}

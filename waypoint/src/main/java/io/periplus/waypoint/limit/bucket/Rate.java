package io.periplus.waypoint.limit.bucket;

/**
 * How fast a bucket is refilled and how much it holds, in time (GCRA): a request takes {@code intervalNanos} out of a bucket
 * that holds {@code toleranceNanos} and gets back one nanosecond every nanosecond.
 */
public record Rate(long intervalNanos, long toleranceNanos) {
    /**
     * A bucket.
     *
     * @param requests that may come in {@code perNanos}
     * @param burst that may come at once
     */
    public static Rate of(long requests, long perNanos, long burst) {
        if (requests < 1 || perNanos < requests || burst < 1) {
            throw new IllegalArgumentException("rate: %d requests in %d ns, burst %d (expected: each at least 1)"
                    .formatted(requests, perNanos, burst));
        }
        long interval = perNanos / requests;
        return new Rate(interval, Math.multiplyExact(interval, burst));
    }

    /** What {@code cost} requests take. */
    public long costNanos(int cost) {
        return intervalNanos * cost;
    }

    /** How many whole requests fit into this time. */
    public long requestsIn(long nanos) {
        return nanos / intervalNanos;
    }

    /** How many requests may come at once. */
    public long burst() {
        return toleranceNanos / intervalNanos;
    }
}

package io.periplus.waypoint.limit.remote;

import io.periplus.waypoint.limit.bucket.Rate;
import java.util.concurrent.TimeUnit;

/**
 * How a request stands with a limit.
 *
 * @param over whether it is beyond the limit
 * @param burst how many may come at once; 0 when not known
 * @param windowSeconds in which the burst is refilled
 * @param remaining how many may still come now
 * @param resetSeconds until all is refilled; for a request beyond the limit, until it may come again
 */
public record Standing(boolean over, long burst, long windowSeconds, long remaining, long resetSeconds) {
    /** When nothing but the outcome is known. */
    public static Standing unknown(boolean over) {
        return new Standing(over, 0, 0, 0, over ? 1 : 0);
    }

    /** Of a bucket, by what is left in it; if negative, by how much it is short. */
    public static Standing of(Rate rate, long leftNanos) {
        boolean over = leftNanos < 0;
        return new Standing(
                over,
                rate.burst(),
                seconds(rate.toleranceNanos()),
                over ? 0 : rate.requestsIn(leftNanos),
                seconds(over ? -leftNanos : rate.toleranceNanos() - leftNanos));
    }

    /** The part of the limit that is left, between 0 and 1. */
    public double share() {
        return burst == 0 ? 1 : (double) remaining / burst;
    }

    private static long seconds(long nanos) {
        long second = TimeUnit.SECONDS.toNanos(1);
        return nanos / second + (nanos % second == 0 ? 0 : 1);
    }
}

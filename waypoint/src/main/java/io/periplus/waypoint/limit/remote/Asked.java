package io.periplus.waypoint.limit.remote;

import io.periplus.waypoint.limit.bucket.Rate;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A limit as backends know it.
 *
 * @param policy {@code namespace/name}
 * @param counter what sets its counters apart from those of other limits, places and numbers
 * @param entries names of the parts of its key
 * @param rate null where only the backend knows
 * @param requests in {@code seconds}; 0 where only the backend knows
 * @param seconds of the rate; 0 where it is not whole seconds
 * @param cost of a request
 */
public record Asked(
        String policy,
        String counter,
        String name,
        List<String> entries,
        @Nullable Rate rate,
        long requests,
        long seconds,
        int cost) {}

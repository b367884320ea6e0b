package io.periplus.waypoint.limit;

import io.periplus.waypoint.limit.remote.Remote;
import io.periplus.wire.waypoint.LimitResponse;
import org.jspecify.annotations.Nullable;

/**
 * What the limits of a policy share.
 *
 * @param key {@code namespace/name}
 * @param remote who counts; null when this proxy does
 * @param timeoutNanos for an answer of it
 * @param failOpen whether requests pass without one
 * @param dryRun counted and reported, not enforced
 */
record Policy(
        String key,
        @Nullable Remote remote,
        long timeoutNanos,
        boolean failOpen,
        boolean dryRun,
        LimitResponse response) {
    boolean tellsAlways() {
        return response.getHeaders() == LimitResponse.Headers.ALWAYS;
    }

    boolean tellsOnLimit() {
        return response.getHeaders() != LimitResponse.Headers.NEVER;
    }
}

package io.periplus.waypoint.limit;

import io.periplus.waypoint.exchange.LocalReply;
import io.periplus.waypoint.exchange.RequestContext;
import io.periplus.waypoint.limit.bucket.Counters;
import io.periplus.waypoint.limit.remote.Asked;
import org.jspecify.annotations.Nullable;

/**
 * A limit at one place, compiled. Shared by all event loops.
 *
 * @param match null for all requests
 * @param unlimited takes away what a more general level says under this name
 * @param override a more special level cannot replace it
 * @param counters its own; null where a backend counts, and for what is unlimited
 * @param asked as a backend knows it
 * @param limited the answer to requests beyond it
 * @param failed the answer while the backend gives none
 */
record Limit(
        Policy policy,
        String name,
        @Nullable LimitMatcher match,
        LimitKeys keys,
        int cost,
        boolean unlimited,
        boolean override,
        @Nullable Counters counters,
        Asked asked,
        LimitMetrics.Outcomes outcomes,
        LocalReply limited,
        LocalReply failed) {
    boolean counts(RequestContext request) {
        return match == null || match.matches(request);
    }
}

package io.periplus.waypoint.route;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A rule of a route, compiled. Immutable and shared between threads, but for the turns of its backends.
 *
 * @param id the rule as policies name it; null for what is no object's
 * @param name as access logs show it: {@code <namespace>.<name>.<index of the rule>}
 * @param grpc whether it is a GRPCRoute's: backends are spoken to in HTTP/2
 * @param filters of the rule
 * @param retry null where the author said nothing
 * @param session null for none
 * @param unusable what of the rule cannot be applied, empty if all can: then nothing is forwarded
 * @param cors whether the rule or a backend of it has a word on other origins
 */
public record RouteRule(
        @Nullable RouteId id,
        String name,
        boolean grpc,
        Filters filters,
        Backends backends,
        Timeouts timeouts,
        @Nullable RetryRules retry,
        @Nullable SessionRules session,
        String unusable,
        boolean cors) {
    /** Traffic that no route governs. */
    static final RouteRule DIRECT = new RouteRule(
            null, "default", false, Filters.NONE, Backends.AS_ADDRESSED, Timeouts.NONE, null, null, "", false);

    /** A rule that cannot be applied as its author wants it. */
    static RouteRule unusable(RouteId id, String name, String why) {
        return new RouteRule(
                id, name, false, Filters.NONE, new Backends(List.of()), Timeouts.NONE, null, null, why, false);
    }
}

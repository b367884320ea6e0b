package io.periplus.waypoint.route;

import io.periplus.waypoint.route.match.RequestMatch;
import org.jspecify.annotations.Nullable;

/**
 * A rule, as one of its matches leads to it. Immutable and shared between threads.
 *
 * @param prefix of the path that was matched, empty if the match was another
 * @param match that led here; null where there is none to match
 */
public record Route(RouteRule rule, String prefix, @Nullable RequestMatch match) implements Routing {
    /** Traffic that no route governs. */
    static final Route DIRECT = new Route(RouteRule.DIRECT, "", null);

    /** As access logs show it. */
    public String name() {
        return rule.name();
    }

    /** Whose turns decide where requests and connections go. */
    public Backends backends() {
        return rule.backends();
    }
}

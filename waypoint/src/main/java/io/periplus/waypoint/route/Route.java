package io.periplus.waypoint.route;

/**
 * A rule, as one of its matches leads to it. Immutable and shared between threads.
 *
 * @param prefix of the path that was matched, empty if the match was another
 */
public record Route(RouteRule rule, String prefix) implements Routing {
    /** Traffic that no route governs. */
    static final Route DIRECT = new Route(RouteRule.DIRECT, "");

    /** As access logs show it. */
    public String name() {
        return rule.name();
    }

    /** Whose turns decide where requests and connections go. */
    public Backends backends() {
        return rule.backends();
    }
}

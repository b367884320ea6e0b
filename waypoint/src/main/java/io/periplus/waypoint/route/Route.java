package io.periplus.waypoint.route;

/**
 * A rule as one of its matches leads to it. Immutable and shared between threads.
 *
 * @param name as access logs show it: {@code <namespace>.<name>.<index of the rule>}
 * @param backends whose turns decide where requests and connections go
 */
public record Route(String name, Backends backends) implements Routing {
    /** Traffic that no route governs. */
    static final Route DIRECT = new Route("default", Backends.AS_ADDRESSED);
}

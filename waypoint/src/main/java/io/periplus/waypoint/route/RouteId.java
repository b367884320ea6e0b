package io.periplus.waypoint.route;

import io.periplus.wire.waypoint.RouteKind;
import org.jspecify.annotations.Nullable;

/**
 * A route object, or a named rule of it, as policies name it.
 *
 * @param rule empty for the whole object and for rules without a name
 * @param route the whole object; null if this is it
 */
public record RouteId(
        RouteKind kind,
        String namespace,
        String name,
        String rule,
        @Nullable RouteId route) {
    /** A whole object. */
    public static RouteId route(RouteKind kind, String namespace, String name) {
        return new RouteId(kind, namespace, name, "", null);
    }

    /** A rule of it. */
    public RouteId rule(String named) {
        return named.isEmpty() ? this : new RouteId(kind, namespace, name, named, this);
    }
}

package io.periplus.model.route;

import io.periplus.model.input.RouteProblem;
import io.periplus.wire.waypoint.RouteRule;
import java.util.List;

/**
 * The rules of a route as proxies receive them.
 *
 * @param problems everything that cannot be applied
 */
record ResolvedRules(List<RouteRule> rules, List<RouteProblem> problems) {
    /**
     * Both forms of a route's rules: references of a route at a Gateway into other namespaces have to be granted, those of a
     * route in the mesh not.
     */
    record Pair(ResolvedRules mesh, ResolvedRules gateway) {}
}

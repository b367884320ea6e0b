package io.periplus.waypoint.route;

import io.periplus.waypoint.route.match.Candidate;
import io.periplus.wire.waypoint.RouteKind;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A route, compiled once however many parents it has.
 *
 * @param source as the control plane sent it
 * @param candidates every match of every rule
 * @param bytes where connections go whose bytes pass as they are: the only rule of a TLSRoute or TCPRoute; null without rules
 */
record CompiledRoute(
        io.periplus.wire.waypoint.Route source,
        List<Candidate<Route>> candidates,
        @Nullable Route bytes) {
    /** Where only one can be, it is the oldest, then the first by name. */
    static final Comparator<CompiledRoute> OLDEST_FIRST = Comparator.<CompiledRoute>comparingLong(
                    route -> route.source.getCreatedSeconds())
            .thenComparing(route -> route.source.getNamespace() + "/" + route.source.getName());

    RouteKind kind() {
        return source.getKind();
    }
}

package io.periplus.waypoint.route;

import io.periplus.dataplane.http.RequestHead;
import io.periplus.waypoint.mesh.Destination;
import org.jspecify.annotations.Nullable;

/** Finds the route of a request. Immutable; a request is routed by the table that was current when it began. */
@FunctionalInterface
public interface RouteTable {
    /** A mesh without routes: every request goes to what the client addressed, from a port of a Gateway to nothing. */
    RouteTable DIRECT = (destination, clientNamespace, request) ->
            destination instanceof Destination.OfListener ? null : new Route("default", destination);

    /**
     * The route, or null when routes exist for the destination and none matches.
     *
     * @param clientNamespace in which the client's workload runs, by its identity; null for a client outside the mesh
     */
    @Nullable
    Route route(Destination destination, @Nullable String clientNamespace, RequestHead request);
}

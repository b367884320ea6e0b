package io.periplus.waypoint.route;

import io.periplus.dataplane.http.RequestHead;
import io.periplus.waypoint.mesh.Destination;
import org.jspecify.annotations.Nullable;

/** Finds the routes of requests and connections. Immutable; each is routed by the table that was current when it began. */
public final class RouteTable {
    /** A mesh without routes: everything goes to what the client addressed. */
    public static final RouteTable DIRECT = new RouteTable();

    private RouteTable() {}

    /**
     * Routes a request.
     *
     * @param clientNamespace in which the client's workload runs, by its identity; null for a client outside the mesh
     */
    public Routing route(Destination destination, @Nullable String clientNamespace, RequestHead request) {
        return destination instanceof Destination.OfListener ? NoRoute.NOT_FOUND : Route.DIRECT;
    }

    /**
     * Routes a connection whose bytes pass as they are.
     *
     * @param clientNamespace in which the client's workload runs, by its identity; null for a client outside the mesh
     * @param serverName that the client asked for in TLS, lower case; empty if it named none or does not speak TLS
     */
    public Routing connection(Destination destination, @Nullable String clientNamespace, String serverName) {
        return destination instanceof Destination.OfListener ? NoRoute.NOT_FOUND : Route.DIRECT;
    }
}

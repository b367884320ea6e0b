package io.periplus.waypoint.route;

import io.periplus.dataplane.http.RequestHead;
import io.periplus.waypoint.mesh.Destination;
import io.periplus.waypoint.route.match.HostIndex;

/**
 * The listeners that share a port. A request or connection belongs to the most specific one for its host or server name, and
 * to the routes of that one alone (listener isolation). Immutable.
 */
record ListenerPort(int port, HostIndex<ListenerRoutes> listeners) {
    Routing route(Destination.OfListener destination, RequestHead request) {
        HostIndex.Node<ListenerRoutes> own = listeners.find(request.authority());
        if (own == null) {
            return NoRoute.NOT_FOUND;
        }
        if (destination.secure() && !destination.serverName().isEmpty()) {
            HostIndex.Node<ListenerRoutes> opened = listeners.find(destination.serverName());
            if (opened != own) {
                return NoRoute.MISDIRECTED;
            }
        }
        return own.value().route(request);
    }

    Routing connection(String serverName) {
        HostIndex.Node<ListenerRoutes> own = listeners.find(serverName);
        return own == null ? NoRoute.NOT_FOUND : own.value().connection(serverName);
    }
}

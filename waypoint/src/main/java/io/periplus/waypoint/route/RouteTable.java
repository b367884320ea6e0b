package io.periplus.waypoint.route;

import io.periplus.dataplane.http.RequestHead;
import io.periplus.waypoint.mesh.Destination;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** Finds the routes of requests and connections. Immutable; each is routed by the table that was current when it began. */
public final class RouteTable {
    /** A mesh without routes: everything goes to what the client addressed. */
    public static final RouteTable DIRECT = new RouteTable(Map.of(), List.of());

    private final Map<String, ServiceRoutes> services;
    /** A Gateway has few ports: they are looked through. */
    private final List<ListenerPort> ports;

    /** @param services by key, {@code namespace/hostname} */
    RouteTable(Map<String, ServiceRoutes> services, List<ListenerPort> ports) {
        this.services = services;
        this.ports = ports;
    }

    /**
     * Routes a request.
     *
     * @param clientNamespace in which the client's workload runs, by its identity; null for a client outside the mesh
     */
    public Routing route(Destination destination, @Nullable String clientNamespace, RequestHead request) {
        if (destination instanceof Destination.OfListener listener) {
            ListenerPort port = portOf(listener);
            return port == null ? NoRoute.NOT_FOUND : port.route(listener, request);
        }
        RouteGroup group = groupOf(destination, clientNamespace);
        return group == null ? Route.DIRECT : group.route(request);
    }

    /**
     * Routes a connection whose bytes pass as they are.
     *
     * @param clientNamespace in which the client's workload runs, by its identity; null for a client outside the mesh
     * @param serverName that the client asked for in TLS, lower case; empty if it named none or does not speak TLS
     */
    public Routing connection(Destination destination, @Nullable String clientNamespace, String serverName) {
        if (destination instanceof Destination.OfListener listener) {
            ListenerPort port = portOf(listener);
            return port == null ? NoRoute.NOT_FOUND : port.connection(serverName);
        }
        RouteGroup group = groupOf(destination, clientNamespace);
        return group == null ? Route.DIRECT : group.connection(serverName);
    }

    /** Whether {@link #connection} depends on the server name, so that the first bytes have to be looked at. */
    public boolean asksForServerName(Destination destination, @Nullable String clientNamespace) {
        return destination instanceof Destination.OfListener
                || groupOf(destination, clientNamespace) instanceof RouteGroup.OfServerNames;
    }

    /**
     * Whether a port speaks HTTP because requests for it are routed, unless it declares TLS: routes name it, or it is the only
     * one of its service.
     *
     * @param only whether it is
     */
    public boolean takesRequestsOnly(Destination destination, @Nullable String clientNamespace, BooleanSupplier only) {
        return groupOf(destination, clientNamespace) instanceof RouteGroup.OfRequests requests
                && (requests.namesPort() || only.getAsBoolean());
    }

    private @Nullable ListenerPort portOf(Destination.OfListener listener) {
        for (int i = 0; i < ports.size(); i++) {
            if (ports.get(i).port() == listener.port()) {
                return ports.get(i);
            }
        }
        return null;
    }

    private @Nullable RouteGroup groupOf(Destination destination, @Nullable String clientNamespace) {
        if (!(destination instanceof Destination.OfService service)) {
            return null;
        }
        ServiceRoutes routes = services.get(service.key());
        return routes == null ? null : routes.find(service.port(), clientNamespace);
    }
}

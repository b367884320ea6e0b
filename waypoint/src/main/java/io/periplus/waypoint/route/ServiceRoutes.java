package io.periplus.waypoint.route;

import io.periplus.wire.waypoint.ServiceParent;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The routes of one service. A route of the service's own namespace (producer) is for every client; one of another namespace
 * (consumer) is for the clients of that namespace, and for them stands in place of all producer routes. Those of the
 * waypoint's own namespace stand in their place for every client. Immutable.
 */
final class ServiceRoutes {
    /** For ports that no route names. */
    private static final int OTHER_PORTS = 0;

    /** @param everybodys of the waypoint's namespace, else of the service's */
    private record OfPort(int port, @Nullable RouteGroup everybodys, Map<String, RouteGroup> consumers) {
        @Nullable
        RouteGroup of(@Nullable String clientNamespace) {
            RouteGroup own = clientNamespace == null || consumers.isEmpty() ? null : consumers.get(clientNamespace);
            return own == null ? everybodys : own;
        }
    }

    /** A service has few ports: they are looked through. */
    private final OfPort[] ports;

    private ServiceRoutes(List<OfPort> ports) {
        this.ports = ports.toArray(OfPort[]::new);
    }

    /** Merges what is attached to a service of this namespace. */
    static ServiceRoutes of(String namespace, String hostname, Collection<CompiledRoute> routes) {
        Set<Integer> named = new TreeSet<>();
        named.add(OTHER_PORTS);
        forEachParent(routes, namespace, hostname, (route, parent) -> named.add(parent.getPort()));
        List<OfPort> ports = new ArrayList<>(named.size());
        named.forEach(port -> ports.add(ofPort(port, namespace, hostname, routes)));
        return new ServiceRoutes(ports);
    }

    private interface Visitor {
        void visit(CompiledRoute route, ServiceParent parent);
    }

    private static void forEachParent(
            Collection<CompiledRoute> routes, String namespace, String hostname, Visitor visitor) {
        for (CompiledRoute route : routes) {
            for (var parent : route.source().getParentsList()) {
                ServiceParent service = parent.getService();
                if (parent.hasService()
                        && service.getService().getNamespace().equals(namespace)
                        && service.getService().getHostname().equals(hostname)) {
                    visitor.visit(route, service);
                }
            }
        }
    }

    private static OfPort ofPort(int port, String namespace, String hostname, Collection<CompiledRoute> routes) {
        Map<String, Map<CompiledRoute, RouteGroup.Attached>> byNamespace = new HashMap<>();
        Set<String> ofTheWaypoint = new HashSet<>();
        forEachParent(routes, namespace, hostname, (route, parent) -> {
            if (parent.getPort() == OTHER_PORTS || parent.getPort() == port) {
                boolean named = parent.getPort() != OTHER_PORTS;
                byNamespace
                        .computeIfAbsent(route.source().getNamespace(), _ -> new HashMap<>())
                        .merge(
                                route,
                                new RouteGroup.Attached(route, parent.getServerNamesList(), named),
                                (one, other) -> new RouteGroup.Attached(
                                        route, one.serverNames(), one.namesPort() || other.namesPort()));
                if (parent.getOfTheWaypoint()) {
                    ofTheWaypoint.add(route.source().getNamespace());
                }
            }
        });
        RouteGroup producers = null;
        RouteGroup waypoints = null;
        Map<String, RouteGroup> consumers = new HashMap<>();
        for (var entry : byNamespace.entrySet()) {
            RouteGroup group = RouteGroup.of(List.copyOf(entry.getValue().values()));
            if (group != null && entry.getKey().equals(namespace)) {
                producers = group;
            } else if (group != null) {
                consumers.put(entry.getKey(), group);
                waypoints = ofTheWaypoint.contains(entry.getKey()) ? group : waypoints;
            }
        }
        return new OfPort(port, waypoints == null ? producers : waypoints, Map.copyOf(consumers));
    }

    /** The routes that govern a client's traffic for a port; null if none does. */
    @Nullable
    RouteGroup find(int port, @Nullable String clientNamespace) {
        OfPort others = ports[0];
        for (int i = 1; i < ports.length; i++) {
            if (ports[i].port == port) {
                return ports[i].of(clientNamespace);
            }
        }
        return others.of(clientNamespace);
    }
}

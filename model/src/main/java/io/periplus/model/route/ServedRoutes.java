package io.periplus.model.route;

import io.periplus.api.NamespacedName;
import io.periplus.model.collection.Collection;
import io.periplus.model.collection.Fetch;
import io.periplus.model.input.RouteInput;
import io.periplus.model.input.RouteKey;
import io.periplus.wire.waypoint.ListenerParent;
import io.periplus.wire.waypoint.Route;
import io.periplus.wire.waypoint.RouteParent;
import io.periplus.wire.waypoint.ServiceParent;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Which proxies are sent which routes: each route to those that front one of its services or have one of its listeners. */
record ServedRoutes(
        boolean consumerRoutes,
        Collection<RouteKey, RouteInput> routes,
        Collection<RouteKey, ResolvedRules.Pair> rules) {

    Map<ServedRouteKey, Route> of(Fetch fetch, RouteParents parents) {
        RouteInput route = fetch.get(routes, parents.key());
        ResolvedRules.Pair resolved = fetch.get(rules, parents.key());
        if (route == null || resolved == null) {
            return Map.of();
        }
        Map<NamespacedName, List<RouteParent>> services = new LinkedHashMap<>();
        parents.atServices().forEach(at -> {
            for (NamespacedName waypoint : at.waypoints()) {
                boolean consumer = !at.group().isEmpty();
                boolean everybodys = consumer && waypoint.namespace().equals(at.group());
                if (consumerRoutes || !consumer || everybodys) {
                    add(services, waypoint, parents(route, at, everybodys));
                }
            }
        });
        Map<NamespacedName, List<RouteParent>> listeners = new LinkedHashMap<>();
        parents.atListeners()
                .filter(at -> at.listener().served())
                .forEach(at -> add(listeners, at.gateway(), List.of(parent(at))));

        Map<ServedRouteKey, Route> served = new LinkedHashMap<>();
        services.forEach((waypoint, at) ->
                served.put(new ServedRouteKey(waypoint, route.key()), message(route, at, resolved.mesh())));
        listeners.forEach((gateway, at) ->
                served.put(new ServedRouteKey(gateway, route.key()), message(route, at, resolved.gateway())));
        return served;
    }

    // Two references can lead to the same place.
    private static void add(
            Map<NamespacedName, List<RouteParent>> at, NamespacedName gateway, List<RouteParent> parents) {
        List<RouteParent> present = at.computeIfAbsent(gateway, key -> new ArrayList<>());
        parents.stream().filter(parent -> !present.contains(parent)).forEach(present::add);
    }

    private static List<RouteParent> parents(RouteInput route, Place.AtService at, boolean ofTheWaypoint) {
        List<Integer> ports = at.whole() ? List.of(0) : at.ports();
        return ports.stream()
                .map(port -> {
                    ServiceParent.Builder parent = ServiceParent.newBuilder()
                            .setService(at.service())
                            .setPort(port)
                            .setOfTheWaypoint(ofTheWaypoint);
                    if (route.key().kind() == RouteKey.Kind.TLS) {
                        parent.addAllServerNames(route.hostnames());
                    }
                    return RouteParent.newBuilder().setService(parent).build();
                })
                .toList();
    }

    private static RouteParent parent(Place.AtListener at) {
        return RouteParent.newBuilder()
                .setListener(ListenerParent.newBuilder()
                        .setListener(at.listener().resourceName())
                        .addAllHostnames(at.hostnames()))
                .build();
    }

    private static Route message(RouteInput route, List<RouteParent> parents, ResolvedRules rules) {
        return Route.newBuilder()
                .setKind(route.key().kind().wire())
                .setNamespace(route.key().name().namespace())
                .setName(route.key().name().name())
                .setCreatedSeconds(seconds(route.created()))
                .addAllParents(parents)
                .addAllRules(rules.rules())
                .build();
    }

    private static long seconds(String time) {
        try {
            return Instant.parse(time).getEpochSecond();
        } catch (DateTimeParseException e) {
            return 0;
        }
    }
}

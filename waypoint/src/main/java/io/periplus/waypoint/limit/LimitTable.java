package io.periplus.waypoint.limit;

import io.periplus.waypoint.exchange.RequestContext;
import io.periplus.waypoint.mesh.Destination;
import io.periplus.waypoint.route.Route;
import io.periplus.waypoint.route.RouteId;
import io.periplus.waypoint.route.match.HostIndex;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Finds the limits of a request. What stands in it does not change; what follows from it is merged when the first request
 * comes that needs it, and kept: at most once for each pair of a place and a route with policies of their own.
 */
final class LimitTable {
    static final LimitTable EMPTY = new LimitTable(Level.NONE, Map.of(), Map.of(), Map.of(), Map.of());

    /** A place that requests are addressed to, with what holds for it and what is merged with routes. */
    private static final class Place {
        private final List<Level> levels;
        private final LimitSet own;
        private final Map<RouteId, LimitSet> withRoutes = new ConcurrentHashMap<>();

        Place(List<Level> levels) {
            this.levels = levels;
            this.own = LimitSet.merge(levels);
        }
    }

    private final Place everywhere;
    private final Map<String, Place> services;
    private final Map<String, Place> listeners;
    private final Map<RouteId, Level> routes;
    private final Map<Integer, HostIndex<String>> ports;

    /**
     * @param gateway of everything that the proxy serves
     * @param services by {@code namespace/hostname}
     * @param listeners by unique name
     * @param routes by object or rule
     * @param ports the names of the Gateway's listeners by port and host; read only where listeners have policies
     */
    LimitTable(
            Level gateway,
            Map<String, Level> services,
            Map<String, Level> listeners,
            Map<RouteId, Level> routes,
            Map<Integer, HostIndex<String>> ports) {
        this.everywhere = new Place(List.of(gateway));
        this.services = below(gateway, services);
        this.listeners = below(gateway, listeners);
        this.routes = Map.copyOf(routes);
        this.ports = listeners.isEmpty() ? Map.of() : Map.copyOf(ports);
    }

    private static Map<String, Place> below(Level gateway, Map<String, Level> levels) {
        Map<String, Place> places = new ConcurrentHashMap<>();
        levels.forEach((name, level) -> places.put(name, new Place(List.of(gateway, level))));
        return Map.copyOf(places);
    }

    /** The limits of a routed request. */
    LimitSet find(RequestContext request) {
        Place place = place(request);
        if (routes.isEmpty()) {
            return place.own;
        }
        Route route = request.route();
        RouteId rule = route == null ? null : route.rule().id();
        if (rule == null) {
            return place.own;
        }
        RouteId whole = rule.route() == null ? rule : rule.route();
        RouteId closest = routes.containsKey(rule) ? rule : whole;
        if (closest == whole && !routes.containsKey(whole)) {
            return place.own;
        }
        LimitSet known = place.withRoutes.get(closest);
        return known != null ? known : place.withRoutes.computeIfAbsent(closest, id -> merged(place, id));
    }

    /** Whether any request for a destination may be limited; for a port of a Gateway not known before the request. */
    boolean limits(Destination destination) {
        Place own = destination instanceof Destination.OfService service ? services.get(service.key()) : null;
        return (own == null ? everywhere : own).own != LimitSet.NONE;
    }

    private LimitSet merged(Place place, RouteId closest) {
        List<Level> levels = new ArrayList<>(place.levels);
        RouteId whole = closest.route();
        if (whole != null) {
            levels.add(routes.getOrDefault(whole, Level.NONE));
        }
        levels.add(routes.getOrDefault(closest, Level.NONE));
        return LimitSet.merge(levels);
    }

    private Place place(RequestContext request) {
        Place found = switch (request.addressed()) {
            case Destination.OfService service -> services.isEmpty() ? null : services.get(service.key());
            case Destination.OfListener listener -> listeners.isEmpty() ? null : listener(listener, request);
            case Destination.OfWorkload ignored -> null;
        };
        return found == null ? everywhere : found;
    }

    /** The listener whose routes the request takes: the most specific one for its host. */
    private @Nullable Place listener(Destination.OfListener at, RequestContext request) {
        HostIndex<String> hosts = ports.get(at.port());
        HostIndex.Node<String> named =
                hosts == null ? null : hosts.find(request.head().authority());
        return named == null ? null : listeners.get(named.value());
    }
}

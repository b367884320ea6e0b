package io.periplus.waypoint.route;

import io.periplus.dataplane.http.RequestHead;
import io.periplus.waypoint.route.match.Candidate;
import io.periplus.waypoint.route.match.HostIndex;
import io.periplus.waypoint.route.match.RequestIndex;
import io.periplus.wire.waypoint.RouteKind;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Routes that are merged into one: those of a service's port that are for the same clients. Of different kinds only one
 * governs, in the order GRPCRoute, HTTPRoute, TLSRoute, TCPRoute (Gateway API, "Route types" of the mesh). Immutable.
 */
sealed interface RouteGroup {
    /** Where a request goes. */
    Routing route(RequestHead request);

    /** Where a connection goes whose bytes pass as they are. */
    Routing connection(String serverName);

    /**
     * HTTPRoutes or GRPCRoutes. Bytes that are not HTTP are none of their business.
     *
     * @param namesPort whether one of them is attached to the port by its number: it speaks HTTP then, whatever it declares
     */
    record OfRequests(RequestIndex<Route> index, boolean namesPort) implements RouteGroup {
        @Override
        public Routing route(RequestHead request) {
            Route found = index.find(request);
            return found == null ? NoRoute.NOT_FOUND : found;
        }

        @Override
        public Routing connection(String serverName) {
            return Route.DIRECT;
        }
    }

    /** TLSRoutes. What does not speak TLS has no way through them. */
    record OfServerNames(HostIndex<Route> names) implements RouteGroup {
        @Override
        public Routing route(RequestHead request) {
            return NoRoute.NOT_FOUND;
        }

        @Override
        public Routing connection(String serverName) {
            HostIndex.Node<Route> found = names.find(serverName);
            return found == null ? NoRoute.NOT_FOUND : found.value();
        }
    }

    /** A TCPRoute: the same way for everything. */
    record OfBytes(Route route) implements RouteGroup {
        @Override
        public Routing route(RequestHead request) {
            return route;
        }

        @Override
        public Routing connection(String serverName) {
            return route;
        }
    }

    /**
     * A route at a parent.
     *
     * @param serverNames that it has there; none for every one
     * @param namesPort whether it is attached to the port by its number
     */
    record Attached(CompiledRoute route, List<String> serverNames, boolean namesPort) {}

    /** Merges routes; null when there is nothing to merge. */
    static @Nullable RouteGroup of(List<Attached> attached) {
        RouteKind governing = attached.stream()
                .map(one -> one.route.kind())
                .min(Comparator.comparingInt(RouteGroup::rank))
                .orElse(null);
        if (governing == null) {
            return null;
        }
        List<Attached> routes = attached.stream()
                .filter(one -> one.route.kind() == governing)
                .sorted(Comparator.comparing(Attached::route, CompiledRoute.OLDEST_FIRST))
                .toList();
        return switch (governing) {
            case GRPC, HTTP ->
                new OfRequests(
                        index(routes.stream().map(Attached::route).toList()),
                        routes.stream().anyMatch(Attached::namesPort));
            case TLS -> new OfServerNames(names(routes));
            case TCP, UNRECOGNIZED -> {
                Route bytes = routes.getFirst().route.bytes();
                yield bytes == null ? null : new OfBytes(bytes);
            }
        };
    }

    private static int rank(RouteKind kind) {
        return switch (kind) {
            case GRPC -> 0;
            case HTTP -> 1;
            case TLS -> 2;
            case TCP -> 3;
            case UNRECOGNIZED -> 4;
        };
    }

    /** The matches of all routes. */
    static RequestIndex<Route> index(List<CompiledRoute> routes) {
        List<Candidate<Route>> all = new ArrayList<>();
        routes.forEach(route -> all.addAll(route.candidates()));
        return new RequestIndex<>(all);
    }

    /** Oldest first; of two for one name the first counts. */
    static HostIndex<Route> names(List<Attached> routes) {
        Map<String, Route> byName = new HashMap<>();
        for (Attached one : routes) {
            Route bytes = one.route.bytes();
            if (bytes != null) {
                (one.serverNames.isEmpty() ? List.of("") : one.serverNames)
                        .forEach(name -> byName.putIfAbsent(name, bytes));
            }
        }
        return new HostIndex<>(byName);
    }
}

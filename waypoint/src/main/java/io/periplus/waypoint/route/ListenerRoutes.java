package io.periplus.waypoint.route;

import io.periplus.dataplane.http.RequestHead;
import io.periplus.waypoint.route.match.HostIndex;
import io.periplus.waypoint.route.match.RequestIndex;
import io.periplus.wire.waypoint.ListenerParent;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The routes of one listener, by the names that they have there. Immutable. */
final class ListenerRoutes {
    private final HostIndex<RequestIndex<Route>> hosts;
    private final HostIndex<Route> serverNames;
    private final @Nullable Route bytes;

    private ListenerRoutes(HostIndex<RequestIndex<Route>> hosts, HostIndex<Route> serverNames, @Nullable Route bytes) {
        this.hosts = hosts;
        this.serverNames = serverNames;
        this.bytes = bytes;
    }

    /** Merges what is attached to a listener. */
    static ListenerRoutes of(String listener, Collection<CompiledRoute> routes) {
        Map<String, List<CompiledRoute>> byHost = new HashMap<>();
        List<RouteGroup.Attached> tls = new ArrayList<>();
        List<CompiledRoute> tcp = new ArrayList<>();
        routes.stream().sorted(CompiledRoute.OLDEST_FIRST).forEach(route -> {
            List<String> names = namesAt(listener, route);
            if (names != null) {
                switch (route.kind()) {
                    case HTTP, GRPC ->
                        names.forEach(name -> byHost.computeIfAbsent(name, _ -> new ArrayList<>())
                                .add(route));
                    case TLS -> tls.add(new RouteGroup.Attached(route, names, true));
                    case TCP -> tcp.add(route);
                    case UNRECOGNIZED -> {
                        // Nothing that this proxy could do.
                    }
                }
            }
        });
        Map<String, RequestIndex<Route>> indexes = HashMap.newHashMap(byHost.size());
        byHost.forEach((name, attached) -> indexes.put(name, RouteGroup.index(attached)));
        Route bytes = tcp.stream()
                .map(CompiledRoute::bytes)
                .filter(Objects::nonNull)
                .findFirst()
                .orElse(null);
        return new ListenerRoutes(new HostIndex<>(indexes), RouteGroup.names(tls), bytes);
    }

    /** Null if the route is not attached to the listener; the empty name stands for every one. */
    private static @Nullable List<String> namesAt(String listener, CompiledRoute route) {
        List<String> names = null;
        for (var parent : route.source().getParentsList()) {
            ListenerParent at = parent.getListener();
            if (parent.hasListener() && at.getListener().equals(listener)) {
                names = names == null ? new ArrayList<>() : names;
                names.addAll(at.getHostnamesCount() == 0 ? List.of("") : at.getHostnamesList());
            }
        }
        return names == null ? null : names.stream().distinct().toList();
    }

    /** Routes of more specific names come first; those of less specific ones follow. */
    Routing route(RequestHead request) {
        for (var node = hosts.find(request.authority()); node != null; node = node.wider()) {
            Route found = node.value().find(request);
            if (found != null) {
                return found;
            }
        }
        return NoRoute.NOT_FOUND;
    }

    Routing connection(String serverName) {
        if (bytes != null) {
            return bytes;
        }
        HostIndex.Node<Route> found = serverNames.find(serverName);
        return found == null ? NoRoute.NOT_FOUND : found.value();
    }
}

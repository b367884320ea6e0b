package io.periplus.model.traffic;

import io.periplus.api.NamespacedName;
import io.periplus.wire.waypoint.BackendService;
import io.periplus.wire.waypoint.Route;
import io.periplus.wire.waypoint.RouteBackend;
import io.periplus.wire.waypoint.RouteFilter;
import io.periplus.wire.waypoint.RouteRule;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * The services that a route sends a Gateway's requests to.
 *
 * @param services {@code namespace/hostname}
 */
public record RoutedServices(NamespacedName gateway, Set<String> services) {
    /** Those of one route; mirrors count. */
    public static RoutedServices of(NamespacedName gateway, Route route) {
        Set<String> services = new LinkedHashSet<>();
        for (RouteRule rule : route.getRulesList()) {
            mirrors(rule.getFiltersList(), services);
            for (RouteBackend backend : rule.getBackendsList()) {
                add(backend, services);
                mirrors(backend.getFiltersList(), services);
            }
        }
        return new RoutedServices(gateway, services);
    }

    private static void mirrors(List<RouteFilter> filters, Set<String> services) {
        for (RouteFilter filter : filters) {
            if (filter.hasMirror()) {
                add(filter.getMirror().getBackend(), services);
            }
        }
    }

    private static void add(RouteBackend backend, Set<String> services) {
        if (backend.hasService()) {
            BackendService service = backend.getService();
            services.add(service.getNamespace() + "/" + service.getHostname());
        }
    }
}

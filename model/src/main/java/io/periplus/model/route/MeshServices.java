package io.periplus.model.route;

import io.periplus.api.NamespacedName;
import io.periplus.model.collection.Collection;
import io.periplus.model.collection.Fetch;
import io.periplus.model.collection.Index;
import io.periplus.model.waypoint.Waypoint;
import io.periplus.model.workload.ServiceInfo;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The services that routes name.
 *
 * @param byHostname        services by host name
 * @param entriesByHostname hosts of ServiceEntries by host name
 * @param byEntry           hosts of ServiceEntries by the name of the entry
 */
public record MeshServices(
        Collection<NamespacedName, ServiceInfo> services,
        Index<String, NamespacedName, ServiceInfo> byHostname,
        Index<String, String, ServiceInfo> entriesByHostname,
        Index<NamespacedName, String, ServiceInfo> byEntry,
        Collection<NamespacedName, Waypoint> waypoints) {

    /** The group of ServiceEntries and host names. */
    static final String ISTIO_GROUP = "networking.istio.io";

    /** The Service of this name; null when there is none. */
    @Nullable
    ServiceInfo service(Fetch fetch, NamespacedName name) {
        return fetch.get(services, name);
    }

    /** The service of this host name, one of the given namespace before others; null when there is none. */
    @Nullable
    ServiceInfo host(Fetch fetch, String hostname, String namespace) {
        List<ServiceInfo> found = new ArrayList<>(fetch.by(byHostname, hostname));
        found.addAll(fetch.by(entriesByHostname, hostname));
        return found.stream()
                .filter(service -> service.key().namespace().equals(namespace))
                .findFirst()
                .orElse(found.isEmpty() ? null : found.getFirst());
    }

    /** The services of a ServiceEntry, one for each of its hosts. */
    List<ServiceInfo> entry(Fetch fetch, NamespacedName name) {
        return fetch.by(byEntry, name);
    }

    /** Whether somebody else's waypoint fronts the service. */
    boolean isForeign(Fetch fetch, ServiceInfo service) {
        NamespacedName name = service.binding().expected();
        Waypoint waypoint = name == null ? null : fetch.get(waypoints, name);
        return waypoint != null && !waypoint.controller().equals(Waypoint.CONTROLLER);
    }
}

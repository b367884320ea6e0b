package io.periplus.model.route;

import io.periplus.api.NamespacedName;
import io.periplus.model.collection.Fetch;
import io.periplus.model.input.ConditionInput;
import io.periplus.model.input.RouteInput;
import io.periplus.model.input.RouteInput.ParentRef;
import io.periplus.model.input.ServiceInput.ServicePort;
import io.periplus.model.waypoint.Binding;
import io.periplus.model.waypoint.WaypointCondition;
import io.periplus.model.workload.ServiceInfo;
import io.periplus.wire.waypoint.ServiceTarget;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Attaches routes to services of the mesh.
 *
 * @param tellsUnresolved whether a route without a waypoint is told by a condition that is false, not by its message alone
 */
record ServiceAttachment(MeshServices services, boolean tellsUnresolved) {
    private static final String NO_PARENT = "NoMatchingParent";
    private static final String WAYPOINTS = "ResolvedWaypoints";

    /** The outcome; null when the service's waypoint is somebody else's, who then sees to the route. */
    @Nullable
    ParentOutcome attach(Fetch fetch, RouteInput route, ParentRef ref) {
        String namespace =
                Objects.requireNonNullElse(ref.namespace(), route.key().name().namespace());
        NamespacedName name = new NamespacedName(namespace, ref.name());
        return switch (ref.kindOrDefault()) {
            case "Service" -> attach(fetch, route, ref, "service", name.toString(), one(services.service(fetch, name)));
            case "Hostname" ->
                attach(fetch, route, ref, "hostname", ref.name(), one(services.host(fetch, ref.name(), namespace)));
            default -> attach(fetch, route, ref, "service entry", name.toString(), services.entry(fetch, name));
        };
    }

    private static List<ServiceInfo> one(@Nullable ServiceInfo service) {
        return service == null ? List.of() : List.of(service);
    }

    /** @param found a Service, or one service for each host of a ServiceEntry, which have all but the host in common */
    private @Nullable ParentOutcome attach(
            Fetch fetch, RouteInput route, ParentRef ref, String kind, String name, List<ServiceInfo> found) {
        if (found.isEmpty()) {
            return ParentOutcome.refused(ref, true, NO_PARENT, "parent " + kind + ": \"" + name + "\" not found");
        }
        ServiceInfo first = found.getFirst();
        if (services.isForeign(fetch, first)) {
            return null;
        }
        List<ServiceInfo> addressed = found.stream()
                .filter(service -> service.message().getAddressesCount() > 0)
                .toList();
        if (addressed.isEmpty()) {
            return ParentOutcome.refused(
                    ref,
                    true,
                    NO_PARENT,
                    "parent " + kind + ": \"" + name
                            + "\" has no cluster IP; routes govern traffic to the virtual IP of a Service");
        }
        List<Integer> all = ports(first, null, null);
        List<Integer> ports = ports(first, ref.port(), ref.sectionName());
        if (ports.isEmpty()) {
            return ParentOutcome.refused(
                    ref,
                    true,
                    NO_PARENT,
                    "parent " + kind + ": \"" + name + "\" has no TCP port " + wanted(ref) + " (it has: " + all + ")");
        }
        String own = route.key().name().namespace();
        List<Place> places = new ArrayList<>();
        for (ServiceInfo service : addressed) {
            places.add(new Place.AtService(
                    ServiceTarget.newBuilder()
                            .setNamespace(service.key().namespace())
                            .setHostname(service.message().getHostname())
                            .build(),
                    ports,
                    ref.port() == null && ref.sectionName() == null,
                    own.equals(service.key().namespace()) ? "" : own,
                    service.binding().allExpected()));
        }
        return new ParentOutcome(ref, null, places, true, condition(first.binding()));
    }

    private static List<Integer> ports(ServiceInfo service, @Nullable Integer number, @Nullable String name) {
        return service.ports().stream()
                .filter(port -> port.protocol().equals("TCP"))
                .filter(port -> name == null || port.name().equals(name))
                .map(ServicePort::port)
                .filter(port -> number == null || number.equals(port))
                .distinct()
                .toList();
    }

    private static String wanted(ParentRef ref) {
        if (ref.sectionName() == null) {
            return ref.port() == null ? "at all" : String.valueOf(ref.port());
        }
        return "named \"" + ref.sectionName() + "\"" + (ref.port() == null ? "" : " with number " + ref.port());
    }

    private ConditionInput condition(Binding binding) {
        ConditionInput bound = WaypointCondition.of(binding);
        if (bound == null) {
            return unresolved(
                    "MissingUseWaypointLabel",
                    "istio.io/use-waypoint label missing from parent and parent namespace; in ambient mode, route will"
                            + " not be respected");
        }
        return bound.status().equals("True")
                ? ConditionInput.of(WAYPOINTS, true, WAYPOINTS, "All waypoints resolved")
                : unresolved(bound.reason(), bound.message());
    }

    private ConditionInput unresolved(String reason, String message) {
        return tellsUnresolved
                ? ConditionInput.of(WAYPOINTS, false, reason, message)
                : ConditionInput.of(WAYPOINTS, true, WAYPOINTS, message);
    }
}

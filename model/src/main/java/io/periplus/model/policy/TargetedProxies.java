package io.periplus.model.policy;

import io.periplus.api.NamespacedName;
import io.periplus.api.security.AuthorizationPolicy.TargetRef;
import io.periplus.model.MeshSettings;
import io.periplus.model.collection.Collection;
import io.periplus.model.collection.Fetch;
import io.periplus.model.collection.Index;
import io.periplus.model.waypoint.Target;
import io.periplus.model.waypoint.Waypoint;
import io.periplus.model.workload.ServiceInfo;
import io.periplus.wire.waypoint.ServiceTarget;
import io.periplus.wire.waypoint.WholeGateway;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Which waypoints and Gateways serve what a policy's {@code targetRefs} name. */
public record TargetedProxies(
        MeshSettings mesh,
        Collection<NamespacedName, ServiceInfo> services,
        Index<NamespacedName, String, ServiceInfo> servicesOfEntry,
        Collection<NamespacedName, Waypoint> waypoints) {

    /** What the policy applies to, by the proxies' Gateway; references to nothing are left out. */
    public Map<NamespacedName, List<io.periplus.wire.waypoint.Target>> of(
            Fetch fetch, NamespacedName policy, List<TargetRef> refs) {
        Map<NamespacedName, List<io.periplus.wire.waypoint.Target>> targets = new TreeMap<>();
        for (Target target : Target.of(policy, refs, mesh.rootNamespace())) {
            switch (target.kind()) {
                case SERVICE -> {
                    ServiceInfo service = fetch.get(services, target.name());
                    if (service != null) {
                        service.binding().allExpected().forEach(waypoint -> add(targets, waypoint, service(service)));
                    }
                }
                case GATEWAY -> {
                    if (fetch.get(waypoints, target.name()) != null) {
                        add(targets, target.name(), whole());
                    }
                }
                case GATEWAY_CLASS -> {
                    if (target.name().name().equals(Waypoint.CLASS_NAME)) {
                        fetch.all(waypoints).values().stream()
                                .filter(waypoint -> waypoint.controller().equals(Waypoint.CONTROLLER))
                                .forEach(waypoint -> add(targets, waypoint.key(), whole()));
                    }
                }
                case SERVICE_ENTRY -> {
                    for (ServiceInfo service : fetch.by(servicesOfEntry, target.name())) {
                        service.binding().allExpected().forEach(waypoint -> add(targets, waypoint, service(service)));
                    }
                }
            }
        }
        return targets;
    }

    /** Everything that a proxy serves. */
    public static io.periplus.wire.waypoint.Target whole() {
        return io.periplus.wire.waypoint.Target.newBuilder()
                .setGateway(WholeGateway.getDefaultInstance())
                .build();
    }

    private static void add(
            Map<NamespacedName, List<io.periplus.wire.waypoint.Target>> targets,
            NamespacedName waypoint,
            io.periplus.wire.waypoint.Target target) {
        List<io.periplus.wire.waypoint.Target> present = targets.computeIfAbsent(waypoint, w -> new ArrayList<>());
        if (!present.contains(target)) {
            present.add(target);
        }
    }

    private static io.periplus.wire.waypoint.Target service(ServiceInfo service) {
        return io.periplus.wire.waypoint.Target.newBuilder()
                .setService(ServiceTarget.newBuilder()
                        .setNamespace(service.key().namespace())
                        .setHostname(service.message().getHostname()))
                .build();
    }
}

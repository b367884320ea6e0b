package io.periplus.model.policy;

import io.periplus.api.NamespacedName;
import io.periplus.api.security.AuthorizationPolicy;
import io.periplus.model.MeshSettings;
import io.periplus.model.collection.Collection;
import io.periplus.model.collection.Fetch;
import io.periplus.model.collection.Index;
import io.periplus.model.waypoint.Target;
import io.periplus.model.waypoint.Waypoint;
import io.periplus.model.workload.ServiceInfo;
import io.periplus.wire.waypoint.EndpointScope;
import io.periplus.wire.waypoint.ServiceTarget;
import io.periplus.wire.waypoint.WholeGateway;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Which policies which waypoint receives: those attached to it or its services, and those of the endpoints behind it. A
 * Gateway at the edge receives those attached to it, and those that select its pods.
 */
public record WaypointPolicies(
        MeshSettings mesh,
        Collection<NamespacedName, ServiceInfo> services,
        Index<NamespacedName, String, ServiceInfo> servicesOfEntry,
        Collection<NamespacedName, Waypoint> waypoints,
        Collection<String, Shape> shapes,
        EdgePods edgePods) {

    /** A policy at a waypoint. */
    public record Key(NamespacedName waypoint, NamespacedName policy) {}

    /** The policy for each waypoint that has to know it. */
    public Map<Key, io.periplus.wire.waypoint.AuthorizationPolicy> of(Fetch fetch, AuthorizationPolicy policy) {
        Map<NamespacedName, List<io.periplus.wire.waypoint.Target>> targets = new TreeMap<>();
        if (policy.targetRefs().isEmpty()) {
            Map<Key, io.periplus.wire.waypoint.AuthorizationPolicy> result =
                    new LinkedHashMap<>(untargeted(fetch, policy));
            for (NamespacedName gateway : edgePods.selectedBy(fetch, policy)) {
                result.put(
                        new Key(gateway, policy.key()),
                        WaypointConversion.convert(policy, EndpointScope.NOT_ENDPOINTS, List.of(whole())));
            }
            return result;
        }
        for (Target target : Target.of(policy.key(), policy.targetRefs(), mesh.rootNamespace())) {
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
        Map<Key, io.periplus.wire.waypoint.AuthorizationPolicy> result = new LinkedHashMap<>();
        targets.forEach((waypoint, at) -> result.put(
                new Key(waypoint, policy.key()), WaypointConversion.convert(policy, EndpointScope.NOT_ENDPOINTS, at)));
        return result;
    }

    private Map<Key, io.periplus.wire.waypoint.AuthorizationPolicy> untargeted(
            Fetch fetch, AuthorizationPolicy policy) {
        EndpointScope scope = scope(policy);
        if (scope == null || !mesh.policyFollowsTraffic()) {
            return Map.of();
        }
        io.periplus.wire.waypoint.AuthorizationPolicy message = WaypointConversion.convert(policy, scope, List.of());
        Map<Key, io.periplus.wire.waypoint.AuthorizationPolicy> result = new LinkedHashMap<>();
        for (NamespacedName waypoint :
                Shapes.around(fetch, mesh, shapes, policy.key().namespace()).waypoints()) {
            result.put(new Key(waypoint, policy.key()), message);
        }
        return result;
    }

    private @Nullable EndpointScope scope(AuthorizationPolicy policy) {
        if (L4Conversion.convert(policy, mesh.rootNamespace()) == null) {
            return null;
        }
        if (policy.selector() != null) {
            return EndpointScope.SELECTED;
        }
        return policy.key().namespace().equals(mesh.rootNamespace()) ? EndpointScope.ALL : EndpointScope.NAMESPACE;
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

    private static io.periplus.wire.waypoint.Target whole() {
        return io.periplus.wire.waypoint.Target.newBuilder()
                .setGateway(WholeGateway.getDefaultInstance())
                .build();
    }

    private static io.periplus.wire.waypoint.Target service(ServiceInfo service) {
        return io.periplus.wire.waypoint.Target.newBuilder()
                .setService(ServiceTarget.newBuilder()
                        .setNamespace(service.key().namespace())
                        .setHostname(service.message().getHostname()))
                .build();
    }
}

package io.periplus.model.policy;

import io.periplus.api.NamespacedName;
import io.periplus.api.security.AuthorizationPolicy;
import io.periplus.model.MeshSettings;
import io.periplus.model.MeshSwitch;
import io.periplus.model.collection.Collection;
import io.periplus.model.collection.Fetch;
import io.periplus.wire.waypoint.EndpointScope;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Which policies which waypoint receives: those attached to it or its services, and those of the endpoints behind it. A
 * Gateway at the edge receives those attached to it, and those that select its pods.
 */
public record WaypointPolicies(
        MeshSettings mesh, TargetedProxies targeted, Collection<String, Shape> shapes, EdgePods edgePods) {

    /** A policy at a waypoint. */
    public record Key(NamespacedName waypoint, NamespacedName policy) {}

    /** The policy for each waypoint that has to know it. */
    public Map<Key, io.periplus.wire.waypoint.AuthorizationPolicy> of(Fetch fetch, AuthorizationPolicy policy) {
        if (policy.targetRefs().isEmpty()) {
            Map<Key, io.periplus.wire.waypoint.AuthorizationPolicy> result =
                    new LinkedHashMap<>(untargeted(fetch, policy));
            for (NamespacedName gateway :
                    edgePods.selectedBy(fetch, policy.key().namespace(), policy.selector())) {
                result.put(
                        new Key(gateway, policy.key()),
                        WaypointConversion.convert(
                                policy, EndpointScope.NOT_ENDPOINTS, List.of(TargetedProxies.whole())));
            }
            return result;
        }
        Map<Key, io.periplus.wire.waypoint.AuthorizationPolicy> result = new LinkedHashMap<>();
        targeted.of(fetch, policy.key(), policy.targetRefs())
                .forEach((waypoint, at) -> result.put(
                        new Key(waypoint, policy.key()),
                        WaypointConversion.convert(policy, EndpointScope.NOT_ENDPOINTS, at)));
        return result;
    }

    private Map<Key, io.periplus.wire.waypoint.AuthorizationPolicy> untargeted(
            Fetch fetch, AuthorizationPolicy policy) {
        if (!isForEndpoints(policy) || !mesh.does(MeshSwitch.POLICY_FOLLOWS_TRAFFIC)) {
            return Map.of();
        }
        EndpointScope scope = scope(policy);
        io.periplus.wire.waypoint.AuthorizationPolicy message = WaypointConversion.convert(policy, scope, List.of());
        Map<Key, io.periplus.wire.waypoint.AuthorizationPolicy> result = new LinkedHashMap<>();
        for (NamespacedName waypoint :
                Shapes.around(fetch, mesh, shapes, policy.key().namespace()).waypoints()) {
            result.put(new Key(waypoint, policy.key()), message);
        }
        return result;
    }

    private EndpointScope scope(AuthorizationPolicy policy) {
        if (policy.selector() != null) {
            return EndpointScope.SELECTED;
        }
        return policy.key().namespace().equals(mesh.rootNamespace()) ? EndpointScope.ALL : EndpointScope.NAMESPACE;
    }

    /** Whether waypoints enforce more of a policy without targets than ztunnels do: without its waypoint a pod is open to that. */
    public static boolean countsOnWaypoints(AuthorizationPolicy policy, MeshSettings mesh) {
        L4Policy converted = isForEndpoints(policy) && mesh.does(MeshSwitch.POLICY_FOLLOWS_TRAFFIC) && !policy.dryRun()
                ? L4Conversion.convert(policy, mesh)
                : null;
        return converted != null && !converted.ineffective().isEmpty();
    }

    /** Whether waypoints judge the policy for the endpoints behind them. Authorizers are asked for services only. */
    static boolean isForEndpoints(AuthorizationPolicy policy) {
        return policy.targetRefs().isEmpty() && policy.action() != AuthorizationPolicy.Action.CUSTOM;
    }
}

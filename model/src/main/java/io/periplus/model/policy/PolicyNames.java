package io.periplus.model.policy;

import io.periplus.api.NamespacedName;
import io.periplus.api.security.AuthorizationPolicy;
import io.periplus.api.security.PeerAuthentication;
import io.periplus.model.MeshSettings;
import io.periplus.model.MeshSwitch;
import io.periplus.model.collection.Collection;
import io.periplus.model.collection.Fetch;
import io.periplus.model.collection.Index;
import io.periplus.model.input.PodInput;
import io.periplus.model.input.Selectors;
import io.periplus.wire.authorization.Scope;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Which policies a workload lists.
 *
 * @param written policies as their users wrote them, by namespace
 * @param policies as ztunnel judges them, by namespace
 * @param strict namespaces by whether they require mutual TLS
 * @param beside what workloads list because of policies for their namespace or the mesh
 */
public record PolicyNames(
        MeshSettings mesh,
        Index<String, NamespacedName, AuthorizationPolicy> written,
        Index<String, NamespacedName, L4Policy> policies,
        Index<String, NamespacedName, PeerAuthentication> peers,
        Collection<String, Boolean> strict,
        Collection<Place, List<String>> beside,
        Shaping shaping) {

    /** Where workloads stand: their namespace, and the waypoints before them. */
    public record Place(String namespace, List<NamespacedName> behind) {}

    /** The user's own policies that select the pod, {@code namespace/name}, sorted. */
    public List<String> selected(Fetch fetch, PodInput pod) {
        if (!mesh.does(MeshSwitch.POLICY_FOLLOWS_TRAFFIC)) {
            return List.of(); // waypoints get none of them
        }
        TreeSet<String> names = new TreeSet<>();
        for (String namespace :
                new TreeSet<>(List.of(mesh.rootNamespace(), pod.key().namespace()))) {
            for (AuthorizationPolicy policy : fetch.by(written, namespace)) {
                if (WaypointPolicies.isForEndpoints(policy)
                        && policy.selector() != null
                        && Selectors.matches(policy.selector(), pod.labels())) {
                    names.add(policy.key().toString());
                }
            }
        }
        return List.copyOf(names);
    }

    /** What the pod's ztunnel has to know: policies that select it, shaped, and what mutual TLS requires; sorted. */
    public List<String> forZtunnel(Fetch fetch, PodInput pod, List<NamespacedName> behind) {
        List<NamespacedName> waypoints = mesh.does(MeshSwitch.POLICY_FOLLOWS_TRAFFIC) ? behind : List.of();
        TreeSet<String> names = new TreeSet<>();
        boolean allow = false;
        for (L4Policy policy : candidates(fetch, pod)) {
            allow |= policy.allows();
            if (policy.scope() == Scope.WORKLOAD_SELECTOR) {
                names.add(Shaping.selected(policy, waypoints));
            }
        }
        List<String> more = fetch.get(beside, new Place(pod.key().namespace(), waypoints));
        if (more != null) {
            names.addAll(more);
        }
        if (allow) {
            waypoints.forEach(waypoint -> addIfAny(names, shaping.allowName(fetch, waypoint)));
        }
        String namespace = pod.key().namespace();
        PeerAuthentication selecting = namespace.equals(mesh.rootNamespace())
                ? null
                : PeerAuthentications.selecting(fetch.by(peers, namespace), pod.labels());
        boolean inherited = Boolean.TRUE.equals(fetch.get(strict, namespace));
        addIfAny(names, PeerAuthentications.listed(selecting, inherited, mesh.rootNamespace()));
        return List.copyOf(names);
    }

    private List<L4Policy> candidates(Fetch fetch, PodInput pod) {
        List<L4Policy> found = new ArrayList<>(fetch.by(policies, mesh.rootNamespace()));
        if (!pod.key().namespace().equals(mesh.rootNamespace())) {
            found.addAll(fetch.by(policies, pod.key().namespace()));
        }
        List<L4Policy> matching = new ArrayList<>();
        for (L4Policy policy : found) {
            if (policy.scope() != Scope.WORKLOAD_SELECTOR || Selectors.matches(policy.selector(), pod.labels())) {
                matching.add(policy);
            }
        }
        return matching;
    }

    private static void addIfAny(TreeSet<String> names, @Nullable String name) {
        if (name != null) {
            names.add(name);
        }
    }
}

package io.periplus.model.policy;

import io.periplus.api.NamespacedName;
import io.periplus.api.security.AuthorizationPolicy;
import io.periplus.api.security.PeerAuthentication;
import io.periplus.model.MeshSettings;
import io.periplus.model.MeshSwitch;
import io.periplus.model.collection.Collection;
import io.periplus.model.collection.Fetch;
import io.periplus.model.collection.Graph;
import io.periplus.model.input.Watched;
import io.periplus.wire.authorization.Authorization;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The policies that ztunnels judge: converted to what can be told of a connection, and shaped for what is behind waypoints. */
public final class NodePolicies {
    private final MeshSettings mesh;
    private final Watched watched;
    private final Shaping shaping;
    private final Collection<String, Shape> shapes;
    private final Collection<NamespacedName, L4Policy> converted;
    private final Collection<String, Boolean> strict;
    private final Collection<String, Authorization> shaped;
    private final Collection<String, Authorization> peer;
    private final Collection<String, Authorization> ofMesh;
    private final PolicyNames names;

    /**
     * @param settings {@code mesh}, as a collection of one
     * @param policies with the principals of all trust domains
     */
    public NodePolicies(
            Graph graph,
            MeshSettings mesh,
            Watched watched,
            Collection<String, MeshSettings> settings,
            Shaping shaping,
            Collection<String, Shape> shapes,
            Collection<NamespacedName, AuthorizationPolicy> policies) {
        this.mesh = mesh;
        this.watched = watched;
        this.shaping = shaping;
        this.shapes = shapes;
        converted = graph.map("l4Policies", policies, (fetch, policy) -> L4Conversion.convert(policy, mesh));
        var convertedByNamespace =
                converted.index(policy -> List.of(policy.key().namespace()));
        var peersByNamespace =
                watched.peerAuthentications.index(peer -> List.of(peer.key().namespace()));
        strict = graph.map(
                "strictNamespaces",
                watched.namespaces,
                (fetch, ns) -> PeerAuthentications.inheritedStrict(
                        fetch.by(peersByNamespace, ns.name()), fetch.by(peersByNamespace, mesh.rootNamespace())));
        Collection<PolicyNames.Place, List<String>> beside = graph.flatMap(
                "policiesBeside",
                watched.namespaces,
                (fetch, ns) -> Shapes.beside(fetch, mesh, shapes, convertedByNamespace, shaping, ns));
        names = new PolicyNames(
                mesh,
                watched.authorizationPolicies.index(
                        policy -> List.of(policy.key().namespace())),
                convertedByNamespace,
                peersByNamespace,
                strict,
                beside,
                shaping);
        shaped = graph.flatMap(
                "shapedPolicies",
                converted,
                (fetch, policy) -> shaping.forms(
                        fetch,
                        policy,
                        Shapes.around(fetch, mesh, shapes, policy.key().namespace())));
        peer = graph.flatMap("peerPolicies", watched.peerAuthentications, this::peer);
        ofMesh = graph.flatMap("meshPolicies", settings, (fetch, ignored) -> ofMesh(fetch));
    }

    /** Of AuthorizationPolicies, by resource name. */
    public Collection<String, Authorization> shaped() {
        return shaped;
    }

    /** Of PeerAuthentications outside the root namespace, by resource name. */
    public Collection<String, Authorization> peer() {
        return peer;
    }

    /** Of the mesh as a whole: what requires mutual TLS, and what admits its waypoints. */
    public Collection<String, Authorization> ofMesh() {
        return ofMesh;
    }

    /** Which of them a workload lists. */
    public PolicyNames names() {
        return names;
    }

    private Map<String, Authorization> peer(Fetch fetch, PeerAuthentication peer) {
        String namespace = peer.key().namespace();
        if (namespace.equals(mesh.rootNamespace())) {
            return Map.of();
        }
        boolean inherited = Boolean.TRUE.equals(fetch.get(strict, namespace));
        Authorization policy = PeerAuthentications.convert(peer, inherited);
        return policy == null ? Map.of() : Map.of(namespace + "/" + policy.getName(), policy);
    }

    private Map<String, Authorization> ofMesh(Fetch fetch) {
        Map<String, Authorization> policies = new LinkedHashMap<>();
        if (!fetch.all(watched.peerAuthentications).isEmpty()) {
            policies.put(
                    mesh.rootNamespace() + "/" + PeerAuthentications.STATIC_STRICT,
                    PeerAuthentications.staticStrict(mesh.rootNamespace()));
        }
        // Listed only beside another ALLOW, so not needed before there is one.
        boolean anyAllow = fetch.all(converted).values().stream().anyMatch(L4Policy::allows);
        Shape shape = mesh.does(MeshSwitch.POLICY_FOLLOWS_TRAFFIC) && anyAllow ? fetch.get(shapes, Shapes.MESH) : null;
        if (shape != null) {
            for (NamespacedName name : shape.waypoints()) {
                policies.putAll(shaping.allow(fetch, name));
            }
        }
        return policies;
    }
}

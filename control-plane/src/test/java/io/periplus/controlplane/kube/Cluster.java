package io.periplus.controlplane.kube;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import io.periplus.api.NamespacedName;
import io.periplus.model.AmbientIndex;
import io.periplus.model.MeshSettings;
import io.periplus.model.input.RouteInput;
import io.periplus.model.input.RouteKey;
import io.periplus.model.input.RouteParentStatus;
import io.periplus.model.route.ListenerKey;
import io.periplus.model.route.ParentKey;
import io.periplus.model.route.ServedRouteKey;
import io.periplus.wire.waypoint.Route;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** An index that is fed with objects as users write them. */
final class Cluster {
    private static final KubernetesSerialization YAML = new KubernetesSerialization();
    final AmbientIndex index;

    Cluster() {
        this(MeshSettings.defaults("cluster1"));
    }

    Cluster(MeshSettings mesh) {
        index = new AmbientIndex(mesh);
    }

    /** Two namespaces; Services {@code web} and {@code api} in {@code shop}, behind waypoint {@code shop/waypoint}. */
    static Cluster shop() {
        return shop(MeshSettings.defaults("cluster1"));
    }

    static Cluster shop(MeshSettings mesh) {
        Cluster cluster = new Cluster(mesh);
        cluster.namespace("istio-system", Map.of());
        cluster.namespace("shop", Map.of("istio.io/use-waypoint", "waypoint"));
        cluster.namespace("clients", Map.of("team", "red"));
        cluster.apply("""
                kind: Gateway
                metadata: {name: waypoint, namespace: shop}
                spec:
                  gatewayClassName: istio-waypoint
                  listeners: [{name: mesh, port: 15008, protocol: HBONE}]
                status: {addresses: [{type: Hostname, value: waypoint.shop.svc.cluster.local}]}
                """);
        cluster.service("shop/web", "10.96.0.1");
        cluster.service("shop/api", "10.96.0.2");
        return cluster;
    }

    /** A Gateway of class {@code istio} in {@code shop} with these listeners, as a flow sequence. */
    Cluster gateway(String name, String listeners) {
        NamespacedName key = name(name);
        return apply("""
                kind: Gateway
                metadata: {name: %s, namespace: %s}
                spec:
                  gatewayClassName: istio
                  listeners: %s
                """.formatted(key.name(), key.namespace(), listeners));
    }

    Cluster namespace(String name, Map<String, String> labels) {
        return apply("kind: Namespace\nmetadata: {name: " + name + ", labels: " + YAML.asJson(labels) + "}\n");
    }

    /** A Service with the TCP ports 80, named http, and 90, named other. */
    Cluster service(String name, String ip) {
        NamespacedName key = name(name);
        return apply("""
                kind: Service
                metadata: {name: %s, namespace: %s}
                spec:
                  type: ClusterIP
                  clusterIP: %s
                  ports: [{name: http, port: 80}, {name: other, port: 90}]
                """.formatted(key.name(), key.namespace(), ip));
    }

    Cluster apply(String object) {
        GenericKubernetesResource resource = YAML.unmarshal(object, GenericKubernetesResource.class);
        String kind = resource.getKind();
        NamespacedName name = Inputs.key(resource);
        switch (kind) {
            case "Namespace" -> index.watched.namespaces.put(name.name(), Inputs.namespace(resource));
            case "Service" -> index.watched.services.put(name, Inputs.service(resource));
            case "Gateway" -> index.watched.gateways.put(name, GatewayInputs.gateway(resource));
            case "ServiceEntry" -> index.watched.serviceEntries.put(name, EntryInputs.serviceEntry(resource));
            case "ListenerSet" -> index.watched.listenerSets.put(name, GatewayInputs.listenerSet(resource));
            case "ReferenceGrant" -> index.watched.referenceGrants.put(name, RouteInputs.referenceGrant(resource));
            case "DestinationRule" -> index.watched.destinationRules.put(name, DestinationRuleInputs.rule(resource));
            case "BackendTLSPolicy" ->
                index.watched.backendTlsPolicies.put(name, BackendTlsPolicyInputs.policy(resource));
            case "Secret" -> index.watched.credentials.put(name, CredentialInputs.credential(resource));
            case "ConfigMap" -> index.watched.certificateBundles.put(name, TlsInputs.authorities(resource));
            default -> {
                RouteInput route = RouteInputs.route(kind(kind), resource);
                index.watched.routes.put(route.key(), route);
                index.watched.routeConditions.put(route.key(), RouteInputs.status(resource));
            }
        }
        index.graph().settle();
        return this;
    }

    /** A route with its spec; generation 7. */
    Cluster route(String key, String spec) {
        return route(key, "2026-01-01T00:00:00Z", spec);
    }

    Cluster route(String key, String created, String spec) {
        RouteKey route = key(key);
        return apply("""
                kind: %s
                metadata: {name: %s, namespace: %s, generation: 7, creationTimestamp: "%s"}
                spec:
                %s
                """.formatted(
                        route.kind().kind(), route.name().name(), route.name().namespace(), created, spec.indent(2)));
    }

    Cluster remove(String key) {
        index.watched.routes.remove(key(key));
        index.watched.routeConditions.remove(key(key));
        index.graph().settle();
        return this;
    }

    /** What the status of a route is to say of each of its parents, in their order. */
    List<RouteParentStatus> status(String key) {
        return Objects.requireNonNull(index.routes.statuses.get(key(key))).wanted();
    }

    /** Conditions of the only parent as {@code True Reason} or {@code False Reason}, by type. */
    Map<String, String> conditions(String key) {
        return conditions(key, 0);
    }

    Map<String, String> conditions(String key, int parent) {
        Map<String, String> conditions = new TreeMap<>();
        status(key).get(parent).conditions().forEach(c -> conditions.put(c.type(), c.status() + " " + c.reason()));
        return conditions;
    }

    String message(String key, String type) {
        return status(key).getFirst().conditions().stream()
                .filter(condition -> condition.type().equals(type))
                .findFirst()
                .orElseThrow()
                .message();
    }

    /** The route as the proxies of a Gateway or waypoint receive it; null when they do not. */
    @Nullable
    Route served(String gateway, String key) {
        return index.routes.served.get(new ServedRouteKey(name(gateway), key(key)));
    }

    /** The same, which is there. */
    Route at(String gateway, String key) {
        return Objects.requireNonNull(served(gateway, key), () -> key + " is not served by " + gateway);
    }

    int attached(String gateway, String listener) {
        return Objects.requireNonNull(
                index.routes.attachedRoutes.get(new ListenerKey(ParentKey.gateway(name(gateway)), listener)));
    }

    static NamespacedName name(String text) {
        String[] parts = text.split("/");
        return new NamespacedName(parts[0], parts[1]);
    }

    private static RouteKey key(String text) {
        String[] parts = text.split("/", 2);
        return new RouteKey(kind(parts[0]), name(parts[1]));
    }

    private static RouteKey.Kind kind(String kind) {
        return Arrays.stream(RouteKey.Kind.values())
                .filter(known -> known.kind().equals(kind))
                .findFirst()
                .orElseThrow();
    }
}

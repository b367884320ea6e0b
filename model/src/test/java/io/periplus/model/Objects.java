package io.periplus.model;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.periplus.api.NamespacedName;
import io.periplus.api.security.AuthorizationPolicy;
import io.periplus.api.security.AuthorizationPolicyParser;
import io.periplus.api.security.PeerAuthentication;
import io.periplus.model.input.GatewayInput;
import io.periplus.model.input.NamespaceInput;
import io.periplus.model.input.PodInput;
import io.periplus.model.input.ServiceInput;
import io.periplus.model.input.ServiceInput.ServicePort;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Objects of a small cluster, as short as tests want them. */
final class Objects {
    private Objects() {}

    static NamespacedName name(String text) {
        String[] parts = text.split("/");
        return new NamespacedName(parts[0], parts[1]);
    }

    static void namespace(AmbientIndex index, String name, Map<String, String> labels) {
        index.watched.namespaces.put(name, new NamespaceInput(name, labels, Map.of()));
    }

    static PodInput pod(String name, Map<String, String> labels) {
        NamespacedName key = name(name);
        return new PodInput(
                key,
                "uid-" + key.name(),
                labels,
                Map.of("ambient.istio.io/redirection", "enabled"),
                key.name(),
                "node1",
                false,
                List.of("10.1.0." + (1 + Math.floorMod(name.hashCode(), 250))),
                true,
                false,
                false,
                null,
                Map.of("http", 8080));
    }

    static void pod(AmbientIndex index, String name, Map<String, String> labels) {
        index.watched.pods.put(name(name), pod(name, labels));
    }

    static ServiceInput service(String name, Map<String, String> labels, Map<String, String> selector) {
        return new ServiceInput(
                name(name),
                "uid",
                "",
                labels,
                Map.of(),
                "ClusterIP",
                List.of("10.96.0.1"),
                List.of(),
                List.of("IPv4"),
                List.of(new ServicePort("http", 80, "TCP", null, "http", 0)),
                selector,
                false,
                "",
                "",
                List.of());
    }

    static void service(AmbientIndex index, String name, Map<String, String> labels, Map<String, String> selector) {
        index.watched.services.put(name(name), service(name, labels, selector));
    }

    static GatewayInput gateway(String name, boolean ready, Map<String, String> labels, String from) {
        NamespacedName key = name(name);
        return new GatewayInput(
                key,
                "uid",
                1,
                "",
                labels,
                Map.of(),
                "istio-waypoint",
                List.of(new GatewayInput.Listener("mesh", 15008, "HBONE", new GatewayInput.Allowed(from, null))),
                null,
                null,
                List.of(),
                ready
                        ? List.of(new GatewayInput.Address(
                                "Hostname", key.name() + "." + key.namespace() + ".svc.cluster.local"))
                        : List.of(),
                List.of());
    }

    static void waypoint(AmbientIndex index, String name) {
        index.watched.gateways.put(name(name), gateway(name, true, Map.of(), "Same"));
    }

    /** A policy from its spec. */
    static AuthorizationPolicy policy(String name, Map<String, Object> spec) {
        NamespacedName key = name(name);
        GenericKubernetesResource object = new GenericKubernetesResource();
        object.setMetadata(new ObjectMetaBuilder()
                .withNamespace(key.namespace())
                .withName(key.name())
                .withGeneration(1L)
                .build());
        object.setAdditionalProperty("spec", spec);
        return AuthorizationPolicyParser.parse(object);
    }

    static void policy(AmbientIndex index, String name, Map<String, Object> spec) {
        index.watched.authorizationPolicies.put(name(name), policy(name, spec));
    }

    static Map<String, Object> from(String field, String... values) {
        return Map.of("from", List.of(Map.of("source", Map.of(field, List.of(values)))));
    }

    static Map<String, Object> to(String field, String... values) {
        return Map.of("to", List.of(Map.of("operation", Map.of(field, List.of(values)))));
    }

    static PeerAuthentication peer(
            String name,
            @Nullable Map<String, String> selector,
            PeerAuthentication.Mode mode,
            Map<Integer, PeerAuthentication.Mode> ports) {
        return new PeerAuthentication(name(name), name, selector, mode, ports, List.of());
    }
}

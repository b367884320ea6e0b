package io.periplus.policytest;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.periplus.controlplane.kube.Manifests;
import io.periplus.dataplane.policy.AuthorizationCompiler;
import io.periplus.dataplane.policy.CompiledPolicy;
import io.periplus.dataplane.policy.WaypointPolicyCompiler;
import io.periplus.model.AmbientIndex;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Whatever users write into policies, proxies can read what the control plane makes of it: what they could not is said. */
class ReadablePoliciesTest {
    private static final List<String> ACTIONS = List.of("ALLOW", "DENY", "AUDIT", "CUSTOM");

    private static final List<String> SOURCES = List.of(
            "principals",
            "notPrincipals",
            "requestPrincipals",
            "notRequestPrincipals",
            "namespaces",
            "notNamespaces",
            "ipBlocks",
            "notIpBlocks",
            "remoteIpBlocks",
            "notRemoteIpBlocks",
            "serviceAccounts",
            "notServiceAccounts",
            "trustDomains",
            "notTrustDomains",
            "nonsense");

    private static final List<String> OPERATIONS =
            List.of("hosts", "notHosts", "ports", "notPorts", "methods", "notMethods", "paths", "notPaths", "nonsense");

    private static final List<String> KEYS = List.of(
            "source.ip",
            "remote.ip",
            "source.namespace",
            "source.serviceAccount",
            "source.trustDomain",
            "source.principal",
            "request.auth.principal",
            "request.auth.audiences",
            "request.auth.presenter",
            "destination.ip",
            "destination.port",
            "connection.sni",
            "request.headers[x]",
            "request.headers[]",
            "request.headers[x",
            "request.headersx]",
            "request.auth.claims[a][b]",
            "request.auth.claims[a][",
            "request.auth.claims[]",
            "experimental.envoy.filters.a[b]",
            "experimental.envoy.filters.[b]",
            "experimental.envoy.filters.a",
            "nonsense",
            "");

    private static final List<String> VALUES = List.of(
            "",
            "*",
            "**",
            "a*",
            "*a",
            "a*b",
            "a",
            "é",
            "a b",
            "a/b",
            "a/b/c",
            "/",
            "a/",
            "a/*",
            "spiffe://a/ns/b/sa/c",
            "{*}",
            "{**}",
            "/{*}",
            "/{**}",
            "/{**}/a",
            "/{**}/{*}",
            "/{**}/{**}",
            "/{*}/{**}",
            "/a{*}",
            "/{a}",
            "/{*",
            "/{*}}",
            "/{*}/a*",
            "10.0.0.0/8",
            "10.0.0.0/33",
            "10.0.0.0/-1",
            "10.0.0.0/+8",
            "10.0.0.0/",
            "10.1.2",
            "010.1.2.3",
            "::1",
            "::/0",
            "::1/129",
            "::ffff:10.1.2.3",
            "::ffff:10.0.0.0/104",
            "fe80::1%eth0",
            "[::1]",
            "80",
            "080",
            "+80",
            "0",
            "65536",
            "80-90",
            "http");

    private final AmbientIndex index = World.of(Documents.parse("world.yaml", """
            apiVersion: v1
            kind: Namespace
            metadata: {name: accounts, labels: {istio.io/use-waypoint: waypoint}}
            ---
            apiVersion: gateway.networking.k8s.io/v1
            kind: Gateway
            metadata: {name: waypoint, namespace: accounts}
            spec:
              gatewayClassName: istio-waypoint
              listeners: [{name: mesh, port: 15008, protocol: HBONE}]
            ---
            apiVersion: v1
            kind: Service
            metadata: {name: accounts, namespace: accounts}
            spec:
              selector: {app: accounts}
              ports: [{port: 8080}]
            """), "{\"keys\": []}");

    private int policies;

    @Test
    void whateverIsWritten() {
        for (String action : ACTIONS) {
            for (String value : VALUES) {
                SOURCES.forEach(field -> rule(action, entry("from", "source", field, value)));
                OPERATIONS.forEach(field -> rule(action, entry("to", "operation", field, value)));
                for (String key : KEYS) {
                    rule(action, Map.of("when", List.of(Map.of("key", key, "values", List.of(value)))));
                    rule(action, Map.of("when", List.of(Map.of("key", key, "notValues", List.of(value)))));
                }
            }
        }
        index.graph().settle();
        assertThat(index.waypointPolicies.entries()).hasSizeGreaterThan(policies / 2);
        assertThat(index.nodePolicies.shaped().entries()).isNotEmpty();
        Stream<CompiledPolicy> compiled = Stream.concat(
                index.waypointPolicies.entries().values().stream().map(WaypointPolicyCompiler::compile),
                index.nodePolicies.shaped().entries().values().stream().map(AuthorizationCompiler::compile));
        assertThat(compiled.filter(policy -> policy.unreadable() != null)
                        .map(policy -> policy.unreadable() + " in " + policy.source())
                        .limit(3))
                .isEmpty();
    }

    private static Map<String, Object> entry(String part, String name, String field, String value) {
        return Map.of(part, List.of(Map.of(name, Map.of(field, List.of(value)))));
    }

    private void rule(String action, Map<String, Object> rule) {
        Map<String, Object> spec = action.equals("CUSTOM")
                ? Map.of("action", action, "provider", Map.of("name", "opa"), "rules", List.of(rule))
                : Map.of("action", action, "rules", List.of(rule));
        put(spec);
        Map<String, Object> targeted = new HashMap<>(spec);
        targeted.put("targetRefs", List.of(Map.of("group", "", "kind", "Service", "name", "accounts")));
        put(targeted);
    }

    private void put(Map<String, Object> spec) {
        GenericKubernetesResource policy = new GenericKubernetesResource();
        policy.setApiVersion("security.istio.io/v1");
        policy.setKind("AuthorizationPolicy");
        policy.setMetadata(new ObjectMetaBuilder()
                .withNamespace("accounts")
                .withName("p" + policies++)
                .build());
        policy.setAdditionalProperty("spec", spec);
        Manifests.put(index, policy);
    }
}

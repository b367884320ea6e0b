package io.periplus.model;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.periplus.api.Labels;
import io.periplus.api.NamespacedName;
import io.periplus.api.limit.RateLimitPolicyParser;
import io.periplus.model.input.ConditionInput;
import io.periplus.model.input.CredentialInput;
import io.periplus.model.input.GatewayInput;
import io.periplus.model.input.RouteInput;
import io.periplus.model.input.RouteInput.Backend;
import io.periplus.model.input.RouteInput.BackendRef;
import io.periplus.model.input.RouteInput.ParentRef;
import io.periplus.model.input.RouteInput.Rule;
import io.periplus.model.input.RouteKey;
import io.periplus.model.limit.LimitAncestor;
import io.periplus.model.limit.LimitStatus;
import io.periplus.wire.waypoint.LimitTarget;
import io.periplus.wire.waypoint.RateLimitPolicy;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Where RateLimitPolicies are attached, which of several holds, what proxies are sent and what the status says. */
class RateLimitStatusTest {
    private static final String GATEWAY_API = "gateway.networking.k8s.io";
    private static final Map<String, Object> LIMIT = Map.of("name", "all", "requests", 10, "per", "second");

    private final AmbientIndex index = new AmbientIndex(MeshSettings.defaults("cluster1"));

    @BeforeEach
    void cluster() {
        Objects.namespace(index, "shop", Map.of());
        Objects.waypoint(index, "shop/waypoint");
        Objects.service(index, "shop/web", Map.of(Labels.USE_WAYPOINT, "waypoint"), Map.of());
        Objects.service(index, "shop/plain", Map.of(), Map.of());
        gateway("shop/edge");
        route("shop/front", new ParentRef(null, null, null, "edge", null, null), "first");
        route("shop/mesh", new ParentRef("", "Service", null, "web", null, null), "only");
        route("shop/nowhere", new ParentRef(null, null, null, "missing", null, null), "x");
    }

    @ParameterizedTest
    @CsvSource(
            nullValues = "-",
            value = {
                // group, kind, name, section; ancestor, reason
                "'', Service, web, -, Gateway shop/waypoint, Accepted",
                "'', Service, plain, -, Service shop/plain, AncestorNotBound",
                "'', Service, missing, -, Service shop/missing, TargetNotFound",
                "gateway.networking.k8s.io, Gateway, waypoint, -, Gateway shop/waypoint, Accepted",
                "gateway.networking.k8s.io, Gateway, waypoint, mesh, Gateway shop/waypoint, TargetNotFound",
                "gateway.networking.k8s.io, Gateway, edge, -, Gateway shop/edge, Accepted",
                "gateway.networking.k8s.io, Gateway, edge, http, Gateway shop/edge, Accepted",
                "gateway.networking.k8s.io, Gateway, edge, https, Gateway shop/edge, TargetNotFound",
                "gateway.networking.k8s.io, Gateway, missing, -, Gateway shop/missing, TargetNotFound",
                "gateway.networking.k8s.io, HTTPRoute, front, -, Gateway shop/edge, Accepted",
                "gateway.networking.k8s.io, HTTPRoute, front, first, Gateway shop/edge, Accepted",
                "gateway.networking.k8s.io, HTTPRoute, front, second, HTTPRoute shop/front, TargetNotFound",
                "gateway.networking.k8s.io, HTTPRoute, mesh, -, Gateway shop/waypoint, Accepted",
                "gateway.networking.k8s.io, HTTPRoute, nowhere, -, HTTPRoute shop/nowhere, AncestorNotBound",
                "gateway.networking.k8s.io, GRPCRoute, front, -, GRPCRoute shop/front, TargetNotFound"
            })
    void everyKindOfTargetHasItsAncestorAndReason(
            String group, String kind, String name, String section, String ancestor, String reason) {
        put("p", "", Map.of("targetRefs", List.of(target(group, kind, name, section))));
        LimitAncestor entry = status("p").wanted().getFirst();
        assertThat(entry.ref().kind() + " " + entry.ref().name()).isEqualTo(ancestor);
        assertThat(reason(entry)).isEqualTo(reason);
        assertThat(entry.conditions().getFirst().observedGeneration()).isEqualTo(7);
        assertThat(sent("p", "").isEmpty()).isEqualTo(!reason.equals("Accepted"));
    }

    @Test
    void theOldestHoldsThenTheFirstByNameAndTheNextTakesItsPlace() {
        Map<String, Object> spec = Map.of("targetRefs", List.of(target("", "Service", "web", null)));
        put("young", "2026-02-01T00:00:00Z", spec);
        put("old", "2026-01-01T00:00:00Z", spec);
        put("same-age", "2026-01-01T00:00:00Z", spec);
        assertThat(reason("old")).isEqualTo("Accepted");
        assertThat(reason("young")).isEqualTo("Conflicted");
        assertThat(reason("same-age")).isEqualTo("Conflicted");
        assertThat(message("young")).contains("Service shop/web: shop/old");
        assertThat(sent("young", "")).isEmpty();
        index.watched.rateLimitPolicies.remove(Objects.name("shop/old"));
        assertThat(reason("same-age")).isEqualTo("Accepted");
        assertThat(sent("same-age", "")).hasSize(1);
    }

    @Test
    void anObjectAndItsSectionsAreDifferentPlaces() {
        put("route", "", Map.of("targetRefs", List.of(target(GATEWAY_API, "HTTPRoute", "front", null))));
        put("rule", "", Map.of("targetRefs", List.of(target(GATEWAY_API, "HTTPRoute", "front", "first"))));
        assertThat(reason("route")).isEqualTo("Accepted");
        assertThat(reason("rule")).isEqualTo("Accepted");
    }

    @Test
    void aPolicyThatIsBeatenAtOneOfItsTargetsHoldsAtTheOthers() {
        put("a", "2026-01-01T00:00:00Z", Map.of("targetRefs", List.of(target("", "Service", "web", null))));
        put(
                "b",
                "2026-02-01T00:00:00Z",
                Map.of(
                        "targetRefs",
                        List.of(
                                target("", "Service", "web", null),
                                target(GATEWAY_API, "Gateway", "waypoint", null),
                                target(GATEWAY_API, "Gateway", "edge", null))));
        assertThat(reason("b")).isEqualTo("Accepted");
        assertThat(status("b").wanted())
                .extracting(entry -> entry.ref().name().name())
                .containsExactly("edge", "waypoint");
        assertThat(status("b").wanted().getLast().conditions().getFirst().message())
                .contains("Service shop/web: shop/a");
        assertThat(sent("b", "waypoint").getFirst().getTargetsList())
                .extracting(LimitTarget::getKindCase)
                .containsExactly(LimitTarget.KindCase.GATEWAY);
    }

    @Test
    void anInvalidPolicyIsSentSoThatItClosesAndHealsWithItsSecret() {
        put(
                "p",
                "",
                Map.of(
                        "targetRefs",
                        List.of(target("", "Service", "web", null)),
                        "scope",
                        "Global",
                        "backend",
                        Map.of("redis", Map.of("address", "redis:6379", "secretRef", Map.of("name", "redis")))));
        assertThat(reason("p")).isEqualTo("Invalid");
        assertThat(message("p")).contains("Secret shop/redis does not exist").contains("answered with 500");
        assertThat(sent("p", "").getFirst().getUnusable()).contains("Secret shop/redis");
        NamespacedName secret = Objects.name("shop/redis");
        index.watched.credentials.put(secret, new CredentialInput(secret, "", "", "", "app", "s3cret", ""));
        assertThat(reason("p")).isEqualTo("Accepted");
        assertThat(sent("p", "").getFirst().getUnusable()).isEmpty();
        assertThat(sent("p", "").getFirst().getBackend().getRedis().getPassword())
                .isEqualTo("s3cret");
    }

    @Test
    void anExpressionThatCannotBeCompiledIsInvalid() {
        put(
                "p",
                "",
                Map.of(
                        "targetRefs",
                        List.of(target("", "Service", "web", null)),
                        "rateLimits",
                        List.of(Map.of(
                                "name",
                                "x",
                                "requests",
                                1,
                                "per",
                                "second",
                                "match",
                                Map.of("cel", "request.methd == 'GET'")))));
        assertThat(reason("p")).isEqualTo("Invalid");
        assertThat(message("p")).contains("spec.rateLimits[0].match.cel").contains("column");
    }

    @Test
    void anUnreadyWaypointIsNotPassedByUnlessThePolicyFailsOpen() {
        index.watched.gateways.put(
                Objects.name("shop/waypoint"), Objects.gateway("shop/waypoint", false, Map.of(), "Same"));
        assertThat(publishedWaypoint()).isFalse();
        put("p", "", Map.of("targetRefs", List.of(target("", "Service", "web", null))));
        assertThat(publishedWaypoint()).isTrue();
        put("p", "", Map.of("targetRefs", List.of(target("", "Service", "web", null)), "failureMode", "Open"));
        assertThat(publishedWaypoint()).isFalse();
    }

    private boolean publishedWaypoint() {
        index.graph().settle();
        return java.util.Objects.requireNonNull(index.services.get(Objects.name("shop/web")))
                .message()
                .hasWaypoint();
    }

    @Test
    void whatStandsThereIsNotWrittenAgain() {
        put("p", "", Map.of("targetRefs", List.of(target("", "Service", "web", null))));
        LimitStatus status = status("p");
        assertThat(status.current()).isFalse();
        index.watched.rateLimitAncestors.put(Objects.name("shop/p"), status.wanted());
        assertThat(status("p").current()).isTrue();
    }

    private void put(String name, String created, Map<String, Object> spec) {
        Map<String, Object> whole = new HashMap<>(Map.of("rateLimits", List.of(LIMIT)));
        whole.putAll(spec);
        GenericKubernetesResource object = new GenericKubernetesResource();
        object.setMetadata(new ObjectMetaBuilder()
                .withNamespace("shop")
                .withName(name)
                .withGeneration(7L)
                .withCreationTimestamp(created)
                .build());
        object.setAdditionalProperty("spec", whole);
        var policy = RateLimitPolicyParser.parse(object);
        index.watched.rateLimitPolicies.put(policy.key(), policy);
    }

    private static Map<String, Object> target(String group, String kind, String name, String section) {
        Map<String, Object> ref = new HashMap<>(Map.of("group", group, "kind", kind, "name", name));
        if (section != null) {
            ref.put("sectionName", section);
        }
        return ref;
    }

    private LimitStatus status(String policy) {
        index.graph().settle();
        return java.util.Objects.requireNonNull(index.limits.statuses.get(Objects.name("shop/" + policy)));
    }

    private List<RateLimitPolicy> sent(String policy, String gateway) {
        index.graph().settle();
        return index.limits.served.entries().entrySet().stream()
                .filter(entry -> entry.getKey().policy().name().equals(policy)
                        && (gateway.isEmpty() || entry.getKey().gateway().name().equals(gateway)))
                .map(Map.Entry::getValue)
                .toList();
    }

    private String reason(String policy) {
        return reason(status(policy).wanted().getFirst());
    }

    private static String reason(LimitAncestor entry) {
        ConditionInput condition = entry.conditions().getFirst();
        assertThat(condition.type()).isEqualTo("Accepted");
        assertThat(condition.status()).isEqualTo(condition.reason().equals("Accepted") ? "True" : "False");
        return condition.reason();
    }

    private String message(String policy) {
        return status(policy).wanted().getFirst().conditions().getFirst().message();
    }

    private void gateway(String name) {
        NamespacedName key = Objects.name(name);
        index.watched.gateways.put(
                key,
                new GatewayInput(
                        key,
                        "uid",
                        1,
                        "",
                        Map.of(),
                        Map.of(),
                        "istio",
                        List.of(new GatewayInput.Listener("http", 80, "HTTP", new GatewayInput.Allowed("Same", null))),
                        null,
                        null,
                        List.of(),
                        List.of(),
                        List.of()));
    }

    private void route(String name, ParentRef parent, String rule) {
        RouteKey key = new RouteKey(RouteKey.Kind.HTTP, Objects.name(name));
        Backend backend = new Backend(new BackendRef("", "Service", null, "web", 80), 1, List.of(), "", List.of());
        index.watched.routes.put(
                key,
                new RouteInput(
                        key,
                        1,
                        "",
                        List.of(parent),
                        List.of(),
                        List.of(new Rule(
                                rule,
                                List.of(),
                                false,
                                List.of(),
                                List.of(backend),
                                null,
                                null,
                                null,
                                "",
                                List.of()))));
    }
}

package io.periplus.model;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.periplus.api.NamespacedName;
import io.periplus.api.security.RequestAuthenticationParser;
import io.periplus.model.authn.FetchedKeys;
import io.periplus.model.authn.KeySource;
import io.periplus.model.authn.TokenPolicyKey;
import io.periplus.model.authn.WantedKeys;
import io.periplus.model.input.ConditionInput;
import io.periplus.model.input.GatewayInput;
import io.periplus.wire.waypoint.RequestAuthentication;
import io.periplus.wire.waypoint.Target;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Which proxies get which RequestAuthentications, which keys are fetched for them, and what their authors are told. */
class RequestAuthenticationTest {
    private static final KeySource KEYS = new KeySource("https://login.example.com/keys", false);
    private static final Map<String, Object> INLINE = Map.of("issuer", "us", "jwks", "{\"keys\":[]}");
    private static final Map<String, Object> FETCHED = Map.of("issuer", "them", "jwksUri", KEYS.url());
    private static final Map<String, Object> WEB = Map.of("kind", "Service", "name", "web");
    private final AmbientIndex index = new AmbientIndex(MeshSettings.defaults("cluster1"));

    @BeforeEach
    void cluster() {
        for (String namespace : List.of("istio-system", "accounts", "edge")) {
            io.periplus.model.Objects.namespace(index, namespace, Map.of());
        }
        service("accounts/web", Map.of("istio.io/use-waypoint", "waypoint"));
        service("accounts/plain", Map.of());
        io.periplus.model.Objects.waypoint(index, "accounts/waypoint");
        index.watched.gateways.put(
                name("edge/gw"),
                new GatewayInput(
                        name("edge/gw"),
                        "uid",
                        1,
                        "",
                        Map.of(),
                        Map.of(),
                        "istio",
                        List.of(new GatewayInput.Listener("l", 80, "HTTP", new GatewayInput.Allowed("Same", null))),
                        null,
                        null,
                        List.of(),
                        List.of(),
                        List.of()));
    }

    @Test
    void aTargetedServicesWaypointGetsTheRulesWithTheKeys() {
        put("accounts/jwt", Map.of("targetRefs", List.of(WEB), "jwtRules", List.of(INLINE)));
        RequestAuthentication message = at("accounts/waypoint", "waypoint", "accounts/jwt");
        assertThat(message.getTargetsList())
                .extracting(t -> t.getService().getHostname())
                .containsExactly("web.accounts.svc.cluster.local");
        assertThat(message.getRules(0).getIssuer()).isEqualTo("us");
        assertThat(message.getRules(0).getJwks()).isEqualTo("{\"keys\":[]}");
    }

    @Test
    void everyKindOfTargetIsServedWhereItIsServed() {
        Map<String, Object> gateway =
                Map.of("group", "gateway.networking.k8s.io", "kind", "Gateway", "name", "waypoint");
        Map<String, Object> gatewayClass =
                Map.of("group", "gateway.networking.k8s.io", "kind", "GatewayClass", "name", "istio-waypoint");
        put("accounts/whole", Map.of("targetRefs", List.of(gateway), "jwtRules", List.of(INLINE)));
        put("istio-system/class", Map.of("targetRefs", List.of(gatewayClass), "jwtRules", List.of(INLINE)));
        put("accounts/class", Map.of("targetRefs", List.of(gatewayClass), "jwtRules", List.of(INLINE)));
        assertThat(served()).containsExactlyInAnyOrder("accounts/whole", "istio-system/class");
        assertThat(at("accounts/waypoint", "waypoint", "istio-system/class").getTargetsList())
                .allMatch(Target::hasGateway);
    }

    @Test
    void withoutTargetsItIsForThePodsOfGatewaysAtTheEdgeAlone() {
        put("edge/all", Map.of("jwtRules", List.of(INLINE)));
        put("istio-system/mesh", Map.of("jwtRules", List.of(INLINE)));
        put("edge/selected", selecting("gateway.networking.k8s.io/gateway-name", "gw"));
        put("edge/others", selecting("app", "web"));
        put("accounts/all", Map.of("jwtRules", List.of(INLINE)));
        assertThat(served()).containsExactlyInAnyOrder("edge/all", "istio-system/mesh", "edge/selected");
        assertThat(condition("edge/all").message()).isEqualTo("bound to edge/gw");
        assertThat(condition("accounts/all").status()).isEqualTo("False");
        assertThat(condition("accounts/all").message()).contains("ztunnel does not read tokens", "targetRefs");
    }

    @Test
    void keysAreFetchedOnlyForWhatIsEnforcedSomewhere() {
        put("accounts/nowhere", Map.of("jwtRules", List.of(FETCHED)));
        assertThat(wanted()).isEmpty();
        put("accounts/jwt", Map.of("targetRefs", List.of(WEB), "jwtRules", List.of(FETCHED, FETCHED)));
        assertThat(wanted()).containsExactly(KEYS);
    }

    @Test
    void withoutAPlaceForItsKeysTheIssuerIsAsked() {
        put(
                "accounts/jwt",
                Map.of("targetRefs", List.of(WEB), "jwtRules", List.of(Map.of("issuer", "https://login.example.com"))));
        assertThat(wanted()).containsExactly(new KeySource("https://login.example.com", true));
    }

    @Test
    void untilKeysWereFetchedTheProxyIsToldThatThereAreNoneAndTheAuthorToo() {
        put("accounts/jwt", Map.of("targetRefs", List.of(WEB), "jwtRules", List.of(FETCHED)));
        assertThat(rule().getUnavailable()).contains("have not been fetched yet");
        assertThat(condition("accounts/jwt").reason()).isEqualTo("KeysUnavailable");

        index.watched.fetchedKeys.put(KEYS, new FetchedKeys("", "https://login.example.com/keys: connection refused"));
        assertThat(rule().getUnavailable()).contains("connection refused");
        assertThat(condition("accounts/jwt").message())
                .isEqualTo("bound to accounts/waypoint. Every token is refused: https://login.example.com/keys:"
                        + " connection refused (where keys are known from before, they stay)");

        index.watched.fetchedKeys.put(KEYS, new FetchedKeys("{\"keys\":[1]}", ""));
        assertThat(rule().getJwks()).isEqualTo("{\"keys\":[1]}");
        assertThat(condition("accounts/jwt").reason()).isEqualTo("Accepted");
    }

    @Test
    void keysThatWereFetchedOnceStayWhileNewOnesCannotBeFetched() {
        put("accounts/jwt", Map.of("targetRefs", List.of(WEB), "jwtRules", List.of(FETCHED)));
        index.watched.fetchedKeys.put(KEYS, new FetchedKeys("{\"keys\":[1]}", "timed out"));
        assertThat(rule().getJwks()).isEqualTo("{\"keys\":[1]}");
    }

    @Test
    void aRuleThatIsWrongRefusesItsTokensAndTheOthersHold() {
        put(
                "accounts/jwt",
                Map.of(
                        "targetRefs",
                        List.of(WEB),
                        "jwtRules",
                        List.of(INLINE, Map.of("issuer", "bad", "jwks", "{}", "nonsense", 1))));
        RequestAuthentication message = at("accounts/waypoint", "waypoint", "accounts/jwt");
        assertThat(message.getRules(0).hasJwks()).isTrue();
        assertThat(message.getRules(1).getUnavailable()).contains("nonsense: unknown field");
        assertThat(condition("accounts/jwt").reason()).isEqualTo("PartiallyInvalid");
    }

    @Test
    void aTargetThatIsNotBoundIsSaidToBeNot() {
        put(
                "accounts/jwt",
                Map.of(
                        "targetRefs",
                        List.of(Map.of("kind", "Service", "name", "plain")),
                        "jwtRules",
                        List.of(FETCHED)));
        assertThat(condition("accounts/jwt").reason()).isEqualTo("AncestorNotBound");
        assertThat(wanted()).isEmpty();
    }

    private io.periplus.wire.waypoint.TokenRule rule() {
        return at("accounts/waypoint", "waypoint", "accounts/jwt").getRules(0);
    }

    private RequestAuthentication at(String gateway, String account, String policy) {
        index.graph().settle();
        return Objects.requireNonNull(
                index.tokenPolicies.get(new TokenPolicyKey(name(gateway), account, name(policy))));
    }

    private List<String> served() {
        index.graph().settle();
        return index.tokenPolicies.entries().keySet().stream()
                .map(key -> key.policy().toString())
                .toList();
    }

    private List<KeySource> wanted() {
        index.graph().settle();
        return index.wantedKeys.entries().keySet().stream()
                .map(WantedKeys.Key::source)
                .toList();
    }

    private ConditionInput condition(String policy) {
        index.graph().settle();
        return Objects.requireNonNull(
                Objects.requireNonNull(index.tokenStatus.get(name(policy))).wanted());
    }

    private static Map<String, Object> selecting(String label, String value) {
        return Map.of("selector", Map.of("matchLabels", Map.of(label, value)), "jwtRules", List.of(INLINE));
    }

    private void put(String policy, Map<String, Object> spec) {
        NamespacedName key = name(policy);
        GenericKubernetesResource object = new GenericKubernetesResource();
        object.setMetadata(new ObjectMetaBuilder()
                .withNamespace(key.namespace())
                .withName(key.name())
                .withGeneration(1L)
                .build());
        object.setAdditionalProperty("spec", spec);
        index.watched.requestAuthentications.put(key, RequestAuthenticationParser.parse(object));
    }

    private void service(String name, Map<String, String> labels) {
        io.periplus.model.Objects.service(index, name, labels, Map.of());
    }

    private static NamespacedName name(String text) {
        return io.periplus.model.Objects.name(text);
    }
}

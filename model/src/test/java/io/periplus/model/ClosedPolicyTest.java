package io.periplus.model;

import static org.assertj.core.api.Assertions.assertThat;

import io.periplus.model.input.ConditionInput;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What of a policy cannot be enforced, at a ztunnel or at all, closes. */
class ClosedPolicyTest {
    private static final String FINANCE = "cluster.local/ns/finance/sa/curl";
    private static final String SALES = "cluster.local/ns/sales/sa/curl";
    private static final String WAYPOINT = "cluster.local/ns/accounts/sa/waypoint";

    private final AmbientIndex index = new AmbientIndex(MeshSettings.defaults("cluster1"));

    @BeforeEach
    void cluster() {
        cluster(index);
    }

    private static void cluster(AmbientIndex index) {
        Objects.namespace(index, "istio-system", Map.of());
        Objects.namespace(index, "accounts", Map.of());
        Objects.pod(index, "accounts/web", Map.of("app", "web"));
        index.graph().settle();
    }

    private static boolean accepts(AmbientIndex index, String client, int port) {
        index.graph().settle();
        return new ZtunnelJudge(index).accepts("accounts/web", client, port);
    }

    private static void deny(AmbientIndex index, Map<String, Object> rule) {
        Objects.policy(index, "accounts/p", Map.of("action", "DENY", "rules", List.of(rule)));
    }

    private String status() {
        index.graph().settle();
        ConditionInput condition = java.util.Objects.requireNonNull(
                java.util.Objects.requireNonNull(index.policyStatuses.get(Objects.name("accounts/p")))
                        .ztunnel());
        return condition.status() + " " + condition.reason() + " " + condition.message();
    }

    static Stream<Arguments> wrong() {
        return Stream.of(
                Arguments.of("block", Objects.from("ipBlocks", "10.0.0.0/33")),
                Arguments.of("mapped block", Objects.from("ipBlocks", "::ffff:10.0.0.0/104")),
                Arguments.of("one of two blocks", Objects.from("ipBlocks", "10.0.0.0/8", "10.0.0.300")),
                Arguments.of("port", Objects.to("ports", "80x")),
                Arguments.of("one of two ports", Objects.to("ports", "9090", "80x")),
                Arguments.of("excepted port", Objects.to("notPorts", "8o80")),
                Arguments.of("principal", Objects.from("principals", "spiffe://" + SALES)),
                Arguments.of("account", Objects.from("serviceAccounts", "sales/*")),
                Arguments.of("path", Objects.to("paths", "/a/{*}.html")),
                Arguments.of("no field", Objects.from("principals")),
                Arguments.of("unknown field", Objects.from("ipBlock", "10.0.0.0/8")),
                Arguments.of("unknown key", when("request.regex.headers", "x")),
                Arguments.of("unclosed key", when("request.headers[x", "x")),
                Arguments.of("no port", when("destination.port", "http")));
    }

    private static Map<String, Object> when(String key, String value) {
        return Map.of("when", List.of(Map.of("key", key, "values", List.of(value))));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("wrong")
    void aDenyWithSomethingWrongInItDeniesMore(String name, Map<String, Object> rule) {
        assertThat(accepts(index, FINANCE, 8080)).isTrue();
        deny(index, rule);
        assertThat(accepts(index, FINANCE, 8080)).isFalse();
        assertThat(status())
                .startsWith("False Invalid spec.rules[0].")
                .contains("left out: the rules deny more than written");
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("wrong")
    void ofAnAllowTheRuleWithSomethingWrongInItIsLeftOut(String name, Map<String, Object> rule) {
        Objects.policy(index, "accounts/p", Map.of("rules", List.of(rule, Objects.from("namespaces", "finance"))));
        assertThat(accepts(index, FINANCE, 8080)).isTrue();
        assertThat(accepts(index, SALES, 8080)).isFalse();
        assertThat(status()).startsWith("False Invalid spec.rules[0].").contains("left out: they allow nothing");
    }

    @Test
    void onlyThePartThatIsWrongIsLeftOut() {
        deny(index, both(Objects.from("namespaces", "sales"), Objects.to("ports", "80x")));
        assertThat(accepts(index, SALES, 8080)).isFalse();
        assertThat(accepts(index, FINANCE, 8080)).isTrue();
    }

    @Test
    void aDenyGoesOnWithoutWhatAsksAboutHttpAlone() {
        deny(index, both(Objects.from("namespaces", "sales"), Objects.to("methods", "DELETE")));
        assertThat(accepts(index, SALES, 8080)).isFalse();
        assertThat(accepts(index, FINANCE, 8080)).isTrue();
        assertThat(status())
                .startsWith("True UnsupportedValue ")
                .contains("(found: methods)", "denies more than written")
                .doesNotContain("rules[0]");
        deny(index, both(Objects.from("namespaces", "sales"), when("request.headers[x-role]", "guest")));
        assertThat(accepts(index, SALES, 8080)).isFalse();
        deny(index, both(Objects.from("requestPrincipals", "*"), Objects.to("ports", "9090")));
        assertThat(accepts(index, SALES, 8080)).isTrue();
        assertThat(accepts(index, SALES, 9090)).isFalse();
    }

    @Test
    void whereNothingElseIsLeftADenyDoesNotCloseEverything() {
        deny(index, Objects.to("methods", "DELETE"));
        assertThat(accepts(index, SALES, 8080)).isTrue();
        assertThat(status()).contains("what asks for nothing else denies nothing there (rules[0])");
        deny(
                index,
                Map.of(
                        "to",
                        List.of(
                                Map.of("operation", Map.of("methods", List.of("DELETE"))),
                                Map.of("operation", Map.of("ports", List.of("9090"))))));
        assertThat(accepts(index, SALES, 8080)).isTrue();
        assertThat(accepts(index, SALES, 9090)).isFalse();
    }

    @Test
    void whatComesThroughTheWaypointIsJudgedThereByTheWholeRule() {
        Objects.service(index, "accounts/web", Map.of("istio.io/use-waypoint", "waypoint"), Map.of("app", "web"));
        Objects.waypoint(index, "accounts/waypoint");
        deny(index, both(Objects.from("notNamespaces", "sales"), Objects.to("methods", "DELETE")));
        assertThat(accepts(index, WAYPOINT, 8080)).isTrue();
        assertThat(accepts(index, FINANCE, 8080)).isFalse();
        assertThat(accepts(index, SALES, 8080)).isTrue();
    }

    @Test
    void withTheSettingTurnedOffARuleWithAPartThatAsksAboutHttpAloneHasNoEffect() {
        AmbientIndex upstream =
                new AmbientIndex(MeshSettings.defaults("cluster1").with(MeshSwitch.ZTUNNEL_DENIES_WITHOUT_HTTP, false));
        cluster(upstream);
        deny(upstream, both(Objects.from("namespaces", "sales"), Objects.to("methods", "DELETE")));
        assertThat(accepts(upstream, SALES, 8080)).isTrue();
        Map<String, Object> operation = Map.of("methods", List.of("DELETE"), "ports", List.of("8080"));
        deny(upstream, Map.of("to", List.of(Map.of("operation", operation))));
        assertThat(accepts(upstream, SALES, 8080)).isFalse();
    }

    private static Map<String, Object> both(Map<String, Object> one, Map<String, Object> other) {
        Map<String, Object> rule = new java.util.HashMap<>(one);
        rule.putAll(other);
        return rule;
    }
}

package io.periplus.model;

import static io.periplus.model.Objects.from;
import static io.periplus.model.Objects.to;
import static org.assertj.core.api.Assertions.assertThat;

import io.periplus.model.input.ConditionInput;
import io.periplus.model.policy.PolicyStatus;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the authors of AuthorizationPolicies are told. */
class PolicyStatusTest {
    private final AmbientIndex index = new AmbientIndex(MeshSettings.defaults("cluster1"));

    @BeforeEach
    void cluster() {
        Objects.namespace(index, "istio-system", Map.of());
        Objects.namespace(index, "accounts", Map.of());
        Objects.service(index, "accounts/web", Map.of("istio.io/use-waypoint", "waypoint"), Map.of());
        Objects.service(index, "accounts/plain", Map.of(), Map.of());
        Objects.waypoint(index, "accounts/waypoint");
    }

    @Test
    void aPolicyForZtunnelIsAttached() {
        ConditionInput condition = ztunnel("accounts/p", Map.of("rules", List.of(from("namespaces", "finance"))));
        assertThat(condition.status()).isEqualTo("True");
        assertThat(condition.reason()).isEqualTo("Accepted");
        assertThat(condition.message())
                .isEqualTo(
                        "attached to ztunnel; requests that come through a waypoint (accounts/waypoint) are judged there"
                                + " by the whole policy");
        assertThat(condition.observedGeneration()).isEqualTo(1);
    }

    @Test
    void httpAttributesAreNamedInOrderWithWhatTheyDoAtZtunnelAndAtTheWaypoint() {
        ConditionInput condition =
                ztunnel("accounts/p", Map.of("rules", List.of(to("paths", "/a"), to("methods", "GET"))));
        assertThat(condition.status()).isEqualTo("True");
        assertThat(condition.reason()).isEqualTo("UnsupportedValue");
        assertThat(condition.message())
                .contains("(found: methods, paths)")
                .contains("allows less than written")
                .contains("a waypoint (accounts/waypoint)");
    }

    @Test
    void auditAndCustomWithoutATargetAreNotEnforced() {
        for (String action : List.of("AUDIT", "CUSTOM")) {
            Map<String, Object> spec = action.equals("AUDIT")
                    ? Map.of("action", action)
                    : Map.of("action", action, "provider", Map.of("name", "x"), "rules", List.of(Map.of()));
            assertThat(ztunnel("accounts/p", spec).status()).isEqualTo("False");
        }
    }

    @Test
    void aPolicyThatIsWrongSaysWhatIsWrong() {
        ConditionInput condition = ztunnel("accounts/p", Map.of("rules", List.of(from("ipBlocks", "10.0.0.0/40"))));
        assertThat(condition.reason()).isEqualTo("Invalid");
        assertThat(condition.message()).contains("spec.rules[0].from[0].source.ipBlocks", "10.0.0.0/40");
    }

    @Test
    void aTargetIsBoundOrItIsSaidWhyNot() {
        assertThat(waypoint(ref("Service", "", "web")).message()).isEqualTo("bound to accounts/waypoint");
        assertThat(waypoint(ref("Service", "", "plain")).reason()).isEqualTo("AncestorNotBound");
        assertThat(waypoint(ref("Service", "", "none")).reason()).isEqualTo("TargetNotFound");
        assertThat(waypoint(ref("Gateway", "gateway.networking.k8s.io", "waypoint"))
                        .reason())
                .isEqualTo("Accepted");
        assertThat(waypoint(ref("Gateway", "gateway.networking.k8s.io", "none")).reason())
                .isEqualTo("TargetNotFound");
        assertThat(waypoint(ref("Pod", "", "web")).reason()).isEqualTo("Invalid");
        assertThat(waypoint(ref("GatewayClass", "gateway.networking.k8s.io", "istio-waypoint"))
                        .message())
                .contains("must be in the root namespace istio-system");
    }

    @Test
    void aClassIsATargetInTheRootNamespace() {
        Objects.policy(
                index,
                "istio-system/p",
                Map.of("targetRefs", List.of(ref("GatewayClass", "gateway.networking.k8s.io", "istio-waypoint"))));
        assertThat(java.util.Objects.requireNonNull(status("istio-system/p").waypoint())
                        .reason())
                .isEqualTo("Accepted");
    }

    @Test
    void severalTargetsAreSummedUp() {
        Objects.policy(
                index,
                "accounts/p",
                Map.of("targetRefs", List.of(ref("Service", "", "web"), ref("Service", "", "none"))));
        ConditionInput some =
                java.util.Objects.requireNonNull(status("accounts/p").waypoint());
        assertThat(some.status()).isEqualTo("True");
        assertThat(some.reason()).isEqualTo("PartiallyInvalid");
        assertThat(some.message()).contains("Service.:accounts/none");
        Objects.policy(
                index,
                "accounts/p",
                Map.of("targetRefs", List.of(ref("Service", "", "plain"), ref("Service", "", "none"))));
        assertThat(java.util.Objects.requireNonNull(status("accounts/p").waypoint())
                        .status())
                .isEqualTo("False");
    }

    @Test
    void aProviderThatIsNotConfiguredIsSaid() {
        Objects.policy(
                index,
                "accounts/p",
                Map.of(
                        "action", "CUSTOM",
                        "provider", Map.of("name", "opa"),
                        "rules", List.of(Map.of()),
                        "targetRefs", List.of(ref("Service", "", "web"))));
        assertThat(java.util.Objects.requireNonNull(status("accounts/p").waypoint())
                        .message())
                .contains("\"opa\" is not configured");
    }

    private ConditionInput ztunnel(String name, Map<String, Object> spec) {
        Objects.policy(index, name, spec);
        return java.util.Objects.requireNonNull(status(name).ztunnel());
    }

    private ConditionInput waypoint(Map<String, Object> ref) {
        Objects.policy(index, "accounts/p", Map.of("targetRefs", List.of(ref)));
        return java.util.Objects.requireNonNull(status("accounts/p").waypoint());
    }

    private PolicyStatus status(String name) {
        index.graph().settle();
        return java.util.Objects.requireNonNull(index.policyStatuses.get(Objects.name(name)));
    }

    private static Map<String, Object> ref(String kind, String group, String name) {
        return Map.of("group", group, "kind", kind, "name", name);
    }
}

package io.periplus.model;

import static org.assertj.core.api.Assertions.assertThat;

import io.periplus.api.NamespacedName;
import io.periplus.model.input.NamespaceInput;
import io.periplus.model.input.ServiceInput;
import io.periplus.model.policy.WaypointPolicies;
import io.periplus.wire.workload.Service;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A second waypoint for a share of the connections. */
class WaypointCanaryTest {
    private static final NamespacedName WEB = Objects.name("accounts/web");
    private static final String WEIGHT = "istio.io/use-waypoint-canary-weight";
    private static final Map<String, String> USE =
            Map.of("istio.io/use-waypoint", "waypoint", "istio.io/use-waypoint-canary", "canary");
    private final AmbientIndex index = new AmbientIndex(MeshSettings.defaults("cluster1"));

    @BeforeEach
    void cluster() {
        Objects.namespace(index, "istio-system", Map.of());
        Objects.namespace(index, "accounts", Map.of());
        Objects.pod(index, "accounts/web", Map.of("app", "web"));
        Objects.waypoint(index, "accounts/waypoint");
        Objects.waypoint(index, "accounts/canary");
    }

    @Test
    void theConnectionsAreSharedByTheWeightOfTheCanary() {
        service(USE, Map.of(WEIGHT, "20"));
        assertThat(weights()).containsExactly("waypoint 80", "canary 20");
        assertThat(message()).doesNotContain("not attached");
    }

    @Test
    void theWaypointItselfStaysTheFirst() {
        service(USE, Map.of(WEIGHT, "20"));
        assertThat(published().getWaypoint().getHostname().getHostname())
                .isEqualTo("waypoint.accounts.svc.cluster.local");
    }

    @Test
    void withoutAWeightTheCanaryGetsNothing() {
        service(USE, Map.of());
        assertThat(weights()).containsExactly("waypoint 100", "canary 0");
    }

    @Test
    void theNamespaceSuppliesTheCanaryWhereItSuppliesTheWaypoint() {
        index.watched.namespaces.put("accounts", new NamespaceInput("accounts", USE, Map.of(WEIGHT, "5")));
        service(Map.of(), Map.of(WEIGHT, "50"));
        assertThat(weights()).containsExactly("waypoint 95", "canary 5");
    }

    @Test
    void theNamespacesCanaryIsNotMixedWithAWaypointOfTheService() {
        index.watched.namespaces.put("accounts", new NamespaceInput("accounts", USE, Map.of(WEIGHT, "5")));
        service(Map.of("istio.io/use-waypoint", "waypoint"), Map.of());
        assertThat(weights()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"-1", "101", "1.5", "ten", "''"})
    void aWeightThatIsNoneLeavesAllWithTheFirst(String weight) {
        service(USE, Map.of(WEIGHT, weight));
        assertThat(weights()).isEmpty();
        assertThat(message())
                .startsWith("Successfully attached to waypoint accounts/waypoint")
                .contains(". Canary waypoint not attached: ")
                .contains("expected: an integer from 0 to 100");
    }

    @Test
    void aCanaryThatIsTheWaypointItselfIsSaidToBe() {
        service(
                Map.of("istio.io/use-waypoint", "waypoint", "istio.io/use-waypoint-canary", "waypoint"),
                Map.of(WEIGHT, "20"));
        assertThat(weights()).isEmpty();
        assertThat(message())
                .endsWith("Canary waypoint not attached: the canary is the waypoint \"accounts/waypoint\" itself");
    }

    @Test
    void aCanaryThatIsNotReadyIsNotWaitedFor() {
        index.watched.gateways.put(
                Objects.name("accounts/canary"), Objects.gateway("accounts/canary", false, Map.of(), "Same"));
        service(USE, Map.of(WEIGHT, "20"));
        assertThat(weights()).isEmpty();
        assertThat(message()).endsWith("Canary waypoint not attached: waypoint \"accounts/canary\" is not ready");
    }

    @Test
    void aCanaryElsewhereHasToAllowTheNamespace() {
        Objects.namespace(index, "infra", Map.of());
        Map<String, String> labels = new HashMap<>(USE);
        labels.put("istio.io/use-waypoint-canary-namespace", "infra");
        index.watched.gateways.put(
                Objects.name("infra/canary"), Objects.gateway("infra/canary", true, Map.of(), "Same"));
        service(labels, Map.of(WEIGHT, "20"));
        assertThat(message()).contains("we are not permitted to attach to waypoint \"infra/canary\"");
        index.watched.gateways.put(
                Objects.name("infra/canary"), Objects.gateway("infra/canary", true, Map.of(), "All"));
        assertThat(weights()).containsExactly("waypoint 80", "canary 20");
    }

    @Test
    void policiesOfTheServiceGoToBothWaypoints() {
        service(USE, Map.of(WEIGHT, "20"));
        Objects.policy(
                index,
                "accounts/get-only",
                Map.of(
                        "targetRefs",
                        List.of(Map.of("group", "", "kind", "Service", "name", "web")),
                        "rules",
                        List.of(Objects.to("methods", "GET"))));
        index.graph().settle();
        assertThat(index.waypointPolicies.entries().keySet())
                .extracting(WaypointPolicies.Key::waypoint)
                .containsExactlyInAnyOrder(Objects.name("accounts/waypoint"), Objects.name("accounts/canary"));
    }

    @Test
    void hopsFromBothWaypointsAreExpectedAtTheWorkload() {
        service(USE, Map.of(WEIGHT, "20"));
        index.graph().settle();
        assertThat(java.util.Objects.requireNonNull(index.attachments.get(WEB)).waypoints())
                .containsExactly(Objects.name("accounts/canary"), Objects.name("accounts/waypoint"));
    }

    private void service(Map<String, String> labels, Map<String, String> annotations) {
        ServiceInput s = Objects.service("accounts/web", labels, Map.of("app", "web"));
        index.watched.services.put(
                WEB,
                new ServiceInput(
                        s.key(),
                        s.uid(),
                        s.created(),
                        labels,
                        annotations,
                        s.type(),
                        s.clusterIps(),
                        s.externalAddresses(),
                        s.ipFamilies(),
                        s.ports(),
                        s.selector(),
                        false,
                        "",
                        "",
                        List.of()));
    }

    private Service published() {
        index.graph().settle();
        return java.util.Objects.requireNonNull(index.services.get(WEB)).message();
    }

    private List<String> weights() {
        return published().getWeightedWaypointsList().stream()
                .map(w -> w.getDestination().getHostname().getHostname().split("\\.")[0] + " " + w.getWeight())
                .toList();
    }

    private @Nullable String message() {
        index.graph().settle();
        return java.util.Objects.requireNonNull(index.waypointConditions.get(WEB))
                .message();
    }
}

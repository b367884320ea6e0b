package io.periplus.model;

import static org.assertj.core.api.Assertions.assertThat;

import io.periplus.api.NamespacedName;
import io.periplus.api.security.AuthorizationPolicy;
import io.periplus.api.security.RequestAuthentication;
import io.periplus.model.input.ConditionInput;
import io.periplus.wire.workload.GatewayAddress;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Which waypoint a service or pod uses, and what its author is told. */
class WaypointBindingTest {
    private static final NamespacedName WEB = Objects.name("accounts/web");
    private static final Map<String, String> USE = Map.of("istio.io/use-waypoint", "waypoint");
    private AmbientIndex index = new AmbientIndex(MeshSettings.defaults("cluster1"));

    @BeforeEach
    void cluster() {
        Objects.namespace(index, "istio-system", Map.of());
        Objects.namespace(index, "accounts", USE);
        Objects.pod(index, "accounts/web", Map.of("app", "web"));
        Objects.service(index, "accounts/web", Map.of(), Map.of("app", "web"));
    }

    @Test
    void aServiceInheritsTheWaypointOfItsNamespace() {
        Objects.waypoint(index, "accounts/waypoint");
        assertThat(waypoint()).isEqualTo("waypoint.accounts.svc.cluster.local:15008");
        assertThat(condition().reason()).isEqualTo("WaypointAccepted");
        assertThat(condition().message()).startsWith("Successfully attached to waypoint accounts/waypoint");
    }

    @Test
    void noneOptsOut() {
        Objects.waypoint(index, "accounts/waypoint");
        Objects.service(index, "accounts/web", Map.of("istio.io/use-waypoint", "none"), Map.of("app", "web"));
        assertThat(waypoint()).isNull();
        index.graph().settle();
        assertThat(index.waypointConditions.get(WEB)).isNull();
    }

    @Test
    void aWishOfItsOwnDoesNotFallBackToTheNamespaces() {
        Objects.waypoint(index, "accounts/waypoint");
        Objects.service(index, "accounts/web", Map.of("istio.io/use-waypoint", "bogus"), Map.of("app", "web"));
        assertThat(waypoint()).isNull();
        assertThat(condition().reason()).isEqualTo("WaypointIsNotReady");
        assertThat(condition().message()).isEqualTo("waypoint \"accounts/bogus\" is not ready");
    }

    @Test
    void anUnreadyWaypointMeansDirectTrafficWhereNoPolicyDependsOnIt() {
        index.watched.gateways.put(
                Objects.name("accounts/waypoint"), Objects.gateway("accounts/waypoint", false, Map.of(), "Same"));
        assertThat(waypoint()).isNull();
        assertThat(condition().reason()).isEqualTo("WaypointIsNotReady");
    }

    @Test
    void anUnreadyWaypointMeansRefusalWhereAPolicyTargetsTheService() {
        index.watched.gateways.put(
                Objects.name("accounts/waypoint"), Objects.gateway("accounts/waypoint", false, Map.of(), "Same"));
        target("Service", "", "web");
        assertThat(waypoint()).isEqualTo("waypoint.accounts.svc.cluster.local:15008");
        assertThat(condition().message()).contains("Traffic is refused until it is");
    }

    @Test
    void withTheSettingTurnedOffAnUnreadyWaypointMeansDirectTrafficInAnyCase() {
        index = new AmbientIndex(MeshSettings.defaults("cluster1").with(MeshSwitch.WAYPOINT_FAIL_CLOSED, false));
        cluster();
        index.watched.gateways.put(
                Objects.name("accounts/waypoint"), Objects.gateway("accounts/waypoint", false, Map.of(), "Same"));
        target("Service", "", "web");
        assertThat(waypoint()).isNull();
        assertThat(podWaypoint()).isNull();
        assertThat(condition().reason()).isEqualTo("WaypointIsNotReady");
        assertThat(condition().message()).doesNotContain("refused");
    }

    @Test
    void anUnreadyWaypointMeansRefusalWhereAPolicyTargetsTheWaypoint() {
        index.watched.gateways.put(
                Objects.name("accounts/waypoint"), Objects.gateway("accounts/waypoint", false, Map.of(), "Same"));
        target("Gateway", "gateway.networking.k8s.io", "waypoint");
        assertThat(waypoint()).isNotNull();
    }

    @Test
    void anUnreadyWaypointMeansRefusalWhereARequestAuthenticationTargetsTheService() {
        index.watched.gateways.put(
                Objects.name("accounts/waypoint"), Objects.gateway("accounts/waypoint", false, Map.of(), "Same"));
        NamespacedName name = Objects.name("accounts/jwt");
        index.watched.requestAuthentications.put(
                name,
                new RequestAuthentication(
                        name,
                        1,
                        null,
                        List.of(new AuthorizationPolicy.TargetRef("", "Service", "web")),
                        List.of(),
                        List.of()));
        assertThat(waypoint()).isNotNull();
    }

    @Test
    void anUnreadyWaypointMeansRefusalWhereADenyForTheNamespaceCountsOnIt() {
        index.watched.gateways.put(
                Objects.name("accounts/waypoint"), Objects.gateway("accounts/waypoint", false, Map.of(), "Same"));
        for (String policy : List.of("accounts/p", "istio-system/p")) {
            Map<String, Object> spec = Map.of("action", "DENY", "rules", List.of(Objects.to("methods", "DELETE")));
            Objects.policy(index, policy, spec);
            assertThat(waypoint()).isEqualTo("waypoint.accounts.svc.cluster.local:15008");
            assertThat(condition().message()).contains("Traffic is refused until it is");
            index.watched.authorizationPolicies.remove(Objects.name(policy));
            assertThat(waypoint()).isNull();
        }
    }

    @Test
    void anUnreadyWaypointMeansDirectTrafficWhereZtunnelsDenyAsMuchOrMore() {
        index.watched.gateways.put(
                Objects.name("accounts/waypoint"), Objects.gateway("accounts/waypoint", false, Map.of(), "Same"));
        Map<String, Object> both = new java.util.HashMap<>(Objects.to("methods", "DELETE"));
        both.putAll(Objects.from("namespaces", "sales"));
        Objects.policy(index, "accounts/deny", Map.of("action", "DENY", "rules", List.of(both)));
        Objects.policy(index, "accounts/allow", Map.of("rules", List.of(Objects.to("methods", "GET"))));
        Objects.policy(index, "other/p", Map.of("action", "DENY", "rules", List.of(Objects.to("methods", "PUT"))));
        Objects.policy(
                index,
                "accounts/elsewhere",
                Map.of(
                        "selector", Map.of("matchLabels", Map.of("app", "db")),
                        "action", "DENY",
                        "rules", List.of(Objects.to("methods", "DELETE"))));
        assertThat(waypoint()).isNull();
        Objects.policy(
                index,
                "accounts/here",
                Map.of(
                        "selector", Map.of("matchLabels", Map.of("app", "web", "version", "v1")),
                        "action", "DENY",
                        "rules", List.of(Objects.to("methods", "DELETE"))));
        assertThat(waypoint()).isNotNull();
    }

    @Test
    void aWaypointThatWasDeletedIsForgottenEvenThoughPoliciesTargetTheService() {
        Objects.waypoint(index, "accounts/waypoint");
        target("Service", "", "web");
        assertThat(waypoint()).isNotNull();
        index.watched.gateways.remove(Objects.name("accounts/waypoint"));
        assertThat(waypoint()).isNull();
    }

    @Test
    void anotherNamespaceHasToBeAllowed() {
        Objects.service(
                index,
                "accounts/web",
                Map.of("istio.io/use-waypoint", "gate", "istio.io/use-waypoint-namespace", "edge"),
                Map.of("app", "web"));
        index.watched.gateways.put(Objects.name("edge/gate"), Objects.gateway("edge/gate", true, Map.of(), "Same"));
        assertThat(waypoint()).isNull();
        assertThat(condition().reason()).isEqualTo("AttachmentDenied");
        index.watched.gateways.put(Objects.name("edge/gate"), Objects.gateway("edge/gate", true, Map.of(), "All"));
        assertThat(waypoint()).isEqualTo("gate.edge.svc.cluster.local:15008");
    }

    @Test
    void aWaypointForWorkloadsTakesPodsAndNoServices() {
        index.watched.gateways.put(
                Objects.name("accounts/waypoint"),
                Objects.gateway("accounts/waypoint", true, Map.of("istio.io/waypoint-for", "workload"), "Same"));
        assertThat(waypoint()).isNull();
        assertThat(condition().reason()).isEqualTo("UnsupportedTrafficType");
        assertThat(podWaypoint()).isNotNull();
    }

    @Test
    void aWaypointForServicesIsNotInheritedByPods() {
        Objects.waypoint(index, "accounts/waypoint");
        assertThat(podWaypoint()).isNull();
    }

    @Test
    void theServiceOfAWaypointNeverGetsOne() {
        Objects.waypoint(index, "accounts/waypoint");
        Objects.service(
                index, "accounts/web", Map.of("gateway.istio.io/managed", "istio.io-mesh-controller"), Map.of());
        assertThat(waypoint()).isNull();
    }

    private void target(String kind, String group, String name) {
        Objects.policy(
                index,
                "accounts/targeted",
                Map.of("targetRefs", List.of(Map.of("group", group, "kind", kind, "name", name))));
    }

    private @Nullable String waypoint() {
        index.graph().settle();
        var service = java.util.Objects.requireNonNull(index.services.get(WEB)).message();
        return service.hasWaypoint() ? text(service.getWaypoint()) : null;
    }

    private @Nullable String podWaypoint() {
        index.graph().settle();
        var workload =
                java.util.Objects.requireNonNull(index.podWorkloads.get(WEB)).forZtunnel();
        return workload.hasWaypoint() ? text(workload.getWaypoint()) : null;
    }

    private ConditionInput condition() {
        index.graph().settle();
        return java.util.Objects.requireNonNull(index.waypointConditions.get(WEB));
    }

    private static String text(GatewayAddress address) {
        return address.getHostname().getHostname() + ":" + address.getHboneMtlsPort();
    }
}

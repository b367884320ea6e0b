package io.periplus.model;

import static io.periplus.model.Objects.from;
import static io.periplus.model.Objects.to;
import static org.assertj.core.api.Assertions.assertThat;

import io.periplus.api.NamespacedName;
import io.periplus.model.policy.WaypointPolicies;
import io.periplus.wire.authorization.Scope;
import io.periplus.wire.waypoint.AuthorizationPolicy;
import io.periplus.wire.waypoint.EndpointScope;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Policies as they are sent when services stand behind waypoints. */
class PolicyFollowsTrafficTest {
    private static final String WAYPOINT = "cluster.local/ns/accounts/sa/waypoint";
    private static final String OTHER_WAYPOINT = "cluster.local/ns/finance/sa/gate";
    private static final String FINANCE = "cluster.local/ns/finance/sa/curl";
    private static final String SALES = "cluster.local/ns/sales/sa/curl";
    private static final int PORT = 8080;

    private final AmbientIndex index = new AmbientIndex(MeshSettings.defaults("cluster1"));
    private final ZtunnelJudge ztunnel = new ZtunnelJudge(index);

    @BeforeEach
    void cluster() {
        Objects.namespace(index, "istio-system", Map.of());
        Objects.namespace(index, "accounts", Map.of());
        Objects.namespace(index, "finance", Map.of());
        Objects.pod(index, "accounts/behind", Map.of("app", "behind"));
        Objects.pod(index, "accounts/direct", Map.of("app", "direct"));
        Objects.pod(index, "finance/behind", Map.of("app", "behind"));
        Objects.service(index, "accounts/behind", Map.of("istio.io/use-waypoint", "waypoint"), Map.of("app", "behind"));
        Objects.service(index, "accounts/direct", Map.of(), Map.of("app", "direct"));
        Objects.service(index, "finance/behind", Map.of("istio.io/use-waypoint", "gate"), Map.of("app", "behind"));
        Objects.waypoint(index, "accounts/waypoint");
        Objects.waypoint(index, "finance/gate");
    }

    @Test
    void withoutPoliciesNothingIsSentAndEverybodyIsAccepted() {
        settle();
        assertThat(index.nodePolicies.shaped().entries()).isEmpty();
        assertThat(listed("accounts/behind")).isEmpty();
        assertThat(ztunnel.accepts("accounts/behind", SALES, PORT)).isTrue();
    }

    @Test
    void anAllowForANamespaceAdmitsTheHopFromTheOwnWaypointAndNobodyElse() {
        Objects.policy(index, "accounts/deny-all", Map.of());
        Objects.policy(index, "accounts/from-finance", Map.of("rules", List.of(from("namespaces", "finance"))));
        settle();
        assertThat(ztunnel.accepts("accounts/behind", WAYPOINT, PORT)).isTrue();
        assertThat(ztunnel.accepts("accounts/behind", FINANCE, PORT)).isTrue();
        assertThat(ztunnel.accepts("accounts/behind", SALES, PORT)).isFalse();
        assertThat(ztunnel.accepts("accounts/behind", "", PORT)).isFalse();
        assertThat(ztunnel.accepts("accounts/direct", WAYPOINT, PORT)).isFalse();
        assertThat(ztunnel.accepts("accounts/direct", FINANCE, PORT)).isTrue();
    }

    @Test
    void theWaypointJudgesThosePoliciesItself() {
        Objects.policy(index, "accounts/deny-all", Map.of());
        Objects.policy(
                index, "accounts/only-behind", Map.of("selector", Map.of("matchLabels", Map.of("app", "behind"))));
        Objects.policy(
                index, "istio-system/everywhere", Map.of("action", "DENY", "rules", List.of(to("methods", "PUT"))));
        settle();
        assertThat(atWaypoint("accounts/waypoint", "accounts/deny-all").getEndpointScope())
                .isEqualTo(EndpointScope.NAMESPACE);
        assertThat(atWaypoint("accounts/waypoint", "accounts/only-behind").getEndpointScope())
                .isEqualTo(EndpointScope.SELECTED);
        assertThat(atWaypoint("finance/gate", "istio-system/everywhere").getEndpointScope())
                .isEqualTo(EndpointScope.ALL);
        assertThat(index.waypointPolicies.entries()).doesNotContainKey(key("finance/gate", "accounts/deny-all"));
        assertThat(java.util.Objects.requireNonNull(index.podWorkloads.get(Objects.name("accounts/behind")))
                        .forWaypoint()
                        .getAuthorizationPoliciesList())
                .containsExactly("accounts/only-behind");
    }

    @Test
    void anAllowOnTheHopIsNotAddedWhereNoOtherAllowApplies() {
        Objects.policy(
                index, "accounts/no-sales", Map.of("action", "DENY", "rules", List.of(from("namespaces", "sales"))));
        settle();
        assertThat(listed("accounts/behind")).noneMatch(name -> name.contains("allow"));
        assertThat(ztunnel.accepts("accounts/behind", FINANCE, PORT)).isTrue();
        assertThat(ztunnel.accepts("accounts/behind", SALES, PORT)).isFalse();
    }

    @Test
    void aDenyForANamespaceSparesTheHopFromTheOwnWaypointOnly() {
        Objects.policy(
                index,
                "accounts/only-sales",
                Map.of("action", "DENY", "rules", List.of(from("notNamespaces", "sales"))));
        settle();
        assertThat(ztunnel.accepts("accounts/behind", WAYPOINT, PORT)).isTrue();
        assertThat(ztunnel.accepts("accounts/direct", WAYPOINT, PORT)).isFalse();
        assertThat(ztunnel.accepts("accounts/behind", FINANCE, PORT)).isFalse();
        assertThat(ztunnel.accepts("accounts/behind", SALES, PORT)).isTrue();
        assertThat(ztunnel.accepts("accounts/behind", "", PORT)).isFalse();
        assertThat(ztunnel.accepts("accounts/behind", OTHER_WAYPOINT, PORT)).isFalse();
        assertThat(ztunnel.policies().get("accounts/only-sales"))
                .as("keeps its name and scope, so that ordinary clients meet it at every moment")
                .satisfies(policy -> assertThat(policy.getScope()).isEqualTo(Scope.NAMESPACE));
    }

    @Test
    void aDenyForTheMeshSparesEachWaypointOnlyTowardsItsOwnWorkloads() {
        Objects.policy(
                index,
                "istio-system/nobody",
                Map.of("action", "DENY", "rules", List.of(from("notNamespaces", "sales"))));
        settle();
        assertThat(ztunnel.accepts("accounts/behind", WAYPOINT, PORT)).isTrue();
        assertThat(ztunnel.accepts("accounts/behind", OTHER_WAYPOINT, PORT)).isFalse();
        assertThat(ztunnel.accepts("finance/behind", OTHER_WAYPOINT, PORT)).isTrue();
        assertThat(ztunnel.accepts("finance/behind", WAYPOINT, PORT)).isFalse();
        assertThat(ztunnel.accepts("accounts/direct", WAYPOINT, PORT)).isFalse();
        assertThat(ztunnel.accepts("accounts/behind", FINANCE, PORT)).isFalse();
    }

    @Test
    void aDenyThatSelectsWorkloadsSparesTheHopFromTheOwnWaypoint() {
        Objects.policy(
                index,
                "accounts/port",
                Map.of(
                        "action", "DENY",
                        "selector", Map.of("matchLabels", Map.of("app", "behind")),
                        "rules", List.of(to("ports", "8080"))));
        settle();
        assertThat(ztunnel.accepts("accounts/behind", WAYPOINT, PORT)).isTrue();
        assertThat(ztunnel.accepts("accounts/behind", OTHER_WAYPOINT, PORT)).isFalse();
        assertThat(ztunnel.accepts("accounts/behind", FINANCE, PORT)).isFalse();
        assertThat(ztunnel.accepts("accounts/behind", FINANCE, 9090)).isTrue();
        assertThat(ztunnel.accepts("accounts/direct", FINANCE, PORT)).isTrue();
    }

    @Test
    void aDenyThatNamesTheWaypointMeansTheWaypoint() {
        Objects.policy(
                index,
                "accounts/not-the-waypoint",
                Map.of("action", "DENY", "rules", List.of(from("principals", WAYPOINT))));
        settle();
        assertThat(ztunnel.accepts("accounts/behind", WAYPOINT, PORT)).isFalse();
        assertThat(ztunnel.accepts("accounts/direct", WAYPOINT, PORT)).isFalse();
        assertThat(ztunnel.accepts("accounts/behind", FINANCE, PORT)).isTrue();
    }

    @Test
    void anAllowThatNamesTheWaypointGoesOnWorking() {
        Objects.policy(index, "accounts/via-waypoint", Map.of("rules", List.of(from("principals", WAYPOINT))));
        settle();
        assertThat(ztunnel.accepts("accounts/behind", WAYPOINT, PORT)).isTrue();
        assertThat(ztunnel.accepts("accounts/direct", WAYPOINT, PORT)).isTrue();
        assertThat(ztunnel.accepts("accounts/behind", FINANCE, PORT)).isFalse();
    }

    @Test
    void aWorkloadBehindTwoWaypointsAdmitsBoth() {
        index.watched.gateways.put(
                Objects.name("finance/gate"), Objects.gateway("finance/gate", true, Map.of(), "All"));
        Objects.service(
                index,
                "accounts/second",
                Map.of("istio.io/use-waypoint", "gate", "istio.io/use-waypoint-namespace", "finance"),
                Map.of("app", "behind"));
        Objects.policy(index, "accounts/deny-all", Map.of());
        Objects.policy(
                index,
                "accounts/only-sales",
                Map.of("action", "DENY", "rules", List.of(from("notNamespaces", "sales"))));
        settle();
        assertThat(ztunnel.accepts("accounts/behind", WAYPOINT, PORT)).isTrue();
        assertThat(ztunnel.accepts("accounts/behind", OTHER_WAYPOINT, PORT)).isTrue();
        assertThat(ztunnel.accepts("accounts/direct", OTHER_WAYPOINT, PORT)).isFalse();
    }

    @Test
    void whenTheWaypointGoesThePoliciesAreTheUsersOwnAgain() {
        Objects.policy(index, "accounts/deny-all", Map.of());
        Objects.policy(
                index,
                "accounts/only-sales",
                Map.of("action", "DENY", "rules", List.of(from("notNamespaces", "sales"))));
        settle();
        index.watched.gateways.remove(Objects.name("accounts/waypoint"));
        settle();
        assertThat(ztunnel.policies().keySet())
                .filteredOn(name -> name.startsWith("accounts/"))
                .containsExactly("accounts/deny-all", "accounts/only-sales");
        assertThat(listed("accounts/behind")).isEmpty();
        assertThat(ztunnel.policies().get("accounts/only-sales").getGroups(0).getRulesCount())
                .isEqualTo(1);
    }

    @Test
    void whileADeletedWaypointFinishesWhatItHasItsHopIsAdmittedAndItGoesOnJudging() {
        Objects.policy(index, "accounts/deny-all", Map.of());
        Objects.policy(
                index,
                "accounts/get-only",
                Map.of(
                        "targetRefs", List.of(Map.of("group", "", "kind", "Service", "name", "behind")),
                        "rules", List.of(to("methods", "GET"))));
        settle();
        index.watched.leavingGateways.put(Objects.name("accounts/waypoint"), 1L);
        settle();
        assertThat(java.util.Objects.requireNonNull(index.services.get(Objects.name("accounts/behind")))
                        .message()
                        .hasWaypoint())
                .as("new requests go direct")
                .isFalse();
        assertThat(ztunnel.accepts("accounts/behind", WAYPOINT, PORT)).isTrue();
        assertThat(atWaypoint("accounts/waypoint", "accounts/get-only").getTargetsCount())
                .isEqualTo(1);
        assertThat(index.ownGateways.deployments().get(Objects.name("accounts/waypoint")))
                .isNull();
        assertThat(index.gatewayStatus.get(Objects.name("accounts/waypoint"))).isNull();
    }

    @Test
    void withTheSettingTurnedOffPoliciesAreSentAsTheyAre() {
        AmbientIndex upstream =
                new AmbientIndex(MeshSettings.defaults("cluster1").with(MeshSwitch.POLICY_FOLLOWS_TRAFFIC, false));
        Objects.namespace(upstream, "accounts", Map.of());
        Objects.pod(upstream, "accounts/behind", Map.of("app", "behind"));
        Objects.service(
                upstream, "accounts/behind", Map.of("istio.io/use-waypoint", "waypoint"), Map.of("app", "behind"));
        Objects.waypoint(upstream, "accounts/waypoint");
        Objects.policy(upstream, "accounts/deny-all", Map.of());
        upstream.graph().settle();
        assertThat(new ZtunnelJudge(upstream).accepts("accounts/behind", WAYPOINT, PORT))
                .isFalse();
        assertThat(upstream.waypointPolicies.entries()).isEmpty();
    }

    @Test
    void aTargetedPolicyGoesToTheWaypointOfItsServiceAndToNoZtunnel() {
        Objects.policy(
                index,
                "accounts/get-only",
                Map.of(
                        "targetRefs", List.of(Map.of("group", "", "kind", "Service", "name", "behind")),
                        "rules", List.of(to("methods", "GET"))));
        settle();
        AuthorizationPolicy policy = atWaypoint("accounts/waypoint", "accounts/get-only");
        assertThat(policy.getTargets(0).getService().getHostname()).isEqualTo("behind.accounts.svc.cluster.local");
        assertThat(policy.getEndpointScope()).isEqualTo(EndpointScope.NOT_ENDPOINTS);
        assertThat(ztunnel.policies()).isEmpty();
    }

    private void settle() {
        index.graph().settle();
    }

    private List<String> listed(String pod) {
        return java.util.Objects.requireNonNull(index.podWorkloads.get(Objects.name(pod)))
                .forZtunnel()
                .getAuthorizationPoliciesList();
    }

    private AuthorizationPolicy atWaypoint(String waypoint, String policy) {
        AuthorizationPolicy found = index.waypointPolicies.get(key(waypoint, policy));
        assertThat(found).as("%s at %s", policy, waypoint).isNotNull();
        return java.util.Objects.requireNonNull(found);
    }

    private static WaypointPolicies.Key key(String waypoint, String policy) {
        NamespacedName name = Objects.name(waypoint);
        return new WaypointPolicies.Key(name, Objects.name(policy));
    }
}

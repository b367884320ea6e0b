package io.periplus.model;

import static org.assertj.core.api.Assertions.assertThat;

import io.periplus.api.security.AuthorizationPolicy;
import io.periplus.model.input.Watched;
import io.periplus.model.mesh.MeshConfig;
import io.periplus.model.policy.L4Conversion;
import io.periplus.model.policy.L4Policy;
import io.periplus.model.policy.WaypointPolicies;
import io.periplus.wire.authorization.Authorization;
import io.periplus.wire.waypoint.EndpointScope;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Which proxies get a policy without targets, and in which form. */
class PolicyReachTest {
    private static final MeshSettings DRY_RUN =
            MeshSettings.defaults("cluster1").with(MeshSwitch.ZTUNNEL_DRY_RUN, true);

    private final AmbientIndex index = new AmbientIndex(MeshSettings.defaults("cluster1"));
    private final AmbientIndex dryRun = new AmbientIndex(DRY_RUN);

    @BeforeEach
    void clusters() {
        for (AmbientIndex cluster : List.of(index, dryRun)) {
            Objects.namespace(cluster, "istio-system", Map.of());
            Objects.namespace(cluster, "accounts", Map.of());
            Objects.pod(cluster, "accounts/behind", Map.of("app", "behind"));
            Objects.service(
                    cluster, "accounts/behind", Map.of("istio.io/use-waypoint", "waypoint"), Map.of("app", "behind"));
            Objects.waypoint(cluster, "accounts/waypoint");
        }
    }

    private static void putDryRun(AmbientIndex cluster, String name, Map<String, Object> spec) {
        AuthorizationPolicy policy = Objects.policy(name, spec);
        cluster.watched.authorizationPolicies.put(
                policy.key(),
                new AuthorizationPolicy(
                        policy.key(),
                        policy.generation(),
                        policy.created(),
                        policy.selector(),
                        policy.targetRefs(),
                        policy.action(),
                        policy.provider(),
                        true,
                        policy.rules(),
                        policy.problems()));
        cluster.graph().settle();
    }

    private static String ztunnelStatus(AmbientIndex cluster, String name) {
        var condition = java.util.Objects.requireNonNull(
                java.util.Objects.requireNonNull(cluster.policyStatuses.get(Objects.name(name)))
                        .ztunnel());
        return condition.status() + " " + condition.message();
    }

    @Test
    void aDryRunReachesWaypointsAlwaysAndZtunnelsBySetting() {
        Map<String, Object> selecting = Map.of(
                "selector", Map.of("matchLabels", Map.of("app", "behind")),
                "rules", List.of(Objects.from("namespaces", "finance")));
        for (AmbientIndex cluster : List.of(index, dryRun)) {
            putDryRun(cluster, "accounts/dry", selecting);
            var atWaypoint = java.util.Objects.requireNonNull(cluster.waypointPolicies.get(
                    new WaypointPolicies.Key(Objects.name("accounts/waypoint"), Objects.name("accounts/dry"))));
            assertThat(atWaypoint.getDryRun()).isTrue();
            assertThat(atWaypoint.getEndpointScope()).isEqualTo(EndpointScope.SELECTED);
            assertThat(java.util.Objects.requireNonNull(cluster.podWorkloads.get(Objects.name("accounts/behind")))
                            .forWaypoint()
                            .getAuthorizationPoliciesList())
                    .containsExactly("accounts/dry");
        }
        assertThat(new ZtunnelJudge(index).policies()).isEmpty();
        assertThat(ztunnelStatus(index, "accounts/dry"))
                .startsWith("False ztunnel does not support dry-run policies; requests that come through a waypoint");

        Map<String, Authorization> sent = new ZtunnelJudge(dryRun).policies();
        assertThat(sent).containsOnlyKeys("accounts/dry");
        assertThat(sent.values()).allMatch(Authorization::getDryRun);
        assertThat(ztunnelStatus(dryRun, "accounts/dry")).startsWith("True attached to ztunnel");
    }

    @Test
    void anAuditPolicyIsJudgedAtTheWaypoint() {
        Objects.policy(index, "accounts/audit", Map.of("action", "AUDIT", "rules", List.of(Map.of())));
        index.graph().settle();
        assertThat(index.waypointPolicies.entries()).hasSize(1);
        assertThat(ztunnelStatus(index, "accounts/audit"))
                .contains("does not support action AUDIT")
                .contains("(accounts/waypoint) are judged there by the whole policy");
    }

    @Test
    void aNamespaceWithAStarInsideAllowsLessAndDeniesMoreAtZtunnel() {
        L4Policy allow = convert("ALLOW", Objects.from("namespaces", "f*n"));
        assertThat(allow.unsupported()).containsExactly("namespaces");
        assertThat(allow.groups()).isEmpty();
        L4Policy deny = convert("DENY", Objects.from("namespaces", "f*n"));
        assertThat(deny.groups()
                        .getFirst()
                        .getRules(0)
                        .getMatches(0)
                        .getNamespaces(0)
                        .getPrefix())
                .isEqualTo("f");
        L4Policy except = convert("DENY", Objects.from("notNamespaces", "f*n", "sales"));
        assertThat(except.groups().getFirst().getRules(0).getMatches(0).getNotNamespacesList())
                .singleElement()
                .satisfies(match -> assertThat(match.getExact()).isEqualTo("sales"));
    }

    @Test
    void trustDomainsAreThePrincipalsThatBeginWithThem() {
        L4Policy policy = convert("ALLOW", Objects.from("trustDomains", "cluster.local", "other.*", "*"));
        assertThat(policy.unsupported()).isEmpty();
        var principals = policy.groups().getFirst().getRules(0).getMatches(0).getPrincipalsList();
        assertThat(principals.get(0).getPrefix()).isEqualTo("cluster.local/");
        assertThat(principals.get(1).getPrefix()).isEqualTo("other.");
        assertThat(principals.get(2).hasPresence()).isTrue();
        assertThat(convert("ALLOW", Objects.from("trustDomains", "*.local")).unsupported())
                .containsExactly("trustDomains");
    }

    @Test
    void serviceAccountsInWhenReachZtunnel() {
        Map<String, Object> rule =
                Map.of("when", List.of(Map.of("key", "source.serviceAccount", "values", List.of("curl", "ns/sa"))));
        L4Policy policy = convert("ALLOW", rule);
        assertThat(policy.unsupported()).isEmpty();
        var accounts = policy.groups().getFirst().getRules(0).getMatches(0).getServiceAccountsList();
        assertThat(accounts)
                .extracting(a -> a.getNamespace() + "/" + a.getServiceAccount())
                .containsExactly("accounts/curl", "ns/sa");
    }

    @Test
    void aPrincipalMeansTheSameInEveryNameOfTheTrustDomain() {
        index.watched.meshConfig.put(Watched.MESH, new MeshConfig(Map.of(), Map.of(), List.of("old.domain")));
        Objects.policy(
                index,
                "accounts/p",
                Map.of("rules", List.of(Objects.from("principals", "cluster.local/ns/finance/sa/curl", "*/sa/x"))));
        index.graph().settle();
        var atWaypoint = java.util.Objects.requireNonNull(index.waypointPolicies.get(
                new WaypointPolicies.Key(Objects.name("accounts/waypoint"), Objects.name("accounts/p"))));
        assertThat(atWaypoint.getRules(0).getFrom(0).getPrincipalsList())
                .containsExactly("cluster.local/ns/finance/sa/curl", "old.domain/ns/finance/sa/curl", "*/sa/x");
        assertThat(new ZtunnelJudge(index).accepts("accounts/behind", "old.domain/ns/finance/sa/curl", 8080))
                .isTrue();
        assertThat(new ZtunnelJudge(index).accepts("accounts/behind", "third.domain/ns/finance/sa/curl", 8080))
                .isFalse();
    }

    @Test
    void aTrustDomainMeansItsOtherNamesToo() {
        index.watched.meshConfig.put(Watched.MESH, new MeshConfig(Map.of(), Map.of(), List.of("old.domain")));
        Objects.policy(
                index,
                "accounts/p",
                Map.of("action", "DENY", "rules", List.of(Objects.from("trustDomains", "cluster.local"))));
        index.graph().settle();
        ZtunnelJudge ztunnel = new ZtunnelJudge(index);
        assertThat(ztunnel.accepts("accounts/behind", "cluster.local/ns/finance/sa/curl", 8080))
                .isFalse();
        assertThat(ztunnel.accepts("accounts/behind", "old.domain/ns/finance/sa/curl", 8080))
                .isFalse();
        assertThat(ztunnel.accepts("accounts/behind", "third.domain/ns/finance/sa/curl", 8080))
                .isTrue();
        Objects.policy(
                index,
                "accounts/p",
                Map.of("action", "DENY", "rules", List.of(Objects.from("notPrincipals", "cluster.l*"))));
        index.graph().settle();
        assertThat(ztunnel.accepts("accounts/behind", "old.domain/ns/finance/sa/curl", 8080))
                .isTrue();
        assertThat(ztunnel.accepts("accounts/behind", "third.domain/ns/finance/sa/curl", 8080))
                .isFalse();
    }

    @Test
    void aWaypointIsAdmittedInEveryNameOfTheTrustDomain() {
        index.watched.meshConfig.put(Watched.MESH, new MeshConfig(Map.of(), Map.of(), List.of("old.domain")));
        Objects.pod(index, "accounts/waypoint-1", Map.of("gateway.networking.k8s.io/gateway-name", "waypoint"));
        Objects.policy(index, "accounts/allow", Map.of("rules", List.of(Objects.from("namespaces", "finance"))));
        Objects.policy(
                index,
                "accounts/deny",
                Map.of("action", "DENY", "rules", List.of(Objects.from("notNamespaces", "finance"))));
        index.graph().settle();
        String account = java.util.Objects.requireNonNull(index.waypoints.get(Objects.name("accounts/waypoint")))
                .principals()
                .iterator()
                .next();
        ZtunnelJudge ztunnel = new ZtunnelJudge(index);
        assertThat(ztunnel.accepts("accounts/behind", account, 8080)).isTrue();
        assertThat(ztunnel.accepts("accounts/behind", account.replace("cluster.local", "old.domain"), 8080))
                .isTrue();
        assertThat(ztunnel.accepts("accounts/behind", account.replace("cluster.local", "third.domain"), 8080))
                .isFalse();
    }

    private static L4Policy convert(String action, Map<String, Object> rule) {
        AuthorizationPolicy policy = Objects.policy("accounts/p", Map.of("action", action, "rules", List.of(rule)));
        return java.util.Objects.requireNonNull(L4Conversion.convert(policy, DRY_RUN));
    }
}

package io.periplus.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/** What the commands for looking into a mesh say of a real one: of mistakes, of pods, of proxies. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class AnalyzeTest {
    private static final String GET_ONLY = """
            apiVersion: security.istio.io/v1
            kind: AuthorizationPolicy
            metadata: {name: namespace-get-only, namespace: accounts}
            spec: {rules: [{to: [{operation: {methods: [GET]}}]}]}
            """;

    private static final String ROUTE = """
            apiVersion: gateway.networking.k8s.io/v1
            kind: HTTPRoute
            metadata: {name: all, namespace: accounts}
            spec:
              parentRefs: [{kind: Service, group: "", name: accounts}]
              rules: [{matches: [{path: {value: /}}], backendRefs: [{name: accounts, port: 8080}]}]
            """;

    private static final Cluster CLUSTER = Lab.cluster1();

    @TempDir
    private Path directory;

    @BeforeAll
    static void deploy() {
        Sample.deploy(CLUSTER);
    }

    @AfterAll
    static void reset() {
        CLUSTER.kubectl("delete", "httproutes", "--all", "-n", "accounts").run().succeeds();
        Sample.reset(CLUSTER);
    }

    @Test
    @Order(1)
    void aNamespaceIsAnalysedAsUpstreamDoes() {
        CLUSTER.istioctl("analyze", "-n", "accounts")
                .run()
                .succeeds()
                .prints(
                        "Info [IST0118] (Service accounts/accounts) Port name  (port: 8080, targetPort: 8080) doesn't follow"
                                + " the naming convention of Istio port.\n");
        CLUSTER.istioctl("analyze", "-n", "nowhere").run().succeeds().complains("namespace \"nowhere\" not found");
    }

    @Test
    @Order(2)
    void aManifestIsJudgedByTheClusterThatItIsMeantFor() throws Exception {
        Path file = Files.writeString(directory.resolve("policy.yaml"), GET_ONLY);

        CLUSTER.istioctl("analyze", "-n", "accounts", "--failure-threshold", "Warning", file.toString())
                .run()
                .exits(79)
                .prints("Warning [PER0001] (AuthorizationPolicy accounts/namespace-get-only " + file
                        + ":4) ztunnel judges")
                .complains("Error: Analyzers found issues when analyzing namespace: accounts.");
    }

    /** With the class path that commands have, which is not that of the other roles. */
    @Test
    @Order(3)
    void anExpressionIsReadWithoutAControlPlane() throws IOException {
        Path file = Files.writeString(directory.resolve("limit.yaml"), """
                apiVersion: policy.periplus.io/v1alpha1
                kind: RateLimitPolicy
                metadata: {name: few, namespace: accounts}
                spec:
                  targetRefs: [{group: "", kind: Service, name: accounts}]
                  rateLimits: [{name: few, requests: 5, per: minute, match: {cel: "request.method == 1"}}]
                """);
        CLUSTER.istioctl("analyze", "--use-kube=false", file.toString())
                .run()
                .exits(79)
                .prints("Error [IST0106] (RateLimitPolicy accounts/few ")
                .prints("spec.rateLimits[0].match.cel: ");
    }

    @Test
    @Order(3)
    void aPolicyThatWasAppliedGetsItsConditionAndItsFinding() {
        CLUSTER.apply(GET_ONLY);

        await().atMost(Duration.ofSeconds(20))
                .untilAsserted(() -> CLUSTER.istioctl("analyze", "-n", "accounts")
                        .run()
                        .succeeds()
                        .prints("[PER0001] (AuthorizationPolicy accounts/namespace-get-only)"));
        CLUSTER.istioctl("experimental", "authz", "check", "deploy/accounts", "-n", "accounts")
                .run()
                .succeeds()
                .prints("ALLOW    namespace-get-only.accounts");
    }

    @Test
    @Order(4)
    void withAWaypointTheFindingIsGone() {
        Sample.applyWaypoint(CLUSTER);
        Sample.awaitWaypoint(CLUSTER);
        CLUSTER.apply(ROUTE);

        await().atMost(Duration.ofSeconds(20))
                .untilAsserted(() -> assertThat(CLUSTER.istioctl("analyze", "-n", "accounts")
                                .run()
                                .succeeds()
                                .out())
                        .doesNotContain("PER00", "IST0171"));
    }

    @Test
    @Order(5)
    void aPodIsDescribedWithItsZtunnelWaypointAndRoutes() {
        await().atMost(Duration.ofSeconds(20))
                .untilAsserted(() -> CLUSTER.istioctl("x", "describe", "pod", "deploy/accounts", "-n", "accounts")
                        .run()
                        .succeeds()
                        .prints("Captured: yes (label istio.io/dataplane-mode=ambient of namespace accounts)")
                        .prints("Ztunnel: ztunnel-")
                        .prints(
                                "Waypoint: waypoint.accounts, programmed (label istio.io/use-waypoint of Namespace accounts)")
                        .prints("HTTPRoute: all.accounts (accepted)")
                        .prints("namespace-get-only.accounts ALLOW, judged by ztunnel; waypoint"));
        CLUSTER.istioctl("x", "describe", "service", "accounts.accounts", "-o", "json")
                .run()
                .succeeds()
                .prints("\"programmed\": true");
    }

    @Test
    @Order(6)
    void theWaypointTellsItsPoliciesRoutesAndEndpoints() {
        await().atMost(Duration.ofSeconds(20))
                .untilAsserted(() -> CLUSTER.istioctl("pc", "route", "deploy/waypoint", "-n", "accounts")
                        .run()
                        .succeeds()
                        .prints("HTTPRoute all.accounts"));
        CLUSTER.istioctl("x", "authz", "check", "gateway/waypoint.accounts")
                .run()
                .succeeds()
                .prints("ALLOW    namespace-get-only.accounts");
        CLUSTER.istioctl("proxy-config", "listener", "deploy/waypoint", "-n", "accounts")
                .run()
                .succeeds()
                .prints("HBONE to " + Sample.URL + " Route: " + Sample.URL);
        CLUSTER.istioctl("proxy-config", "endpoint", "deploy/waypoint", "-n", "accounts")
                .run()
                .succeeds()
                .prints("outbound|8080||accounts.accounts.svc.cluster.local");
        CLUSTER.istioctl("proxy-config", "secret", "deploy/waypoint", "-n", "accounts")
                .run()
                .succeeds()
                .prints("ROOTCA");
        CLUSTER.istioctl("proxy-config", "log", "deploy/waypoint", "-n", "accounts", "--level", "xds=debug")
                .run()
                .succeeds()
                .prints("current log level is");
        CLUSTER.istioctl("ztunnel-config", "log", "--level", "xds:debug")
                .run()
                .succeeds()
                .prints("current log level is xds=debug,info");
        CLUSTER.istioctl("ztunnel-config", "log", "--reset").run().succeeds().prints("current log level is info");
        CLUSTER.istioctl("ztunnel-config", "connections", "ds/ztunnel", "-n", "istio-system")
                .run()
                .succeeds()
                .prints("REMOTE TARGET");
    }

    @Test
    @Order(7)
    void theControlPlaneTellsWhichProxiesTookWhatItSent() {
        await().atMost(Duration.ofSeconds(20))
                .untilAsserted(() -> assertThat(CLUSTER.istioctl("proxy-status", "-v", "1")
                                .run()
                                .succeeds()
                                .out())
                        .contains("ztunnel-", "waypoint-", "SYNCED")
                        .doesNotContain("STALE", "ERROR"));
        CLUSTER.istioctl("x", "precheck").run().succeeds().complains("✔ No issues found when checking the cluster.");
    }

    @Test
    @Order(8)
    void aNameThatAWaypointNeedsAndSomebodyElseHoldsIsFound() throws Exception {
        Path file = Files.writeString(directory.resolve("gateway.yaml"), """
                apiVersion: gateway.networking.k8s.io/v1
                kind: Gateway
                metadata: {name: accounts, namespace: accounts}
                spec: {gatewayClassName: istio-waypoint, listeners: [{name: mesh, port: 15008, protocol: HBONE}]}
                """);

        CLUSTER.istioctl("analyze", "-n", "accounts", file.toString())
                .run()
                .exits(79)
                .prints("Error [PER0003] (Gateway accounts/accounts " + file
                        + ":1) The Service that this Gateway needs");
    }
}

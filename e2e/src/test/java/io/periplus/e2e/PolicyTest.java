package io.periplus.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Objects;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** AuthorizationPolicies, attached in every way that there is, where they are enforced and what their status says. */
class PolicyTest {
    private static final Cluster CLUSTER = Lab.cluster1();
    private static final String FRIEND = "policy-friend";
    private static final String STRANGER = "policy-stranger";
    private static final String ECHO = "http://echo.guarded:8080/";
    private static final String BESIDE = "http://beside.guarded:8080/";
    private static final String DIRECT = "http://direct.guarded:8080/";
    private static final String ENTRY = "http://entry.example.com:8080/";
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Duration SOON = Duration.ofSeconds(20);

    /** What curl says of a connection that was cut. */
    private static final String CUT = "000";

    private static final String NO_STRANGERS = """
              action: DENY
              rules:
                - from: [{source: {namespaces: [policy-stranger]}}]
            """;

    private static final String NO_POSTS = """
              action: DENY
              rules:
                - to: [{operation: {methods: [POST]}}]
            """;

    @BeforeAll
    static void deploy() throws IOException {
        try (InputStream in = Objects.requireNonNull(PolicyTest.class.getResourceAsStream("/policies.yaml"))) {
            CLUSTER.apply(new String(in.readAllBytes(), StandardCharsets.UTF_8));
        }
        Sample.client(CLUSTER, FRIEND, true);
        Sample.client(CLUSTER, STRANGER, true);
        for (String gateway : new String[] {"waypoint", "edge"}) {
            CLUSTER.kubectl("wait", "--for=condition=Programmed", "gateway/" + gateway, "-n", "guarded")
                    .plus("--timeout=60s")
                    .within(PATIENCE.plusSeconds(10))
                    .run()
                    .succeeds();
        }
        CLUSTER.kubectl("wait", "--for=condition=Available", "deploy", "--all", "-n", "guarded", "--timeout=60s")
                .within(PATIENCE.plusSeconds(10))
                .run()
                .succeeds();
        for (String url : new String[] {ECHO, BESIDE, DIRECT, ENTRY}) {
            await().atMost(PATIENCE)
                    .untilAsserted(() ->
                            assertThat(status(STRANGER, "POST", url)).as(url).isEqualTo("200"));
        }
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(atEdge("POST")).isEqualTo("200"));
    }

    @AfterAll
    static void remove() {
        CLUSTER.kubectl("delete", "namespace", "guarded", FRIEND, STRANGER, "--wait=false")
                .run()
                .succeeds();
    }

    @AfterEach
    void tidy() {
        CLUSTER.kubectl("delete", "authorizationpolicies", "--all", "-n", "guarded")
                .run()
                .succeeds();
        CLUSTER.kubectl("delete", "authorizationpolicies", "-l", "test=policy", "-n", "istio-system")
                .run()
                .succeeds();
    }

    @Test
    void aPolicyForAServiceHoldsForThatServiceAlone() {
        policy("guarded", "for-service", "targetRefs: [{kind: Service, group: \"\", name: echo}]", NO_POSTS);
        becomes("403", STRANGER, "POST", ECHO);
        assertThat(status(STRANGER, "GET", ECHO)).isEqualTo("200");
        assertThat(status(STRANGER, "POST", BESIDE)).isEqualTo("200");
        assertThat(condition("guarded", "for-service", "WaypointAccepted"))
                .isEqualTo("True Accepted bound to guarded/waypoint");
    }

    @Test
    void aPolicyForAServiceEntryHoldsForItsHosts() {
        policy(
                "guarded",
                "for-entry",
                "targetRefs: [{kind: ServiceEntry, group: networking.istio.io, name: entry}]",
                NO_POSTS);
        becomes("403", STRANGER, "POST", ENTRY);
        assertThat(status(STRANGER, "GET", ENTRY)).isEqualTo("200");
        assertThat(status(STRANGER, "POST", ECHO)).isEqualTo("200");
        assertThat(condition("guarded", "for-entry", "WaypointAccepted"))
                .isEqualTo("True Accepted bound to guarded/waypoint");
    }

    @Test
    void aPolicyForAWaypointHoldsForEverythingBehindIt() {
        policy(
                "guarded",
                "for-waypoint",
                "targetRefs: [{kind: Gateway, group: gateway.networking.k8s.io, name: waypoint}]",
                NO_POSTS);
        becomes("403", STRANGER, "POST", ECHO);
        becomes("403", STRANGER, "POST", BESIDE);
        becomes("403", STRANGER, "POST", ENTRY);
        assertThat(status(STRANGER, "POST", DIRECT)).isEqualTo("200");
        assertThat(atEdge("POST")).isEqualTo("200");
    }

    @Test
    void aPolicyForTheClassHoldsAtEveryWaypoint() {
        policy(
                "istio-system",
                "for-class",
                "targetRefs: [{kind: GatewayClass, group: gateway.networking.k8s.io, name: istio-waypoint}]",
                NO_POSTS);
        becomes("403", STRANGER, "POST", ECHO);
        assertThat(status(STRANGER, "POST", DIRECT)).isEqualTo("200");
        assertThat(condition("istio-system", "for-class", "WaypointAccepted")).startsWith("True Accepted");
    }

    @Test
    void aPolicyForAGatewayAtTheEdgeHoldsThere() {
        policy(
                "guarded",
                "for-edge",
                "targetRefs: [{kind: Gateway, group: gateway.networking.k8s.io, name: edge}]",
                NO_POSTS);
        await().atMost(SOON).untilAsserted(() -> assertThat(atEdge("POST")).isEqualTo("403"));
        assertThat(atEdge("GET")).isEqualTo("200");
        assertThat(status(STRANGER, "POST", ECHO)).isEqualTo("200");
        assertThat(condition("guarded", "for-edge", "WaypointAccepted"))
                .isEqualTo("True Accepted bound to guarded/edge");
    }

    @Test
    void aPolicyWithASelectorHoldsForThosePodsAtTheirZtunnel() {
        policy("guarded", "for-pods", "selector: {matchLabels: {app: direct}}", NO_STRANGERS);
        becomes(CUT, STRANGER, "GET", DIRECT);
        assertThat(status(FRIEND, "GET", DIRECT)).isEqualTo("200");
        assertThat(status(STRANGER, "GET", ECHO)).isEqualTo("200");
        assertThat(condition("guarded", "for-pods", "ZtunnelAccepted")).startsWith("True Accepted attached to ztunnel");
    }

    @Test
    void aPolicyWithASelectorFollowsTheTrafficThroughTheWaypoint() {
        policy("guarded", "for-pods", "selector: {matchLabels: {app: echo}}", NO_POSTS);
        becomes("403", STRANGER, "POST", ECHO);
        assertThat(status(STRANGER, "GET", ECHO)).isEqualTo("200");
        assertThat(condition("guarded", "for-pods", "ZtunnelAccepted"))
                .startsWith("True UnsupportedValue ztunnel does not support HTTP attributes (found: methods)")
                .contains("(guarded/waypoint) are judged there by the whole policy");
    }

    @Test
    void aPolicyForANamespaceHoldsForAllItsPodsWhicheverWayTheyAreReached() {
        policy("guarded", "for-namespace", "", """
                  rules:
                    - from: [{source: {namespaces: [policy-friend]}}]
                """);
        becomes(CUT, STRANGER, "GET", DIRECT);
        becomes("403", STRANGER, "GET", ECHO);
        becomes("200", FRIEND, "GET", DIRECT);
        becomes("200", FRIEND, "GET", ECHO);
        assertThat(condition("guarded", "for-namespace", "ZtunnelAccepted"))
                .contains("requests that come through a waypoint (guarded/waypoint)")
                .contains("requests at a Gateway (guarded/edge)");
    }

    @Test
    void aPolicyInTheRootNamespaceHoldsEverywhere() {
        policy("istio-system", "for-mesh", "", NO_STRANGERS);
        becomes(CUT, STRANGER, "GET", DIRECT);
        becomes("403", STRANGER, "GET", ECHO);
        assertThat(status(FRIEND, "GET", DIRECT)).isEqualTo("200");
        assertThat(status(FRIEND, "GET", ECHO)).isEqualTo("200");
    }

    @Test
    void aPolicyInDryRunIsCountedAndNotEnforced() {
        CLUSTER.apply("""
                apiVersion: security.istio.io/v1
                kind: AuthorizationPolicy
                metadata: {name: trial, namespace: guarded, annotations: {istio.io/dry-run: "true"}}
                spec:
                  targetRefs: [{kind: Service, group: "", name: echo}]
                """ + NO_POSTS);
        String waypoint = CLUSTER.kubectl("get", "pods", "-n", "guarded")
                .plus("-l", "gateway.networking.k8s.io/gateway-name=waypoint")
                .plus("-o", "jsonpath={.items[0].status.podIP}")
                .run()
                .succeeds()
                .out();
        await().atMost(SOON).untilAsserted(() -> {
            assertThat(status(STRANGER, "POST", ECHO)).isEqualTo("200");
            assertThat(CLUSTER.curl(FRIEND, "-m", "10", "http://" + waypoint + ":15020/stats/prometheus")
                            .run()
                            .out())
                    .contains("istio_dry_run_deny_shadow_denied_total{"
                            + "destination=\"echo.guarded.svc.cluster.local\",policy=\"guarded/trial\"}");
        });
    }

    @Test
    void whatIsWrittenOtherwiseIsJudgedAsItIsServed() {
        policy("guarded", "no-admin", "targetRefs: [{kind: Service, group: \"\", name: echo}]", """
                  action: DENY
                  rules:
                    - to: [{operation: {paths: ["/admin*"]}}]
                """);
        becomes("403", STRANGER, "GET", ECHO + "admin");
        for (String trick : new String[] {"x/../admin", "%61dmin", "x/%2e%2E/admin/y", "x\\..\\admin"}) {
            assertThat(CLUSTER.curl(STRANGER, "--path-as-is", "-o", "/dev/null", "-w", "%{http_code}", "-m", "10")
                            .plus(ECHO + trick)
                            .run()
                            .out())
                    .as(trick)
                    .isEqualTo("403");
        }
        assertThat(status(STRANGER, "GET", ECHO + "other")).isEqualTo("200");
    }

    private static void policy(String namespace, String name, String attachment, String rules) {
        CLUSTER.apply("""
                apiVersion: security.istio.io/v1
                kind: AuthorizationPolicy
                metadata: {name: %s, namespace: %s, labels: {test: policy}}
                spec:
                  %s
                """.formatted(name, namespace, attachment) + rules);
    }

    private static void becomes(String status, String client, String method, String url) {
        await().atMost(SOON)
                .untilAsserted(() -> assertThat(status(client, method, url))
                        .as("%s of %s by %s", method, url, client)
                        .isEqualTo(status));
    }

    private static String status(String client, String method, String url) {
        return CLUSTER.curl(client, "-o", "/dev/null", "-w", "%{http_code}", "-m", "10", "-X", method, url)
                .run()
                .out();
    }

    /** One request from the host to the Gateway's load balancer. */
    private static String atEdge(String method) {
        String address = CLUSTER.kubectl("get", "gateway", "edge", "-n", "guarded")
                .plus("-o", "jsonpath={.status.addresses[0].value}")
                .run()
                .succeeds()
                .out();
        return Command.of("curl", "-s", "-o", "/dev/null", "-w", "%{http_code}", "-m", "10", "-X", method)
                .plus("http://" + address + "/")
                .run()
                .out();
    }

    private static String condition(String namespace, String policy, String type) {
        String one = ".status.conditions[?(@.type==\"%s\")]".formatted(type);
        return CLUSTER.kubectl("get", "authorizationpolicy", policy, "-n", namespace)
                .plus("-o", "jsonpath={%1$s.status} {%1$s.reason} {%1$s.message}".formatted(one))
                .run()
                .succeeds()
                .out();
    }
}

package io.periplus.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The rate limit samples, with two replicas of the waypoint and a Redis that is stopped and started in the middle. */
class RateLimitTest {
    private static final Cluster CLUSTER = Lab.cluster1();
    private static final String CLIENT = "shop-client";
    private static final String URL = "http://shop.shop.svc.cluster.local";
    private static final Duration SOON = Duration.ofSeconds(60);

    @BeforeAll
    static void deploy() {
        Lab.periplus("lab", "image", "add", "redis:*", "--entrypoint", "/usr/bin/redis-server")
                .run()
                .succeeds();
        // Another test may have used the same sample a moment ago.
        CLUSTER.kubectl("wait", "--for=delete", "namespace/shop", "namespace/" + CLIENT, "--timeout=60s")
                .within(Duration.ofSeconds(130))
                .run();
        CLUSTER.kubectl("apply", "-f", "samples/canary/shop.yaml", "-f", "samples/rate-limits/redis.yaml")
                .run()
                .succeeds();
        CLUSTER.apply("""
                apiVersion: v1
                kind: ConfigMap
                metadata: {name: two-replicas, namespace: shop}
                data:
                  deployment: |
                    spec: {replicas: 2}
                """);
        CLUSTER.kubectl("patch", "gateway", "waypoint", "-n", "shop", "--type=merge", "-p")
                .plus("{\"spec\": {\"infrastructure\": {\"parametersRef\": "
                        + "{\"group\": \"\", \"kind\": \"ConfigMap\", \"name\": \"two-replicas\"}}}}")
                .run()
                .succeeds();
        for (String namespace : List.of("shop", CLIENT, "limits")) {
            CLUSTER.kubectl("wait", "--for=condition=Available", "deploy", "--all", "-n", namespace, "--timeout=60s")
                    .within(Duration.ofSeconds(70))
                    .run()
                    .succeeds();
        }
        await().atMost(SOON)
                .untilAsserted(() -> assertThat(CLUSTER.kubectl("get", "deploy", "waypoint", "-n", "shop")
                                .plus("-o", "jsonpath={.status.readyReplicas}")
                                .run()
                                .out())
                        .isEqualTo("2"));
        CLUSTER.kubectl("wait", "--for=condition=istio.io/WaypointBound", "service/shop", "-n", "shop", "--timeout=30s")
                .run()
                .succeeds();
    }

    @AfterAll
    static void remove() {
        CLUSTER.kubectl("delete", "namespace", "shop", CLIENT, "limits")
                .within(Duration.ofSeconds(130))
                .run()
                .succeeds();
    }

    @Test
    void twoReplicasCountTogetherAndWithoutRedisTheModeDecides() {
        apply("together");
        await().atMost(SOON)
                .until(() -> CLUSTER.curl(CLIENT, "-i", "--max-time", "10", URL)
                        .run()
                        .out()
                        .contains("ratelimit: "));
        List<String> statuses = new ArrayList<>();
        for (int i = 0; i < 25; i++) {
            statuses.add(status());
        }
        assertThat(Collections.frequency(statuses, "200"))
                .as(statuses.toString())
                .isBetween(8, 9);
        assertThat(statuses.subList(10, 25)).containsOnly("429");
        for (String address : waypoints()) {
            assertThat(metrics(address)).contains("periplus_rate_limit_requests_total{policy=\"shop/together\"");
        }
        String refused = CLUSTER.curl(CLIENT, "-i", "--max-time", "10", URL)
                .run()
                .succeeds()
                .out();
        assertThat(refused)
                .containsIgnoringCase("retry-after: ")
                .containsIgnoringCase("ratelimit: \"per-client\";r=0;t=")
                .contains("rate limit exceeded");

        redis(0);
        await().atMost(SOON).until(() -> status().equals("500"));
        CLUSTER.kubectl("patch", "ratelimitpolicy", "together", "-n", "shop", "--type=merge", "-p")
                .plus("{\"spec\": {\"failureMode\": \"Open\"}}")
                .run()
                .succeeds();
        await().atMost(SOON).untilAsserted(() -> {
            for (int i = 0; i < 6; i++) {
                assertThat(status()).isEqualTo("200");
            }
        });
        redis(1);
        // An empty Redis counts from the beginning.
        await().atMost(SOON).until(() -> status().equals("429"));

        CLUSTER.kubectl("delete", "ratelimitpolicy", "together", "-n", "shop")
                .run()
                .succeeds();
        await().atMost(SOON).untilAsserted(() -> {
            for (int i = 0; i < 6; i++) {
                assertThat(status()).isEqualTo("200");
            }
        });
    }

    @Test
    void aPolicyIsValidatedAndItsStatusSaysWhereItHolds() {
        Command.Result wrong = CLUSTER.kubectl("apply", "-f", "-").input("""
                        apiVersion: policy.periplus.io/v1alpha1
                        kind: RateLimitPolicy
                        metadata: {name: wrong, namespace: shop}
                        spec:
                          targetRefs: [{group: "", kind: Service, name: shop}]
                          rateLimits: [{name: x, requests: 0, per: fortnight}]
                        """).run();
        assertThat(wrong.exit()).isNotZero();
        assertThat(wrong.err()).contains("rateLimits").contains("per");

        CLUSTER.apply("""
                apiVersion: policy.periplus.io/v1alpha1
                kind: RateLimitPolicy
                metadata: {name: nowhere, namespace: shop}
                spec:
                  targetRefs: [{group: gateway.networking.k8s.io, kind: HTTPRoute, name: no-such-route}]
                  rateLimits: [{name: x, requests: 1, per: hour}]
                """);
        await().atMost(SOON)
                .untilAsserted(() -> assertThat(condition("nowhere", "reason")).isEqualTo("TargetNotFound"));
        CLUSTER.kubectl("delete", "ratelimitpolicy", "nowhere", "-n", "shop")
                .run()
                .succeeds();
    }

    private static void apply(String sample) {
        CLUSTER.kubectl("apply", "-f", "samples/rate-limits/" + sample + ".yaml")
                .run()
                .succeeds();
        await().atMost(SOON)
                .untilAsserted(() -> assertThat(condition(sample, "status")).isEqualTo("True"));
    }

    private static String condition(String policy, String field) {
        return CLUSTER.kubectl("get", "ratelimitpolicy", policy, "-n", "shop", "-o")
                .plus("jsonpath={.status.ancestors[0].conditions[?(@.type==\"Accepted\")]." + field + "}")
                .run()
                .out();
    }

    private static void redis(int replicas) {
        CLUSTER.kubectl("scale", "deploy/redis", "-n", "limits", "--replicas=" + replicas)
                .run()
                .succeeds();
        await().atMost(SOON)
                .untilAsserted(() -> assertThat(CLUSTER.kubectl("get", "pods", "-n", "limits", "-o", "name")
                                .run()
                                .out()
                                .lines()
                                .toList())
                        .hasSize(replicas));
    }

    private static List<String> waypoints() {
        return CLUSTER.kubectl(
                        "get", "pods", "-n", "shop", "-l", "gateway.networking.k8s.io/gateway-name=waypoint", "-o")
                .plus("jsonpath={range .items[*]}{.status.podIP}{\"\\n\"}{end}")
                .run()
                .succeeds()
                .out()
                .lines()
                .toList();
    }

    private static String metrics(String address) {
        return CLUSTER.curl(CLIENT, "--max-time", "10", "http://" + address + ":15020/stats/prometheus")
                .run()
                .succeeds()
                .out();
    }

    private static String status() {
        return CLUSTER.curl(CLIENT, "-o", "/dev/null", "-w", "%{http_code}", "--max-time", "10", URL)
                .run()
                .out();
    }
}

package io.periplus.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The canary sample: versions chosen by header, and for the clients of one namespace. */
class CanaryTest {
    private static final Cluster CLUSTER = Lab.cluster1();
    private static final String CLIENT = "shop-client";
    private static final String URL = "http://shop.shop.svc.cluster.local";
    // A route is in force when its status says so, plus the moment in which it is pushed.
    private static final Duration SOON = Duration.ofSeconds(10);

    @BeforeAll
    static void deploy() {
        CLUSTER.kubectl("apply", "-f", "samples/canary/shop.yaml").run().succeeds();
        for (String namespace : List.of("shop", CLIENT)) {
            CLUSTER.kubectl("wait", "--for=condition=Available", "deploy", "--all", "-n", namespace, "--timeout=60s")
                    .within(Duration.ofSeconds(70))
                    .run()
                    .succeeds();
        }
        CLUSTER.kubectl("wait", "--for=condition=istio.io/WaypointBound", "service/shop", "-n", "shop", "--timeout=30s")
                .run()
                .succeeds();
    }

    @AfterAll
    static void remove() {
        CLUSTER.kubectl("delete", "namespace", "shop", CLIENT, "--wait=false")
                .run()
                .succeeds();
    }

    @Test
    void theVersionFollowsTheHeaderAndTheNamespaceOfTheClient() {
        // Both versions answer as long as there is no route.
        Set<String> answers = new HashSet<>();
        await().atMost(Duration.ofSeconds(30)).until(() -> {
            answers.add(get());
            return answers.equals(Set.of("shop v1", "shop v2"));
        });

        apply("by-header", "shop");
        // The route has been accepted; the waypoint hears of it in a moment, and until then either version answers.
        await().atMost(SOON).untilAsserted(() -> {
            for (int i = 0; i < 10; i++) {
                assertThat(get("-H", "x-canary: yes")).isEqualTo("shop v2");
                assertThat(get("-H", "x-canary: no")).isEqualTo("shop v1");
                assertThat(get()).isEqualTo("shop v1");
            }
        });

        apply("for-one-namespace", CLIENT);
        await().atMost(SOON).untilAsserted(() -> assertThat(get()).isEqualTo("shop v2"));
        Sample.client(CLUSTER, "shop");
        assertThat(CLUSTER.curl("shop", "--max-time", "10", URL)
                        .run()
                        .succeeds()
                        .out()
                        .strip())
                .isEqualTo("shop v1");

        CLUSTER.kubectl("delete", "httproute", "shop", "-n", CLIENT).run().succeeds();
        await().atMost(SOON).untilAsserted(() -> assertThat(get()).isEqualTo("shop v1"));
    }

    private static void apply(String route, String namespace) {
        CLUSTER.kubectl("apply", "-f", "samples/canary/" + route + ".yaml")
                .run()
                .succeeds();
        for (String type : List.of("Accepted", "ResolvedRefs", "ResolvedWaypoints")) {
            CLUSTER.kubectl(
                            "wait",
                            "httproute/shop",
                            "-n",
                            namespace,
                            "--for=jsonpath={.status.parents[0].conditions[?(@.type==\"" + type + "\")].status}=True",
                            "--timeout=10s")
                    .run()
                    .succeeds();
        }
    }

    private static String get(String... options) {
        return CLUSTER.curl(CLIENT, "--max-time", "10", URL)
                .plus(options)
                .run()
                .succeeds()
                .out()
                .strip();
    }
}

package io.periplus.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is killed comes back by itself, and what does not need it goes on. */
class FaultsTest {
    private final Cluster cluster = Lab.cluster1();

    @ParameterizedTest
    @ValueSource(
            strings = {
                "istio-system/app=ztunnel",
                "istio-system/app=istiod",
                "accounts/gateway.networking.k8s.io/gateway-name=waypoint"
            })
    void aKilledPartComesBackAndPolicyHolds(String part) {
        Sample.deploy(cluster);
        Sample.applyWaypoint(cluster);
        Sample.awaitWaypoint(cluster);
        Sample.policy(cluster, "allow-get-only");
        awaitStatus("POST", "403");
        String namespace = part.substring(0, part.indexOf('/'));
        String selector = part.substring(part.indexOf('/') + 1);
        int restarts = restarts(namespace, selector);

        cluster.kubectl("exec", "-n", namespace, pod(namespace, selector), "--", "kill", "-9", "1")
                .run();

        if (selector.equals("app=istiod")) {
            assertThat(cluster.status("finance", "GET")).as("with istiod away").isEqualTo("200");
            assertThat(cluster.status("finance", "POST")).as("with istiod away").isEqualTo("403");
        }
        await().atMost(Duration.ofSeconds(30))
                .untilAsserted(() -> assertThat(restarts(namespace, selector)).isGreaterThan(restarts));
        awaitStatus("GET", "200");
        awaitStatus("POST", "403");
    }

    private String pod(String namespace, String selector) {
        return cluster.kubectl("get", "pods", "-n", namespace, "-l", selector, "-o", "name")
                .run()
                .succeeds()
                .out()
                .strip();
    }

    private int restarts(String namespace, String selector) {
        String count = cluster.kubectl(
                        "get",
                        "pods",
                        "-n",
                        namespace,
                        "-l",
                        selector,
                        "-o",
                        "jsonpath={.items[0].status.containerStatuses[0].restartCount}")
                .run()
                .succeeds()
                .out();
        return Integer.parseInt(count);
    }

    private void awaitStatus(String method, String expected) {
        await().atMost(Duration.ofSeconds(30))
                .pollInterval(Duration.ofMillis(200))
                .untilAsserted(
                        () -> assertThat(cluster.status("finance", method)).isEqualTo(expected));
    }
}

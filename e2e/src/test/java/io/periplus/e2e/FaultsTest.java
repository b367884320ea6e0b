package io.periplus.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
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
    void aKilledPartComesBackAndPolicyHolds(String part) throws IOException {
        Sample.deploy(cluster);
        Sample.applyWaypoint(cluster);
        Sample.awaitWaypoint(cluster);
        Sample.policy(cluster, "allow-get-only");
        awaitStatus("POST", "403");
        String namespace = part.substring(0, part.indexOf('/'));
        String selector = part.substring(part.indexOf('/') + 1);
        Victim victim = new Victim(cluster, namespace, selector);
        int restarts = victim.restarts();

        victim.kill();

        if (selector.equals("app=istiod")) {
            assertThat(cluster.status("finance", "GET")).as("with istiod away").isEqualTo("200");
            assertThat(cluster.status("finance", "POST")).as("with istiod away").isEqualTo("403");
        }
        await().atMost(Duration.ofSeconds(30))
                .untilAsserted(() -> assertThat(victim.restarts()).isGreaterThan(restarts));
        awaitStatus("GET", "200");
        awaitStatus("POST", "403");
    }

    private void awaitStatus(String method, String expected) {
        await().atMost(Duration.ofSeconds(30))
                .pollInterval(Duration.ofMillis(200))
                .untilAsserted(
                        () -> assertThat(cluster.status("finance", method)).isEqualTo(expected));
    }
}

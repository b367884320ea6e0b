package io.periplus.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
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
        int restarts = restarts(namespace, selector);

        kill(uid(namespace, selector));

        if (selector.equals("app=istiod")) {
            assertThat(cluster.status("finance", "GET")).as("with istiod away").isEqualTo("200");
            assertThat(cluster.status("finance", "POST")).as("with istiod away").isEqualTo("403");
        }
        await().atMost(Duration.ofSeconds(30))
                .untilAsserted(() -> assertThat(restarts(namespace, selector)).isGreaterThan(restarts));
        awaitStatus("GET", "200");
        awaitStatus("POST", "403");
    }

    private String uid(String namespace, String selector) {
        return cluster.kubectl(
                        "get", "pods", "-n", namespace, "-l", selector, "-o", "jsonpath={.items[0].metadata.uid}")
                .run()
                .succeeds()
                .out();
    }

    /** SIGKILL from outside, for every process of the pod: a container's first process cannot be killed from inside. */
    private static void kill(String podUid) throws IOException {
        List<String> victims = new ArrayList<>();
        try (DirectoryStream<Path> processes = Files.newDirectoryStream(Path.of("/proc"), "[0-9]*")) {
            for (Path process : processes) {
                if (belongsTo(process, podUid)) {
                    victims.add(process.getFileName().toString());
                }
            }
        }
        assertThat(victims).as("processes of pod %s", podUid).isNotEmpty();
        Command.of("kill", "-9").plus(victims.toArray(String[]::new)).run();
    }

    private static boolean belongsTo(Path process, String podUid) {
        try {
            return Files.readString(process.resolve("cgroup")).contains("pod" + podUid);
        } catch (IOException e) {
            return false;
        }
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

package io.periplus.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The main job, as typed, in each cluster. */
class FiveStepsTest {
    static java.util.stream.Stream<Cluster> clusters() {
        return Lab.clusters();
    }

    @ParameterizedTest
    @MethodSource("clusters")
    void waypointThenGetIsAllowedAndPostDenied(Cluster cluster) {
        Sample.deploy(cluster);
        fiveSteps(cluster);
    }

    @ParameterizedTest
    @MethodSource("clusters")
    void theStepsGiveTheSameWithL4PoliciesAlreadyInPlace(Cluster cluster) {
        Sample.deploy(cluster);
        Sample.policy(cluster, "deny-all");
        Sample.policy(cluster, "allow-from-finance");
        awaitStatus(cluster, "finance", "GET", "200");
        Sample.client(cluster, "stranger", true);
        Sample.client(cluster, "outsider", false);
        awaitStatus(cluster, "stranger", "GET", "000");
        awaitStatus(cluster, "outsider", "GET", "000");
        fiveSteps(cluster);
        assertThat(cluster.status("stranger", "GET"))
                .as("an enrolled client of another namespace than finance")
                .isEqualTo("403");
        assertThat(cluster.status("outsider", "GET"))
                .as("a client outside the mesh")
                .isEqualTo("000");
    }

    @ParameterizedTest
    @MethodSource("clusters")
    void afterWaypointDeleteTrafficFlowsAndPostIsAllowedAgain(Cluster cluster) {
        Sample.deploy(cluster);
        fiveSteps(cluster);
        cluster.kubectl("label", "namespace", "accounts", "istio.io/use-waypoint-")
                .run()
                .succeeds();
        cluster.istioctl("waypoint", "delete", "waypoint", "-n", "accounts")
                .run()
                .succeeds()
                .prints("waypoint accounts/waypoint deleted");
        awaitStatus(cluster, "finance", "POST", "200");
        assertThat(cluster.status("finance", "GET")).isEqualTo("200");
    }

    private static void fiveSteps(Cluster cluster) {
        cluster.istioctl("waypoint", "apply", "-n", "accounts", "--enroll-namespace")
                .run()
                .succeeds()
                .prints("✅ waypoint accounts/waypoint applied")
                .prints("✅ namespace accounts labeled with \"istio.io/use-waypoint: waypoint\"");
        Sample.awaitWaypoint(cluster);

        String pods = cluster.kubectl(
                        "get",
                        "pods",
                        "-n",
                        "accounts",
                        "-l",
                        "gateway.istio.io/managed=istio.io-mesh-controller",
                        "--no-headers")
                .run()
                .succeeds()
                .out();
        assertThat(pods.strip().lines())
                .singleElement()
                .asString()
                .startsWith("waypoint-")
                .contains("1/1", "Running");

        assertThat(cluster.kubectl("get", "gateway", "-n", "accounts", "--no-headers")
                        .run()
                        .succeeds()
                        .out())
                .matches("(?s)waypoint\\s+istio-waypoint\\s+\\d+\\.\\d+\\.\\d+\\.\\d+\\S*\\s+True\\s+.*");

        cluster.curl("finance", "--max-time", "10", Sample.URL).run().succeeds().prints(cluster.greeting());

        Sample.policy(cluster, "allow-get-only");
        awaitStatus(cluster, "finance", "POST", "403");
        cluster.curl("finance", "--max-time", "10", Sample.URL).run().succeeds().prints(cluster.greeting());
        assertThat(cluster.curl("finance", "--max-time", "10", "-X", "POST", Sample.URL)
                        .run()
                        .succeeds()
                        .out()
                        .strip())
                .isEqualTo("RBAC: access denied");

        assertThat(cluster.istioctl("waypoint", "list", "-A").run().succeeds().out())
                .contains("NAMESPACE", "NAME", "REVISION", "TRAFFIC TYPE", "PROGRAMMED")
                .containsPattern("accounts\\s+waypoint\\s+default\\s+none\\s+True");
        cluster.istioctl("waypoint", "list")
                .run()
                .succeeds()
                .prints("No waypoints found.")
                .complains("-A");
    }

    private static void awaitStatus(Cluster cluster, String namespace, String method, String expected) {
        await().atMost(Duration.ofSeconds(15))
                .pollInterval(Duration.ofMillis(100))
                .untilAsserted(
                        () -> assertThat(cluster.status(namespace, method)).isEqualTo(expected));
    }
}

package io.periplus.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.periplus.e2e.load.EchoServer;
import io.periplus.e2e.load.Load;
import io.periplus.linux.NetworkNamespace;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * No request fails while parts are restarted at 500 requests per second. {@code -Dperiplus.rollouts=100} restarts each part
 * a hundred times instead of three; {@code -Dperiplus.rollouts.rate} is for machines that have other things to do.
 */
class RolloutTest {
    private static final int ROLLOUTS = Integer.getInteger("periplus.rollouts", 3);
    private static final int RATE = Integer.getInteger("periplus.rollouts.rate", 500);
    private static final String IMAGE = "rollout-echo:1";
    private static final Duration RESTART = Duration.ofSeconds(90);

    private static final Cluster CLUSTER = Lab.cluster1();

    @BeforeAll
    static void deploy() {
        Path jars = Command.REPOSITORY.resolve("distribution/target/periplus/lib");
        Path classes = Path.of("target/test-classes").toAbsolutePath();
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        Lab.periplus(
                        "lab",
                        "image",
                        "add",
                        IMAGE,
                        "--env",
                        "JDK_JAVA_OPTIONS=-Xmx64m -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -XX:-UsePerfData -cp "
                                + classes
                                + ":"
                                + jars
                                + "/*",
                        "--path",
                        classes.toString(),
                        "--path",
                        jars.toString(),
                        "--entrypoint",
                        java,
                        EchoServer.class.getName())
                .run()
                .succeeds();
        CLUSTER.apply("""
                apiVersion: v1
                kind: Namespace
                metadata: {name: rollout, labels: {istio.io/dataplane-mode: ambient}}
                ---
                apiVersion: apps/v1
                kind: Deployment
                metadata: {name: echo, namespace: rollout}
                spec:
                  selector: {matchLabels: {app: echo}}
                  template:
                    metadata: {labels: {app: echo}}
                    spec:
                      containers:
                        - name: echo
                          image: %s
                          ports: [{containerPort: 8080}, {containerPort: 9090}]
                          # Once ready it stays so, however busy the machine: what is tested is restarts.
                          readinessProbe: {tcpSocket: {port: 9090}, periodSeconds: 1, timeoutSeconds: 5, failureThreshold: 30}
                ---
                apiVersion: v1
                kind: Service
                metadata: {name: echo, namespace: rollout}
                spec:
                  selector: {app: echo}
                  ports:
                    - {name: http, port: 8080}
                    - {name: grpc, port: 9090}
                """.formatted(IMAGE));
        // The time in which connections of a ztunnel that leaves have to end: short, so that the restarts do not take
        // hours.
        deadline("5s");
        Sample.client(CLUSTER, "rollout-client", true);
        CLUSTER.kubectl("rollout", "status", "deploy/echo", "-n", "rollout", "--timeout=60s")
                .run()
                .succeeds();
    }

    @Test
    void noRequestFailsWhileTheApplicationIsRestarted() throws IOException {
        restartUnderLoad("rollout/deploy/echo", false);
    }

    @Test
    void noRequestFailsWhileTheApplicationBehindAWaypointIsRestarted() throws IOException {
        restartUnderLoad("rollout/deploy/echo", true);
    }

    @Test
    void noRequestFailsWhileTheWaypointIsRestarted() throws IOException {
        restartUnderLoad("rollout/deploy/waypoint", true);
    }

    @Test
    void noRequestFailsWhileZtunnelIsRestarted() throws IOException {
        restartUnderLoad("istio-system/ds/ztunnel", false);
    }

    @Test
    void noRequestFailsWhileZtunnelAroundAWaypointIsRestarted() throws IOException {
        restartUnderLoad("istio-system/ds/ztunnel", true);
    }

    @Test
    void noRequestFailsWhileTheNodeAgentIsRestarted() throws IOException {
        restartUnderLoad("istio-system/ds/istio-cni-node", false);
    }

    @Test
    void noRequestFailsWhileTheControlPlaneIsKilledAndComesBack() throws IOException {
        Victim istiod = new Victim(CLUSTER, "istio-system", "app=istiod");
        waypoint(false);
        underLoad("istiod killed", () -> {
            int restarts = istiod.restarts();
            istiod.kill();
            await().atMost(RESTART).until(() -> istiod.restarts() > restarts && istiod.isReady());
        });
    }

    @Test
    void openConnectionsOutliveTheZtunnelThatIsReplaced() throws Exception {
        waypoint(false);
        deadline("30s");
        try (NetworkNamespace from = client();
                KeptConnections connections = KeptConnections.open(from, address())) {
            deadline("5s");

            // The old one has been told to end, and still carries what was open.
            connections.goOn(Duration.ofSeconds(8));
            assertThat(connections.failures()).isEmpty();
        }
        awaitOnePod("istio-system", "ztunnel");
    }

    private static String address() {
        return CLUSTER.kubectl("get", "svc", "echo", "-n", "rollout", "-o", "jsonpath={.spec.clusterIP}")
                .run()
                .succeeds()
                .out();
    }

    /** What happens to the cluster while it is used. */
    private interface Events {
        void run() throws IOException;
    }

    private static void restartUnderLoad(String part, boolean throughWaypoint) throws IOException {
        waypoint(throughWaypoint);
        underLoad(part + ", through a waypoint: " + throughWaypoint + ", restarts: " + ROLLOUTS, () -> {
            for (int i = 0; i < ROLLOUTS; i++) {
                restart(part);
            }
        });
    }

    private static void underLoad(String what, Events events) throws IOException {
        try (Load load = Load.start(client(), address(), RATE)) {
            await().atMost(Duration.ofSeconds(30))
                    .until(() -> load.tallies().stream().allMatch(tally -> tally.answered() > 100));
            events.run();
            load.finish();
            System.out.println(what + ", requests per second: " + RATE + "\n"
                    + load + "\nload of the machine: "
                    + Files.readString(Path.of("/proc/loadavg")).strip());
            assertThat(load.tallies())
                    .as("%s", load)
                    .allMatch(tally -> tally.failures().isEmpty());
        }
    }

    /** Replaces ztunnel by one with this deadline. */
    private static void deadline(String seconds) {
        CLUSTER.kubectl("set", "env", "ds/ztunnel", "-n", "istio-system", "CONNECTION_TERMINATION_DEADLINE=" + seconds)
                .run()
                .succeeds();
        CLUSTER.kubectl("rollout", "status", "ds/ztunnel", "-n", "istio-system", "--timeout=60s")
                .within(RESTART)
                .run()
                .succeeds();
    }

    private static void waypoint(boolean wanted) {
        if (wanted) {
            CLUSTER.istioctl("waypoint", "apply", "-n", "rollout", "--enroll-namespace", "--wait")
                    .run()
                    .succeeds();
            CLUSTER.kubectl(
                            "wait",
                            "--for=condition=istio.io/WaypointBound",
                            "service/echo",
                            "-n",
                            "rollout",
                            "--timeout=30s")
                    .run()
                    .succeeds();
        } else {
            CLUSTER.kubectl("label", "namespace", "rollout", "istio.io/use-waypoint-")
                    .run()
                    .succeeds();
            CLUSTER.istioctl("waypoint", "delete", "--all", "-n", "rollout")
                    .run()
                    .succeeds();
        }
    }

    /** Returns once the new pods are ready and the old ones gone. */
    private static void restart(String part) {
        String namespace = part.substring(0, part.indexOf('/'));
        String workload = part.substring(part.indexOf('/') + 1);
        CLUSTER.kubectl("rollout", "restart", workload, "-n", namespace).run().succeeds();
        CLUSTER.kubectl("rollout", "status", workload, "-n", namespace, "--timeout=60s")
                .within(RESTART)
                .run()
                .succeeds();
        String name = workload.substring(workload.indexOf('/') + 1);
        awaitOnePod(namespace, name);
    }

    private static void awaitOnePod(String namespace, String workload) {
        await().atMost(RESTART)
                .pollInterval(Duration.ofMillis(200))
                .until(() -> pods(namespace, workload).lines().count() == 1);
    }

    private static String pods(String namespace, String workload) {
        return CLUSTER.kubectl("get", "pods", "-n", namespace, "-o", "name")
                .run()
                .succeeds()
                .out()
                .lines()
                .filter(name -> name.startsWith("pod/" + workload + "-"))
                .reduce("", (all, name) -> all.isEmpty() ? name : all + "\n" + name);
    }

    /** The network namespace of the client's pod. */
    private static NetworkNamespace client() throws IOException {
        String uid = CLUSTER.kubectl("get", "pods", "-n", "rollout-client", "-o", "jsonpath={.items[0].metadata.uid}")
                .run()
                .succeeds()
                .out();
        try (DirectoryStream<Path> processes = Files.newDirectoryStream(Path.of("/proc"), "[0-9]*")) {
            for (Path process : processes) {
                if (Victim.belongsTo(process, uid)) {
                    return NetworkNamespace.open(process.resolve("ns/net"));
                }
            }
        }
        throw new AssertionError("no process of pod " + uid);
    }
}

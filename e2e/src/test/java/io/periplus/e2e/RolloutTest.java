package io.periplus.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.periplus.e2e.load.EchoServer;
import io.periplus.e2e.load.Load;
import io.periplus.e2e.load.Tally;
import io.periplus.linux.NetworkNamespace;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * No request fails while parts are restarted at 500 requests per second. {@code -Dperiplus.rollouts=100} restarts each part
 * a hundred times instead of three; {@code -Dperiplus.rollouts.rate} is for machines that have other things to do.
 */
class RolloutTest {
    private static final int ROLLOUTS = Integer.getInteger("periplus.rollouts", 3);
    private static final int RATE = Integer.getInteger("periplus.rollouts.rate", 500);

    /** Where it is about one more part and not about the load: as many as a machine with other things to do can take. */
    private static final int FEWER = Math.max(5, RATE / 5);

    private static final String IMAGE = "rollout-echo:1";
    private static final Duration RESTART = Duration.ofSeconds(90);

    /** Of which the mesh is told that it carries bytes. */
    private static final int TCP_PORT = 7070;

    /** Until whoever had to do with something that was killed has an end, or a way around it. */
    private static final Duration BOUND = Duration.ofSeconds(10);

    /** What {@link Load} says of a request that got neither an answer nor an end. */
    private static final List<String> HANGS = List.of("no answer within", "DEADLINE_EXCEEDED");

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
                    - {name: tcp, port: %d, targetPort: 8080}
                """.formatted(IMAGE, TCP_PORT));
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
    void noRequestFailsWhileAWaypointOfTwoReplicasIsRestarted() throws IOException {
        waypoint(true);
        scaleWaypoint(2);
        try (Load load = Load.start(client(), address(), FEWER)) {
            drive(load, FEWER, "rollout/deploy/waypoint with two replicas, restarts: " + ROLLOUTS, () -> {
                for (int i = 0; i < ROLLOUTS; i++) {
                    restart("rollout/deploy/waypoint", 2);
                }
            });
        } finally {
            waypoint(false);
        }
    }

    @Test
    void noConnectionFailsWhileTheApplicationBehindAWaypointIsRestarted() throws IOException {
        waypoint(true);
        try (Load load = Load.ofConnections(client(), address(), TCP_PORT, FEWER)) {
            drive(load, FEWER, "rollout/deploy/echo, connections through a waypoint, restarts: " + ROLLOUTS, () -> {
                for (int i = 0; i < ROLLOUTS; i++) {
                    restart("rollout/deploy/echo", 1);
                }
            });
        }
    }

    @Test
    void noRequestFailsWhileAGatewayIsRestarted() throws IOException {
        waypoint(false);
        CLUSTER.apply("""
                apiVersion: gateway.networking.k8s.io/v1
                kind: Gateway
                metadata: {name: edge, namespace: rollout}
                spec:
                  gatewayClassName: istio
                  listeners:
                    - {name: http, port: 8080, protocol: HTTP}
                    - {name: grpc, port: 9090, protocol: HTTP}
                ---
                apiVersion: gateway.networking.k8s.io/v1
                kind: HTTPRoute
                metadata: {name: edge, namespace: rollout}
                spec:
                  parentRefs: [{name: edge, sectionName: http}]
                  rules: [{backendRefs: [{name: echo, port: 8080}]}]
                ---
                apiVersion: gateway.networking.k8s.io/v1
                kind: GRPCRoute
                metadata: {name: edge, namespace: rollout}
                spec:
                  parentRefs: [{name: edge, sectionName: grpc}]
                  rules: [{backendRefs: [{name: echo, port: 9090}]}]
                """);
        CLUSTER.kubectl("wait", "--for=condition=Programmed", "gateway/edge", "-n", "rollout", "--timeout=60s")
                .within(RESTART)
                .run()
                .succeeds();
        try (Load load = Load.start(client(), address("edge-istio"), FEWER)) {
            drive(load, FEWER, "rollout/deploy/edge-istio, restarts: " + ROLLOUTS, () -> {
                for (int i = 0; i < ROLLOUTS; i++) {
                    restart("rollout/deploy/edge-istio", 1);
                }
            });
        } finally {
            CLUSTER.kubectl("delete", "gateway/edge", "httproute/edge", "grpcroute/edge", "-n", "rollout")
                    .run()
                    .succeeds();
        }
    }

    @Test
    void whatAKilledWaypointHadEndsAndTheOtherReplicaGoesOn() throws Exception {
        waypoint(true);
        scaleWaypoint(2);
        try (NetworkNamespace from = client();
                RequestsInProgress inProgress = RequestsInProgress.open(from, address());
                Load load = Load.start(client(), address(), FEWER)) {
            awaitAnswers(load);

            new Victim(CLUSTER, "rollout", "gateway.networking.k8s.io/gateway-name=waypoint").kill();

            inProgress.finish();
            assertThat(inProgress.withoutEndWithin(BOUND)).isEmpty();
            // Nothing fails any more and everything is answered, long before the killed one is back.
            Standing standing = new Standing(load);
            await().atMost(BOUND)
                    .during(Duration.ofSeconds(2))
                    .pollInterval(Duration.ofMillis(100))
                    .until(standing::isWell);
            load.finish();
            System.out.println("a waypoint of two killed, requests per second: " + FEWER + "\n" + load);
            assertThat(load.tallies())
                    .flatExtracting(tally -> tally.failures().keySet())
                    .as("%s", load)
                    .noneMatch(cause -> HANGS.stream().anyMatch(cause::contains));
        } finally {
            waypoint(false);
        }
    }

    /** Whether requests are answered and none fails, from one look to the next. */
    private static final class Standing {
        private final Load load;
        private int answered;
        private int failed;

        private Standing(Load load) {
            this.load = load;
        }

        boolean isWell() {
            int answeredNow = load.tallies().stream().mapToInt(Tally::answered).sum();
            int failedNow = load.tallies().stream()
                    .flatMap(tally -> tally.failures().values().stream())
                    .mapToInt(Integer::intValue)
                    .sum();
            boolean well = answeredNow > answered && failedNow == failed;
            answered = answeredNow;
            failed = failedNow;
            return well;
        }
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
        awaitPods("istio-system", "ztunnel", 1);
    }

    private static String address() {
        return address("echo");
    }

    private static String address(String service) {
        return CLUSTER.kubectl("get", "svc", service, "-n", "rollout", "-o", "jsonpath={.spec.clusterIP}")
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
                restart(part, 1);
            }
        });
    }

    private static void underLoad(String what, Events events) throws IOException {
        try (Load load = Load.start(client(), address(), RATE)) {
            drive(load, RATE, what, events);
        }
    }

    private static void drive(Load load, int rate, String what, Events events) throws IOException {
        awaitAnswers(load);
        events.run();
        load.finish();
        System.out.println(what + ", requests per second: " + rate + "\n"
                + load + "\nload of the machine: "
                + Files.readString(Path.of("/proc/loadavg")).strip());
        assertThat(load.tallies())
                .as("%s", load)
                .allMatch(tally -> tally.failures().isEmpty());
    }

    private static void awaitAnswers(Load load) {
        await().atMost(Duration.ofSeconds(30))
                .until(() -> load.tallies().stream().allMatch(tally -> tally.answered() > 100));
    }

    private static void scaleWaypoint(int replicas) {
        CLUSTER.kubectl("scale", "deploy/waypoint", "-n", "rollout", "--replicas=" + replicas)
                .run()
                .succeeds();
        CLUSTER.kubectl("rollout", "status", "deploy/waypoint", "-n", "rollout", "--timeout=60s")
                .within(RESTART)
                .run()
                .succeeds();
        awaitPods("rollout", "waypoint", replicas);
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
    private static void restart(String part, int replicas) {
        String namespace = part.substring(0, part.indexOf('/'));
        String workload = part.substring(part.indexOf('/') + 1);
        CLUSTER.kubectl("rollout", "restart", workload, "-n", namespace).run().succeeds();
        CLUSTER.kubectl("rollout", "status", workload, "-n", namespace, "--timeout=60s")
                .within(RESTART)
                .run()
                .succeeds();
        String name = workload.substring(workload.indexOf('/') + 1);
        awaitPods(namespace, name, replicas);
    }

    private static void awaitPods(String namespace, String workload, int number) {
        await().atMost(RESTART)
                .pollInterval(Duration.ofMillis(200))
                .until(() -> pods(namespace, workload).lines().count() == number);
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

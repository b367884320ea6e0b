package io.periplus.nodeagent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.periplus.api.Labels;
import io.periplus.linux.NetworkNamespace;
import io.periplus.linux.SeqpacketServer;
import io.periplus.linux.SeqpacketSocket;
import io.periplus.wire.zds.Ack;
import io.periplus.wire.zds.Version;
import io.periplus.wire.zds.WorkloadRequest;
import io.periplus.wire.zds.WorkloadResponse;
import io.periplus.wire.zds.ZdsHello;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** A pod's way into the mesh and out of it: real namespaces, rules and sockets; a ztunnel that answers as told. */
@ParameterizedClass
@EnumSource(
        value = RuleBackend.class,
        names = {"NFTABLES", "IPTABLES_NFT"})
class EnrolmentTest {
    private static final String ID =
            "nodeagent-enrol-" + ProcessHandle.current().pid();
    private static final String UID = "5f2c7a1e-0000-4000-8000-000000000001";
    private static final Duration LINGER = Duration.ofMillis(200);

    @Parameter
    private RuleBackend backend;

    @TempDir
    Path files;

    private final TestCluster cluster = new TestCluster();
    private NetworkNamespace node;
    private PodStarts starts;
    private ProbeExemption probes;
    private SeqpacketServer server;
    private Enrolment enrolment;

    @BeforeEach
    void start() throws IOException {
        Shell.script(null, "ip netns add %1$s-node; ip netns add %1$s-pod; ip netns add %1$s-new".formatted(ID));
        node = NetworkNamespace.open(Path.of("/run/netns/" + ID + "-node"));
        Path process = files.resolve("proc/4242");
        Files.createDirectories(process.resolve("ns"));
        Files.writeString(process.resolve("cgroup"), "0::/kubepods/pod" + UID + "/c1\n");
        Files.writeString(process.resolve("stat"), "4242 (app) S" + " 0".repeat(18) + " 77 0");
        Files.createSymbolicLink(process.resolve("ns/net"), Path.of("/run/netns/" + ID + "-pod"));
        probes = backend.probeExemption(node, ProbeAddresses.DEFAULT);
        probes.install();
        server = SeqpacketServer.listen(files.resolve("zds.sock"));
        enrolment = new Enrolment(
                cluster,
                new PodNamespaces(files.resolve("proc")),
                backend.redirection(ProbeAddresses.DEFAULT, true),
                probes,
                true,
                true,
                LINGER);
        Path namespaces = Files.createDirectories(files.resolve("proc/1/root/run/netns"));
        for (String name : List.of(ID + "-pod", ID + "-new")) {
            Files.createSymbolicLink(namespaces.resolve(name), Path.of("/run/netns", name));
        }
        starts = new PodStarts(
                cluster,
                enrolment,
                backend.redirection(ProbeAddresses.DEFAULT, true),
                probes,
                files.resolve("proc"),
                Set.of("kube-system"),
                true);
        Thread.ofPlatform().daemon().start(this::acceptZtunnels);
        cluster.put(null);
    }

    @AfterEach
    void stop() throws IOException {
        enrolment.close();
        server.close();
        node.close();
        Shell.script(null, "ip netns del %1$s-node; ip netns del %1$s-pod; ip netns del %1$s-new".formatted(ID));
    }

    @Test
    void aRunningPodIsHandedToZtunnelBeforeItIsCaptured() throws Exception {
        try (TestZtunnel ztunnel = new TestZtunnel(true)) {
            assertThat(ztunnel.next().hasSnapshotSent()).isTrue();
            cluster.wanted = true;
            enrolment.changed(UID);
            WorkloadRequest add = ztunnel.next();
            assertThat(add.getAdd().getUid()).isEqualTo(UID);
            assertThat(add.getAdd().getWorkloadInfo().getName()).isEqualTo("curl");
            assertThat(ztunnel.sawRulesWhenAsked).isFalse();
            await().until(() -> "enabled".equals(cluster.redirection()));
            assertThat(podRules()).contains("redirect to :15001").contains("redirect to :15006");
            assertThat(exempted()).contains("10.9.0.1");

            cluster.wanted = false;
            enrolment.changed(UID);
            await().until(() -> cluster.redirection() == null);
            assertThat(ztunnel.next().getDel().getUid()).isEqualTo(UID);
            await().until(() -> podRules().isBlank());
            assertThat(exempted()).doesNotContain("10.9.0.1");
        }
    }

    @Test
    void withoutZtunnelAPodIsCutOffRatherThanExposedUntilOneComes() throws Exception {
        cluster.wanted = true;
        enrolment.changed(UID);
        await().until(() -> "pending".equals(cluster.redirection()));
        assertThat(podRules()).contains("redirect to :15001");
        try (TestZtunnel ztunnel = new TestZtunnel(true)) {
            assertThat(ztunnel.next().getAdd().getUid()).isEqualTo(UID);
            assertThat(ztunnel.next().hasSnapshotSent()).isTrue();
            await().until(() -> "enabled".equals(cluster.redirection()));
        }
    }

    @Test
    void aPodThatZtunnelRefusesIsPendingAndOfferedAgain() throws Exception {
        try (TestZtunnel ztunnel = new TestZtunnel(false)) {
            assertThat(ztunnel.next().hasSnapshotSent()).isTrue();
            cluster.wanted = true;
            enrolment.changed(UID);
            assertThat(ztunnel.next().hasAdd()).isTrue();
            await().until(() -> "pending".equals(cluster.redirection()));
            ztunnel.takesPods = true;
            await().until(() -> "enabled".equals(cluster.redirection()));
        }
    }

    @Test
    void aRestartedAgentKeepsEnrolledPodsAndRestoresTheirRules() throws Exception {
        cluster.wanted = true;
        cluster.put("enabled");
        enrolment.adopt(cluster.pod(UID));
        await().until(() -> podRules().contains("redirect to :15001"));
        await().until(() -> exempted().contains("10.9.0.1"));
        try (TestZtunnel ztunnel = new TestZtunnel(true)) {
            assertThat(ztunnel.next().getAdd().getUid()).isEqualTo(UID);
            assertThat(ztunnel.next().hasSnapshotSent()).isTrue();
            assertThat(cluster.annotations).as("patches").isEmpty();
        }
    }

    @Test
    void aRestartedAgentKeepsPodsWhoseInitContainersAreStillAtWork() throws Exception {
        cluster.wanted = true;
        cluster.put("enabled", "Pending", List.of(InetAddress.ofLiteral("10.9.0.1")));
        enrolment.adopt(cluster.pod(UID));
        await().until(() -> exempted().contains("10.9.0.1"));
        try (TestZtunnel ztunnel = new TestZtunnel(true)) {
            assertThat(ztunnel.next().getAdd().getUid()).isEqualTo(UID);
        }
    }

    @Test
    void whatAnEarlierAgentExemptedStaysSoUntilEveryEnrolledPodHasItsAddress() throws Exception {
        backend.probeExemption(node, ProbeAddresses.DEFAULT)
                .add("gone", List.of(InetAddress.ofLiteral("10.9.0.1"), InetAddress.ofLiteral("10.9.0.9")));
        cluster.wanted = true;
        cluster.put("enabled", "Running", List.of());
        BlockingQueue<Integer> looks = new LinkedBlockingQueue<>();
        enrolment.pruneProbes(() -> {
            looks.add(0);
            return List.copyOf(cluster.pods.values());
        });
        assertThat(looks.poll(10, TimeUnit.SECONDS)).isNotNull();
        assertThat(looks.poll(10, TimeUnit.SECONDS)).as("looked again").isNotNull();
        assertThat(exempted()).contains("10.9.0.1", "10.9.0.9");
        cluster.put("enabled");
        await().until(() -> !exempted().contains("10.9.0.9"));
        assertThat(exempted()).contains("10.9.0.1");
    }

    @Test
    void anAddressThatAnotherPodHasByNowStaysExemptWhenTheFirstIsGone() throws Exception {
        try (TestZtunnel ztunnel = new TestZtunnel(true)) {
            assertThat(ztunnel.next().hasSnapshotSent()).isTrue();
            cluster.wanted = true;
            enrolment.changed(UID);
            await().until(() -> "enabled".equals(cluster.redirection()));
            probes.add("another", List.of(InetAddress.ofLiteral("10.9.0.1")));
            cluster.pods.clear();
            enrolment.changed(UID);
            assertThat(ztunnel.next().hasAdd()).isTrue();
            assertThat(ztunnel.next().hasDel()).isTrue();
            CompletableFuture<Void> forgotten = new CompletableFuture<>();
            enrolment.pruneProbes(() -> {
                forgotten.complete(null);
                return List.of();
            });
            forgotten.get(10, TimeUnit.SECONDS);
            assertThat(exempted()).contains("10.9.0.1");
        }
    }

    @Test
    void aNewZtunnelHearsOfAllPodsAndTheNewestGetsNewOnes() throws Exception {
        cluster.wanted = true;
        try (TestZtunnel old = new TestZtunnel(true)) {
            assertThat(old.next().hasSnapshotSent()).isTrue();
            enrolment.changed(UID);
            assertThat(old.next().hasAdd()).isTrue();
            await().until(() -> "enabled".equals(cluster.redirection()));
            try (TestZtunnel fresh = new TestZtunnel(true)) {
                assertThat(fresh.next().getAdd().getUid()).isEqualTo(UID);
                assertThat(fresh.next().hasSnapshotSent()).isTrue();
                cluster.pods.clear();
                enrolment.changed(UID);
                assertThat(fresh.next().getDel().getUid()).isEqualTo(UID);
                assertThat(old.next().getDel().getUid()).isEqualTo(UID);
            }
        }
    }

    @Test
    void aPodThatStartsInTheMeshIsCapturedServedAndAnnotatedBeforeItMayStart() throws Exception {
        try (TestZtunnel ztunnel = new TestZtunnel(true)) {
            assertThat(ztunnel.next().hasSnapshotSent()).isTrue();
            cluster.starts();
            starts.start(start("new"));
            assertThat(rules("new")).contains("redirect to :15001");
            assertThat(ztunnel.next().getAdd().getUid()).isEqualTo(UID);
            assertThat(ztunnel.sawRulesWhenAsked).as("rules came first").isTrue();
            assertThat(exempted()).contains("10.9.0.7");
            assertThat(cluster.annotations).containsExactly("enabled");

            // What the API says of it on its way changes nothing, and a second ztunnel hears of it.
            enrolment.changed(UID);
            cluster.put("enabled");
            enrolment.changed(UID);
            try (TestZtunnel fresh = new TestZtunnel(true)) {
                assertThat(fresh.next().getAdd().getUid()).isEqualTo(UID);
                assertThat(fresh.next().hasSnapshotSent()).isTrue();
            }
            assertThat(ztunnel.requests).isEmpty();
            assertThat(cluster.annotations).containsExactly("enabled");
        }
    }

    @Test
    void aSecondAttemptToStartAPodTakesThePlaceOfTheFirst() throws Exception {
        try (TestZtunnel ztunnel = new TestZtunnel(true)) {
            assertThat(ztunnel.next().hasSnapshotSent()).isTrue();
            cluster.starts();
            starts.start(start("pod"));
            assertThat(ztunnel.next().hasAdd()).isTrue();
            starts.start(start("new"));
            assertThat(ztunnel.next().hasAdd()).isTrue();
            assertThat(rules("new")).contains("redirect to :15001");
            cluster.pods.clear();
            enrolment.changed(UID);
            assertThat(ztunnel.next().hasDel()).isTrue();
            await().until(() -> !exempted().contains("10.9.0.7"));
        }
    }

    @Test
    void aPodThatStartsWaitsForAZtunnel() throws Exception {
        cluster.starts();
        CompletableFuture<Void> started = CompletableFuture.runAsync(() -> {
            try {
                starts.start(start("new"));
            } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
        });
        await().until(() -> rules("new").contains("redirect to :15001"));
        assertThat(started).isNotDone();
        try (TestZtunnel ztunnel = new TestZtunnel(true)) {
            assertThat(ztunnel.next().hasSnapshotSent()).isTrue();
            assertThat(ztunnel.next().hasAdd()).isTrue();
            started.get(10, TimeUnit.SECONDS);
        }
    }

    @Test
    void withoutZtunnelAPodOfTheMeshDoesNotStartAndNothingIsLeftOfTheAttempt() throws Exception {
        cluster.starts();
        assertThatThrownBy(() -> starts.start(start("new")))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("no ztunnel is connected");
        assertThat(cluster.annotations).isEmpty();
        try (TestZtunnel ztunnel = new TestZtunnel(true)) {
            assertThat(ztunnel.next().hasSnapshotSent()).isTrue();
        }
    }

    @Test
    void aPodThatZtunnelRefusesDoesNotStart() throws Exception {
        try (TestZtunnel ztunnel = new TestZtunnel(false)) {
            assertThat(ztunnel.next().hasSnapshotSent()).isTrue();
            cluster.starts();
            assertThatThrownBy(() -> starts.start(start("new"))).hasMessageContaining("not now");
            assertThat(ztunnel.next().hasAdd()).isTrue();
            assertThat(ztunnel.next().hasDel()).isTrue();
            assertThat(cluster.annotations).isEmpty();
        }
    }

    @Test
    void aPodOutsideTheMeshStartsWithoutAZtunnelAndAnExcludedOneWithoutTheApi() throws Exception {
        starts.start(start("new"));
        starts.start(new PodStart("/nowhere", "kube-system", "dns", "", List.of()));
        assertThat(rules("new")).isBlank();
        assertThat(cluster.annotations).isEmpty();
    }

    private static PodStart start(String namespace) {
        return new PodStart(
                "/run/netns/" + ID + "-" + namespace,
                "finance",
                "curl",
                UID,
                List.of(InetAddress.ofLiteral("10.9.0.7")));
    }

    private void acceptZtunnels() {
        try {
            while (true) {
                enrolment.connected(ZtunnelConnection.greet(server.accept()), Set::of);
            }
        } catch (IOException e) {
            // Closed: the test is over.
        }
    }

    private String podRules() throws IOException {
        return rules("pod");
    }

    /** As nftables says it. */
    private String rules(String namespace) throws IOException {
        if (backend == RuleBackend.NFTABLES) {
            return output("nft -n list ruleset", ID + "-" + namespace);
        }
        return output(backend + "-save", ID + "-" + namespace)
                .lines()
                .filter(line -> line.startsWith("-A"))
                .map(line -> line.replace("-j REDIRECT --to-ports ", "redirect to :"))
                .collect(Collectors.joining("\n"));
    }

    private String exempted() throws IOException {
        return output(
                backend == RuleBackend.NFTABLES
                        ? "nft list set inet istio-ambient-host istio-inpod-probes-v4"
                        : "ipset list istio-inpod-probes-v4",
                ID + "-node");
    }

    private static String output(String command, String namespace) throws IOException {
        List<String> words = new java.util.ArrayList<>(List.of("ip", "netns", "exec", namespace));
        words.addAll(List.of(command.split(" ")));
        Process process = new ProcessBuilder(words).redirectErrorStream(true).start();
        return new String(process.getInputStream().readAllBytes());
    }

    /** A cluster with one pod. */
    private static final class TestCluster implements Enrolment.Cluster, PodStarts.Pods {
        final Map<String, NodePod> pods = new ConcurrentHashMap<>();
        final BlockingQueue<String> annotations = new LinkedBlockingQueue<>();
        volatile boolean wanted;

        void put(@Nullable String redirection) {
            put(redirection, "Running", List.of(InetAddress.ofLiteral("10.9.0.1")));
        }

        /** A pod of the mesh whose sandbox is being made. */
        void starts() {
            wanted = true;
            put(null, "Pending", List.of());
        }

        private void put(@Nullable String redirection, String phase, List<InetAddress> addresses) {
            pods.put(
                    UID,
                    new NodePod(
                            UID,
                            "finance",
                            "curl",
                            Map.of(),
                            redirection == null ? Map.of() : Map.of(Labels.REDIRECTION, redirection),
                            "curl",
                            false,
                            phase,
                            false,
                            addresses));
        }

        @Nullable
        String redirection() {
            return pods.get(UID).annotations().get(Labels.REDIRECTION);
        }

        @Override
        public @Nullable NodePod pod(String uid) {
            return pods.get(uid);
        }

        @Override
        public boolean wanted(NodePod pod) {
            return wanted;
        }

        @Override
        public void annotate(NodePod pod, @Nullable String redirection) {
            annotations.add(String.valueOf(redirection));
            if (pod.runs()) {
                put(redirection);
            }
        }

        @Override
        public @Nullable NodePod toEnrol(PodStart start, long deadlineNanos) {
            return wanted ? pods.get(UID) : null;
        }
    }

    /** Speaks ztunnel's side of ZDS. */
    private final class TestZtunnel implements AutoCloseable {
        private final SeqpacketSocket socket = SeqpacketSocket.connect(files.resolve("zds.sock"));
        private final BlockingQueue<WorkloadRequest> requests = new LinkedBlockingQueue<>();
        volatile boolean takesPods;
        volatile boolean sawRulesWhenAsked;

        TestZtunnel(boolean takesPods) throws IOException {
            this.takesPods = takesPods;
            socket.send(ZdsHello.newBuilder().setVersion(Version.V1).build().toByteArray(), -1);
            Thread.ofPlatform().daemon().start(this::answer);
        }

        WorkloadRequest next() throws InterruptedException {
            WorkloadRequest next = requests.poll(5, TimeUnit.SECONDS);
            if (next == null) {
                throw new AssertionError("the agent said nothing within 5 s");
            }
            return next;
        }

        private void answer() {
            try {
                while (true) {
                    SeqpacketSocket.Packet packet = socket.receive(1024);
                    WorkloadRequest request = WorkloadRequest.parseFrom(packet.data());
                    if (packet.descriptor() >= 0) {
                        NetworkNamespace.ofDescriptor(packet.descriptor(), "pod")
                                .close();
                    }
                    if (request.hasAdd()) {
                        sawRulesWhenAsked =
                                podRules().contains("redirect") || rules("new").contains("redirect");
                    }
                    requests.add(request);
                    String error = request.hasAdd() && !takesPods ? "not now" : "";
                    socket.send(
                            WorkloadResponse.newBuilder()
                                    .setAck(Ack.newBuilder().setError(error))
                                    .build()
                                    .toByteArray(),
                            -1);
                }
            } catch (IOException e) {
                // Closed: the test is over.
            }
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }
}

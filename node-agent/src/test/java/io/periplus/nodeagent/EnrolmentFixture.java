package io.periplus.nodeagent;

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
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;

/** An agent's enrolment with one pod: real namespaces, rules and sockets; a ztunnel that answers as told. */
abstract class EnrolmentFixture {
    static final String ID = "nodeagent-enrol-" + ProcessHandle.current().pid();
    static final String UID = "5f2c7a1e-0000-4000-8000-000000000001";
    static final Duration LINGER = Duration.ofMillis(200);

    @Parameter
    RuleBackend backend;

    @TempDir
    Path files;

    final TestCluster cluster = new TestCluster();
    NetworkNamespace node;
    PodStarts starts;
    ProbeExemption probes;
    SeqpacketServer server;
    volatile Enrolment enrolment;

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
        enrolment = agent(true);
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

    private Enrolment agent(boolean reconciles) {
        return new Enrolment(
                cluster,
                new PodNamespaces(files.resolve("proc")),
                backend.redirection(ProbeAddresses.DEFAULT, true),
                probes,
                true,
                reconciles,
                LINGER);
    }

    /** The agent's process ends where it is, and another one looks at the pod. */
    void restart(boolean reconciles) {
        enrolment.close();
        enrolment = agent(reconciles);
        enrolment.changed(UID);
    }

    static PodStart start(String namespace) {
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
                ZtunnelConnection connection = ZtunnelConnection.greet(server.accept());
                enrolment.connected(connection, Set::of);
            }
        } catch (IOException e) {
            // Closed: the test is over.
        }
    }

    String podRules() throws IOException {
        return rules("pod");
    }

    /** As nftables says it. */
    String rules(String namespace) throws IOException {
        if (backend == RuleBackend.NFTABLES) {
            return output("nft -n list ruleset", ID + "-" + namespace);
        }
        return output(backend + "-save", ID + "-" + namespace)
                .lines()
                .filter(line -> line.startsWith("-A"))
                .map(line -> line.replace("-j REDIRECT --to-ports ", "redirect to :"))
                .collect(Collectors.joining("\n"));
    }

    String exempted() throws IOException {
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
    static final class TestCluster implements Enrolment.Cluster, PodStarts.Pods {
        final Map<String, NodePod> pods = new ConcurrentHashMap<>();
        final BlockingQueue<String> annotations = new LinkedBlockingQueue<>();
        volatile boolean wanted;
        volatile boolean hostNetwork;
        volatile boolean deleting;
        /** An annotation that cannot be written now. */
        volatile String refused = "";

        void put(@Nullable String redirection) {
            put(redirection, "Running", List.of(InetAddress.ofLiteral("10.9.0.1")));
        }

        /** A pod of the mesh whose sandbox is being made. */
        void starts() {
            wanted = true;
            put(null, "Pending", List.of());
        }

        void put(@Nullable String redirection, String phase, List<InetAddress> addresses) {
            pods.put(
                    UID,
                    new NodePod(
                            UID,
                            "finance",
                            "curl",
                            Map.of(),
                            redirection == null ? Map.of() : Map.of(Labels.REDIRECTION, redirection),
                            "curl",
                            hostNetwork,
                            phase,
                            deleting,
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
        public void annotate(NodePod pod, @Nullable String redirection) throws IOException {
            if (refused.equals(String.valueOf(redirection))) {
                throw new IOException("not now");
            }
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
    final class TestZtunnel implements AutoCloseable {
        private final SeqpacketSocket socket = SeqpacketSocket.connect(files.resolve("zds.sock"));
        final BlockingQueue<WorkloadRequest> requests = new LinkedBlockingQueue<>();
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

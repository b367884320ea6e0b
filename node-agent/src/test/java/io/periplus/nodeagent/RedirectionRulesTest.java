package io.periplus.nodeagent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.periplus.linux.NetworkNamespace;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** A pod and a peer, joined by a cable; whoever answers says its own name. Whichever programs write the rules. */
@ParameterizedClass
@EnumSource(
        value = RuleBackend.class,
        names = {"NFTABLES", "IPTABLES_NFT", "IPTABLES_LEGACY"})
class RedirectionRulesTest {
    private static final String ID = "nodeagent-" + ProcessHandle.current().pid();
    private static final int OUTBOUND = 15001;
    private static final int INBOUND = 15006;
    private static final int DNS_PROXY = 15053;

    @Parameter
    private RuleBackend backend;

    private RedirectionRules rules;
    private NetworkNamespace pod;
    private NetworkNamespace peer;

    @BeforeEach
    void joinTwoNamespaces() throws IOException {
        rules = backend.redirection(ProbeAddresses.DEFAULT, true);
        Shell.script(null, """
                ip netns add %1$s-pod; ip netns add %1$s-peer
                ip -n %1$s-pod link add eth0 type veth peer name eth0 netns %1$s-peer
                ip -n %1$s-pod addr add 10.9.0.1/24 dev eth0; ip -n %1$s-peer addr add 10.9.0.2/24 dev eth0
                ip -n %1$s-pod addr add fd09::1/64 dev eth0 nodad; ip -n %1$s-peer addr add fd09::2/64 dev eth0 nodad
                for n in pod peer; do ip -n %1$s-$n link set lo up; ip -n %1$s-$n link set eth0 up; done
                """.formatted(ID));
        pod = NetworkNamespace.open(Path.of("/run/netns/" + ID + "-pod"));
        peer = NetworkNamespace.open(Path.of("/run/netns/" + ID + "-peer"));
    }

    @AfterEach
    void cut() throws IOException {
        pod.close();
        peer.close();
        Shell.script(null, "ip netns del %1$s-pod; ip netns del %1$s-peer".formatted(ID));
    }

    @Test
    void newConnectionsPassTheProxyAndOldOnesGoOn() throws IOException {
        try (Answerer proxyOut = new Answerer(pod, OUTBOUND, "outbound proxy");
                Answerer proxyIn = new Answerer(pod, INBOUND, "inbound proxy");
                Answerer app = new Answerer(pod, 8080, "app");
                Answerer remote = new Answerer(peer, 8080, "peer");
                Socket before = connect(pod, "10.9.0.2", 8080)) {
            assertThat(ask(before)).isEqualTo("peer");

            rules.install(pod, Capture.DEFAULT);
            rules.install(pod, Capture.DEFAULT);

            assertThat(ask(before)).as("a connection from before").isEqualTo("peer");
            assertThat(once(pod, "10.9.0.2", 8080)).isEqualTo("outbound proxy");
            assertThat(once(peer, "10.9.0.1", 8080)).isEqualTo("inbound proxy");
            assertThat(once(pod, "127.0.0.1", 8080)).as("to itself").isEqualTo("app");

            rules.stopCapturing(pod);

            assertThat(once(pod, "10.9.0.2", 8080)).isEqualTo("peer");
            assertThat(once(peer, "10.9.0.1", 8080)).isEqualTo("app");

            rules.install(pod, Capture.DEFAULT);
            rules.remove(pod);

            assertThat(once(peer, "10.9.0.1", 8080)).isEqualTo("app");
            assertThat(proxyOut.name + proxyIn.name + app.name + remote.name).isNotEmpty();
        }
    }

    @Test
    void aConnectionThatIsRedirectedStaysSoWhenThePodIsReleased() throws IOException {
        try (Answerer proxyOut = new Answerer(pod, OUTBOUND, "outbound proxy");
                Answerer remote = new Answerer(peer, 8080, "peer")) {
            rules.install(pod, Capture.DEFAULT);
            try (Socket open = connect(pod, "10.9.0.2", 8080)) {
                assertThat(ask(open)).isEqualTo("outbound proxy");
                rules.stopCapturing(pod);
                assertThat(ask(open)).isEqualTo("outbound proxy");
                assertThat(once(pod, "10.9.0.2", 8080)).isEqualTo("peer");
            }
            assertThat(proxyOut.name + remote.name).isNotEmpty();
        }
    }

    @Test
    void writingThemAgainLeavesNoMomentWithoutThem() throws Exception {
        try (Answerer proxyOut = new Answerer(pod, OUTBOUND, "outbound proxy");
                Answerer remote = new Answerer(peer, 8080, "peer")) {
            rules.install(pod, Capture.DEFAULT);
            AtomicBoolean done = new AtomicBoolean();
            CompletableFuture<Set<String>> answers = answersUntil(done);
            for (int time = 0; time < 5; time++) {
                rules.replace(pod, time % 2 == 0 ? new Capture(true, false, List.of("eth1")) : Capture.DEFAULT);
            }
            done.set(true);
            assertThat(answers.get()).containsExactly("outbound proxy");
            assertThat(proxyOut.name + remote.name).isNotEmpty();
        }
    }

    @Test
    void removedTheyLeaveTheNamespaceAsTheyFoundIt() throws IOException {
        rules.install(pod, Capture.DEFAULT);
        rules.remove(pod);
        assertThat(Shell.output(pod, "nft list chains"))
                .as("nothing that hooks into the kernel")
                .doesNotContain("hook");
        if (backend != RuleBackend.NFTABLES) {
            // Somebody else's, in the same tables.
            Shell.script(pod, """
                    %1$s -t nat -N OTHERS
                    %1$s -t nat -A OUTPUT -p tcp --dport 9 -j OTHERS
                    %1$s -t mangle -A PREROUTING -p udp --dport 9 -j ACCEPT
                    """.formatted(backend));
        }
        String before = PodState.of(pod);
        for (Capture capture : List.of(Capture.DEFAULT, new Capture(false, false, List.of("eth1")))) {
            rules.install(pod, capture);
            rules.install(pod, Capture.DEFAULT);
            assertThat(PodState.of(pod)).isNotEqualTo(before);
            rules.stopCapturing(pod);
            rules.remove(pod);
            rules.remove(pod);
            rules.stopCapturing(pod);
            assertThat(PodState.of(pod)).isEqualTo(before);
        }
    }

    @Test
    void aPodWithoutIpv6OnItsLoopbackIsCapturedAllTheSame() throws IOException {
        try (Answerer proxyIn = new Answerer(pod, INBOUND, "inbound proxy")) {
            Shell.script(pod, "echo 1 > /proc/sys/net/ipv6/conf/lo/disable_ipv6");
            rules.install(pod, Capture.DEFAULT);
            assertThat(once(peer, "10.9.0.1", 8080)).isEqualTo("inbound proxy");
            assertThat(once(peer, "fd09::1", 8080)).isEqualTo("inbound proxy");
            assertThat(proxyIn.name).isNotEmpty();
        }
    }

    /** What ztunnel does to hand a connection to the application: marked, and from an address that is not the pod's. */
    @ParameterizedTest
    @CsvSource({
        "TCP4:10.9.0.1:8080, 10.9.0.2, ip-transparent",
        "TCP6:[fd09::1]:8080, [fd09::2], setsockopt-listen=41:75:i1",
    })
    void answersToForeignAddressesComeBackToWhoConnectedWithThem(String application, String client, String transparent)
            throws IOException {
        try (Answerer app = new Answerer(pod, 8080, "app")) {
            rules.install(pod, Capture.DEFAULT);
            String answer = Shell.output(
                    pod,
                    "printf '?' | socat -t 2 - %s,bind=%s,%s,setsockopt-listen=1:36:i1337,connect-timeout=2"
                            .formatted(application, client, transparent));
            assertThat(answer).isEqualTo(app.name);
        }
    }

    /**
     * A segment that the application's kernel drops without an answer, here for a signature that nobody expects: connection
     * tracking takes it for part of a connection, and the SYN that follows for another part of it.
     */
    @Test
    void nobodyReachesTheApplicationByPretendingThatThereIsAConnection() throws IOException {
        try (Answerer proxyIn = new Answerer(pod, INBOUND, "inbound proxy");
                Answerer app = new Answerer(pod, 8080, "app")) {
            rules.install(pod, Capture.DEFAULT);
            Shell.script(
                    peer,
                    "printf '%s' | socat -u - IP4-SENDTO:10.9.0.1:6,bind=10.9.0.2"
                            .formatted(TcpSegment.signedAck("10.9.0.2", 40_001, "10.9.0.1", 8080)
                                    .octal()));
            assertThatThrownBy(() -> fromPort(40_001)).isInstanceOf(SocketTimeoutException.class);
            assertThat(fromPort(40_002)).as("another connection").isEqualTo("inbound proxy");

            rules.stopCapturing(pod);
            assertThat(fromPort(40_001)).as("of a pod that was released").isEqualTo("app");
            assertThat(proxyIn.name + app.name).isNotEmpty();
        }
    }

    private String fromPort(int port) throws IOException {
        try (Socket socket = peer.call(() -> {
            Socket bound = new Socket();
            bound.setReuseAddress(true);
            bound.bind(new InetSocketAddress("10.9.0.2", port));
            bound.connect(new InetSocketAddress("10.9.0.1", 8080), 1500);
            bound.setSoTimeout(2000);
            return bound;
        })) {
            return ask(socket);
        }
    }

    @Test
    void aPodMayLeaveInboundTrafficAloneAndAddVirtualInterfaces() throws IOException {
        try (Answerer proxyOut = new Answerer(pod, OUTBOUND, "outbound proxy");
                Answerer proxyIn = new Answerer(pod, INBOUND, "inbound proxy");
                Answerer app = new Answerer(pod, 8080, "app");
                Answerer remote = new Answerer(peer, 8080, "peer")) {
            rules.install(pod, new Capture(false, true, List.of()));
            assertThat(once(peer, "10.9.0.1", 8080)).isEqualTo("app");
            assertThat(once(pod, "10.9.0.2", 8080)).isEqualTo("outbound proxy");

            rules.install(pod, new Capture(true, true, List.of("eth0")));
            assertThat(once(peer, "10.9.0.1", 8080)).isEqualTo("outbound proxy");
            assertThat(proxyOut.name + proxyIn.name + app.name + remote.name).isNotEmpty();
        }
    }

    @Test
    void bothFamiliesAreCaptured() throws IOException {
        try (Answerer proxyOut = new Answerer(pod, OUTBOUND, "outbound proxy");
                Answerer proxyIn = new Answerer(pod, INBOUND, "inbound proxy");
                Answerer app = new Answerer(pod, 8080, "app")) {
            rules.install(pod, Capture.DEFAULT);

            assertThat(once(pod, "fd09::2", 8080)).isEqualTo("outbound proxy");
            assertThat(once(peer, "fd09::1", 8080)).isEqualTo("inbound proxy");
            assertThat(once(pod, "::1", 8080)).as("to itself").isEqualTo("app");
            assertThat(once(pod, "fd09::1", 8080)).as("to its own address").isEqualTo("app");
            assertThat(proxyOut.name + proxyIn.name + app.name).isNotEmpty();
        }
    }

    @Test
    void ipv6MayBeLeftAlone() throws IOException {
        try (Answerer proxyOut = new Answerer(pod, OUTBOUND, "outbound proxy");
                Answerer proxyIn = new Answerer(pod, INBOUND, "inbound proxy");
                Answerer app = new Answerer(pod, 8080, "app");
                Answerer remote = new Answerer(peer, 8080, "peer")) {
            backend.redirection(ProbeAddresses.DEFAULT, false).install(pod, Capture.DEFAULT);

            assertThat(once(pod, "fd09::2", 8080)).isEqualTo("peer");
            assertThat(once(peer, "fd09::1", 8080)).isEqualTo("app");
            assertThat(once(pod, "10.9.0.2", 8080)).isEqualTo("outbound proxy");
            assertThat(once(peer, "10.9.0.1", 8080)).isEqualTo("inbound proxy");
            assertThat(proxyOut.name + proxyIn.name + app.name + remote.name).isNotEmpty();
        }
    }

    @ParameterizedTest
    @CsvSource({"10.9.0.2, 127.0.0.1", "fd09::2, ::1"})
    void questionsForNamesAreLedToTheDnsProxy(String server, String loopback) throws IOException {
        try (Answerer proxyTcp = new Answerer(pod, DNS_PROXY, "DNS proxy");
                Answerer outbound = new Answerer(pod, OUTBOUND, "outbound proxy");
                Answerer serverTcp = new Answerer(peer, 53, "server");
                DatagramAnswerer proxy = new DatagramAnswerer(pod, loopback, DNS_PROXY, "DNS proxy");
                DatagramAnswerer cluster = new DatagramAnswerer(peer, server, 53, "server");
                DatagramAnswerer own = new DatagramAnswerer(pod, loopback, 53, "own server");
                DatagramSocket client = pod.call(DatagramSocket::new)) {
            rules.install(pod, Capture.DEFAULT);
            assertThat(ask(client, server)).isEqualTo("DNS proxy");
            assertThat(ask(client, server)).as("again from the same port").isEqualTo("DNS proxy");
            assertThat(ask(client, loopback)).as("a server of its own").isEqualTo("own server");
            assertThat(once(pod, server, 53)).isEqualTo("DNS proxy");

            rules.install(pod, new Capture(true, false, List.of()));
            try (DatagramSocket other = pod.call(DatagramSocket::new)) {
                assertThat(ask(other, server)).isEqualTo("server");
            }
            assertThat(once(pod, server, 53)).as("as all TCP").isEqualTo("outbound proxy");

            rules.install(pod, Capture.DEFAULT);
            rules.remove(pod);
            try (DatagramSocket other = pod.call(DatagramSocket::new)) {
                assertThat(ask(other, server)).isEqualTo("server");
            }
            assertThat(once(pod, server, 53)).isEqualTo("server");
            assertThat(proxyTcp.name + outbound.name + serverTcp.name + proxy.name + cluster.name + own.name)
                    .isNotEmpty();
        }
    }

    @Test
    void annotationsSayWhatIsCaptured() {
        assertThat(Capture.of(annotated(Map.of()), true)).isEqualTo(Capture.DEFAULT);
        assertThat(Capture.of(annotated(Map.of(Capture.BYPASS_INBOUND, "true")), true)
                        .inbound())
                .isFalse();
        assertThat(Capture.of(annotated(Map.of(Capture.BYPASS_INBOUND, "yes")), true)
                        .inbound())
                .as("not a boolean, ignored")
                .isTrue();
        assertThat(Capture.of(annotated(Map.of(Capture.VIRTUAL_INTERFACES, "net1, tap0,\"; drop,")), true)
                        .virtualInterfaces())
                .containsExactly("net1", "tap0");
        assertThat(Capture.of(annotated(Map.of()), true).dns()).isTrue();
        assertThat(Capture.of(annotated(Map.of()), false).dns()).isFalse();
        assertThat(Capture.of(annotated(Map.of(Capture.DNS, "false")), true).dns())
                .isFalse();
        assertThat(Capture.of(annotated(Map.of(Capture.DNS, "T")), false).dns()).isTrue();
        assertThat(Capture.of(annotated(Map.of(Capture.DNS, "on")), false).dns())
                .as("not a boolean, ignored")
                .isFalse();
    }

    private static NodePod annotated(Map<String, String> annotations) {
        return new NodePod("uid", "shop", "vm", Map.of(), annotations, "default", false, "Running", false, List.of());
    }

    /** Who answers new connections, until it is enough. */
    private CompletableFuture<Set<String>> answersUntil(AtomicBoolean done) {
        return CompletableFuture.supplyAsync(() -> {
            Set<String> answers = new TreeSet<>();
            try {
                while (!done.get()) {
                    answers.add(once(pod, "10.9.0.2", 8080));
                }
            } catch (IOException e) {
                answers.add(e.toString());
            }
            return answers;
        });
    }

    private static Socket connect(NetworkNamespace from, String host, int port) throws IOException {
        return from.call(() -> {
            Socket socket = new Socket();
            socket.connect(new InetSocketAddress(host, port), 2000);
            socket.setSoTimeout(2000);
            return socket;
        });
    }

    private static String once(NetworkNamespace from, String host, int port) throws IOException {
        try (Socket socket = connect(from, host, port)) {
            return ask(socket);
        }
    }

    private static String ask(Socket socket) throws IOException {
        socket.getOutputStream().write('?');
        byte[] answer = new byte[100];
        int length = socket.getInputStream().read(answer);
        return new String(answer, 0, length);
    }

    private static String ask(DatagramSocket client, String server) throws IOException {
        client.setSoTimeout(2000);
        client.send(new DatagramPacket(new byte[] {'?'}, 1, new InetSocketAddress(server, 53)));
        DatagramPacket answer = new DatagramPacket(new byte[100], 100);
        client.receive(answer);
        assertThat(answer.getAddress()).isEqualTo(InetAddress.ofLiteral(server));
        return new String(answer.getData(), 0, answer.getLength());
    }

    /** The same over UDP. */
    private static final class DatagramAnswerer implements AutoCloseable {
        private final DatagramSocket socket;
        private final String name;

        DatagramAnswerer(NetworkNamespace namespace, String address, int port, String name) throws IOException {
            this.socket = namespace.call(() -> new DatagramSocket(new InetSocketAddress(address, port)));
            this.name = name;
            Thread.ofPlatform().daemon().start(this::answer);
        }

        private void answer() {
            try {
                while (true) {
                    DatagramPacket packet = new DatagramPacket(new byte[100], 100);
                    socket.receive(packet);
                    socket.send(new DatagramPacket(name.getBytes(), name.length(), packet.getSocketAddress()));
                }
            } catch (IOException e) {
                // Closed: the test is over.
            }
        }

        @Override
        public void close() {
            socket.close();
        }
    }

    /** Answers every byte with its name. */
    private static final class Answerer implements AutoCloseable {
        private final ServerSocket server;
        private final String name;

        Answerer(NetworkNamespace namespace, int port, String name) throws IOException {
            this.server = namespace.call(() -> new ServerSocket(port));
            this.name = name;
            Thread.ofVirtual().start(this::accept);
        }

        private void accept() {
            try {
                while (true) {
                    Socket socket = server.accept();
                    Thread.ofVirtual().start(() -> answer(socket));
                }
            } catch (IOException e) {
                // Closed: the test is over.
            }
        }

        private void answer(Socket socket) {
            try (socket) {
                while (socket.getInputStream().read() >= 0) {
                    socket.getOutputStream().write(name.getBytes());
                }
            } catch (IOException e) {
                // The peer has gone: nothing more to say.
            }
        }

        @Override
        public void close() throws IOException {
            server.close();
        }
    }
}

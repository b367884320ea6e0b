package io.periplus.nodeagent;

import static org.assertj.core.api.Assertions.assertThat;

import io.periplus.linux.NetworkNamespace;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** The kubelet on a node, a pod behind it; whichever programs write the rules. */
@ParameterizedClass
@EnumSource(RuleBackend.class)
class ProbeExemptionTest {
    private static final String ID =
            "nodeagent-probe-" + ProcessHandle.current().pid();
    private static final List<InetAddress> POD = List.of(InetAddress.ofLiteral("10.9.1.1"));

    @Parameter
    private RuleBackend backend;

    private NetworkNamespace node;
    private NetworkNamespace pod;

    @BeforeEach
    void joinNodeAndPod() throws IOException {
        Shell.script(null, """
                ip netns add %1$s-node; ip netns add %1$s-pod
                ip -n %1$s-pod link add eth0 type veth peer name veth0 netns %1$s-node
                ip -n %1$s-pod addr add 10.9.1.1/24 dev eth0; ip -n %1$s-node addr add 10.9.1.254/24 dev veth0
                for end in "pod eth0" "node veth0"; do set -- $end; ip -n %1$s-$1 link set lo up; ip -n %1$s-$1 link set $2 up; done
                ip -n %1$s-pod addr add fd09:1::1/64 dev eth0 nodad; ip -n %1$s-node addr add fd09:1::fe/64 dev veth0 nodad
                ip -n %1$s-pod route add default via 10.9.1.254; ip -n %1$s-pod route add default via fd09:1::fe
                """.formatted(ID));
        node = NetworkNamespace.open(Path.of("/run/netns/" + ID + "-node"));
        pod = NetworkNamespace.open(Path.of("/run/netns/" + ID + "-pod"));
    }

    @AfterEach
    void separate() throws IOException {
        node.close();
        pod.close();
        Shell.script(null, "ip netns del %1$s-node; ip netns del %1$s-pod".formatted(ID));
    }

    @Test
    void probesReachTheApplicationOfAnEnrolledPodAndNothingElseIsTouched() throws IOException {
        ProbeExemption probes = backend.probeExemption(node, ProbeAddresses.DEFAULT);
        probes.install();
        try (ServerSocket app = pod.call(() -> new ServerSocket(8080));
                ServerSocket proxy = pod.call(() -> new ServerSocket(15006))) {
            assertThat(probe(app)).isEqualTo("10.9.1.254");
            backend.redirection(ProbeAddresses.DEFAULT, true).install(pod, Capture.DEFAULT);
            assertThat(probe(proxy)).isEqualTo("10.9.1.254");
            probes.add("a", POD);
            probes.add("a", POD);
            assertThat(probe(app)).isEqualTo("169.254.7.127");
            probes.remove("a");
            probes.remove("a");
            assertThat(probe(proxy)).isEqualTo("10.9.1.254");
        }
    }

    @Test
    void anAddressBelongsToThePodThatWasGivenItLast() throws IOException {
        ProbeExemption probes = backend.probeExemption(node, ProbeAddresses.DEFAULT);
        probes.install();
        try (ServerSocket app = pod.call(() -> new ServerSocket(8080));
                ServerSocket proxy = pod.call(() -> new ServerSocket(15006))) {
            backend.redirection(ProbeAddresses.DEFAULT, true).install(pod, Capture.DEFAULT);
            probes.add("earlier", POD);
            probes.add("later", POD);
            probes.remove("earlier");
            assertThat(probe(app)).isEqualTo("169.254.7.127");
            probes.remove("later");
            assertThat(probe(proxy)).isEqualTo("10.9.1.254");
        }
    }

    @Test
    void aNewAgentLeavesExemptWhatItFindsUntilItKnowsBetter() throws IOException {
        ProbeExemption before = backend.probeExemption(node, ProbeAddresses.DEFAULT);
        before.install();
        before.add("a", POD);
        ProbeExemption after = backend.probeExemption(node, ProbeAddresses.DEFAULT);
        after.install();
        try (ServerSocket app = pod.call(() -> new ServerSocket(8080));
                ServerSocket proxy = pod.call(() -> new ServerSocket(15006))) {
            backend.redirection(ProbeAddresses.DEFAULT, true).install(pod, Capture.DEFAULT);
            assertThat(probe(app)).isEqualTo("169.254.7.127");
            after.retain(POD);
            assertThat(probe(app)).isEqualTo("169.254.7.127");
            after.retain(List.of());
            assertThat(probe(proxy)).isEqualTo("10.9.1.254");
            after.add("a", POD);
            after.retain(List.of());
            assertThat(probe(app)).isEqualTo("169.254.7.127");
        }
    }

    @Test
    void whoRemovesAllRulesOfTheNodeFindsThemWrittenAgain() throws IOException {
        ProbeExemption probes = backend.probeExemption(node, ProbeAddresses.DEFAULT);
        probes.install();
        probes.add("a", POD);
        String whole = PodState.of(node);
        removeAllRules();
        probes.restoreIfLost();
        assertThat(PodState.of(node)).isEqualTo(whole);
        assertThat(addresses()).contains("10.9.1.1");
        probes.restoreIfLost();
        assertThat(PodState.of(node)).isEqualTo(whole);
    }

    @Test
    void aPodThatStartsAfterThatIsExemptAndOneThatEndsIsForgotten() throws IOException {
        ProbeExemption probes = backend.probeExemption(node, ProbeAddresses.DEFAULT);
        probes.install();
        probes.add("a", POD);
        removeAllRules();
        probes.add("b", List.of(InetAddress.ofLiteral("10.9.1.2")));
        probes.restoreIfLost();
        assertThat(addresses()).contains("10.9.1.1", "10.9.1.2");
        removeAllRules();
        probes.remove("a");
        probes.restoreIfLost();
        assertThat(addresses()).contains("10.9.1.2").doesNotContain("10.9.1.1");
    }

    private void removeAllRules() throws IOException {
        Shell.script(node, """
                nft flush ruleset
                for program in iptables-legacy ip6tables-legacy; do $program -t nat -F; $program -t nat -X; done
                for set in $(ipset list -name); do ipset destroy $set; done
                """);
    }

    private String addresses() throws IOException {
        return Shell.output(node, "nft list ruleset; ipset list");
    }

    @Test
    void theSameOverIpv6() throws IOException {
        ProbeExemption probes = backend.probeExemption(node, ProbeAddresses.DEFAULT);
        probes.install();
        try (ServerSocket app = pod.call(() -> new ServerSocket(8080));
                ServerSocket proxy = pod.call(() -> new ServerSocket(15006))) {
            backend.redirection(ProbeAddresses.DEFAULT, true).install(pod, Capture.DEFAULT);
            assertThat(probe("fd09:1::1", proxy)).isEqualTo("fd09:1:0:0:0:0:0:fe");
            probes.add("a", List.of(InetAddress.ofLiteral("fd09:1::1")));
            assertThat(probe("fd09:1::1", app)).isEqualTo("fd16:9254:7127:1337:ffff:ffff:ffff:ffff");
        }
    }

    private String probe(ServerSocket expected) throws IOException {
        return probe("10.9.1.1", expected);
    }

    /** Connects to the application's port; returns the address from which {@code expected} sees the connection. */
    private String probe(String address, ServerSocket expected) throws IOException {
        expected.setSoTimeout(2000);
        try (Socket client = node.call(() -> {
                    Socket socket = new Socket();
                    socket.connect(new InetSocketAddress(address, 8080), 2000);
                    return socket;
                });
                Socket accepted = expected.accept()) {
            assertThat(client.isConnected()).isTrue();
            return accepted.getInetAddress().getHostAddress();
        }
    }
}

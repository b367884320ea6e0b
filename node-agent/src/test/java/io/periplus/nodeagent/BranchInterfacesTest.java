package io.periplus.nodeagent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.periplus.linux.NetworkNamespace;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A node with a pod that Amazon's VPC CNI would have connected like this: a table of its own with a way out of the node and a host
 * route to the pod, and a rule that leads into it whatever comes from the pod.
 */
@ParameterizedClass
@EnumSource(
        value = RuleBackend.class,
        names = {"NFTABLES", "IPTABLES_NFT"})
class BranchInterfacesTest {
    private static final String ID =
            "nodeagent-branch-" + ProcessHandle.current().pid();

    private static final String POD = "10.9.1.1";
    private static final String POD6 = "fd09:1::1";

    @Parameter
    private RuleBackend backend;

    private NetworkNamespace node;
    private NetworkNamespace pod;

    @BeforeEach
    void joinNodeAndPod() throws IOException {
        Shell.script(null, """
                ip netns add %1$s-node; ip netns add %1$s-pod
                ip -n %1$s-pod link add eth0 type veth peer name eni0 netns %1$s-node
                ip -n %1$s-node link add out type veth peer name fabric netns %1$s-node
                for l in lo eni0 out fabric; do ip -n %1$s-node link set $l up; done
                for l in lo eth0; do ip -n %1$s-pod link set $l up; done
                ip -n %1$s-node addr add 10.9.0.1/32 dev out; ip -n %1$s-node addr add fd09::1/128 dev out nodad
                ip -n %1$s-pod addr add 10.9.1.1/32 dev eth0; ip -n %1$s-pod addr add fd09:1::1/128 dev eth0 nodad
                ip -n %1$s-pod route add default dev eth0
                for l in eni0 out; do
                  ip netns exec %1$s-node sh -c "echo 1 > /proc/sys/net/ipv4/conf/$l/proxy_arp; echo 0 > /proc/sys/net/ipv4/conf/$l/rp_filter"
                done
                ip netns exec %1$s-node sh -c 'echo 0 > /proc/sys/net/ipv4/conf/all/rp_filter; echo 1 > /proc/sys/net/ipv4/ip_forward'
                ip netns exec %1$s-node sh -c 'echo 0 > /proc/sys/net/ipv4/tcp_early_demux'
                for f in -4 -6; do
                  ip -n %1$s-node $f route add default dev out
                  ip -n %1$s-node $f route add default dev out table 101
                  ip -n %1$s-node $f rule add iif eni0 lookup 101 priority 10
                done
                ip -n %1$s-node rule del priority 0; ip -n %1$s-node rule add lookup local priority 20
                ip -n %1$s-node route add 10.9.1.1 dev eni0 table 101
                ip -n %1$s-node route add fd09:1::1 dev eni0 table 101
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
    void probesReachThePodOverItsOwnInterface() throws IOException {
        ProbeExemption without = backend.probeExemption(node, ProbeAddresses.DEFAULT);
        without.install();
        ProbeExemption probes = exemption();
        try (ServerSocket app = pod.call(() -> new ServerSocket(8080))) {
            backend.redirection(ProbeAddresses.DEFAULT, true).install(pod, Capture.DEFAULT);
            without.add("a", List.of(InetAddress.ofLiteral(POD)));
            assertThatThrownBy(() -> probe(app)).as("without them").isInstanceOf(IOException.class);
            probes.add("a", List.of(InetAddress.ofLiteral(POD)));
            assertThat(probe(app)).isEqualTo("169.254.7.127");
        }
    }

    @ParameterizedTest
    @CsvSource({"-4, " + POD, "-6, " + POD6})
    void theTwoRulesAreThereAsLongAsThePodIs(String family, String address) throws IOException {
        List<String> before = rules(family);
        ProbeExemption probes = exemption();
        InetAddress pod = InetAddress.ofLiteral(address);
        probes.add("a", List.of(pod));
        probes.add("a", List.of(pod));
        assertThat(rules(family))
                .containsAll(before)
                .hasSize(before.size() + 2)
                .contains("9: from all iif eni0 lookup local proto 157")
                .contains("512: from all to %s lookup 101 proto 157".formatted(address));
        probes.remove("a");
        probes.remove("a");
        assertThat(rules(family)).isEqualTo(before);
    }

    @Test
    void aNewAgentTakesAwayTheRulesOfPodsThatAreGone() throws IOException {
        List<String> before = rules("-4");
        exemption().add("a", List.of(InetAddress.ofLiteral(POD)));
        List<String> both = rules("-4");
        ProbeExemption after = exemption();
        after.retain(List.of(InetAddress.ofLiteral(POD)));
        assertThat(rules("-4")).isEqualTo(both);
        Shell.script(node, "ip rule del iif eni0 lookup 101; ip route del 10.9.1.1 table 101");
        ProbeExemption later = exemption();
        later.retain(List.of(InetAddress.ofLiteral(POD)));
        before.removeIf(rule -> rule.startsWith("10:"));
        assertThat(rules("-4")).isEqualTo(before);
    }

    @Test
    void rulesThatAreThereAlreadyAreNotWrittenTwiceAndStay() throws IOException {
        Shell.script(
                node,
                "ip rule add to 10.9.1.1 lookup 101 priority 512; ip rule add to 10.9.2.0/24 lookup main priority 512");
        List<String> before = rules("-4");
        ProbeExemption probes = exemption();
        probes.add("a", List.of(InetAddress.ofLiteral(POD)));
        assertThat(rules("-4")).hasSize(before.size() + 1);
        probes.retain(List.of());
        assertThat(rules("-4")).containsAll(before);
    }

    @Test
    void otherPodsAndOtherNodesHaveNone() throws IOException {
        List<String> before = rules("-4");
        exemption().add("b", List.of(InetAddress.ofLiteral("10.9.1.2")));
        assertThat(rules("-4")).isEqualTo(before);
        Shell.script(node, "echo 1 > /proc/sys/net/ipv4/tcp_early_demux");
        exemption().add("a", List.of(InetAddress.ofLiteral(POD)));
        assertThat(rules("-4")).isEqualTo(before);
    }

    private ProbeExemption exemption() throws IOException {
        ProbeExemption probes = backend.probeExemption(node, ProbeAddresses.DEFAULT, new BranchInterfaces(node));
        probes.install();
        return probes;
    }

    private List<String> rules(String family) throws IOException {
        return new ArrayList<>(Shell.output(node, "ip " + family + " rule")
                .lines()
                .map(line -> line.replaceAll("\\s+", " ").strip())
                .toList());
    }

    /** Returns the address from which the application sees the node's connection. */
    private String probe(ServerSocket app) throws IOException {
        app.setSoTimeout(2000);
        try (Socket client = node.call(() -> {
                    Socket socket = new Socket();
                    socket.connect(new InetSocketAddress(POD, 8080), 1000);
                    return socket;
                });
                Socket accepted = app.accept()) {
            assertThat(client.isConnected()).isTrue();
            return accepted.getInetAddress().getHostAddress();
        }
    }
}

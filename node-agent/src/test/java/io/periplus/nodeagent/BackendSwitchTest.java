package io.periplus.nodeagent;

import static org.assertj.core.api.Assertions.assertThat;

import io.periplus.linux.NetworkNamespace;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** An agent starts where an earlier one wrote rules with other programs. */
class BackendSwitchTest {
    private static final InetAddress POD = InetAddress.ofLiteral("10.9.1.1");

    private EmptyNamespace empty;
    private NetworkNamespace namespace;

    @BeforeEach
    void create() throws IOException {
        empty = EmptyNamespace.create();
        namespace = empty.namespace();
        Shell.script(
                namespace,
                "ip link set lo up; ip link add eth0 type veth peer name far; ip link set eth0 up; ip link set far up;"
                        + " ip addr add 10.9.0.1/24 dev eth0; ip addr add fd09::1/64 dev eth0 nodad");
    }

    @AfterEach
    void drop() throws IOException {
        empty.close();
    }

    @ParameterizedTest
    @CsvSource({
        "NFTABLES, IPTABLES_NFT",
        "NFTABLES, IPTABLES_LEGACY",
        "IPTABLES_NFT, NFTABLES",
        "IPTABLES_LEGACY, NFTABLES",
        "IPTABLES_NFT, IPTABLES_LEGACY",
        "IPTABLES_LEGACY, IPTABLES_NFT",
    })
    void theNewRulesTakeThePlaceOfTheOld(RuleBackend before, RuleBackend after) throws IOException {
        RedirectionRules old = before.redirection(ProbeAddresses.DEFAULT, true);
        RedirectionRules fresh = after.redirection(ProbeAddresses.DEFAULT, true);
        fresh.install(namespace, Capture.DEFAULT);
        String expected = PodState.of(namespace);
        fresh.remove(namespace);
        String nothing = PodState.of(namespace);

        old.install(namespace, Capture.DEFAULT);
        fresh.install(namespace, Capture.DEFAULT);
        try (ServerSocket proxy = namespace.call(() -> new ServerSocket(15001))) {
            assertIsRedirected(proxy, "10.9.0.2");
            assertIsRedirected(proxy, "fd09::2");
            fresh.replace(namespace, Capture.DEFAULT);
            assertThat(PodState.of(namespace)).isEqualTo(expected);
            assertIsRedirected(proxy, "10.9.0.2");
            assertIsRedirected(proxy, "fd09::2");
        }
        fresh.remove(namespace);
        assertThat(PodState.of(namespace)).isEqualTo(nothing);

        // An agent that is not to reconcile finds the old rules when it releases the pod.
        old.install(namespace, Capture.DEFAULT);
        fresh.stopCapturing(namespace);
        fresh.remove(namespace);
        assertThat(PodState.of(namespace)).isEqualTo(nothing);
    }

    @ParameterizedTest
    @CsvSource({
        "NFTABLES, IPTABLES_NFT",
        "IPTABLES_LEGACY, NFTABLES",
        "IPTABLES_NFT, IPTABLES_LEGACY",
    })
    void theNodesOldRulesStayUntilItsPodsAreKnown(RuleBackend before, RuleBackend after) throws IOException {
        ProbeExemption fresh = after.probeExemption(namespace, ProbeAddresses.DEFAULT);
        fresh.install();
        String expected = PodState.of(namespace);
        ProbeExemption old = before.probeExemption(namespace, ProbeAddresses.DEFAULT);
        old.install();
        old.retain(List.of());
        old.add("a", List.of(POD));
        String left = PodState.of(namespace);

        fresh.install();
        assertThat(PodState.of(namespace).lines().toList())
                .containsAll(left.lines().toList());
        fresh.retain(List.of(POD));
        assertThat(PodState.of(namespace)).isEqualTo(expected);
    }

    @ParameterizedTest
    @EnumSource(
            value = RuleBackend.class,
            names = {"NFTABLES", "IPTABLES_NFT", "IPTABLES_LEGACY"})
    void whatUpstreamsAgentWroteIsTakenOver(RuleBackend backend) throws IOException {
        RedirectionRules rules = backend.redirection(ProbeAddresses.DEFAULT, true);
        rules.install(namespace, Capture.DEFAULT);
        String expected = PodState.of(namespace);
        rules.remove(namespace);
        Shell.script(namespace, """
                for variant in nft legacy; do
                  iptables-$variant -t nat -N ISTIO_OUTPUT
                  iptables-$variant -t nat -A OUTPUT -p tcp -j ISTIO_OUTPUT
                  iptables-$variant -t nat -A ISTIO_OUTPUT -p tcp --dport 80 -j REDIRECT --to-ports 15001
                done
                nft -f - <<'RULES'
                table inet istio-ambient-nat {
                  chain istio-output { tcp dport 80 redirect to :15001; }
                  chain output { type nat hook output priority -100; jump istio-output; }
                }
                RULES
                """);
        String upstreams = PodState.of(namespace);
        rules.stopCapturing(namespace);
        assertThat(PodState.of(namespace)).isNotEqualTo(upstreams).doesNotContain("REDIRECT");
        rules.replace(namespace, Capture.DEFAULT);
        assertThat(PodState.of(namespace)).isEqualTo(expected);
    }

    private void assertIsRedirected(ServerSocket proxy, String host) throws IOException {
        try (Socket client = namespace.call(() -> {
                    Socket socket = new Socket();
                    socket.connect(new InetSocketAddress(host, 8080), 2000);
                    return socket;
                });
                Socket accepted = proxy.accept()) {
            assertThat(Map.of(client.isConnected(), accepted.isConnected())).isEqualTo(Map.of(true, true));
        }
    }
}

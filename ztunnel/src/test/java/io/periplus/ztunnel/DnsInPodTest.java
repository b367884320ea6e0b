package io.periplus.ztunnel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.periplus.wire.workload.GatewayAddress;
import io.periplus.wire.workload.NetworkAddress;
import io.periplus.wire.workload.Service;
import io.periplus.ztunnel.dns.Dns;
import io.periplus.ztunnel.dns.DnsSettings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A pod asks the cluster's DNS as it always did; the rules of its namespace lead the question to the proxy. */
@Timeout(30)
final class DnsInPodTest {
    private static final int A = 1;
    private static final int AAAA = 28;
    private static final int TXT = 16;
    private static final int NXDOMAIN = 3;
    private static final int SERVFAIL = 2;

    private final PodNetwork network = new PodNetwork();
    private PodHost cart;
    private NameServer cluster;
    private InetSocketAddress server;
    private TestNode node;

    @BeforeEach
    void pods() throws IOException {
        cart = network.pod("cart", true);
        PodHost dns = network.pod("dns", false);
        cluster = NameServer.in(dns);
        server = new InetSocketAddress(dns.address(), 53);
        node = new TestNode(new DnsSettings(true, DnsSettings.LOOPBACK, List.of(server), "cluster.local", "", true));
        node.enrol(cart);
        node.publish(TestNode.service("stock", "10.96.0.7", 80, 8080).build());
    }

    @AfterEach
    void close() throws IOException {
        node.close();
        cluster.close();
        network.close();
    }

    @Test
    void aNameOfTheMeshIsAnsweredByTheProxy() throws IOException {
        for (boolean stream : new boolean[] {false, true}) {
            Dns.Reply reply = ask("stock", A, 1232, stream);

            assertThat(reply.records()).containsExactly("stock. A 10.96.0.7");
            assertThat(reply.authoritative()).isTrue();
            assertThat(reply.payload()).isEqualTo(1232);
            assertThat(ask("stock.shop", AAAA, 0, stream)).isEqualTo(new Dns.Reply(0, true, false, List.of(), 0, 28));
        }
        assertThat(cluster.overUdp).hasValue(0);
    }

    @Test
    void aNameUnderAWildcardLeadsToItsWaypointAndNowhereWithoutOne() throws IOException {
        PodHost waypoint = network.pod("waypoint", true);
        node.enrol(waypoint);
        Service.Builder wildcard =
                TestNode.service("wild", "240.240.0.9", 443, 443).setHostname("*.wild.example");
        node.publish(wildcard.build());

        assertThat(ask("a.b.wild.example", A, 0, false).records()).containsExactly("a.b.wild.example. A 240.240.0.9");
        assertThat(cart.isCutOff("240.240.0.9", 443)).isTrue();
        assertThat(node.flows.of(Flow.Reporter.SOURCE).getFirst().error()).contains("no healthy upstream");

        node.publish(wildcard.setWaypoint(GatewayAddress.newBuilder()
                        .setAddress(NetworkAddress.newBuilder().setAddress(TestNode.bytes(waypoint.address())))
                        .setHboneMtlsPort(ProxyPorts.HBONE))
                .build());
        try (PodHost.EchoApp app = waypoint.echo(443)) {
            assertThat(cart.call("240.240.0.9", 443, "out")).isEqualTo("out");
            assertThat(app.peers()).containsExactly(cart.address());
        }
        await().untilAsserted(() -> assertThat(node.flows.of(Flow.Reporter.SOURCE))
                .anyMatch(ended -> "240.240.0.9:443".equals(ended.flow().hboneTarget)));
    }

    @Test
    void otherNamesAndOtherTypesAreForwarded() throws IOException {
        for (boolean stream : new boolean[] {false, true}) {
            Dns.Reply known = ask("known.example", A, 0, stream);
            assertThat(known.records()).containsExactly("known.example. A 192.0.2.53");
            assertThat(known.authoritative()).isFalse();
            assertThat(ask("nobody.example", A, 0, stream).code()).isEqualTo(NXDOMAIN);
            assertThat(ask("stock", TXT, 0, stream).code()).isEqualTo(NXDOMAIN);
        }
        assertThat(cluster.overUdp).hasValue(6);
        assertThat(cluster.overTcp).hasValue(0);
    }

    @Test
    void aLongAnswerIsCutOverUdpAndWholeOverTcp() throws IOException {
        Service.Builder many = TestNode.service("many", "10.97.0.0", 80, 8080);
        for (int i = 1; i < 256; i++) {
            many.addAddresses(
                    io.periplus.wire.workload.NetworkAddress.newBuilder().setAddress(TestNode.bytes("10.97.0." + i)));
        }
        node.publish(many.build());

        assertThat(ask("many", A, 0, false).truncated()).isTrue();
        assertThat(ask("many", A, 8192, false).records()).hasSize(256);
        assertThat(ask("many", A, 0, true).records()).hasSize(256);
        assertThat(ask("big.example", A, 0, false).truncated()).isTrue();
        assertThat(ask("big.example", A, 0, true).records()).hasSize(100);
        assertThat(cluster.overTcp).hasValue(1);
    }

    @Test
    void aResolverThatDoesNotAnswerIsAFailureInTime() throws IOException {
        assertThat(ask("silent.example", A, 0, true, 5000).code()).isEqualTo(SERVFAIL);
        assertThat(cluster.overUdp).hasValue(2);
        StringBuilder metrics = new StringBuilder();
        node.metrics.expose(metrics);
        assertThat(metrics)
                .contains("istio_dns_requests_total{request_query_type=\"a\",request_protocol=\"tcp\","
                        + "source_canonical_service=\"cart\",source_canonical_revision=\"unknown\"} 1")
                .contains("istio_dns_upstream_failures_total{request_query_type=\"a\"");
    }

    @Test
    void aConnectionCarriesSeveralQueriesAndEndsWhenIdle() throws IOException {
        try (Socket connection = cart.connect(server.getHostString(), 53)) {
            assertThat(Dns.tcp(connection, Dns.query("stock", A, 0)).records()).hasSize(1);
            assertThat(Dns.tcp(connection, Dns.query("stock.shop", A, 0)).records())
                    .hasSize(1);
            connection.setSoTimeout(8000);
            assertThat(connection.getInputStream().read()).isEqualTo(-1);
        }
    }

    @Test
    void withoutItsOwnRecordAPodGetsAFailureAndALateRecordHelps() throws IOException {
        PodHost late = network.pod("late", true);
        node.serve(late);
        try (DatagramSocket socket = late.namespace().call(DatagramSocket::new)) {
            Thread publisher = Thread.ofVirtual()
                    .start(() -> node.publish(TestNode.workload(late, io.periplus.wire.workload.TunnelProtocol.HBONE)
                            .build()));
            assertThat(Dns.udp(socket, server, Dns.query("stock", A, 0)).records())
                    .hasSize(1);
            assertThat(publisher).isNotNull();
        }
    }

    @Test
    void aServerIsAskedOverIpv6Too() throws IOException {
        InetSocketAddress six = new InetSocketAddress("fd77::ffff", 53);
        try (DatagramSocket socket = cart.namespace().call(DatagramSocket::new)) {
            assertThat(Dns.udp(socket, six, Dns.query("stock", A, 0)).records()).hasSize(1);
        }
        try (Socket connection = cart.connect(six.getHostString(), 53)) {
            assertThat(Dns.tcp(connection, Dns.query("stock", A, 0)).records()).hasSize(1);
        }
    }

    @Test
    void aPodWithoutIpv6OnItsLoopbackIsServedOverIpv4() throws IOException {
        PodHost four = network.pod("four", true);
        four.namespace().call(() -> Files.writeString(Path.of("/proc/sys/net/ipv6/conf/lo/disable_ipv6"), "1"));
        node.enrol(four);

        try (DatagramSocket socket = four.namespace().call(DatagramSocket::new)) {
            assertThat(Dns.udp(socket, server, Dns.query("stock", A, 0)).records())
                    .hasSize(1);
        }
    }

    @Test
    void aSuccessorTakesOverWithoutALostAnswer() throws Exception {
        try (TestNode successor =
                new TestNode(new DnsSettings(true, DnsSettings.LOOPBACK, List.of(server), "cluster.local", "", true))) {
            AtomicBoolean done = new AtomicBoolean();
            var asking = CompletableFuture.supplyAsync(() -> {
                int answers = 0;
                while (!done.get() || answers < 200) {
                    try {
                        answers += ask("known.example", A, 0, false).records().size();
                        answers += ask("stock", A, 0, false).records().size();
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                }
                return answers;
            });
            successor.publish(TestNode.service("stock", "10.96.0.7", 80, 8080).build());
            successor.enrol(cart);
            node.pods.drain(Duration.ofSeconds(1));
            done.set(true);

            assertThat(asking.get()).isGreaterThanOrEqualTo(200);
        }
    }

    @Test
    void aPodThatIsTakenAwayHasNoProxyAnyMore() throws IOException {
        node.pods.delete(TestNode.uid(cart));

        await().untilAsserted(
                        () -> assertThatThrownBy(() -> ask("stock", A, 0, true)).isInstanceOf(IOException.class));
    }

    @Test
    void aClientMayAskFromOnePortAgainAndAgain() throws IOException {
        try (DatagramSocket socket = cart.namespace().call(DatagramSocket::new)) {
            for (int i = 0; i < 50; i++) {
                assertThat(Dns.udp(socket, server, Dns.query("known.example", A, 0))
                                .records())
                        .hasSize(1);
            }
        }
    }

    private Dns.Reply ask(String name, int type, int payload, boolean stream) throws IOException {
        return ask(name, type, payload, stream, 4000);
    }

    private Dns.Reply ask(String name, int type, int payload, boolean stream, int patience) throws IOException {
        byte[] query = Dns.query(name, type, payload);
        if (stream) {
            try (Socket connection = cart.connect(server.getHostString(), 53)) {
                return Dns.tcp(connection, query, patience);
            }
        }
        try (DatagramSocket socket = cart.namespace().call(DatagramSocket::new)) {
            return Dns.udp(socket, server, query);
        }
    }
}

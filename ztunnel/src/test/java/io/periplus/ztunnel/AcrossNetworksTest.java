package io.periplus.ztunnel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.periplus.api.SpiffeId;
import io.periplus.api.why.Answer;
import io.periplus.api.why.PodName;
import io.periplus.api.why.ProxyName;
import io.periplus.api.why.Question;
import io.periplus.api.why.Verdict;
import io.periplus.dataplane.telemetry.MetricsRegistry;
import io.periplus.dataplane.tls.RevocationFile;
import io.periplus.dataplane.tls.Revocations;
import io.periplus.wire.authorization.Action;
import io.periplus.wire.authorization.Authorization;
import io.periplus.wire.authorization.Group;
import io.periplus.wire.authorization.Match;
import io.periplus.wire.authorization.Rules;
import io.periplus.wire.authorization.Scope;
import io.periplus.wire.authorization.StringMatch;
import io.periplus.wire.workload.GatewayAddress;
import io.periplus.wire.workload.LoadBalancing;
import io.periplus.wire.workload.NamespacedHostname;
import io.periplus.wire.workload.NetworkAddress;
import io.periplus.wire.workload.PortList;
import io.periplus.wire.workload.Service;
import io.periplus.wire.workload.TunnelProtocol;
import io.periplus.wire.workload.Workload;
import io.periplus.wire.workload.WorkloadStatus;
import java.io.IOException;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The pod {@code cart} on network1, the pod {@code stock} on network2, and a gateway to network2 between them. Each network has
 * a ztunnel of its own; that of network1 knows nothing of network2 but the gateway and that something is behind it.
 */
@Timeout(30)
final class AcrossNetworksTest {
    private static final String VIP = "10.96.0.7";
    private static final int PORT = 8080;
    private static final String AUTHORITY = "stock.shop.svc.cluster.local:80";
    private static final String STOCK = "spiffe://cluster.local/ns/shop/sa/stock";
    private static final PodName CART = new PodName(TestNode.NAMESPACE, "cart");

    private final PodNetwork network = new PodNetwork();
    private final Revocations revocations = new Revocations(new RevocationMetrics(new MetricsRegistry()));
    private final TestNode near =
            new TestNode(TestNode.Setting.ofNetwork("network1", null).with(revocations));
    private final TestNode far = new TestNode(TestNode.Setting.ofNetwork("network2", near));
    private PodHost cart;
    private PodHost stock;
    private PodHost gatewayHost;
    private PodHost.EchoApp app;
    private TestGateway gateway;

    @BeforeEach
    void networks() throws IOException {
        cart = network.pod("cart", true);
        stock = network.pod("stock", true);
        gatewayHost = network.pod("gateway", false);
        app = stock.echo(PORT);
        gateway = new TestGateway(far, gatewayHost, Map.of(AUTHORITY, stock));

        far.publish(TestNode.workload(stock, TunnelProtocol.HBONE, "stock")
                .setNetwork("network2")
                .setClusterId("cluster2")
                .build());
        far.publish(service("network2").build());
        far.serve(stock);

        near.publish(TestNode.workload(cart, TunnelProtocol.HBONE)
                .setNetwork("network1")
                .build());
        near.serve(cart);
        near.publish(service("network1").addSubjectAltNames(STOCK).build());
        near.publish(gatewayWorkload().build());
        near.publish(behind(byAddress(ProxyPorts.HBONE)).build());
    }

    @AfterEach
    void close() throws IOException {
        app.close();
        near.close();
        gateway.close();
        far.close();
        network.close();
    }

    private static Service.Builder service(String network) {
        return TestNode.service("stock", VIP, 80, PORT)
                .clearAddresses()
                .addAddresses(NetworkAddress.newBuilder().setNetwork(network).setAddress(TestNode.bytes(VIP)));
    }

    private Workload.Builder gatewayWorkload() {
        return Workload.newBuilder()
                .setUid("NetworkGateway/network2/" + gatewayHost.address() + "/0")
                .setName("eastwest-gateway")
                .setNamespace(TestGateway.IDENTITY.namespace())
                .setServiceAccount(TestGateway.IDENTITY.serviceAccount())
                .setNetwork("network2")
                .setTunnelProtocol(TunnelProtocol.HBONE)
                .addAddresses(TestNode.bytes(gatewayHost.address()));
    }

    private GatewayAddress byAddress(int port) {
        return GatewayAddress.newBuilder()
                .setAddress(NetworkAddress.newBuilder()
                        .setNetwork("network2")
                        .setAddress(TestNode.bytes(gatewayHost.address())))
                .setHboneMtlsPort(port)
                .build();
    }

    private static GatewayAddress byHostname(String hostname, int port) {
        return GatewayAddress.newBuilder()
                .setHostname(NamespacedHostname.newBuilder()
                        .setNamespace(TestGateway.IDENTITY.namespace())
                        .setHostname(hostname))
                .setHboneMtlsPort(port)
                .build();
    }

    /** All that network1 knows of the endpoints of network2: there are some. */
    private static Workload.Builder behind(GatewayAddress through) {
        return Workload.newBuilder()
                .setUid("network2/SplitHorizonWorkload/stock")
                .setName("stock-on-network2")
                .setNamespace(TestNode.NAMESPACE)
                .setNetwork("network2")
                .setTunnelProtocol(TunnelProtocol.HBONE)
                .setNetworkGateway(through)
                .putServices("shop/stock.shop.svc.cluster.local", PortList.getDefaultInstance());
    }

    private TestNode.Flows.Ended outgoing() {
        return await().until(() -> near.flows.of(Flow.Reporter.SOURCE), ended -> !ended.isEmpty())
                .getFirst();
    }

    private void fails(String... why) throws IOException {
        assertThat(cart.isCutOff(VIP, 80)).isTrue();
        assertThat(outgoing().error()).contains(why);
        // Either no route, which is no connection, or one that failed.
        assertThat(outgoing().flag()).isIn(null, ResponseFlag.CONNECT);
        assertThat(app.peers()).isEmpty();
    }

    @Test
    void aServiceIsReachedThroughTheGatewayAndKnownByWhoAnswers() throws IOException {
        assertThat(cart.call(VIP, 80, "ahoy")).isEqualTo("ahoy");

        assertThat(app.peers()).as("the pod sees the gateway").containsExactly(gatewayHost.address());
        var source = outgoing();
        assertThat(source.error()).isNull();
        assertThat(source.flow().hboneTarget).isEqualTo(AUTHORITY);
        assertThat(source.flow().nextHop.getAddress().getHostAddress()).isEqualTo(gatewayHost.address());
        assertThat(source.flow().nextHop.getPort()).isEqualTo(ProxyPorts.HBONE);
        assertThat(source.flow().destinationIdentity).hasToString(STOCK);
        assertThat(source.flow().destinationWorkload.getCanonicalName()).isEqualTo("stock");
        assertThat(source.flow().destinationWorkload.getClusterId()).isEqualTo("cluster2");
        assertThat(source.flow().service.getName()).isEqualTo("stock");
        var destination = await().until(() -> far.flows.of(Flow.Reporter.DESTINATION), ended -> !ended.isEmpty())
                .getFirst();
        assertThat(destination.flow().sourceIdentity).hasToString("spiffe://cluster.local/ns/shop/sa/cart");
        assertThat(destination.flow().sourceWorkload.getCanonicalName())
                .as("by its own word: the address is the gateway's")
                .isEqualTo("cart");
        assertThat(destination.flow().service.getName()).isEqualTo("stock");

        var asked = gateway.requests.getFirst();
        assertThat(asked.authority()).isEqualTo(AUTHORITY);
        assertThat(asked.peer()).hasToString("spiffe://cluster.local/ns/shop/sa/cart");
        assertThat(asked.header("baggage")).contains("service.name=cart");
        assertThat(asked.header("forwarded")).endsWith(";host=stock.shop.svc.cluster.local");
        assertThat(asked.header("x-forwarded-network"))
                .as("for the inner one only")
                .isNull();
    }

    @Test
    void whereBaggageIsNotBelievedTheOtherEndIsTheGatewaysWorkloadButStillItself() throws IOException {
        try (TestNode deaf = new TestNode(TestNode.Setting.ofNetwork("network1", near)
                .with(new Features(false, true, true, false, Features.OriginalSource.IF_POSSIBLE, true, true)))) {
            near.index.current().forEachWorkload(deaf::publish);
            near.index.current().forEachService(entry -> deaf.publish(entry.service()));
            near.pods.close();
            deaf.serve(cart);

            assertThat(cart.call(VIP, 80, "ahoy")).isEqualTo("ahoy");

            var flow = await().until(() -> deaf.flows.of(Flow.Reporter.SOURCE), ended -> !ended.isEmpty())
                    .getFirst()
                    .flow();
            assertThat(flow.destinationWorkload.getName()).isEqualTo("eastwest-gateway");
            assertThat(flow.destinationIdentity).hasToString(STOCK);
        }
    }

    @Test
    void theGatewayMayBeKnownByItsServicesNameWhichMapsThePort() throws IOException {
        near.publish(gatewayWorkload()
                .putServices("istio-gateways/eastwest.example", PortList.getDefaultInstance())
                .build());
        near.publish(Service.newBuilder()
                .setName("eastwest")
                .setNamespace(TestGateway.IDENTITY.namespace())
                .setHostname("eastwest.example")
                .addPorts(io.periplus.wire.workload.Port.newBuilder()
                        .setServicePort(15009)
                        .setTargetPort(ProxyPorts.HBONE))
                .build());
        near.publish(behind(byHostname("eastwest.example", 15009)).build());

        assertThat(cart.call(VIP, 80, "by name")).isEqualTo("by name");
    }

    @Test
    void aGatewayThatNamesNoPortSpeaksHboneOnTheUsualOne() throws IOException {
        near.publish(behind(byAddress(0)).build());

        assertThat(cart.call(VIP, 80, "15008")).isEqualTo("15008");
    }

    @Test
    void theOuterConnectionIsSharedAndTheInnerOneNever() throws IOException {
        try (Socket first = cart.connect(VIP, 80);
                Socket second = cart.connect(VIP, 80)) {
            assertThat(List.of(echo(first), echo(second))).containsExactly(7, 7);

            assertThat(gateway.requests).hasSize(2);
            assertThat(gateway.accepted).as("one per event loop").hasSizeLessThanOrEqualTo(2);
            assertThat(app.peers()).hasSize(2);
        }
        await().untilAsserted(() -> assertThat(gateway.open())
                .as("the inner connections have ended, the outer ones are kept")
                .isEqualTo(gateway.accepted.size()));
    }

    @Test
    void aLargeBodyArrivesWholeAndSoDoesTheAnswerAfterTheClientHasEnded() throws Exception {
        byte[] body = new byte[6 << 20];
        new Random(1).nextBytes(body);
        try (Socket socket = cart.connect(VIP, 80)) {
            Thread writer = Thread.ofVirtual().start(() -> {
                try {
                    socket.getOutputStream().write(body);
                    socket.shutdownOutput();
                } catch (IOException e) {
                    throw new IllegalStateException(e);
                }
            });
            byte[] back = socket.getInputStream().readAllBytes();
            writer.join();

            assertThat(Arrays.equals(back, body)).isTrue();
        }
        assertThat(outgoing().error()).isNull();
        assertThat(outgoing().flow().receivedBytes).isEqualTo(body.length);
    }

    @Test
    void policyIsJudgedThereByTheClientsOwnIdentity() throws IOException {
        far.policy(Authorization.newBuilder()
                .setNamespace(TestNode.NAMESPACE)
                .setName("no-cart")
                .setScope(Scope.NAMESPACE)
                .setAction(Action.DENY)
                .addGroups(Group.newBuilder()
                        .addRules(Rules.newBuilder()
                                .addMatches(Match.newBuilder()
                                        .addPrincipals(
                                                StringMatch.newBuilder().setExact("cluster.local/ns/shop/sa/cart")))))
                .build());

        fails("http status: 401");
        assertThat(far.flows.of(Flow.Reporter.DESTINATION).getFirst().flag()).isEqualTo(ResponseFlag.DENY);
    }

    @Test
    void someoneElseBehindTheGatewayIsNotAccepted() throws IOException {
        near.publish(service("network1")
                .addSubjectAltNames("spiffe://cluster.local/ns/shop/sa/other")
                .build());

        fails("through the gateway", "the server is [" + STOCK + "]", "ns/shop/sa/other");
    }

    @Test
    void aServiceThatNamesNobodyIsRefused() throws IOException {
        near.publish(service("network1").build());

        fails("on network \"network2\"", "names no identity");
        assertThat(gateway.accepted).isEmpty();
    }

    @Test
    void someoneElseInPlaceOfTheGatewayIsNotAccepted() throws IOException {
        near.publish(gatewayWorkload().setServiceAccount("other").build());

        fails("TLS with", "the server is [" + TestGateway.IDENTITY + "]");
        assertThat(gateway.requests).isEmpty();
    }

    @Test
    void withoutAGatewayNothingGoesToTheOtherNetwork() throws IOException {
        near.publish(behind(byAddress(1))
                .clearNetworkGateway()
                .addAddresses(TestNode.bytes(stock.address()))
                .build());

        fails("on network \"network2\"", "no gateway to it is known");
    }

    @Test
    void aGatewayThatNobodyKnowsIsSaidSo() throws IOException {
        near.publish(behind(byHostname("nobody.example", 15008)).build());

        fails("unknown network gateway: istio-gateways/nobody.example");
    }

    @Test
    void aServiceThatTheGatewayDoesNotKnowFailsWithItsAnswer() throws IOException {
        near.publish(service("network1")
                .clearPorts()
                .addPorts(io.periplus.wire.workload.Port.newBuilder()
                        .setServicePort(81)
                        .setTargetPort(PORT))
                .addSubjectAltNames(STOCK)
                .build());

        assertThat(cart.isCutOff(VIP, 81)).isTrue();
        assertThat(outgoing().error()).contains("http status: 404");
    }

    @Test
    void theOtherNetworkIsAskedOnlyWhenNoEndpointHereIsHealthy() throws IOException {
        PodHost local = network.pod("local", true);
        near.publish(service("network1")
                .addSubjectAltNames(STOCK)
                .setLoadBalancing(LoadBalancing.newBuilder()
                        .setMode(LoadBalancing.Mode.FAILOVER)
                        .addRoutingPreference(LoadBalancing.Scope.NETWORK))
                .build());
        Workload.Builder here =
                TestNode.workload(local, TunnelProtocol.HBONE, "stock").setNetwork("network1");
        near.publish(here.build());
        near.serve(local);
        try (PodHost.EchoApp localApp = local.echo(PORT)) {
            for (int i = 0; i < 10; i++) {
                assertThat(cart.call(VIP, 80, "near")).isEqualTo("near");
            }
            assertThat(localApp.peers()).hasSize(10);
            assertThat(app.peers()).isEmpty();

            near.publish(here.setStatus(WorkloadStatus.UNHEALTHY).build());
            assertThat(cart.call(VIP, 80, "far")).isEqualTo("far");
            assertThat(localApp.peers()).hasSize(10);
            assertThat(app.peers()).hasSize(1);

            near.publish(here.setStatus(WorkloadStatus.HEALTHY).build());
            assertThat(cart.call(VIP, 80, "near")).isEqualTo("near");
            assertThat(localApp.peers()).hasSize(11);
        }
    }

    @Test
    void aWaypointOnTheOtherNetworkIsReachedTheSameWayByTheServicesName() throws IOException {
        near.publish(Service.newBuilder()
                .setName("waypoint")
                .setNamespace(TestNode.NAMESPACE)
                .setHostname("waypoint.shop.svc.cluster.local")
                .addPorts(io.periplus.wire.workload.Port.newBuilder()
                        .setServicePort(15008)
                        .setTargetPort(15008))
                // The part of the waypoint is played by stock.
                .addSubjectAltNames(STOCK)
                .build());
        near.publish(behind(byAddress(ProxyPorts.HBONE))
                .clearServices()
                .putServices("shop/waypoint.shop.svc.cluster.local", PortList.getDefaultInstance())
                .build());
        near.publish(service("network1")
                .addSubjectAltNames("spiffe://cluster.local/ns/shop/sa/someone")
                .setWaypoint(GatewayAddress.newBuilder()
                        .setHostname(NamespacedHostname.newBuilder()
                                .setNamespace(TestNode.NAMESPACE)
                                .setHostname("waypoint.shop.svc.cluster.local"))
                        .setHboneMtlsPort(15008))
                .build());

        assertThat(cart.call(VIP, 80, "via waypoint")).isEqualTo("via waypoint");
        assertThat(gateway.requests.getFirst().authority()).isEqualTo(AUTHORITY);
    }

    @Test
    void aWorkloadOfAnotherNetworkIsNotReachedByItsAddress() {
        // A workload's own waypoint, which is on the other network.
        near.publish(Workload.newBuilder()
                .setUid("guarded")
                .setName("guarded")
                .setNamespace(TestNode.NAMESPACE)
                .setNetwork("network1")
                .setTunnelProtocol(TunnelProtocol.HBONE)
                .addAddresses(TestNode.bytes("10.77.0.200"))
                .setWaypoint(GatewayAddress.newBuilder()
                        .setAddress(byAddress(ProxyPorts.HBONE).getAddress())
                        .setHboneMtlsPort(15008))
                .build());
        Workload client = near.index.current().workload("cluster1//Pod/shop/cart");

        Route route = new OutboundRouter(near.node.resolver())
                .route(
                        near.index.current(),
                        client,
                        io.periplus.dataplane.address.IpAddress.parse(cart.address()),
                        io.periplus.dataplane.address.IpAddress.parse("10.77.0.200"),
                        PORT,
                        Set.of());

        assertThat(route)
                .isInstanceOfSatisfying(
                        Route.Refused.class,
                        refused -> assertThat(refused.reason()).contains("only services are reached across networks"));
    }

    @Test
    void peopleAreToldOfBothTunnels() throws IOException {
        WhyPage page = new WhyPage(
                new ProxyName("ztunnel", "istio-system", "ztunnel-1", "node1"), near.node, near.pods, "cluster.local");

        Answer answer = page.answer(Question.ofSource(CART, VIP, 80));

        assertThat(answer.verdict()).isEqualTo(Verdict.ALLOWED);
        assertThat(answer.reason()).contains("network2").contains("through its gateway");
        assertThat(answer.notes()).anyMatch(note -> note.contains("a second one") && note.contains(STOCK));
        assertThat(answer.next().kind()).isEqualTo("gateway");
        assertThat(answer.next().authority()).isEqualTo(AUTHORITY);
        assertThat(answer.next().expects()).containsExactly(TestGateway.IDENTITY.toString());
        try (Socket open = cart.connect(VIP, 80)) {
            assertThat(echo(open)).isEqualTo(7);
            ObjectNode connections = JsonNodeFactory.instance.objectNode();
            near.pods.active().get(TestNode.uid(cart)).describeConnections(connections);
            assertThat(connections.path("outbound").path(0).path("protocol").asText())
                    .isEqualTo("DOUBLEHBONE");
            assertThat(connections.path("outbound").path(0).path("actualDst").asText())
                    .isEqualTo(gatewayHost.address() + ":15008");
        }
    }

    @Test
    void aRevocationOfEitherEndCutsTheConnection(@TempDir Path files) throws Exception {
        for (SpiffeId revoked : List.of(SpiffeId.parse(STOCK).orElseThrow(), TestGateway.IDENTITY)) {
            Path file = files.resolve(revoked.serviceAccount() + ".crl");
            try (RevocationFile _ = RevocationFile.follow(file, revocations, Duration.ofMillis(100));
                    Socket open = cart.connect(VIP, 80)) {
                assertThat(echo(open)).isEqualTo(7);

                Files.writeString(
                        file,
                        near.ca.revoke(near.node.certificates().current(revoked).leaf()));

                assertThat(endOf(open)).as(revoked.toString()).isTrue();
            }
        }
        await().untilAsserted(() -> assertThat(near.flows.of(Flow.Reporter.SOURCE))
                .hasSize(2)
                .allMatch(ended -> ended.flag() == ResponseFlag.CERT_REVOKED));
    }

    @Test
    void theEndOfAPodOnTheOtherNetworkIsTheEndOfItsConnections() throws IOException {
        try (Socket open = cart.connect(VIP, 80)) {
            assertThat(echo(open)).isEqualTo(7);

            far.pods.close();

            assertThat(endOf(open)).isTrue();
        }
    }

    private static int echo(Socket socket) throws IOException {
        socket.getOutputStream().write(7);
        return socket.getInputStream().read();
    }

    private static boolean endOf(Socket socket) {
        try {
            return socket.getInputStream().read() < 0;
        } catch (java.net.SocketTimeoutException _) {
            return false;
        } catch (IOException _) {
            return true;
        }
    }
}

package io.periplus.ztunnel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.periplus.api.why.Answer;
import io.periplus.api.why.PodName;
import io.periplus.api.why.ProxyName;
import io.periplus.api.why.Question;
import io.periplus.dataplane.controlplane.ControlPlaneAddress;
import io.periplus.dataplane.controlplane.ControlPlaneChannels;
import io.periplus.dataplane.index.IndexStore;
import io.periplus.dataplane.testing.TestAuthority;
import io.periplus.dataplane.xds.AddressHandler;
import io.periplus.dataplane.xds.DeltaXdsClient;
import io.periplus.dataplane.xds.PolicyHandler;
import io.periplus.dataplane.xds.ProxyNode;
import io.periplus.dataplane.xds.XdsEvents;
import io.periplus.wire.workload.GatewayAddress;
import io.periplus.wire.workload.NamespacedHostname;
import io.periplus.wire.workload.TunnelProtocol;
import io.periplus.wire.workload.Workload;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A node that is told only what it asks for: {@code cart} is on it, {@code stock} and {@code waypoint} are on one that
 * knows everything, {@code outside} is in no mesh.
 */
@Timeout(60)
final class OnDemandTest {
    private static final String VIP = "10.96.0.7";
    private static final int PORT = 8080;

    @TempDir
    Path files;

    private final PodNetwork network = new PodNetwork();
    private final TestAuthority authority = new TestAuthority();
    private final IndexStore index = IndexStore.onDemand();
    private AnsweringControlPlane controlPlane;
    private ControlPlaneChannels channels;
    private DeltaXdsClient xds;
    private TestNode node;
    private TestNode other;
    private PodHost cart;
    private PodHost stock;
    private PodHost outside;

    @BeforeEach
    void start() throws Exception {
        cart = network.pod("cart", true);
        stock = network.pod("stock", true);
        outside = network.pod("outside", false);
        controlPlane = new AnsweringControlPlane(authority, "node1");
        controlPlane.publish(TestNode.workload(cart, TunnelProtocol.HBONE).build());
        controlPlane.publish(elsewhere(stock, "stock").build());
        Path roots = Files.writeString(files.resolve("root-cert.pem"), TestAuthority.pem(authority.root()));
        Path token = Files.writeString(files.resolve("istio-token"), "token");
        channels = new ControlPlaneChannels(
                new ControlPlaneAddress(controlPlane.server().uri(), roots, token, "cluster1", Map.of()));
        node = new TestNode(
                TestNode.Setting.ofNetwork("", null), index, name -> xds.ask(AddressHandler.TYPE_URL, name));
        xds = new DeltaXdsClient(
                channels,
                ProxyNode.of("ztunnel", "", "ztunnel-1", "istio-system", "cluster.local", Map.of("NODE_NAME", "node1")),
                List.of(PolicyHandler.forZtunnel(node.policies), new AddressHandler(index)),
                XdsEvents.NONE);
        xds.start();
        other = new TestNode(TestNode.Setting.ofNetwork("", node));
        node.serve(cart);
        other.publish(TestNode.workload(cart, TunnelProtocol.HBONE).build());
        other.enrol(stock, "stock");
    }

    @AfterEach
    void close() throws IOException {
        xds.close();
        channels.close();
        node.close();
        other.close();
        controlPlane.close();
        network.close();
    }

    private static Workload.Builder elsewhere(PodHost pod, String... services) {
        return TestNode.workload(pod, TunnelProtocol.HBONE, services).setNode("node2");
    }

    @Test
    void aPodIsFoundByItsAddressAndAskedForOnce() throws Exception {
        xds.synced().get(10, TimeUnit.SECONDS);
        try (PodHost.EchoApp app = stock.echo(PORT)) {
            assertThat(cart.call(stock.address(), PORT, "first")).isEqualTo("first");
            assertThat(cart.call(stock.address(), PORT, "second")).isEqualTo("second");
            assertThat(app.peers()).containsExactly(cart.address(), cart.address());
        }
        assertThat(controlPlane.asked).containsExactly("/" + stock.address());
        Flow flow = await().until(() -> node.flows.of(Flow.Reporter.SOURCE), ended -> ended.size() == 2)
                .getFirst()
                .flow();
        assertThat(flow.hboneTarget).isEqualTo(stock.address() + ":" + PORT);
        assertThat(flow.destinationIdentity).hasToString("spiffe://cluster.local/ns/shop/sa/stock");
    }

    @Test
    void aServiceComesWithItsEndpointsAndItsWaypointWhenItHasOne() throws Exception {
        PodHost waypoint = network.pod("waypoint", true);
        other.enrol(waypoint, "waypoint");
        other.publish(TestNode.service("waypoint", "10.96.0.9", ProxyPorts.HBONE, ProxyPorts.HBONE)
                .build());
        controlPlane.publish(elsewhere(waypoint, "waypoint").build());
        controlPlane.publish(TestNode.service("waypoint", "10.96.0.9", ProxyPorts.HBONE, ProxyPorts.HBONE)
                .build());
        controlPlane.publish(TestNode.service("stock", VIP, 80, PORT).build());
        GatewayAddress way = GatewayAddress.newBuilder()
                .setHboneMtlsPort(ProxyPorts.HBONE)
                .setHostname(NamespacedHostname.newBuilder()
                        .setNamespace(TestNode.NAMESPACE)
                        .setHostname(TestNode.hostname("waypoint")))
                .build();
        try (PodHost.EchoApp app = stock.echo(PORT);
                PodHost.EchoApp onWaypoint = waypoint.echo(80)) {
            assertThat(cart.call(VIP, 80, "straight")).isEqualTo("straight");
            assertThat(app.peers()).containsExactly(cart.address());

            var routed =
                    TestNode.service("stock", VIP, 80, PORT).setWaypoint(way).build();
            other.publish(routed);
            controlPlane.publish(routed);
            await().until(() -> index.current()
                    .service(TestNode.NAMESPACE, TestNode.hostname("stock"))
                    .service()
                    .hasWaypoint());
            assertThat(cart.call(VIP, 80, "by way")).isEqualTo("by way");
            assertThat(onWaypoint.peers()).containsExactly(cart.address());
        }
        assertThat(controlPlane.asked)
                .containsExactly("/" + VIP, TestNode.NAMESPACE + "/" + TestNode.hostname("waypoint"));
    }

    @Test
    void whatIsUnknownPassesThroughUntilAServiceTakesItsAddress() throws Exception {
        try (PodHost.EchoApp app = stock.echo(PORT);
                PodHost.EchoApp stranger = outside.echo(PORT)) {
            assertThat(cart.call(outside.address(), PORT, "who")).isEqualTo("who");
            assertThat(cart.call(outside.address(), PORT, "knows")).isEqualTo("knows");
            assertThat(stranger.peers()).hasSize(2);
            assertThat(controlPlane.asked).containsExactly("/" + outside.address());

            controlPlane.publish(
                    TestNode.service("stock", outside.address(), PORT, PORT).build());
            await().until(() -> index.current().service(TestNode.NAMESPACE, TestNode.hostname("stock")) != null);
            assertThat(cart.call(outside.address(), PORT, "known")).isEqualTo("known");
            assertThat(stranger.peers()).hasSize(2);
            assertThat(app.peers()).hasSize(1);
        }
    }

    @Test
    void aNewStreamAsksAgainForWhatWasAskedForAndHearsWhatHappenedMeanwhile() throws Exception {
        try (PodHost.EchoApp app = stock.echo(PORT);
                PodHost.EchoApp stranger = outside.echo(PORT)) {
            assertThat(cart.call(outside.address(), PORT, "hello")).isEqualTo("hello");
            assertThat(cart.call(stock.address(), PORT, "hello")).isEqualTo("hello");
            controlPlane.asked.clear();
            controlPlane.endStream();
            controlPlane.publish(
                    TestNode.service("stock", outside.address(), PORT, PORT).build());
            await().until(() -> index.current().service(TestNode.NAMESPACE, TestNode.hostname("stock")) != null);
            assertThat(controlPlane.asked).containsExactly("/" + outside.address(), "/" + stock.address());
            assertThat(cart.call(outside.address(), PORT, "again")).isEqualTo("again");
            assertThat(app.peers()).hasSize(2);
            assertThat(stranger.peers()).hasSize(1);
        }
    }

    @Test
    void withoutAnAnswerWhatIsKnownGoesOnAndTheRestIsRefused() throws Exception {
        try (PodHost.EchoApp app = stock.echo(PORT);
                PodHost.EchoApp stranger = outside.echo(PORT)) {
            assertThat(cart.call(stock.address(), PORT, "known")).isEqualTo("known");
            controlPlane.silence(true);
            assertThat(cart.isServed(outside.address(), PORT)).isFalse();
            assertThat(cart.call(stock.address(), PORT, "still")).isEqualTo("still");
            assertThat(stranger.peers()).isEmpty();
            assertThat(app.peers()).hasSize(2);
        }
        await().untilAsserted(() -> assertThat(node.flows.of(Flow.Reporter.SOURCE))
                .anySatisfy(ended -> assertThat(ended.error())
                        .isEqualTo(
                                "the control plane did not say within 5 s what /%s is".formatted(outside.address()))));
    }

    @Test
    void whoWantsToKnowBeforehandIsToldWhatAConnectionWouldMeet() {
        await().until(() -> index.current().workloadCount() == 1);
        controlPlane.publish(TestNode.service("stock", VIP, 80, PORT).build());
        WhyPage page = new WhyPage(
                new ProxyName("ztunnel", "istio-system", "ztunnel-1", "node1"), node.node, node.pods, "cluster.local");
        Answer answer = page.answer(Question.ofSource(new PodName(TestNode.NAMESPACE, "cart"), "stock", 80));
        assertThat(answer.target().name()).isEqualTo("shop/stock.shop.svc.cluster.local");
        assertThat(answer.next().pod()).isEqualTo(new PodName(TestNode.NAMESPACE, "stock"));
        assertThat(controlPlane.asked).containsExactly("shop/stock.shop.svc.cluster.local", "/" + VIP);
    }

    @Test
    void whoCallsIsAskedForAndReported() throws Exception {
        try (PodHost.EchoApp app = cart.echo(PORT)) {
            assertThat(stock.call(cart.address(), PORT, "through a tunnel")).isEqualTo("through a tunnel");
            assertThat(outside.call(cart.address(), PORT, "in clear")).isEqualTo("in clear");
            assertThat(app.peers()).containsExactly(stock.address(), outside.address());
        }
        assertThat(controlPlane.asked).containsExactly("/" + stock.address(), "/" + outside.address());
        List<TestNode.Flows.Ended> ended =
                await().until(() -> node.flows.of(Flow.Reporter.DESTINATION), flows -> flows.size() == 2);
        assertThat(ended.getFirst().flow().sourceWorkload.getName()).isEqualTo("stock");
        assertThat(ended.getLast().flow().sourceWorkload).isNull();
    }
}

package io.periplus.ztunnel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.periplus.wire.workload.ApplicationTunnel;
import io.periplus.wire.workload.GatewayAddress;
import io.periplus.wire.workload.NamespacedHostname;
import io.periplus.wire.workload.NetworkAddress;
import io.periplus.wire.workload.Port;
import io.periplus.wire.workload.TunnelProtocol;
import io.periplus.wire.workload.Workload;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A waypoint that is captured itself: its ztunnel ends the tunnel and hands its application what is inside. */
@Timeout(30)
final class WaypointsTest {
    private static final String VIP = "10.96.0.7";
    private static final String WAYPOINT_VIP = "10.96.0.9";
    private static final String WORKLOAD_HOSTNAME = "way.example";
    private static final int PORT = 8080;

    private final PodNetwork network = new PodNetwork();
    private final TestNode node = new TestNode();
    private PodHost cart;
    private PodHost stock;
    private PodHost waypoint;

    /** How a waypoint may be named. */
    enum Reference {
        POD_ADDRESS,
        SERVICE_ADDRESS,
        SERVICE_NAME,
        WORKLOAD_NAME
    }

    @BeforeEach
    void pods() throws IOException {
        cart = network.pod("cart", true);
        stock = network.pod("stock", true);
        waypoint = network.pod("waypoint", true);
        node.enrol(cart);
        node.enrol(stock, "stock");
        node.publish(record().build());
        node.serve(waypoint);
    }

    private Workload.Builder record() {
        return TestNode.workload(waypoint, TunnelProtocol.HBONE, "waypoint").setHostname(WORKLOAD_HOSTNAME);
    }

    private void service(int declared) {
        node.publish(
                TestNode.service("waypoint", WAYPOINT_VIP, declared, declared).build());
    }

    private GatewayAddress reference(Reference kind) {
        GatewayAddress.Builder reference = GatewayAddress.newBuilder().setHboneMtlsPort(ProxyPorts.HBONE);
        return switch (kind) {
            case POD_ADDRESS -> reference.setAddress(at(waypoint.address())).build();
            case SERVICE_ADDRESS -> reference.setAddress(at(WAYPOINT_VIP)).build();
            case SERVICE_NAME ->
                reference.setHostname(named(TestNode.hostname("waypoint"))).build();
            case WORKLOAD_NAME ->
                reference.setHostname(named(WORKLOAD_HOSTNAME)).build();
        };
    }

    private static NetworkAddress at(String address) {
        return NetworkAddress.newBuilder().setAddress(TestNode.bytes(address)).build();
    }

    private static NamespacedHostname named(String hostname) {
        return NamespacedHostname.newBuilder()
                .setNamespace(TestNode.NAMESPACE)
                .setHostname(hostname)
                .build();
    }

    @AfterEach
    void close() throws IOException {
        node.close();
        network.close();
    }

    private void assertToldAsWaypoint(String original, String service) {
        Flow flow = await().until(() -> node.flows.of(Flow.Reporter.SOURCE), ended -> !ended.isEmpty())
                .getFirst()
                .flow();
        assertThat(flow.hboneTarget).isEqualTo(original);
        assertThat(flow.destinationWorkload.getName()).isEqualTo("waypoint");
        assertThat(flow.destinationIdentity).hasToString("spiffe://cluster.local/ns/shop/sa/waypoint");
        assertThat(flow.service == null ? null : flow.service.getName()).isEqualTo(service);
        assertThat(flow.nextHop.getAddress().getHostAddress()).isEqualTo(waypoint.address());
    }

    @ParameterizedTest
    @EnumSource
    void aServicesTrafficGoesToItsWaypointHoweverThatIsNamed(Reference kind) throws IOException {
        service(ProxyPorts.HBONE);
        node.publish(TestNode.service("stock", VIP, 80, PORT)
                .setWaypoint(reference(kind))
                .build());

        try (PodHost.EchoApp app = waypoint.echo(80)) {
            assertThat(cart.call(VIP, 80, "service")).isEqualTo("service");

            assertThat(app.peers()).as("the client's own address").containsExactly(cart.address());
        }
        assertToldAsWaypoint(VIP + ":80", "stock");
    }

    @ParameterizedTest
    @EnumSource
    void aWorkloadsTrafficGoesToItsWaypointHoweverThatIsNamed(Reference kind) throws IOException {
        service(ProxyPorts.HBONE);
        node.publish(TestNode.workload(stock, TunnelProtocol.HBONE, "stock")
                .setWaypoint(reference(kind))
                .build());

        try (PodHost.EchoApp app = waypoint.echo(PORT);
                PodHost.EchoApp direct = stock.echo(PORT)) {
            assertThat(cart.call(stock.address(), PORT, "workload")).isEqualTo("workload");
            assertThat(app.peers()).containsExactly(cart.address());
            assertToldAsWaypoint(stock.address() + ":" + PORT, null);

            assertThat(waypoint.call(stock.address(), PORT, "on to it")).isEqualTo("on to it");
            assertThat(direct.peers()).containsExactly(waypoint.address());
        }
    }

    @Test
    void aWaypointThatSpeaksProxyProtocolIsReachedOnAPortThatItsServiceDoesNotDeclare() throws IOException {
        service(80);
        node.publish(record().setApplicationTunnel(ApplicationTunnel.newBuilder()
                        .setProtocol(ApplicationTunnel.Protocol.PROXY)
                        .setPort(15088))
                .build());
        node.publish(TestNode.service("stock", VIP, 80, PORT)
                .addPorts(Port.newBuilder().setServicePort(81).setTargetPort(PORT))
                .setWaypoint(reference(Reference.SERVICE_NAME))
                .build());

        try (PodHost.EchoApp app = waypoint.echo(15088)) {
            for (int port : new int[] {80, 81}) {
                byte[] echoed = cart.callForBytes(VIP, port, "hello");

                assertThat(address(echoed, 16)).as("who calls").isEqualTo(cart.address());
                assertThat(address(echoed, 20)).as("what was asked for").isEqualTo(VIP);
                assertThat((echoed[26] & 0xff) << 8 | echoed[27] & 0xff).isEqualTo(port);
                assertThat(new String(echoed, StandardCharsets.ISO_8859_1))
                        .contains("spiffe://cluster.local/ns/shop/sa/cart")
                        .endsWith("hello");
            }
            assertThat(app.peers()).containsExactly("127.0.0.1", "127.0.0.1");
        }
    }

    private static String address(byte[] bytes, int at) throws UnknownHostException {
        return InetAddress.getByAddress(Arrays.copyOfRange(bytes, at, at + 4)).getHostAddress();
    }
}

package io.periplus.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import io.grpc.Server;
import io.grpc.netty.NettyServerBuilder;
import io.periplus.api.Cidr;
import io.periplus.controlplane.Metrics;
import io.periplus.controlplane.xds.Catalog;
import io.periplus.controlplane.xds.Connections;
import io.periplus.controlplane.xds.DiscoveryService;
import io.periplus.controlplane.xds.Relations;
import io.periplus.controlplane.xds.Resources;
import io.periplus.controlplane.xds.SetKey;
import io.periplus.controlplane.xds.TypeUrls;
import io.periplus.dataplane.address.IpAddress;
import io.periplus.dataplane.controlplane.ControlPlaneAddress;
import io.periplus.dataplane.controlplane.ControlPlaneChannels;
import io.periplus.dataplane.index.IndexStore;
import io.periplus.dataplane.index.WorkloadIndex;
import io.periplus.dataplane.policy.PolicyStore;
import io.periplus.dataplane.xds.AddressHandler;
import io.periplus.dataplane.xds.DeltaXdsClient;
import io.periplus.dataplane.xds.PolicyHandler;
import io.periplus.dataplane.xds.ProxyNode;
import io.periplus.dataplane.xds.XdsEvents;
import io.periplus.wire.workload.Address;
import io.periplus.wire.workload.NetworkAddress;
import io.periplus.wire.workload.PortList;
import io.periplus.wire.workload.Service;
import io.periplus.wire.workload.Workload;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The xDS client and the xDS server of this house, when single addresses are asked for. */
class AskedAddressesTest {
    private static final String SERVICE = "shop/stock.shop";

    private final Catalog catalog = new Catalog();
    private final IndexStore index = IndexStore.onDemand();
    private Server server;
    private ControlPlaneChannels channels;
    private DeltaXdsClient client;

    @BeforeEach
    void start() throws IOException {
        serve(0);
        channels = new ControlPlaneChannels(new ControlPlaneAddress(
                URI.create("http://localhost:" + server.getPort()), (Path) null, null, "c1", Map.of()));
        client = new DeltaXdsClient(
                channels,
                ProxyNode.of("ztunnel", "10.0.0.1", "z", "istio-system", "cluster.local", Map.of("NODE_NAME", "node1")),
                List.of(PolicyHandler.forZtunnel(new PolicyStore()), new AddressHandler(index)),
                XdsEvents.NONE);
        client.start();
    }

    private void serve(int port) throws IOException {
        Metrics metrics = new Metrics();
        server = NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), port))
                .addService(
                        new DiscoveryService(catalog, new Connections(metrics), () -> true, metrics, Clock.systemUTC()))
                .build()
                .start();
    }

    @AfterEach
    void stop() {
        client.close();
        channels.close();
        server.shutdownNow();
    }

    @Test
    void whatIsOnTheNodeComesUnasked() {
        publish(workload("local", "node1", "10.1.0.5"));
        await().until(() -> index.current().workload("local") != null);
        publish(workload("far", "node2", "10.1.0.6"), workload("second", "node1", "10.1.0.7"));
        await().until(() -> index.current().workload("second") != null);
        assertThat(index.current().workload("far")).isNull();
    }

    @Test
    void eachAddressIsAnsweredUnderTheNameThatItWasAskedFor() {
        publish(workload("far", "node2", "10.1.0.6"), workload("far6", "node2", "2001:db8::1:0:0:1"));
        publish(Address.newBuilder()
                .setService(service()
                        .addAddresses(
                                NetworkAddress.newBuilder().setNetwork("n").setAddress(bytes("fd00:0::5"))))
                .build());
        for (String address : List.of("10.1.0.6", "2001:DB8:0:0:1::1", "FD00::5", "198.51.100.77", "192.0.2.1")) {
            assertThat(asked(address)).as(address).isNotNull();
        }
        assertThat(index.current().workloadAt("n", IpAddress.parse("2001:db8::1:0:0:1")))
                .isNotNull();
        assertThat(index.current().serviceAt("n", IpAddress.parse("198.51.100.77"), "shop"))
                .isNotNull();
        assertThat(index.current().serviceAt("n", IpAddress.parse("192.0.2.1"), "shop"))
                .isNull();
    }

    @Test
    void whatAppearsLaterComesAlsoWhenTheControlPlaneWasAwayMeanwhile() throws Exception {
        assertThat(asked("198.51.100.77").serviceCount()).isZero();
        assertThat(asked("10.1.0.6").workloadCount()).isZero();
        publish(workload("far", "node2", "10.1.0.6"));
        await().until(() -> index.current().workload("far") != null);

        int port = server.getPort();
        server.shutdownNow();
        server.awaitTermination();
        publish(Address.newBuilder().setService(service()).build());
        publish(Address.newBuilder()
                .setWorkload(workload("backend", "node2", "10.1.0.8").getWorkload().toBuilder()
                        .putServices(SERVICE, PortList.getDefaultInstance()))
                .build());
        await().ignoreExceptionsInstanceOf(IOException.class).until(() -> {
            serve(port);
            return true;
        });
        await().until(() -> index.current().service(SERVICE) != null
                && index.current().service(SERVICE).endpoints().size() == 1);
    }

    private WorkloadIndex asked(String address) {
        String name = index.current().toAsk("n", IpAddress.parse(address));
        assertThat(name).isNotNull();
        client.ask(AddressHandler.TYPE_URL, name);
        return await().until(index::current, current -> current.isAnswered(name));
    }

    private void publish(Address... addresses) {
        catalog.apply(Arrays.stream(addresses).map(AskedAddressesTest::update).toList());
    }

    private static Catalog.Update update(Address address) {
        String name = address.hasWorkload() ? address.getWorkload().getUid() : SERVICE;
        Relations relations =
                address.hasWorkload() ? Relations.of(address.getWorkload()) : Relations.of(address.getService());
        return new Catalog.Update(
                SetKey.ZTUNNEL_ADDRESSES, name, Resources.of(TypeUrls.ADDRESS, name, (Message) address), relations);
    }

    private static Address workload(String name, String node, String address) {
        return Address.newBuilder()
                .setWorkload(Workload.newBuilder()
                        .setUid(name)
                        .setName(name)
                        .setNamespace("shop")
                        .setNetwork("n")
                        .setNode(node)
                        .addAddresses(bytes(address)))
                .build();
    }

    /** With a block of addresses. */
    private static Service.Builder service() {
        Cidr block = Cidr.parse("198.51.100.0/24").orElseThrow();
        return Service.newBuilder()
                .setName("stock")
                .setNamespace("shop")
                .setHostname("stock.shop")
                .addAddresses(NetworkAddress.newBuilder()
                        .setNetwork("n")
                        .setAddress(ByteString.copyFrom(block.address().getAddress()))
                        .setLength(block.length()));
    }

    private static ByteString bytes(String address) {
        return ByteString.copyFrom(IpAddress.parse(address).toInetAddress().getAddress());
    }
}

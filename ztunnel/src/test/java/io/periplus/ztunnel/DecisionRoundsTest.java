package io.periplus.ztunnel;

import static org.assertj.core.api.Assertions.assertThat;

import io.periplus.dataplane.address.IpAddress;
import io.periplus.dataplane.index.IndexStore;
import io.periplus.dataplane.index.UpstreamResolver;
import io.periplus.wire.workload.Address;
import io.periplus.wire.workload.GatewayAddress;
import io.periplus.wire.workload.NamespacedHostname;
import io.periplus.wire.workload.NetworkAddress;
import io.periplus.wire.workload.Port;
import io.periplus.wire.workload.PortList;
import io.periplus.wire.workload.Service;
import io.periplus.wire.workload.TunnelProtocol;
import io.periplus.wire.workload.Workload;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Decisions of a proxy that is told what it asks for: what they ask, in order, and what comes of it. */
final class DecisionRoundsTest {
    private static final String VIP = "10.96.0.1";
    private static final String WAYPOINT = "way.shop.svc.cluster.local";
    private static final Workload CLIENT = workload("client", "10.0.0.1").build();

    private final IndexStore index = IndexStore.onDemand();
    private final OutboundRouter router = new OutboundRouter(new UpstreamResolver(new SplittableRandom(1)));
    /** What the control plane says to each name; to others, that there is nothing. */
    private final Map<String, List<Address>> mesh = new LinkedHashMap<>();

    private final List<String> asked = new ArrayList<>();

    @Test
    void aPodIsAskedForByItsAddress() {
        mesh.put("/10.0.0.2", List.of(address(workload("stock", "10.0.0.2"))));

        assertThat(route("10.0.0.2", 8080)).isInstanceOf(Route.Tunnel.class);
        assertThat(asked).containsExactly("/10.0.0.2");
        assertThat(route("10.0.0.2", 8080)).isInstanceOf(Route.Tunnel.class);
        assertThat(asked).as("once").hasSize(1);
    }

    @Test
    void whatIsHereIsNotAskedFor() {
        tell(List.of(address(workload("neighbour", "10.0.0.3"))));

        assertThat(route("10.0.0.3", 8080)).isInstanceOf(Route.Tunnel.class);
        assertThat(asked).isEmpty();
    }

    @Test
    void anAddressIsPassedThroughOnlyWhenTheControlPlaneHasSaidThatItIsUnknown() {
        assertThat(decide("192.0.2.1", 443)).isEqualTo(new Route.Undecided("/192.0.2.1", null));
        assertThat(route("192.0.2.1", 443))
                .isInstanceOfSatisfying(
                        Route.Direct.class,
                        direct -> assertThat(direct.target()).isNull());
        assertThat(route("192.0.2.1", 443)).isInstanceOf(Route.Direct.class);
        assertThat(asked).containsExactly("/192.0.2.1");
    }

    @Test
    void aServiceIsAskedForByItsAddressAndItsWaypointByName() {
        Workload.Builder way = workload("way", "10.0.0.9").putServices("shop/" + WAYPOINT, ports(15008, 15008));
        mesh.put("/" + VIP, List.of(address(service("stock", VIP, 80, 8080).setWaypoint(waypoint())), endpoint()));
        mesh.put("shop/" + WAYPOINT, List.of(address(service("way", "10.96.0.9", 15008, 15008)), address(way)));

        assertThat(route(VIP, 80)).isInstanceOfSatisfying(Route.Tunnel.class, tunnel -> {
            assertThat(tunnel.toWaypoint()).isTrue();
            assertThat(tunnel.hbone()).hasToString("/10.0.0.9:15008");
            assertThat(tunnel.authority()).isEqualTo(VIP + ":80");
        });
        assertThat(asked).containsExactly("/" + VIP, "shop/" + WAYPOINT);
    }

    @Test
    void aServiceWithoutAWaypointNeedsNothingElse() {
        mesh.put("/" + VIP, List.of(address(service("stock", VIP, 80, 8080)), endpoint()));

        assertThat(route(VIP, 80)).isInstanceOf(Route.Tunnel.class);
        assertThat(asked).containsExactly("/" + VIP);
    }

    @Test
    void aWorkloadsWaypointIsAskedForByItsAddress() {
        GatewayAddress way = GatewayAddress.newBuilder()
                .setAddress(NetworkAddress.newBuilder().setAddress(TestNode.bytes("10.0.0.9")))
                .setHboneMtlsPort(15008)
                .build();
        mesh.put("/10.0.0.2", List.of(address(workload("stock", "10.0.0.2").setWaypoint(way))));
        mesh.put("/10.0.0.9", List.of(address(workload("way", "10.0.0.9"))));

        assertThat(route("10.0.0.2", 8080))
                .isInstanceOfSatisfying(
                        Route.Tunnel.class,
                        tunnel -> assertThat(tunnel.toWaypoint()).isTrue());
        assertThat(asked).containsExactly("/10.0.0.2", "/10.0.0.9");
    }

    @Test
    void aWaypointThatTheControlPlaneDoesNotKnowRefuses() {
        mesh.put("/" + VIP, List.of(address(service("stock", VIP, 80, 8080).setWaypoint(waypoint())), endpoint()));

        assertThat(route(VIP, 80))
                .isInstanceOfSatisfying(
                        Route.Refused.class,
                        refused -> assertThat(refused.forWaypoint()).isTrue());
        assertThat(asked).containsExactly("/" + VIP, "shop/" + WAYPOINT);
    }

    @Test
    void anotherNetworksGatewayIsAskedForInThatNetwork() {
        GatewayAddress gateway = GatewayAddress.newBuilder()
                .setAddress(NetworkAddress.newBuilder().setNetwork("far").setAddress(TestNode.bytes("192.0.2.9")))
                .setHboneMtlsPort(15008)
                .build();
        Workload.Builder beyond = Workload.newBuilder()
                .setUid("beyond")
                .setName("beyond")
                .setNamespace("shop")
                .setNetwork("far")
                .setTunnelProtocol(TunnelProtocol.HBONE)
                .setNetworkGateway(gateway)
                .putServices("shop/stock.shop.svc.cluster.local", ports(80, 8080));
        Service.Builder stock =
                service("stock", VIP, 80, 8080).addSubjectAltNames("spiffe://cluster.local/ns/shop/sa/stock");
        mesh.put("/" + VIP, List.of(address(stock), address(beyond)));
        mesh.put(
                "far/192.0.2.9",
                List.of(address(workload("gateway", "192.0.2.9").setNetwork("far"))));

        assertThat(route(VIP, 80)).isInstanceOf(Route.Across.class);
        assertThat(asked).containsExactly("/" + VIP, "far/192.0.2.9");
    }

    @Test
    void aWaypointAsksWhoseItIsBeforeItTakesWhatIsForOthers() {
        Workload way = workload("way", "10.0.0.9")
                .putServices("shop/" + WAYPOINT, ports(15008, 15008))
                .build();
        tell(List.of(address(way.toBuilder())));
        mesh.put("/" + VIP, List.of(address(service("stock", VIP, 80, 8080).setWaypoint(waypoint()))));
        mesh.put("shop/" + WAYPOINT, List.of(address(service("way", "10.96.0.9", 15008, 15008))));

        assertThat(inbound(way, "10.0.0.9", VIP + ":80")).isEqualTo(new InboundTarget.Port(80, null));
        assertThat(asked).containsExactly("/" + VIP, "shop/" + WAYPOINT);
        assertThat(inbound(way, "10.0.0.9", "10.0.0.9:81")).isEqualTo(new InboundTarget.Port(81, null));
        assertThat(asked).as("its own address").hasSize(2);
        assertThat(inbound(way, "10.0.0.9", "192.0.2.1:80")).isInstanceOf(InboundTarget.Rejected.class);
    }

    @Test
    void aHostNameIsAskedForWhereItMayBe() {
        Workload stock = workload("stock", "10.0.0.2")
                .putServices("depot/stock.example", ports(80, 8080))
                .build();
        mesh.put(
                "depot/stock.example",
                List.of(address(
                        service("stock", VIP, 80, 8080).setNamespace("depot").setHostname("stock.example"))));
        tell(List.of(address(stock.toBuilder())));

        assertThat(inbound(stock, "10.0.0.2", "stock.example:80")).isEqualTo(new InboundTarget.Port(8080, null));
        assertThat(asked).containsExactly("depot/stock.example", "shop/stock.example");
        asked.clear();
        assertThat(inbound(stock, "10.0.0.2", "a.depot.svc.cluster.local:80"))
                .isInstanceOf(InboundTarget.Rejected.class);
        assertThat(asked).containsExactly("shop/a.depot.svc.cluster.local", "depot/a.depot.svc.cluster.local");
    }

    private Route decide(String destination, int port) {
        return router.route(
                index.current(), CLIENT, IpAddress.parse("10.0.0.1"), IpAddress.parse(destination), port, Set.of());
    }

    private Route route(String destination, int port) {
        return rounds(
                () -> decide(destination, port),
                route -> route instanceof Route.Undecided(String lacking, Service ignored) ? lacking : null);
    }

    private InboundTarget inbound(Workload pod, String podAddress, String authority) {
        return rounds(
                () -> InboundTarget.resolve(
                        index.current(),
                        Features.DEFAULT,
                        pod,
                        IpAddress.parse(podAddress),
                        Authority.parse(authority)),
                target -> target instanceof InboundTarget.Undecided(String lacking) ? lacking : null);
    }

    private <T> T rounds(java.util.function.Supplier<T> decision, Function<T, @Nullable String> lacking) {
        while (true) {
            T decided = decision.get();
            String name = lacking.apply(decided);
            if (name == null) {
                return decided;
            }
            assertThat(asked).as("asked for twice").doesNotContain(name);
            asked.add(name);
            tell(mesh.getOrDefault(name, List.of()));
            index.answered(List.of(name));
        }
    }

    private void tell(List<Address> addresses) {
        Map<String, Address> named = new LinkedHashMap<>();
        addresses.forEach(address -> named.put(
                address.hasWorkload()
                        ? address.getWorkload().getUid()
                        : address.getService().getNamespace() + "/"
                                + address.getService().getHostname(),
                address));
        assertThat(index.apply(named, List.of())).isEmpty();
    }

    private static Address endpoint() {
        return address(workload("stock", "10.0.0.2").putServices("shop/stock.shop.svc.cluster.local", ports(80, 8080)));
    }

    private static Workload.Builder workload(String name, String address) {
        return Workload.newBuilder()
                .setUid(name)
                .setName(name)
                .setNamespace("shop")
                .setServiceAccount(name)
                .setTunnelProtocol(TunnelProtocol.HBONE)
                .addAddresses(TestNode.bytes(address));
    }

    private static Service.Builder service(String name, String vip, int port, int target) {
        return TestNode.service(name, vip, port, target);
    }

    private static GatewayAddress waypoint() {
        return GatewayAddress.newBuilder()
                .setHostname(
                        NamespacedHostname.newBuilder().setNamespace("shop").setHostname(WAYPOINT))
                .setHboneMtlsPort(15008)
                .build();
    }

    private static PortList ports(int port, int target) {
        return PortList.newBuilder()
                .addPorts(Port.newBuilder().setServicePort(port).setTargetPort(target))
                .build();
    }

    private static Address address(Workload.Builder workload) {
        return Address.newBuilder().setWorkload(workload).build();
    }

    private static Address address(Service.Builder service) {
        return Address.newBuilder().setService(service).build();
    }
}

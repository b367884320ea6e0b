package io.periplus.ztunnel;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.periplus.dataplane.address.IpAddress;
import io.periplus.dataplane.index.IndexStore;
import io.periplus.dataplane.index.UpstreamResolver;
import io.periplus.wire.workload.Address;
import io.periplus.wire.workload.GatewayAddress;
import io.periplus.wire.workload.LoadBalancing;
import io.periplus.wire.workload.NamespacedHostname;
import io.periplus.wire.workload.NetworkAddress;
import io.periplus.wire.workload.Port;
import io.periplus.wire.workload.PortList;
import io.periplus.wire.workload.Service;
import io.periplus.wire.workload.TunnelProtocol;
import io.periplus.wire.workload.WeightedWaypoint;
import io.periplus.wire.workload.Workload;
import io.periplus.wire.workload.WorkloadStatus;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The decision table of outgoing connections, row by row. */
final class OutboundRouterTest {
    private static final String CLIENT_IP = "10.0.0.1";
    private static final String VIP = "10.96.0.1";

    private final IndexStore index = new IndexStore();
    private final OutboundRouter router = new OutboundRouter(new UpstreamResolver(new SplittableRandom(1)));
    private final Workload client = workload("client", CLIENT_IP).build();

    @BeforeEach
    void client() {
        publish(client);
    }

    @Test
    void anUnknownAddressPassesThrough() {
        assertThat(route("192.0.2.1", 443)).isInstanceOfSatisfying(Route.Direct.class, direct -> {
            assertThat(direct.address()).hasToString("/192.0.2.1:443");
            assertThat(direct.target()).isNull();
        });
    }

    @Test
    void aHboneWorkloadIsReachedThroughATunnelToItself() {
        publish(workload("stock", "10.0.0.2").build());

        assertTunnel(route("10.0.0.2", 8080), "10.0.0.2:15008", "10.0.0.2:8080", "stock");
    }

    @Test
    void aWorkloadOutsideTheMeshIsReachedInClear() {
        publish(workload("old", "10.0.0.3")
                .setTunnelProtocol(TunnelProtocol.NONE)
                .build());

        assertThat(route("10.0.0.3", 8080)).isInstanceOfSatisfying(Route.Direct.class, direct -> {
            assertThat(direct.address()).hasToString("/10.0.0.3:8080");
            assertThat(direct.target().workload().getName()).isEqualTo("old");
        });
    }

    @Test
    void aServiceIsTranslatedToAnEndpointAndItsTargetPort() {
        publish(service().build());
        publish(endpoint("stock", "10.0.0.2").build());

        assertTunnel(route(VIP, 80), "10.0.0.2:15008", "10.0.0.2:8080", "stock");
    }

    @Test
    void aServiceWithoutEndpointsFails() {
        publish(service().build());

        assertThat(route(VIP, 80))
                .isInstanceOfSatisfying(
                        Route.Refused.class,
                        refused -> assertThat(refused.reason()).contains("no healthy upstream"));
    }

    @Test
    void anUndeclaredPortFails() {
        publish(service().build());
        publish(endpoint("stock", "10.0.0.2").build());

        assertThat(route(VIP, 81)).isInstanceOf(Route.Refused.class);
    }

    @Test
    void aPassthroughServiceKeepsItsDestination() {
        publish(service()
                .setLoadBalancing(LoadBalancing.newBuilder().setMode(LoadBalancing.Mode.PASSTHROUGH))
                .build());

        assertThat(route(VIP, 80))
                .isInstanceOfSatisfying(
                        Route.Direct.class,
                        direct -> assertThat(direct.address()).hasToString("/" + VIP + ":80"));
    }

    @Test
    void aServiceWithAWaypointGoesThereWithItsOwnAddressAsAuthority() {
        publish(workload("waypoint", "10.0.0.9").build());
        publish(endpoint("stock", "10.0.0.2").build());
        publish(service().setWaypoint(waypoint("10.0.0.9")).build());

        assertTunnel(route(VIP, 80), "10.0.0.9:15008", VIP + ":80", "waypoint");
        // An address of a pod is not an address of its service.
        assertTunnel(route("10.0.0.2", 8080), "10.0.0.2:15008", "10.0.0.2:8080", "stock");
    }

    @Test
    void aWaypointByNameIsBalancedAndItsPortMapped() {
        publish(Service.newBuilder()
                .setName("waypoint")
                .setNamespace("shop")
                .setHostname("waypoint.shop.svc")
                .addPorts(Port.newBuilder().setServicePort(15008).setTargetPort(15009))
                .build());
        publish(workload("waypoint", "10.0.0.9")
                .putServices("shop/waypoint.shop.svc", PortList.getDefaultInstance())
                .build());
        publish(service()
                .setWaypoint(GatewayAddress.newBuilder()
                        .setHostname(NamespacedHostname.newBuilder()
                                .setNamespace("shop")
                                .setHostname("waypoint.shop.svc"))
                        .setHboneMtlsPort(15008))
                .build());

        assertTunnel(route(VIP, 80), "10.0.0.9:15009", VIP + ":80", "waypoint");
    }

    @Test
    void aWaypointThatResolvesToNothingFailsAndIsNotBypassed() {
        publish(endpoint("stock", "10.0.0.2").setWaypoint(waypoint("10.0.0.9")).build());
        publish(service().setWaypoint(waypoint("10.0.0.9")).build());

        assertThat(route(VIP, 80))
                .isInstanceOfSatisfying(
                        Route.Refused.class,
                        refused -> assertThat(refused.reason()).contains("unknown waypoint"));
        assertThat(route("10.0.0.2", 8080)).isInstanceOf(Route.Refused.class);
    }

    @Test
    void aWorkloadWithAWaypointGoesThereExceptFromTheWaypoint() {
        Workload waypoint = workload("waypoint", "10.0.0.9").build();
        publish(waypoint);
        publish(workload("stock", "10.0.0.2").setWaypoint(waypoint("10.0.0.9")).build());

        assertTunnel(route("10.0.0.2", 8080), "10.0.0.9:15008", "10.0.0.2:8080", "waypoint");
        Route own = router.route(
                index.current(), waypoint, IpAddress.parse("10.0.0.9"), IpAddress.parse("10.0.0.2"), 8080, Set.of());
        assertTunnel(own, "10.0.0.2:15008", "10.0.0.2:8080", "stock");
    }

    @Test
    void noInstanceOfAWaypointIsSentToAnother() {
        List<Workload> instances = List.of(
                ofWaypoint("waypoint-a", "10.0.0.8").build(),
                ofWaypoint("waypoint-b", "10.0.0.9")
                        .setStatus(WorkloadStatus.UNHEALTHY)
                        .build());
        instances.forEach(this::publish);
        publish(Service.newBuilder()
                .setName("waypoint")
                .setNamespace("shop")
                .setHostname("waypoint.shop.svc")
                .addAddresses(NetworkAddress.newBuilder().setAddress(bytes("10.96.0.9")))
                .addPorts(Port.newBuilder().setServicePort(15008).setTargetPort(15008))
                .build());
        publish(workload("stock", "10.0.0.2").setWaypoint(waypoint("10.96.0.9")).build());

        for (Workload instance : instances) {
            for (int i = 0; i < 20; i++) {
                Route own = router.route(
                        index.current(),
                        instance,
                        IpAddress.ofBytes(instance.getAddresses(0)),
                        IpAddress.parse("10.0.0.2"),
                        8080,
                        Set.of());
                assertTunnel(own, "10.0.0.2:15008", "10.0.0.2:8080", "stock");
            }
        }
    }

    @Test
    void weightedWaypointsAreSampledAndZeroWeightsFallBack() {
        publish(workload("waypoint", "10.0.0.9").build());
        publish(workload("canary", "10.0.0.8").build());
        publish(service()
                .setWaypoint(waypoint("10.0.0.9"))
                .addWeightedWaypoints(weighted("10.0.0.9", 3))
                .addWeightedWaypoints(weighted("10.0.0.8", 1))
                .build());
        Set<String> seen = new HashSet<>();
        for (int i = 0; i < 50; i++) {
            seen.add(((Route.Tunnel) route(VIP, 80)).hop().workload().getName());
        }
        assertThat(seen).containsExactlyInAnyOrder("waypoint", "canary");

        publish(service()
                .setWaypoint(waypoint("10.0.0.9"))
                .addWeightedWaypoints(weighted("10.0.0.8", 0))
                .build());
        assertTunnel(route(VIP, 80), "10.0.0.9:15008", VIP + ":80", "waypoint");
    }

    @Test
    void anotherNetworkIsRefusedWithItsReason() {
        publish(service().build());
        publish(endpoint("far", "10.9.0.2")
                .setNetwork("network2")
                .setNetworkGateway(waypoint("10.9.0.1"))
                .build());

        assertThat(route(VIP, 80))
                .isInstanceOfSatisfying(
                        Route.Refused.class,
                        refused -> assertThat(refused.reason()).contains("network2"));
    }

    @Test
    void whatWasTriedInVainIsAvoidedWhileThereIsAnother() {
        publish(service().build());
        publish(endpoint("one", "10.0.0.2").build());
        publish(endpoint("two", "10.0.0.3").build());

        for (int i = 0; i < 20; i++) {
            Route route = router.route(
                    index.current(), client, IpAddress.parse(CLIENT_IP), IpAddress.parse(VIP), 80, Set.of(uid("one")));
            assertThat(((Route.Tunnel) route).hop().workload().getName()).isEqualTo("two");
        }
    }

    @Test
    void authoritiesOfBothFamiliesParseAndOthersDoNot() {
        assertThat(Authority.parse("10.0.0.1:80")).isEqualTo(new Authority.Ip(IpAddress.parse("10.0.0.1"), 80));
        assertThat(Authority.parse("[2001:db8::1]:80")).isEqualTo(new Authority.Ip(IpAddress.parse("2001:db8::1"), 80));
        assertThat(Authority.parse("stock.shop.svc:80")).isEqualTo(new Authority.Host("stock.shop.svc", 80));
        for (String bad : new String[] {
            "",
            ":80",
            "10.0.0.1",
            "10.0.0.1:",
            "10.0.0.1:0",
            "10.0.0.1:70000",
            "a b:80",
            "10.0.0.300:80",
            "[::1:80",
            "::1:80",
            "host:8x"
        }) {
            assertThat(Authority.parse(bad)).as(bad).isNull();
        }
    }

    private Route route(String destination, int port) {
        return router.route(
                index.current(), client, IpAddress.parse(CLIENT_IP), IpAddress.parse(destination), port, Set.of());
    }

    private static void assertTunnel(Route route, String hbone, String authority, String hop) {
        assertThat(route).isInstanceOfSatisfying(Route.Tunnel.class, tunnel -> {
            assertThat(tunnel.hbone()).hasToString("/" + hbone);
            assertThat(tunnel.authority()).isEqualTo(authority);
            assertThat(tunnel.hop().workload().getName()).isEqualTo(hop);
        });
    }

    private static String uid(String name) {
        return "cluster1//Pod/shop/" + name;
    }

    private static Workload.Builder workload(String name, String address) {
        return Workload.newBuilder()
                .setUid(uid(name))
                .setName(name)
                .setNamespace("shop")
                .setServiceAccount(name)
                .setTunnelProtocol(TunnelProtocol.HBONE)
                .addAddresses(bytes(address));
    }

    private static Workload.Builder endpoint(String name, String address) {
        return workload(name, address).putServices("shop/stock.shop.svc", PortList.getDefaultInstance());
    }

    /** An instance of a waypoint; all of them have its identity. */
    private static Workload.Builder ofWaypoint(String name, String address) {
        return workload(name, address)
                .setServiceAccount("waypoint")
                .putServices("shop/waypoint.shop.svc", PortList.getDefaultInstance());
    }

    private static Service.Builder service() {
        return Service.newBuilder()
                .setName("stock")
                .setNamespace("shop")
                .setHostname("stock.shop.svc")
                .addAddresses(NetworkAddress.newBuilder().setAddress(bytes(VIP)))
                .addPorts(Port.newBuilder().setServicePort(80).setTargetPort(8080));
    }

    private static GatewayAddress waypoint(String address) {
        return GatewayAddress.newBuilder()
                .setAddress(NetworkAddress.newBuilder().setAddress(bytes(address)))
                .setHboneMtlsPort(15008)
                .build();
    }

    private static WeightedWaypoint weighted(String address, int weight) {
        return WeightedWaypoint.newBuilder()
                .setDestination(waypoint(address))
                .setWeight(weight)
                .build();
    }

    private static ByteString bytes(String address) {
        return ByteString.copyFrom(IpAddress.parse(address).toInetAddress().getAddress());
    }

    private void publish(Workload workload) {
        publish(workload.getUid(), Address.newBuilder().setWorkload(workload).build());
    }

    private void publish(Service service) {
        publish(
                service.getNamespace() + "/" + service.getHostname(),
                Address.newBuilder().setService(service).build());
    }

    private void publish(String name, Address address) {
        assertThat(index.apply(Map.of(name, address), List.of())).isEmpty();
    }
}

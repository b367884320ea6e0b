package io.periplus.ztunnel;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.UInt32Value;
import io.periplus.dataplane.address.IpAddress;
import io.periplus.dataplane.index.IndexStore;
import io.periplus.dataplane.index.Upstream;
import io.periplus.dataplane.index.UpstreamResolver;
import io.periplus.wire.workload.Address;
import io.periplus.wire.workload.ApplicationTunnel;
import io.periplus.wire.workload.GatewayAddress;
import io.periplus.wire.workload.IPFamilies;
import io.periplus.wire.workload.LoadBalancing;
import io.periplus.wire.workload.Locality;
import io.periplus.wire.workload.NamespacedHostname;
import io.periplus.wire.workload.NetworkAddress;
import io.periplus.wire.workload.NetworkMode;
import io.periplus.wire.workload.Port;
import io.periplus.wire.workload.PortList;
import io.periplus.wire.workload.Service;
import io.periplus.wire.workload.TunnelProtocol;
import io.periplus.wire.workload.WeightedWaypoint;
import io.periplus.wire.workload.Workload;
import io.periplus.wire.workload.WorkloadStatus;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** One mesh, and where a connection from the pod {@code client} (10.0.0.1, network1, zone a of region r) goes. */
final class OutboundDecisionsTest {
    private final IndexStore index = new IndexStore();
    private final OutboundRouter router = new OutboundRouter(new UpstreamResolver(new SplittableRandom(1)));
    private final Workload client = workload("client", "10.0.0.1", "fd00::1")
            .setLocality(Locality.newBuilder().setRegion("r").setZone("a"))
            .setWaypoint(at("10.0.9.9"))
            .build();

    @BeforeEach
    void mesh() {
        publish(client);
        publish(workload("way", "10.0.9.1", "fd00::9:1")
                .putServices("shop/way.svc", ports())
                .build());
        publish(service("way", "10.96.9.1", 15008, 15008).build());
        publish(workload("sandwich", "10.0.9.2")
                .putServices("shop/sandwich.svc", ports())
                .setTunnelProtocol(TunnelProtocol.NONE)
                .setApplicationTunnel(ApplicationTunnel.newBuilder()
                        .setProtocol(ApplicationTunnel.Protocol.PROXY)
                        .setPort(15088))
                .build());
        publish(service("sandwich", "10.96.9.2", 80, 80).build());
        publish(workload("outer")
                .setHostname("way.example")
                .setTunnelProtocol(TunnelProtocol.NONE)
                .build());

        publish(workload("pod", "10.0.0.2", "fd00::2")
                .putServices("shop/plain.svc", ports())
                .build());
        publish(workload("legacy", "10.0.0.3")
                .setTunnelProtocol(TunnelProtocol.NONE)
                .build());
        publish(workload("guarded", "10.0.0.4").setWaypoint(at("10.0.9.1")).build());
        publish(workload("behind-name", "10.0.0.5")
                .setWaypoint(named("way.svc"))
                .build());
        publish(workload("lost", "10.0.0.6").setWaypoint(at("10.0.9.77")).build());
        publish(workload("far", "10.9.0.2")
                .setNetwork("network2")
                .putServices("shop/mixed.svc", ports())
                .build());
        publish(workload("host", "10.1.1.1")
                .setNetworkMode(NetworkMode.HOST_NETWORK)
                .setTunnelProtocol(TunnelProtocol.NONE)
                .putServices("shop/on-host.svc", ports())
                .build());
        publish(workload("host-other", "10.1.1.1")
                .setNetworkMode(NetworkMode.HOST_NETWORK)
                .setTunnelProtocol(TunnelProtocol.NONE)
                .build());

        publish(service("plain", "10.96.0.1", 80, 8080)
                .addAddresses(vip("fd96::1"))
                .build());
        publish(service("empty", "10.96.0.2", 80, 8080).build());
        publish(service("bound", "10.96.0.3", 80, 8080)
                .addAddresses(vip("fd96::3"))
                .setWaypoint(at("10.0.9.1"))
                .build());
        publish(service("bound-name", "10.96.0.4", 80, 8080)
                .setWaypoint(named("way.svc"))
                .build());
        publish(service("bound-vip", "10.96.0.5", 80, 8080)
                .setWaypoint(at("10.96.9.1"))
                .build());
        publish(service("bound-outer", "10.96.0.6", 80, 8080)
                .setWaypoint(named("way.example"))
                .build());
        publish(service("bound-sandwich", "10.96.0.7", 80, 8080)
                .setWaypoint(named("sandwich.svc"))
                .build());
        publish(service("bound-lost", "10.96.0.8", 80, 8080)
                .setWaypoint(named("nobody.svc"))
                .build());
        publish(service("through", "10.96.0.9", 80, 8080)
                .setLoadBalancing(mode(LoadBalancing.Mode.PASSTHROUGH))
                .build());
        publish(service("through-bound", "10.96.0.10", 80, 8080)
                .setLoadBalancing(mode(LoadBalancing.Mode.PASSTHROUGH))
                .setWaypoint(at("10.0.9.1"))
                .build());
        publish(service("mixed", "10.96.0.11", 80, 8080).build());
        publish(service("on-host", "10.96.0.12", 80, 8080).build());
        publish(service("far-way", "10.96.0.13", 80, 8080)
                .setWaypoint(GatewayAddress.newBuilder()
                        .setAddress(NetworkAddress.newBuilder()
                                .setNetwork("network2")
                                .setAddress(bytes("10.9.0.2")))
                        .setHboneMtlsPort(15008)
                        .build())
                .build());
        publish(Service.newBuilder()
                .setName("block")
                .setNamespace("shop")
                .setHostname("block.svc")
                .addAddresses(NetworkAddress.newBuilder()
                        .setNetwork("network1")
                        .setAddress(bytes("198.51.100.0"))
                        .setLength(24))
                .addPorts(Port.newBuilder().setServicePort(443).setTargetPort(443))
                .setWaypoint(at("10.0.9.1"))
                .build());
    }

    @ParameterizedTest(name = "{0} -> {1}")
    @CsvSource(textBlock = """
            # what nobody knows passes through
            192.0.2.1:443,       pass 192.0.2.1:443
            [2001:db8::1]:443,   pass [2001:db8::1]:443
            # workloads: as they speak, through their own waypoint, never through that of a service
            10.0.0.2:8080,       tunnel pod 10.0.0.2:15008 for 10.0.0.2:8080
            [fd00::2]:8080,      tunnel pod [fd00::2]:15008 for [fd00::2]:8080
            10.0.0.3:8080,       clear legacy 10.0.0.3:8080
            10.0.0.4:8080,       tunnel way 10.0.9.1:15008 for 10.0.0.4:8080
            10.0.0.5:8080,       tunnel way 10.0.9.1:15008 for 10.0.0.5:8080
            10.0.0.6:8080,       refused unknown waypoint
            10.0.9.1:80,         tunnel way 10.0.9.1:15008 for 10.0.9.1:80
            # an address of another network means nothing here; nodes' addresses are not those of their pods
            10.9.0.2:8080,       pass 10.9.0.2:8080
            10.1.1.1:8080,       pass 10.1.1.1:8080
            # services: an endpoint and its port, the family as asked
            10.96.0.1:80,        tunnel pod 10.0.0.2:15008 for 10.0.0.2:8080
            [fd96::1]:80,        tunnel pod [fd00::2]:15008 for [fd00::2]:8080
            10.96.0.1:81,        refused no healthy upstream
            10.96.0.2:80,        refused no healthy upstream
            10.96.0.12:80,       clear host 10.1.1.1:8080
            # services with a waypoint: the address that was asked for stays the authority
            10.96.0.3:80,        tunnel way 10.0.9.1:15008 for 10.96.0.3:80
            [fd96::3]:80,        tunnel way 10.0.9.1:15008 for [fd96::3]:80
            10.96.0.3:9999,      tunnel way 10.0.9.1:15008 for 10.96.0.3:9999
            10.96.0.4:80,        tunnel way 10.0.9.1:15008 for 10.96.0.4:80
            10.96.0.5:80,        tunnel way 10.0.9.1:15008 for 10.96.0.5:80
            10.96.0.6:80,        by name way.example:15008 for 10.96.0.6:80
            10.96.0.7:80,        tunnel sandwich 10.0.9.2:15008 for 10.96.0.7:80
            10.96.0.8:80,        refused unknown waypoint
            198.51.100.7:443,    tunnel way 10.0.9.1:15008 for 198.51.100.7:443
            # PASSTHROUGH is no reason to leave out a waypoint
            10.96.0.9:80,        pass 10.96.0.9:80
            10.96.0.10:80,       tunnel way 10.0.9.1:15008 for 10.96.0.10:80
            # other networks need a gateway
            10.96.0.11:80,       refused no gateway to it is known
            10.96.0.13:80,       refused no gateway to it is known
            """)
    void aDestinationLeadsThere(String destination, String expected) {
        String route = describe(route(destination, client, Set.of()));

        if (expected.startsWith("refused ")) {
            assertThat(route).startsWith("refused ").contains(expected.substring("refused ".length()));
        } else {
            assertThat(route).isEqualTo(expected);
        }
    }

    @Test
    void aWaypointByNameHasTheFamilyThatWasAskedForIfItCan() {
        publish(service("six", "fd96::66", 80, 8080)
                .setWaypoint(named("way.svc"))
                .build());

        assertThat(describe(route("[fd96::66]:80", client, Set.of())))
                .isEqualTo("tunnel way [fd00::9:1]:15008 for [fd96::66]:80");
    }

    @Test
    void theWaypointItselfReachesItsWorkloadsDirectlyButNotItsServices() {
        Workload way = index.current().workload("uid-way");
        Route own = router.route(
                index.current(), way, IpAddress.parse("10.0.9.1"), IpAddress.parse("10.0.0.4"), 8080, Set.of());
        assertThat(describe(own)).isEqualTo("tunnel guarded 10.0.0.4:15008 for 10.0.0.4:8080");

        Route elsewhere = router.route(
                index.current(), way, IpAddress.parse("10.0.9.50"), IpAddress.parse("10.0.0.4"), 8080, Set.of());
        assertThat(describe(elsewhere)).as("its identity from another address").contains("tunnel way");

        Route service = router.route(
                index.current(), way, IpAddress.parse("10.0.9.1"), IpAddress.parse("10.96.0.3"), 80, Set.of());
        assertThat(describe(service)).contains("tunnel way");
    }

    @ParameterizedTest
    @CsvSource({"100, 0, 1.00", "0, 100, 0.00", "75, 25, 0.75", "0, 0, 1.00" // then the only one that is not weighted
    })
    void weightedWaypointsShareConnections(int primary, int canary, double share) {
        publish(workload("canary", "10.0.9.3").build());
        publish(service("weighted", "10.96.1.1", 80, 8080)
                .setWaypoint(at("10.0.9.1"))
                .addWeightedWaypoints(WeightedWaypoint.newBuilder()
                        .setDestination(at("10.0.9.1"))
                        .setWeight(primary))
                .addWeightedWaypoints(WeightedWaypoint.newBuilder()
                        .setDestination(at("10.0.9.3"))
                        .setWeight(canary))
                .build());

        double way = picks("10.96.1.1:80", 2000).getOrDefault("way", 0) / 2000.0;

        assertThat(way).isBetween(share - 0.04, share + 0.04);
    }

    @Test
    void endpointsOfOtherNetworksAreUsedOnlyWhenLocalOnesAreUnhealthy() {
        Service.Builder near = service("near", "10.96.1.2", 80, 8080)
                .setLoadBalancing(LoadBalancing.newBuilder()
                        .setMode(LoadBalancing.Mode.FAILOVER)
                        .addRoutingPreference(LoadBalancing.Scope.NETWORK)
                        .addRoutingPreference(LoadBalancing.Scope.REGION)
                        .addRoutingPreference(LoadBalancing.Scope.ZONE));
        publish(near.build());
        publish(endpoint("same-zone", "10.0.2.1", "near", "network1", "r", "a").build());
        publish(endpoint("same-region", "10.0.2.2", "near", "network1", "r", "b")
                .build());
        publish(endpoint("elsewhere", "10.0.2.3", "near", "network1", "q", "a").build());
        publish(endpoint("remote-near", "10.9.2.4", "near", "network2", "r", "a")
                .build());
        publish(endpoint("remote-far", "10.9.2.5", "near", "network2", "q", "a").build());

        assertThat(picks("10.96.1.2:80", 20)).containsOnlyKeys("same-zone");
        for (String[] next : new String[][] {
            {"same-zone", "10.0.2.1", "r", "a", "same-region"}, {"same-region", "10.0.2.2", "r", "b", "elsewhere"}
        }) {
            publish(endpoint(next[0], next[1], "near", "network1", next[2], next[3])
                    .setStatus(WorkloadStatus.UNHEALTHY)
                    .build());
            assertThat(picks("10.96.1.2:80", 20)).containsOnlyKeys(next[4]);
        }
        publish(endpoint("elsewhere", "10.0.2.3", "near", "network1", "q", "a")
                .setStatus(WorkloadStatus.UNHEALTHY)
                .build());
        assertThat(describe(route("10.96.1.2:80", client, Set.of())))
                .startsWith("refused")
                .contains("uid-remote-near");
    }

    @Test
    void strictMeansNoneRatherThanAnother() {
        publish(service("strict", "10.96.1.3", 80, 8080)
                .setLoadBalancing(
                        mode(LoadBalancing.Mode.STRICT).toBuilder().addRoutingPreference(LoadBalancing.Scope.ZONE))
                .build());
        publish(endpoint("other-zone", "10.0.3.1", "strict", "network1", "r", "b")
                .build());
        assertThat(describe(route("10.96.1.3:80", client, Set.of()))).startsWith("refused no healthy upstream");

        publish(endpoint("this-zone", "10.0.3.2", "strict", "network1", "r", "a")
                .build());
        assertThat(picks("10.96.1.3:80", 20)).containsOnlyKeys("this-zone");
    }

    @Test
    void healthAndCapacityAndAddressesDecideWhoIsAnEndpoint() {
        publish(service("some", "10.96.1.4", 80, 8080).build());
        publish(endpoint("ill", "10.0.4.1", "some", "network1", "r", "a")
                .setStatus(WorkloadStatus.UNHEALTHY)
                .build());
        publish(endpoint("nobody", "", "some", "network1", "r", "a").build());
        publish(endpoint("full", "10.0.4.2", "some", "network1", "r", "a")
                .setCapacity(UInt32Value.of(0))
                .build());
        assertThat(describe(route("10.96.1.4:80", client, Set.of()))).startsWith("refused no healthy upstream");

        publish(endpoint("one", "10.0.4.3", "some", "network1", "r", "a").build());
        publish(endpoint("three", "10.0.4.4", "some", "network1", "r", "a")
                .setCapacity(UInt32Value.of(3))
                .build());
        Map<String, Integer> picks = picks("10.96.1.4:80", 2000);
        assertThat(picks).containsOnlyKeys("one", "three");
        assertThat(picks.get("three")).isBetween(1420, 1580);

        publish(service("some", "10.96.1.4", 80, 8080)
                .setLoadBalancing(LoadBalancing.newBuilder().setHealthPolicy(LoadBalancing.HealthPolicy.ALLOW_ALL))
                .build());
        assertThat(picks("10.96.1.4:80", 200)).containsOnlyKeys("ill", "one", "three");
    }

    @Test
    void anEndpointThatLacksANamedPortIsPassedOver() {
        publish(service("named", "10.96.1.5", 80, 0).build());
        publish(endpoint("without", "10.0.5.1", "named", "network1", "r", "a").build());
        publish(endpoint("with", "10.0.5.2", "named", "network1", "r", "a")
                .putServices(
                        "shop/named.svc",
                        PortList.newBuilder()
                                .addPorts(Port.newBuilder().setServicePort(80).setTargetPort(9090))
                                .build())
                .build());

        assertThat(picks("10.96.1.5:80", 20)).containsOnlyKeys("with");
        assertThat(describe(route("10.96.1.5:80", client, Set.of()))).endsWith("for 10.0.5.2:9090");
    }

    @ParameterizedTest
    @CsvSource({
        "AUTOMATIC, 10.96.1.6:80, 10.0.0.20:8080",
        "AUTOMATIC, [fd96::16]:80, [fd00::20]:8080",
        "DUAL, [fd96::16]:80, [fd00::20]:8080",
        "IPV4_ONLY, 10.96.1.6:80, 10.0.0.20:8080",
        "IPV4_ONLY, [fd96::16]:80, 10.0.0.20:8080",
        "IPV6_ONLY, 10.96.1.6:80, [fd00::20]:8080",
    })
    void theFamilyIsAsTheServiceAllowsThenAsAsked(IPFamilies families, String destination, String target) {
        publish(service("dual", "10.96.1.6", 80, 8080)
                .addAddresses(vip("fd96::16"))
                .setIpFamilies(families)
                .build());
        publish(workload("dual-pod", "10.0.0.20", "fd00::20")
                .putServices("shop/dual.svc", ports())
                .build());

        assertThat(describe(route(destination, client, Set.of()))).endsWith("for " + target);
    }

    private Map<String, Integer> picks(String destination, int times) {
        Map<String, Integer> picks = new TreeMap<>();
        IntStream.range(0, times)
                .mapToObj(i -> route(destination, client, Set.of()))
                .forEach(route ->
                        picks.merge(((Route.Tunnel) route).hop().workload().getName(), 1, Integer::sum));
        return picks;
    }

    private Route route(String destination, Workload from, Set<String> avoid) {
        Authority.Ip to = (Authority.Ip) Authority.parse(destination);
        return router.route(index.current(), from, IpAddress.parse("10.0.0.1"), to.address(), to.port(), avoid);
    }

    private static String describe(Route route) {
        return switch (route) {
            case Route.Tunnel tunnel ->
                "tunnel %s %s for %s"
                        .formatted(tunnel.hop().workload().getName(), text(tunnel.hbone()), tunnel.authority());
            case Route.Across across ->
                "across %s %s to %s for %s"
                        .formatted(
                                across.gateway().workload().getName(),
                                text(across.hbone()),
                                across.beyond().workload().getName(),
                                across.authority());
            case Route.Direct direct when direct.target() == null -> "pass " + text(direct.address());
            case Route.Direct direct -> "clear " + name(direct.target()) + " " + text(direct.address());
            case Route.Named named ->
                "by name %s:%d for %s"
                        .formatted(
                                named.hop().workload().getHostname(),
                                named.hop().port(),
                                named.authority());
            case Route.Refused refused -> "refused " + refused.reason();
            case Route.Undecided undecided -> "undecided " + undecided.lacking();
        };
    }

    private static String name(Upstream upstream) {
        return upstream.workload().getName();
    }

    private static String text(InetSocketAddress address) {
        return Authority.of(IpAddress.of(address.getAddress()), address.getPort());
    }

    private static Workload.Builder workload(String name, String... addresses) {
        Workload.Builder workload = Workload.newBuilder()
                .setUid("uid-" + name)
                .setName(name)
                .setNamespace("shop")
                .setServiceAccount(name)
                .setNetwork("network1")
                .setTunnelProtocol(TunnelProtocol.HBONE);
        for (String address : addresses) {
            workload.addAddresses(bytes(address));
        }
        return workload;
    }

    private static Workload.Builder endpoint(
            String name, String address, String service, String network, String region, String zone) {
        return (address.isEmpty() ? workload(name) : workload(name, address))
                .setNetwork(network)
                .setLocality(Locality.newBuilder().setRegion(region).setZone(zone))
                .putServices("shop/" + service + ".svc", ports());
    }

    private static PortList ports() {
        return PortList.getDefaultInstance();
    }

    private static Service.Builder service(String name, String address, int port, int targetPort) {
        return Service.newBuilder()
                .setName(name)
                .setNamespace("shop")
                .setHostname(name + ".svc")
                .addAddresses(vip(address))
                .addPorts(Port.newBuilder().setServicePort(port).setTargetPort(targetPort));
    }

    private static LoadBalancing mode(LoadBalancing.Mode mode) {
        return LoadBalancing.newBuilder().setMode(mode).build();
    }

    private static NetworkAddress vip(String address) {
        return NetworkAddress.newBuilder()
                .setNetwork("network1")
                .setAddress(bytes(address))
                .build();
    }

    private static GatewayAddress at(String address) {
        return GatewayAddress.newBuilder()
                .setAddress(vip(address))
                .setHboneMtlsPort(15008)
                .build();
    }

    private static GatewayAddress named(String hostname) {
        return GatewayAddress.newBuilder()
                .setHostname(
                        NamespacedHostname.newBuilder().setNamespace("shop").setHostname(hostname))
                .setHboneMtlsPort(15008)
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

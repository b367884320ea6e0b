package io.periplus.dataplane.index;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import com.google.protobuf.UInt32Value;
import io.periplus.dataplane.address.IpAddress;
import io.periplus.wire.workload.GatewayAddress;
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
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Lookups of the index and the choice of endpoints. */
class WorkloadIndexTest {
    private static final String NETWORK = "network1";
    private static final IpAddress VIP = IpAddress.parse("10.96.0.10");
    private static final Workload CLIENT = workload("client", "10.1.0.1").build();
    private final UpstreamResolver resolver = new UpstreamResolver(new Random(1));

    @Test
    void aMapKeepsItsOlderVersionsWhileItChanges() {
        Random random = new Random(7);
        Map<Integer, Integer> expected = new HashMap<>();
        PersistentMap<Integer, Integer> map = PersistentMap.empty();
        for (int i = 0; i < 20_000; i++) {
            int key = random.nextInt(3000) << random.nextInt(18);
            PersistentMap<Integer, Integer> before = map;
            Integer old = before.get(key);
            if (random.nextInt(3) == 0) {
                map = map.without(key);
                expected.remove(key);
            } else {
                map = map.with(key, i);
                expected.put(key, i);
            }
            assertThat(before.get(key)).isEqualTo(old);
            assertThat(map.size()).isEqualTo(expected.size());
        }
        Map<Integer, Integer> seen = new HashMap<>();
        map.forEach(seen::put);
        assertThat(seen).isEqualTo(expected);
    }

    @Test
    void keysWithEqualHashesStayApart() {
        PersistentMap<String, Integer> map = PersistentMap.<String, Integer>empty()
                .with("Aa", 1)
                .with("BB", 2)
                .with("Aa", 3);
        assertThat(map.get("Aa")).isEqualTo(3);
        assertThat(map.get("BB")).isEqualTo(2);
        assertThat(map.without("Aa").get("BB")).isEqualTo(2);
        assertThat(map.without("Aa").get("Aa")).isNull();
    }

    @Test
    void endpointsMayArriveBeforeTheirServiceAndSurviveItsUpdate() {
        WorkloadIndex index = index(backend("a", "10.1.0.5"));
        assertThat(index.service("shop", "api.shop")).isNull();
        index = index.edit().put(service().build()).build();
        assertThat(endpoints(index)).containsExactly("a");
        index = index.edit().put(service().setCanonical(true).build()).build();
        assertThat(endpoints(index)).containsExactly("a");
        index = index.edit()
                .put(backend("a", "10.1.0.5").clearServices().build())
                .build();
        assertThat(endpoints(index)).isEmpty();
    }

    @Test
    void removingAWorkloadRemovesItsAddressesAndEndpoints() {
        WorkloadIndex before =
                index(backend("a", "10.1.0.5")).edit().put(service().build()).build();
        WorkloadIndex after = before.edit().remove("a").build();
        assertThat(after.workloadAt(NETWORK, IpAddress.parse("10.1.0.5"))).isNull();
        assertThat(endpoints(after)).isEmpty();
        assertThat(endpoints(before)).containsExactly("a");
        assertThat(after.edit().remove("shop/api.shop").build().serviceAt(NETWORK, VIP, "shop"))
                .isNull();
    }

    @Test
    void anAddressMeansAWorkloadBeforeAService() {
        WorkloadIndex index =
                index(backend("a", "10.96.0.10")).edit().put(service().build()).build();
        assertThat(index.find(NETWORK, VIP, "shop")).isInstanceOf(Addressed.OfWorkload.class);
        assertThat(index.find("network2", VIP, "shop")).isNull();
    }

    @Test
    void aSharedAddressBelongsToThePodAndHostNetworkPodsHaveNone() {
        IpAddress address = IpAddress.parse("10.1.0.5");
        WorkloadIndex index = index(
                workload("entry", "10.1.0.5").setTunnelProtocol(TunnelProtocol.HBONE),
                workload("cluster1//Pod/shop/a", "10.1.0.5"),
                workload("cluster1//Pod/shop/b", "10.1.0.6").setNetworkMode(NetworkMode.HOST_NETWORK));
        assertThat(index.workloadAt(NETWORK, address).getUid()).isEqualTo("cluster1//Pod/shop/a");
        assertThat(index.workloadAt(NETWORK, IpAddress.parse("10.1.0.6"))).isNull();
    }

    @Test
    void ofServicesThatShareAnAddressTheClientsNamespaceWinsThenTheCanonical() {
        WorkloadIndex index = WorkloadIndex.empty()
                .edit()
                .put(service().setNamespace("one").build())
                .put(service().setNamespace("two").setCanonical(true).build())
                .put(service()
                        .setNamespace("three")
                        .setVisibility(Service.Visibility.NAMESPACE)
                        .setCanonical(true)
                        .build())
                .build();
        assertThat(index.serviceAt(NETWORK, VIP, "one").service().getNamespace())
                .isEqualTo("one");
        assertThat(index.serviceAt(NETWORK, VIP, "four").service().getNamespace())
                .isEqualTo("two");
        assertThat(index.serviceAt(NETWORK, VIP, "three").service().getNamespace())
                .isEqualTo("three");
    }

    @Test
    void aBlockIsUsedWhenNoAddressMatchesAndTheLongerPrefixWins() {
        WorkloadIndex index = WorkloadIndex.empty()
                .edit()
                .put(block("wide", "10.0.0.0", 8))
                .put(block("narrow", "10.96.0.0", 16))
                .put(service().build())
                .build();
        assertThat(index.serviceAt(NETWORK, VIP, "shop").key()).isEqualTo("shop/api.shop");
        assertThat(index.serviceAt(NETWORK, IpAddress.parse("10.96.9.9"), "x").key())
                .isEqualTo("shop/narrow");
        assertThat(index.serviceAt(NETWORK, IpAddress.parse("10.3.0.1"), "x").key())
                .isEqualTo("shop/wide");
        assertThat(index.edit()
                        .remove("shop/narrow")
                        .build()
                        .serviceAt(NETWORK, IpAddress.parse("10.96.9.9"), "x")
                        .key())
                .isEqualTo("shop/wide");
    }

    @Test
    void anUnknownDestinationPassesThroughAndAServiceWithoutEndpointsIsRefused() {
        WorkloadIndex index = index().edit().put(service().build()).build();
        assertThat(destination(index, IpAddress.parse("192.0.2.1"), 80)).isInstanceOf(Choice.Passthrough.class);
        assertThat(destination(index, VIP, 80))
                .isInstanceOfSatisfying(
                        Choice.Refused.class,
                        refused -> assertThat(refused.reason()).startsWith("no healthy upstream"));
    }

    @Test
    void anUndeclaredPortAndAnUnhealthyEndpointAreRefused() {
        WorkloadIndex index =
                index(backend("a", "10.1.0.5")).edit().put(service().build()).build();
        assertThat(destination(index, VIP, 81)).isInstanceOf(Choice.Refused.class);
        WorkloadIndex sick = index.edit()
                .put(backend("a", "10.1.0.5")
                        .setStatus(WorkloadStatus.UNHEALTHY)
                        .build())
                .build();
        assertThat(destination(sick, VIP, 80)).isInstanceOf(Choice.Refused.class);
        WorkloadIndex anyway = sick.edit()
                .put(service()
                        .setLoadBalancing(
                                LoadBalancing.newBuilder().setHealthPolicy(LoadBalancing.HealthPolicy.ALLOW_ALL))
                        .build())
                .build();
        assertThat(chosen(anyway, VIP, 80).workload().getUid()).isEqualTo("a");
    }

    @Test
    void theEndpointsPortMappingComesBeforeTheServicesTargetPort() {
        WorkloadIndex index = index(backend("a", "10.1.0.5"))
                .edit()
                .put(service()
                        .clearPorts()
                        .addPorts(Port.newBuilder().setServicePort(80).setTargetPort(9090))
                        .addPorts(Port.newBuilder().setServicePort(81).setTargetPort(9091))
                        .addPorts(Port.newBuilder().setServicePort(82))
                        .build())
                .build();
        assertThat(chosen(index, VIP, 80).port()).isEqualTo(8080);
        assertThat(chosen(index, VIP, 81).port()).isEqualTo(9091);
        assertThat(destination(index, VIP, 82)).as("named port nobody maps").isInstanceOf(Choice.Refused.class);
    }

    @Test
    void capacityWeighsAndZeroTakesAnEndpointOut() {
        WorkloadIndex index = index(
                        backend("a", "10.1.0.5").setCapacity(UInt32Value.of(3)),
                        backend("b", "10.1.0.6"),
                        backend("c", "10.1.0.7").setCapacity(UInt32Value.of(0)))
                .edit()
                .put(service().build())
                .build();
        Map<String, Integer> hits = new HashMap<>();
        for (int i = 0; i < 4000; i++) {
            hits.merge(chosen(index, VIP, 80).workload().getUid(), 1, Integer::sum);
        }
        assertThat(hits.keySet()).containsExactlyInAnyOrder("a", "b");
        assertThat(hits.get("a")).isBetween(2800, 3200);
    }

    @Test
    void anAvoidedEndpointIsUsedOnlyWhenNoOtherIsLeft() {
        WorkloadIndex index = index(backend("a", "10.1.0.5"), backend("b", "10.1.0.6"))
                .edit()
                .put(service().build())
                .build();
        assertThat(resolver.forDestination(index, CLIENT, VIP, 80, Set.of("a")))
                .isInstanceOfSatisfying(
                        Choice.Chosen.class,
                        c -> assertThat(c.upstream().workload().getUid()).isEqualTo("b"));
        assertThat(resolver.forDestination(index, CLIENT, VIP, 80, Set.of("a", "b")))
                .isInstanceOf(Choice.Chosen.class);
    }

    @Test
    void failoverTakesTheBestRankAndStrictOnlyFullMatches() {
        Workload client = CLIENT.toBuilder()
                .setLocality(Locality.newBuilder().setRegion("r").setZone("z"))
                .build();
        Workload.Builder near = backend("near", "10.1.0.5")
                .setLocality(Locality.newBuilder().setRegion("r").setZone("z"));
        Workload.Builder region = backend("region", "10.1.0.6")
                .setLocality(Locality.newBuilder().setRegion("r").setZone("y"));
        Workload.Builder away = backend("away", "10.1.0.7")
                .setNetwork("network2")
                .setLocality(Locality.newBuilder().setRegion("r").setZone("z"));
        LoadBalancing.Builder failover = LoadBalancing.newBuilder()
                .setMode(LoadBalancing.Mode.FAILOVER)
                .addRoutingPreference(LoadBalancing.Scope.NETWORK)
                .addRoutingPreference(LoadBalancing.Scope.REGION)
                .addRoutingPreference(LoadBalancing.Scope.ZONE);
        Service preferring = service().setLoadBalancing(failover).build();
        assertThat(chosenUids(index(near, region, away).edit().put(preferring).build(), client))
                .containsExactly("near");
        assertThat(chosenUids(index(region, away).edit().put(preferring).build(), client))
                .containsExactly("region");
        assertThat(chosenUids(index(away).edit().put(preferring).build(), client))
                .containsExactly("away");
        Service strict = service()
                .setLoadBalancing(failover.clone().setMode(LoadBalancing.Mode.STRICT))
                .build();
        assertThat(chosenUids(index(near, region, away).edit().put(strict).build(), client))
                .containsExactly("near");
        assertThat(resolver.forDestination(index(region).edit().put(strict).build(), client, VIP, 80, Set.of()))
                .isInstanceOf(Choice.Refused.class);
    }

    @Test
    void aWaypointIsSampledByWeightUnlessAllWeightsAreZero() {
        GatewayAddress primary = gateway("one");
        GatewayAddress canary = gateway("two");
        Service weighted = service()
                .setWaypoint(primary)
                .addWeightedWaypoints(WeightedWaypoint.newBuilder().setDestination(primary))
                .addWeightedWaypoints(
                        WeightedWaypoint.newBuilder().setDestination(canary).setWeight(100))
                .build();
        WorkloadIndex index = WorkloadIndex.empty().edit().put(weighted).build();
        assertThat(resolver.waypointOf(index.service("shop/api.shop"))).isEqualTo(canary);
        WorkloadIndex zero = index.edit()
                .put(weighted.toBuilder()
                        .setWeightedWaypoints(1, WeightedWaypoint.newBuilder().setDestination(canary))
                        .build())
                .build();
        assertThat(resolver.waypointOf(zero.service("shop/api.shop"))).isEqualTo(primary);
    }

    @Test
    void aWaypointResolvesThroughItsServiceAndAnUnknownOneIsRefused() {
        Service waypoint = service()
                .setHostname("waypoint.shop")
                .clearPorts()
                .addPorts(Port.newBuilder().setServicePort(15008).setTargetPort(15008))
                .build();
        Workload pod = workload("wp", "10.1.0.20")
                .setServiceAccount("waypoint")
                .putServices("shop/waypoint.shop", PortList.getDefaultInstance())
                .build();
        WorkloadIndex index =
                WorkloadIndex.empty().edit().put(waypoint).put(pod).build();
        Choice choice = resolver.forGateway(index, gateway("waypoint.shop"), CLIENT, VIP, Set.of());
        assertThat(choice).isInstanceOfSatisfying(Choice.Chosen.class, c -> {
            assertThat(c.upstream().port()).isEqualTo(15008);
            assertThat(c.upstream().address()).isEqualTo(IpAddress.parse("10.1.0.20"));
            assertThat(c.upstream().identities())
                    .extracting(Object::toString)
                    .containsExactly("spiffe://cluster.local/ns/shop/sa/waypoint");
        });
        assertThat(resolver.forGateway(index, gateway("gone.shop"), CLIENT, VIP, Set.of()))
                .isInstanceOf(Choice.Refused.class);
    }

    @Test
    void aResourceThatCannotBeUsedIsRejectedAndTheOlderOneStays() {
        IndexStore store = new IndexStore();
        var good = io.periplus.wire.workload.Address.newBuilder()
                .setWorkload(workload("a", "10.1.0.5"))
                .build();
        var bad = io.periplus.wire.workload.Address.newBuilder()
                .setWorkload(workload("a", "10.1.0.5").setTunnelProtocolValue(2))
                .build();
        assertThat(store.apply(Map.of("a", good), Set.of())).isEmpty();
        assertThat(store.apply(Map.of("a", bad, "b", good.toBuilder().build()), Set.of()))
                .containsOnlyKeys("a");
        assertThat(store.current().workload("a")).isEqualTo(good.getWorkload());
        assertThatThrownBy(() -> WorkloadIndex.empty()
                        .edit()
                        .put(workload("x", "10.1.0.5")
                                .addAddresses(ByteString.copyFrom(new byte[3]))
                                .build()))
                .isInstanceOf(InvalidResourceException.class)
                .hasMessageContaining("3 bytes");
    }

    private Set<String> chosenUids(WorkloadIndex index, Workload client) {
        Set<String> uids = new HashSet<>();
        for (int i = 0; i < 50; i++) {
            if (resolver.forDestination(index, client, VIP, 80, Set.of()) instanceof Choice.Chosen(var upstream)) {
                uids.add(upstream.workload().getUid());
            }
        }
        return uids;
    }

    private Choice destination(WorkloadIndex index, IpAddress address, int port) {
        return resolver.forDestination(index, CLIENT, address, port, Set.of());
    }

    private Upstream chosen(WorkloadIndex index, IpAddress address, int port) {
        return ((Choice.Chosen) destination(index, address, port)).upstream();
    }

    private static java.util.List<String> endpoints(WorkloadIndex index) {
        return index.service("shop", "api.shop").endpoints().stream()
                .map(endpoint -> endpoint.workload().getUid())
                .toList();
    }

    private static WorkloadIndex index(Workload.Builder... workloads) {
        IndexBuilder builder = WorkloadIndex.empty().edit();
        for (Workload.Builder workload : workloads) {
            builder.put(workload.build());
        }
        return builder.build();
    }

    private static Workload.Builder workload(String uid, String address) {
        return Workload.newBuilder()
                .setUid(uid)
                .setName(uid)
                .setNamespace("shop")
                .setNetwork(NETWORK)
                .addAddresses(bytes(address));
    }

    private static Workload.Builder backend(String uid, String address) {
        return workload(uid, address)
                .putServices(
                        "shop/api.shop",
                        PortList.newBuilder()
                                .addPorts(Port.newBuilder().setServicePort(80).setTargetPort(8080))
                                .build());
    }

    private static Service.Builder service() {
        return Service.newBuilder()
                .setName("api")
                .setNamespace("shop")
                .setHostname("api.shop")
                .addAddresses(NetworkAddress.newBuilder().setNetwork(NETWORK).setAddress(bytes("10.96.0.10")))
                .addPorts(Port.newBuilder().setServicePort(80).setTargetPort(8080));
    }

    private static Service block(String hostname, String base, int length) {
        return Service.newBuilder()
                .setNamespace("shop")
                .setHostname(hostname)
                .addAddresses(NetworkAddress.newBuilder()
                        .setNetwork(NETWORK)
                        .setAddress(bytes(base))
                        .setLength(length))
                .build();
    }

    private static GatewayAddress gateway(String hostname) {
        return GatewayAddress.newBuilder()
                .setHostname(
                        NamespacedHostname.newBuilder().setNamespace("shop").setHostname(hostname))
                .setHboneMtlsPort(15008)
                .build();
    }

    private static ByteString bytes(String address) {
        return ByteString.copyFrom(IpAddress.parse(address).toInetAddress().getAddress());
    }
}

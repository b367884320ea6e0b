package io.periplus.waypoint.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import io.periplus.waypoint.upstream.Nearness.Rank;
import io.periplus.waypoint.upstream.policy.ServiceSettings;
import io.periplus.waypoint.upstream.policy.TrafficSettings;
import io.periplus.wire.waypoint.BackendLoadBalancing;
import io.periplus.wire.waypoint.BackendPolicy;
import io.periplus.wire.waypoint.LocalityDistribute;
import io.periplus.wire.waypoint.LocalityFailover;
import io.periplus.wire.waypoint.LocalityLoadBalancing;
import io.periplus.wire.waypoint.OutlierDetection;
import io.periplus.wire.waypoint.TrafficPolicy;
import io.periplus.wire.workload.LoadBalancing;
import io.periplus.wire.workload.Locality;
import io.periplus.wire.workload.Service;
import io.periplus.wire.workload.Workload;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Which endpoints come first, by where they and the proxy are. */
class NearnessTest {
    private static final Workload HERE = at("eu/a/1", "node-1");

    private static Workload at(String place, String node) {
        String[] parts = place.split("/");
        return Workload.newBuilder()
                .setNode(node)
                .setLocality(Locality.newBuilder()
                        .setRegion(parts[0])
                        .setZone(parts[1])
                        .setSubzone(parts[2]))
                .build();
    }

    private static @Nullable Rank rank(Service service, TrafficPolicy.Builder policy, String place, String node) {
        TrafficSettings settings = ServiceSettings.of(
                        BackendPolicy.newBuilder().setAllPorts(policy).build())
                .port(80);
        return Nearness.of(service, HERE, settings).of(at(place, node));
    }

    private static int tier(TrafficPolicy.Builder policy, String place) {
        Rank rank = rank(Service.getDefaultInstance(), policy, place, "node-2");
        assertThat(rank).isNotNull();
        return rank.tier();
    }

    private static TrafficPolicy.Builder locality(LocalityLoadBalancing.Builder locality) {
        return TrafficPolicy.newBuilder()
                .setLoadBalancing(BackendLoadBalancing.newBuilder().setLocality(locality));
    }

    @Test
    void withoutAnyWordAllAreEqual() {
        assertThat(tier(TrafficPolicy.newBuilder(), "eu/a/1")).isEqualTo(tier(TrafficPolicy.newBuilder(), "us/x/1"));
    }

    @Test
    void withOutlierDetectionTheNearestComeFirst() {
        TrafficPolicy.Builder policy = TrafficPolicy.newBuilder().setOutlierDetection(OutlierDetection.newBuilder());
        assertThat(tier(policy, "eu/a/1")).isLessThan(tier(policy, "eu/a/2"));
        assertThat(tier(policy, "eu/a/2")).isLessThan(tier(policy, "eu/b/1"));
        assertThat(tier(policy, "eu/b/1")).isLessThan(tier(policy, "us/a/1"));
        policy.setLoadBalancing(BackendLoadBalancing.newBuilder()
                .setLocality(LocalityLoadBalancing.newBuilder().setDisabled(true)));
        assertThat(tier(policy, "eu/a/1")).isEqualTo(tier(policy, "us/a/1"));
    }

    @Test
    void aRegionToFailOverToComesBeforeTheRest() {
        TrafficPolicy.Builder policy = locality(LocalityLoadBalancing.newBuilder()
                .addFailover(LocalityFailover.newBuilder().setFrom("eu").setTo("us")));
        assertThat(tier(policy, "eu/b/1")).isLessThan(tier(policy, "us/a/1"));
        assertThat(tier(policy, "us/a/1")).isLessThan(tier(policy, "asia/a/1"));
    }

    @Test
    void sharesAreGivenByTheMostExactPlace() {
        TrafficPolicy.Builder policy = locality(LocalityLoadBalancing.newBuilder()
                .addDistribute(LocalityDistribute.newBuilder().setFrom("us/*").putTo("us/*", 100))
                .addDistribute(LocalityDistribute.newBuilder()
                        .setFrom("eu/a/*")
                        .putTo("eu/*", 20)
                        .putTo("eu/a/*", 80)));
        Service service = Service.getDefaultInstance();
        assertThat(rank(service, policy, "eu/a/2", "n")).isEqualTo(new Rank(0, "eu/a/*", 80));
        assertThat(rank(service, policy, "eu/b/1", "n")).isEqualTo(new Rank(0, "eu/*", 20));
        assertThat(rank(service, policy, "us/a/1", "n")).isNull();
    }

    @Test
    void labelsOfPlaceCountUntilOneDiffers() {
        TrafficPolicy.Builder policy = locality(LocalityLoadBalancing.newBuilder()
                .addFailoverPriority("topology.kubernetes.io/region")
                .addFailoverPriority("topology.kubernetes.io/zone=b"));
        assertThat(tier(policy, "eu/b/1")).isLessThan(tier(policy, "eu/a/1"));
        assertThat(tier(policy, "eu/a/1")).isLessThan(tier(policy, "us/b/1"));
        assertThat(tier(policy, "us/b/1")).isEqualTo(tier(policy, "us/a/1"));
    }

    @Test
    void theServicesOwnWordHoldsWhereThePolicyHasNone() {
        Service close = Service.newBuilder()
                .setLoadBalancing(LoadBalancing.newBuilder()
                        .setMode(LoadBalancing.Mode.FAILOVER)
                        .addRoutingPreference(LoadBalancing.Scope.REGION)
                        .addRoutingPreference(LoadBalancing.Scope.ZONE))
                .build();
        TrafficPolicy.Builder none = TrafficPolicy.newBuilder();
        assertThat(tierOf(close, none, "eu/a/2")).isLessThan(tierOf(close, none, "eu/b/1"));
        Service node = Service.newBuilder()
                .setLoadBalancing(LoadBalancing.newBuilder()
                        .setMode(LoadBalancing.Mode.STRICT)
                        .addRoutingPreference(LoadBalancing.Scope.NODE))
                .build();
        assertThat(rank(node, none, "eu/a/1", "node-2")).isNull();
        assertThat(rank(node, none, "us/x/1", "node-1")).isNotNull();
    }

    private static int tierOf(Service service, TrafficPolicy.Builder policy, String place) {
        Rank rank = rank(service, policy, place, "node-2");
        assertThat(rank).isNotNull();
        return rank.tier();
    }
}

package io.periplus.waypoint.upstream;

import io.periplus.dataplane.index.EndpointPreference;
import io.periplus.waypoint.upstream.policy.TrafficSettings;
import io.periplus.wire.waypoint.LocalityDistribute;
import io.periplus.wire.waypoint.LocalityFailover;
import io.periplus.wire.waypoint.LocalityLoadBalancing;
import io.periplus.wire.workload.LoadBalancing;
import io.periplus.wire.workload.Locality;
import io.periplus.wire.workload.Service;
import io.periplus.wire.workload.Workload;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Which endpoints come first, by where they are: as the policy says, else as the service itself does. */
@FunctionalInterface
interface Nearness {
    /**
     * @param tier the lowest is the nearest
     * @param place endpoints of one tier at the same place share its weight
     */
    record Rank(int tier, String place, long placeWeight) {
        static Rank ofTier(int tier) {
            return new Rank(tier, "", 1);
        }
    }

    /** Null: not used at all. */
    @Nullable
    Rank of(Workload endpoint);

    /** @param client whose place counts */
    static Nearness of(Service service, Workload client, TrafficSettings settings) {
        LocalityLoadBalancing policy = settings.balancing().locality();
        if (policy != null && !policy.getDisabled()) {
            if (policy.getDistributeCount() > 0) {
                return distributed(policy.getDistributeList(), client);
            }
            if (policy.getFailoverPriorityCount() > 0) {
                return endpoint ->
                        Rank.ofTier(-FailoverPriority.matches(policy.getFailoverPriorityList(), client, endpoint));
            }
            if (policy.getFailoverCount() > 0) {
                return endpoint -> Rank.ofTier(failover(policy.getFailoverList(), client, endpoint));
            }
        }
        LoadBalancing own = service.getLoadBalancing();
        return switch (own.getMode()) {
            case STRICT ->
                endpoint -> EndpointPreference.matchesAll(own.getRoutingPreferenceList(), client, endpoint)
                        ? Rank.ofTier(0)
                        : null;
            case FAILOVER ->
                endpoint -> Rank.ofTier(-EndpointPreference.rank(own.getRoutingPreferenceList(), client, endpoint));
            case PASSTHROUGH -> _ -> null;
            case UNSPECIFIED_MODE, UNRECOGNIZED ->
                settings.outlier() == null || (policy != null && policy.getDisabled())
                        ? _ -> Rank.ofTier(0)
                        : endpoint -> Rank.ofTier(failover(List.of(), client, endpoint));
        };
    }

    /** Shares by place for clients of the first place that matches; what no share names gets nothing. */
    private static Nearness distributed(List<LocalityDistribute> rules, Workload client) {
        for (LocalityDistribute rule : rules) {
            if (Places.matches(rule.getFrom(), client.getLocality())) {
                Map<String, Integer> shares = rule.getToMap();
                return endpoint -> {
                    String place = Places.bestOf(shares.keySet(), endpoint.getLocality());
                    return place == null ? null : new Rank(0, place, shares.getOrDefault(place, 0));
                };
            }
        }
        return _ -> Rank.ofTier(0);
    }

    /** The same zone part, the same zone, the same region, the region to fail over to, the rest. */
    private static int failover(List<LocalityFailover> rules, Workload client, Workload endpoint) {
        Locality here = client.getLocality();
        Locality there = endpoint.getLocality();
        if (here.getRegion().equals(there.getRegion())) {
            if (!here.getZone().equals(there.getZone())) {
                return 2;
            }
            return here.getSubzone().equals(there.getSubzone()) ? 0 : 1;
        }
        boolean named = rules.stream()
                .anyMatch(rule ->
                        rule.getFrom().equals(here.getRegion()) && rule.getTo().equals(there.getRegion()));
        return named ? 3 : 4;
    }
}

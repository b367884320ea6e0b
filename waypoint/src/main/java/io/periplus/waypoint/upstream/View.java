package io.periplus.waypoint.upstream;

import io.periplus.dataplane.index.Endpoint;
import io.periplus.waypoint.upstream.policy.BalancingSettings;
import java.util.List;
import java.util.Map;

/**
 * The endpoints that a choice is made among, as one event loop sees them at the moment.
 *
 * @param choice what would be chosen now
 * @param usable in order of preference
 * @param leftOut with what speaks against each, which continues a sentence
 */
public record View(Choice choice, BalancingSettings balancing, List<Usable> usable, Map<Endpoint, String> leftOut) {
    /**
     * An endpoint that may be chosen, unless it is ejected.
     *
     * @param tier the lowest is the nearest
     * @param ejected whether it is left alone for a while because it failed
     */
    public record Usable(Host host, int tier, boolean ejected) {}

    static View of(Choice choice, BalancingSettings balancing) {
        List<Usable> usable =
                choice instanceof Choice.Chosen(Host host) ? List.of(new Usable(host, 0, false)) : List.of();
        return new View(choice, balancing, usable, Map.of());
    }
}

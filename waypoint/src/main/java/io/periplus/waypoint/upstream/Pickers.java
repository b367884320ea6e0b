package io.periplus.waypoint.upstream;

import io.periplus.waypoint.upstream.balance.Candidate;
import io.periplus.waypoint.upstream.balance.LeastRequest;
import io.periplus.waypoint.upstream.balance.Maglev;
import io.periplus.waypoint.upstream.balance.Picker;
import io.periplus.waypoint.upstream.balance.RandomChoice;
import io.periplus.waypoint.upstream.balance.RingHash;
import io.periplus.waypoint.upstream.balance.RoundRobin;
import io.periplus.waypoint.upstream.policy.BalancingSettings;
import io.periplus.waypoint.upstream.policy.Hashing;
import java.util.List;
import java.util.random.RandomGenerator;

/** The algorithm that a policy asks for. */
final class Pickers {
    private Pickers() {}

    static <C extends Candidate> Picker<C> of(BalancingSettings settings, List<C> candidates, RandomGenerator random) {
        Hashing hashing = settings.hashing();
        return switch (settings.algorithm()) {
            case LEAST_REQUEST -> new LeastRequest<>(candidates, random);
            case ROUND_ROBIN -> new RoundRobin<>(candidates, random);
            case RANDOM, PASSTHROUGH -> new RandomChoice<>(candidates, random);
            case CONSISTENT_HASH ->
                hashing == null
                        ? new RandomChoice<>(candidates, random)
                        : switch (hashing.ring()) {
                            case RING_HASH -> new RingHash<>(candidates, hashing, random);
                            case MAGLEV -> new Maglev<>(candidates, hashing, random);
                        };
        };
    }
}

package io.periplus.waypoint.upstream.policy;

import io.periplus.wire.waypoint.BackendLoadBalancing;
import io.periplus.wire.waypoint.LocalityLoadBalancing;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How an endpoint is chosen.
 *
 * @param hashing for {@link Algorithm#CONSISTENT_HASH}
 * @param warmup how long a new endpoint takes less than its share, 0 for not at all
 * @param locality null if the policy says nothing about it
 */
public record BalancingSettings(
        Algorithm algorithm,
        @Nullable Hashing hashing,
        Duration warmup,
        @Nullable LocalityLoadBalancing locality) {
    static final BalancingSettings DEFAULT = new BalancingSettings(Algorithm.LEAST_REQUEST, null, Duration.ZERO, null);

    /** Which endpoint is next. */
    public enum Algorithm {
        LEAST_REQUEST,
        ROUND_ROBIN,
        RANDOM,
        /** The address that the client used. */
        PASSTHROUGH,
        CONSISTENT_HASH
    }

    static BalancingSettings of(BackendLoadBalancing source) {
        Hashing hashing = source.hasConsistentHash() ? Hashing.of(source.getConsistentHash()) : null;
        Algorithm algorithm = switch (source.getAlgorithm()) {
            case DEFAULT, LEAST_REQUEST, UNRECOGNIZED -> Algorithm.LEAST_REQUEST;
            case ROUND_ROBIN -> Algorithm.ROUND_ROBIN;
            case RANDOM -> Algorithm.RANDOM;
            case PASSTHROUGH -> Algorithm.PASSTHROUGH;
            case CONSISTENT_HASH -> hashing == null ? Algorithm.RANDOM : Algorithm.CONSISTENT_HASH;
        };
        return new BalancingSettings(
                algorithm,
                hashing,
                source.hasWarmup() ? Times.of(source.getWarmup()) : Duration.ZERO,
                source.hasLocality() ? source.getLocality() : null);
    }
}

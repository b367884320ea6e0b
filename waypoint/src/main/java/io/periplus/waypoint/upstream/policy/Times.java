package io.periplus.waypoint.upstream.policy;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Durations of the wire. */
final class Times {
    private Times() {}

    static Duration of(com.google.protobuf.Duration duration) {
        return Duration.ofSeconds(duration.getSeconds(), duration.getNanos());
    }

    /** Null for what is absent or not positive. */
    static @Nullable Duration positive(boolean present, com.google.protobuf.Duration duration) {
        Duration value = of(duration);
        return present && value.isPositive() ? value : null;
    }
}

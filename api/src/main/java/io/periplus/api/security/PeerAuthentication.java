package io.periplus.api.security;

import io.periplus.api.NamespacedName;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A {@code PeerAuthentication} as its user wrote it.
 *
 * @param created   creation time (RFC 3339); the oldest wins within a level
 * @param selector  null when it has none; an empty selector means the same
 * @param portModes by workload port, not service port
 */
public record PeerAuthentication(
        NamespacedName key,
        String created,
        @Nullable Map<String, String> selector,
        Mode mode,
        Map<Integer, Mode> portModes,
        List<String> problems) {

    /** How a workload accepts connections. {@link #UNSET} inherits from the next level up. */
    public enum Mode {
        UNSET,
        DISABLE,
        PERMISSIVE,
        STRICT
    }
}

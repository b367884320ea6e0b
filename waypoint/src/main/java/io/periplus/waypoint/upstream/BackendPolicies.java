package io.periplus.waypoint.upstream;

import io.periplus.wire.waypoint.BackendPolicy;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;

/** Holds the newest backend policies. Written by the xDS client alone, read from every thread. */
public final class BackendPolicies {
    private volatile Map<String, BackendPolicy> current = Map.of();

    /** By the key of the service, {@code namespace/hostname}. */
    public Map<String, BackendPolicy> current() {
        return current;
    }

    /** Applies one push: policies in place of those with the same name, and names that are gone. */
    public void apply(Map<String, BackendPolicy> changed, Collection<String> removed) {
        Map<String, BackendPolicy> next = new HashMap<>(current);
        next.keySet().removeAll(removed);
        next.putAll(changed);
        current = Map.copyOf(next);
    }
}

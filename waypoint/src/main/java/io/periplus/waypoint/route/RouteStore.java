package io.periplus.waypoint.route;

import io.periplus.wire.waypoint.Route;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;

/** Holds the newest routes as the control plane sent them. Written by the xDS client alone, read from every thread. */
public final class RouteStore {
    private volatile Map<String, Route> current = Map.of();

    /** By resource name, {@code <Kind>/<namespace>/<name>}. */
    public Map<String, Route> current() {
        return current;
    }

    /** Applies one push: routes in place of those with the same name, and names that are gone. */
    public void apply(Map<String, Route> changed, Collection<String> removed) {
        Map<String, Route> next = new HashMap<>(current);
        next.keySet().removeAll(removed);
        next.putAll(changed);
        current = Map.copyOf(next);
    }
}

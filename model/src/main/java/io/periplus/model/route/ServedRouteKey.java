package io.periplus.model.route;

import io.periplus.api.NamespacedName;
import io.periplus.model.input.RouteKey;
import java.util.Comparator;

/** A route at the proxies of one Gateway or waypoint. */
public record ServedRouteKey(NamespacedName gateway, RouteKey route) implements Comparable<ServedRouteKey> {
    private static final Comparator<ServedRouteKey> ORDER =
            Comparator.comparing(ServedRouteKey::gateway).thenComparing(ServedRouteKey::route);

    @Override
    public int compareTo(ServedRouteKey other) {
        return ORDER.compare(this, other);
    }
}

package io.periplus.model.waypoint;

import io.periplus.api.Annotations;
import io.periplus.api.Labels;
import io.periplus.api.NamespacedName;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The wish for a canary waypoint. It is read from the object that supplies the wish for the first waypoint, the Service or
 * its Namespace, never from a mixture of both.
 *
 * @param weight as written; null when there is none
 */
record Canaries(NamespacedName waypoint, @Nullable String weight) {
    private static final int ALL = 100;

    /** The wish, or null. */
    static @Nullable Canaries of(Map<String, String> labels, Map<String, String> annotations, String namespace) {
        String name = labels.get(Labels.USE_WAYPOINT_CANARY);
        if (name == null || name.isEmpty() || name.equals("none")) {
            return null;
        }
        String in = labels.getOrDefault(Labels.USE_WAYPOINT_CANARY_NAMESPACE, namespace);
        return new Canaries(new NamespacedName(in, name), annotations.get(Annotations.WAYPOINT_CANARY_WEIGHT));
    }

    /**
     * What becomes of it.
     *
     * @param first  the waypoint that the rest of the connections take
     * @param canary what binding to the canary alone would give
     */
    Canary with(NamespacedName first, Binding canary) {
        Integer share = share();
        if (share == null) {
            return new Canary.NotAttached(
                    "CanaryInvalidWeight",
                    "annotation " + Annotations.WAYPOINT_CANARY_WEIGHT + " is \"" + weight
                            + "\" (expected: an integer from 0 to 100)");
        }
        if (waypoint.equals(first)) {
            return new Canary.NotAttached("CanarySameAsPrimary", "the canary is the waypoint \"" + first + "\" itself");
        }
        return switch (canary) {
            case Binding.Bound bound -> new Canary.Attached(waypoint, bound.address(), share);
            case Binding.Refused refused -> new Canary.NotAttached(refused.reason(), refused.message());
            case Binding.Waiting ignored -> notReady();
            case Binding.Leaving ignored -> notReady();
            case Binding.None ignored -> notReady();
        };
    }

    private Canary notReady() {
        return new Canary.NotAttached("WaypointIsNotReady", "waypoint \"" + waypoint + "\" is not ready");
    }

    private @Nullable Integer share() {
        if (weight == null) {
            return 0;
        }
        try {
            int share = Integer.parseInt(weight);
            return share >= 0 && share <= ALL ? share : null;
        } catch (NumberFormatException e) {
            return null;
        }
    }
}

package io.periplus.model.gateway;

import java.util.Map;
import java.util.Set;

/**
 * Overlays of the objects of a Gateway, from one ConfigMap.
 *
 * @param name     of the ConfigMap, for its author
 * @param overlays YAML texts by the keys of {@link #KEYS}
 */
public record Parameters(String name, Map<String, String> overlays) {
    /** What can be overlaid. A kind that is not deployed by itself is deployed when it is overlaid. */
    public static final Set<String> KEYS =
            Set.of("deployment", "service", "serviceAccount", "horizontalPodAutoscaler", "podDisruptionBudget");
}

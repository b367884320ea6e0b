package io.periplus.lab.controllers;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** {@code topologySpreadConstraints}: no domain may have many more pods of a kind than another. */
final class TopologySpread {
    private static final String MESSAGE = "node(s) didn't match pod topology spread constraints";

    private final Occupancy occupancy;

    TopologySpread(Occupancy occupancy) {
        this.occupancy = occupancy;
    }

    /** Null if a pod more on this node leaves every domain within the pod's {@code maxSkew}. */
    @Nullable
    String obstacle(ObjectNode pod, ObjectNode node) {
        for (JsonNode constraint : pod.path("spec").path("topologySpreadConstraints")) {
            if (constraint.path("whenUnsatisfiable").asText("DoNotSchedule").equals("DoNotSchedule")) {
                String domain =
                        Meta.labels(node).get(constraint.path("topologyKey").asText());
                if (domain == null) {
                    return MESSAGE + " (missing required label)";
                }
                if (skew(pod, constraint, domain) > constraint.path("maxSkew").asLong(1)) {
                    return MESSAGE;
                }
            }
        }
        return null;
    }

    /** How much fuller the node's domains would be than the emptiest, over the pod's softer constraints. */
    long imbalance(ObjectNode pod, ObjectNode node) {
        long sum = 0;
        for (JsonNode constraint : pod.path("spec").path("topologySpreadConstraints")) {
            String domain = Meta.labels(node).get(constraint.path("topologyKey").asText());
            if (domain != null && constraint.path("whenUnsatisfiable").asText().equals("ScheduleAnyway")) {
                sum += skew(pod, constraint, domain);
            }
        }
        return sum;
    }

    private long skew(ObjectNode pod, JsonNode constraint, String domain) {
        String key = constraint.path("topologyKey").asText();
        Selector selector = selector(pod, constraint);
        Map<String, Long> counts = new HashMap<>();
        for (ObjectNode each : occupancy.nodes()) {
            String value = Meta.labels(each).get(key);
            if (value != null && counts(pod, constraint, each)) {
                counts.merge(value, matching(pod, selector, each), Long::sum);
            }
        }
        long least = counts.values().stream().mapToLong(Long::longValue).min().orElse(0);
        if (counts.size() < constraint.path("minDomains").asInt(1)) {
            least = 0;
        }
        long itself = selector.matches(pod) ? 1 : 0;
        return counts.getOrDefault(domain, 0L) + itself - least;
    }

    /** Nodes on which the pod could not be anyway do not count, unless the constraint wants it otherwise. */
    private static boolean counts(ObjectNode pod, JsonNode constraint, ObjectNode node) {
        boolean affinity = constraint.path("nodeAffinityPolicy").asText("Honor").equals("Honor");
        boolean taints = constraint.path("nodeTaintsPolicy").asText("Ignore").equals("Honor");
        JsonNode spec = pod.path("spec");
        return (!affinity || Placement.selected(spec, node)) && (!taints || Placement.obstacle(spec, node) == null);
    }

    private long matching(ObjectNode pod, Selector selector, ObjectNode node) {
        return occupancy.podsOn(node).stream()
                .filter(other -> Objects.equals(Meta.namespace(other), Meta.namespace(pod))
                        && !Meta.deleting(other)
                        && selector.matches(other))
                .count();
    }

    /** The labels of {@code matchLabelKeys} have to be the pod's own. */
    private static Selector selector(ObjectNode pod, JsonNode constraint) {
        ObjectNode selector = constraint.path("labelSelector").isObject()
                ? constraint.path("labelSelector").deepCopy()
                : Meta.object();
        for (JsonNode key : constraint.path("matchLabelKeys")) {
            String value = Meta.labels(pod).get(key.asText());
            if (value != null) {
                selector.withObject("/matchLabels").put(key.asText(), value);
            }
        }
        return Selector.of(selector);
    }
}

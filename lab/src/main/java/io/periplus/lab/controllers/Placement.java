package io.periplus.lab.controllers;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Whether a pod may run on a node: node selector, required node affinity, taints. */
final class Placement {
    /** What {@code kubectl cordon} amounts to. */
    private static final JsonNode CORDONED =
            Meta.object().put("key", "node.kubernetes.io/unschedulable").put("effect", "NoSchedule");

    private Placement() {}

    /** Null if the pod fits, otherwise why not, as the scheduler's messages put it. */
    static @Nullable String obstacle(JsonNode podSpec, JsonNode node) {
        if (!selected(podSpec, node)) {
            return "didn't match Pod's node affinity/selector";
        }
        if (node.path("spec").path("unschedulable").asBoolean() && !tolerated(podSpec, CORDONED)) {
            return "were unschedulable";
        }
        for (JsonNode taint : node.path("spec").path("taints")) {
            String effect = taint.path("effect").asText();
            if (!effect.equals("PreferNoSchedule") && !tolerated(podSpec, taint)) {
                String value = taint.path("value").asText();
                return "had untolerated taint {" + taint.path("key").asText() + ": " + value + "}";
            }
        }
        return null;
    }

    /** How many taints there are that the pod had better avoid. */
    static long avoided(JsonNode podSpec, JsonNode node) {
        return Meta.stream(node.path("spec").path("taints"))
                .filter(taint -> taint.path("effect").asText().equals("PreferNoSchedule") && !tolerated(podSpec, taint))
                .count();
    }

    /** The sum of the weights of the pod's preferred node affinity that the node has. */
    static long preference(JsonNode podSpec, JsonNode node) {
        Map<String, String> labels = Meta.labels(node);
        return Meta.stream(podSpec.path("affinity")
                        .path("nodeAffinity")
                        .path("preferredDuringSchedulingIgnoredDuringExecution"))
                .filter(preferred -> matches(preferred.path("preference"), node, labels))
                .mapToLong(preferred -> preferred.path("weight").asLong())
                .sum();
    }

    static boolean selected(JsonNode podSpec, JsonNode node) {
        Map<String, String> labels = Meta.labels(node);
        if (!Selector.ofLabels(podSpec.path("nodeSelector")).matches(labels)) {
            return false;
        }
        JsonNode terms = podSpec.path("affinity")
                .path("nodeAffinity")
                .path("requiredDuringSchedulingIgnoredDuringExecution")
                .path("nodeSelectorTerms");
        return terms.isEmpty() || Meta.stream(terms).anyMatch(term -> matches(term, node, labels));
    }

    private static boolean tolerated(JsonNode podSpec, JsonNode taint) {
        return Meta.stream(podSpec.path("tolerations")).anyMatch(toleration -> tolerates(toleration, taint));
    }

    /** Whether a toleration is about this taint. */
    static boolean tolerates(JsonNode toleration, JsonNode taint) {
        String key = toleration.path("key").asText();
        String effect = toleration.path("effect").asText();
        boolean exists = toleration.path("operator").asText("Equal").equals("Exists");
        return (effect.isEmpty() || effect.equals(taint.path("effect").asText()))
                && (key.isEmpty() ? exists : key.equals(taint.path("key").asText()))
                && (exists
                        || toleration
                                .path("value")
                                .asText()
                                .equals(taint.path("value").asText()));
    }

    private static boolean matches(JsonNode term, JsonNode node, Map<String, String> labels) {
        if (term.path("matchExpressions").isEmpty() && term.path("matchFields").isEmpty()) {
            return false;
        }
        Map<String, String> fields = Map.of("metadata.name", Meta.name(node));
        return requirements(term.path("matchExpressions")).stream().allMatch(r -> r.matches(labels.get(r.key())))
                && requirements(term.path("matchFields")).stream().allMatch(r -> r.matches(fields.get(r.key())));
    }

    private static List<Selector.Requirement> requirements(JsonNode list) {
        return Meta.stream(list).map(Selector.Requirement::of).toList();
    }
}

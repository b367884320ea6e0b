package io.periplus.lab.controllers;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Which pods want to be near each other, and which do not. */
final class PodAffinity {
    private static final String REQUIRED = "requiredDuringSchedulingIgnoredDuringExecution";
    private static final String PREFERRED = "preferredDuringSchedulingIgnoredDuringExecution";

    private final Occupancy occupancy;

    PodAffinity(Occupancy occupancy) {
        this.occupancy = occupancy;
    }

    /** Null if the pod may be on the node, as far as other pods are concerned. */
    @Nullable
    String obstacle(ObjectNode pod, ObjectNode node) {
        for (JsonNode term : terms(pod, "podAffinity", REQUIRED)) {
            if (!near(pod, term, node) && !(selects(pod, term, pod) && isFirst(pod, term) && hasDomain(term, node))) {
                return "node(s) didn't match pod affinity rules";
            }
        }
        for (JsonNode term : terms(pod, "podAntiAffinity", REQUIRED)) {
            if (near(pod, term, node)) {
                return "node(s) didn't match pod anti-affinity rules";
            }
        }
        for (ObjectNode present : occupancy.pods()) {
            for (JsonNode term : terms(present, "podAntiAffinity", REQUIRED)) {
                if (selects(present, term, pod) && shareDomain(present, term, node)) {
                    return "node(s) didn't satisfy existing pods anti-affinity rules";
                }
            }
        }
        return null;
    }

    /** The sum of the weights of what the pod prefers and finds on the node, less those of what it avoids. */
    long preference(ObjectNode pod, ObjectNode node) {
        return weight(pod, node, "podAffinity") - weight(pod, node, "podAntiAffinity");
    }

    private long weight(ObjectNode pod, ObjectNode node, String kind) {
        long sum = 0;
        for (JsonNode preferred : terms(pod, kind, PREFERRED)) {
            if (near(pod, preferred.path("podAffinityTerm"), node)) {
                sum += preferred.path("weight").asLong();
            }
        }
        return sum;
    }

    private static List<JsonNode> terms(ObjectNode pod, String kind, String strength) {
        return Meta.stream(pod.path("spec").path("affinity").path(kind).path(strength))
                .toList();
    }

    /** Whether a pod that the term selects is in the node's domain. */
    private boolean near(ObjectNode pod, JsonNode term, ObjectNode node) {
        return occupancy.pods().stream().anyMatch(other -> selects(pod, term, other) && shareDomain(other, term, node));
    }

    /** The first of pods that want to be together has nobody to join. */
    private boolean isFirst(ObjectNode pod, JsonNode term) {
        return occupancy.pods().stream().noneMatch(other -> selects(pod, term, other));
    }

    private static boolean hasDomain(JsonNode term, ObjectNode node) {
        return Meta.labels(node).containsKey(term.path("topologyKey").asText());
    }

    private boolean shareDomain(ObjectNode pod, JsonNode term, ObjectNode node) {
        String key = term.path("topologyKey").asText();
        String domain = occupancy.domainOf(pod, key);
        return domain != null && domain.equals(Meta.labels(node).get(key));
    }

    /** Whether a term of {@code owner} is about {@code other}; without a selector it is about no pod. */
    private boolean selects(ObjectNode owner, JsonNode term, ObjectNode other) {
        return term.has("labelSelector")
                && inNamespaces(owner, term, Objects.requireNonNullElse(Meta.namespace(other), ""))
                && Selector.of(term.path("labelSelector")).matches(other);
    }

    private boolean inNamespaces(ObjectNode owner, JsonNode term, String namespace) {
        boolean named = Meta.contains(term.path("namespaces"), namespace);
        if (!term.has("namespaceSelector")) {
            return term.path("namespaces").isEmpty() ? namespace.equals(Meta.namespace(owner)) : named;
        }
        return named || Selector.of(term.path("namespaceSelector")).matches(occupancy.namespaceLabels(namespace));
    }
}

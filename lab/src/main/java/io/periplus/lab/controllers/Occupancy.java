package io.periplus.lab.controllers;

import static io.periplus.lab.store.ResourceType.NAMESPACE;
import static io.periplus.lab.store.ResourceType.NODE;
import static io.periplus.lab.store.ResourceType.POD;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.periplus.lab.store.ObjectStore;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Which pods are on which nodes at one moment, as far as they still take up room. */
final class Occupancy {
    private final ObjectStore store;
    private final List<ObjectNode> nodes;
    private final Map<String, List<ObjectNode>> pods = new HashMap<>();
    private final List<ObjectNode> all = new ArrayList<>();

    private Occupancy(ObjectStore store) {
        this.store = store;
        this.nodes = store.list(NODE, null);
        for (ObjectNode pod : store.list(POD, null)) {
            if (Pods.scheduled(pod) && !Pods.finished(pod)) {
                pods.computeIfAbsent(pod.path("spec").path("nodeName").asText(), name -> new ArrayList<>())
                        .add(pod);
                all.add(pod);
            }
        }
    }

    static Occupancy of(ObjectStore store) {
        return new Occupancy(store);
    }

    List<ObjectNode> nodes() {
        return nodes;
    }

    /** Pods of all nodes. */
    List<ObjectNode> pods() {
        return all;
    }

    List<ObjectNode> podsOn(ObjectNode node) {
        return pods.getOrDefault(Meta.name(node), List.of());
    }

    /** The value of a label of the pod's node; null if there is no such node or label. */
    @Nullable
    String domainOf(ObjectNode pod, String topologyKey) {
        String name = pod.path("spec").path("nodeName").asText();
        return nodes.stream()
                .filter(node -> Meta.name(node).equals(name))
                .map(node -> Meta.labels(node).get(topologyKey))
                .findFirst()
                .orElse(null);
    }

    Map<String, String> namespaceLabels(String namespace) {
        ObjectNode object = store.get(NAMESPACE, null, namespace);
        return object == null ? Map.of() : Meta.labels(object);
    }
}

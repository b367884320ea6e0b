package io.periplus.lab.controllers;

import static io.periplus.lab.store.ResourceType.NODE;
import static io.periplus.lab.store.ResourceType.POD;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.periplus.lab.store.ObjectStore;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Gives every pod a node that suits it: the one with the fewest pods. */
final class Scheduler implements Controller<Key> {
    private static final String NAME = "default-scheduler";
    /** A new or changed node wakes waiting pods at once; this catches what no event tells. */
    private static final Duration RETRY = Duration.ofSeconds(10);

    private final ObjectStore store;
    private final EventRecorder events;

    Scheduler(ObjectStore store, EventRecorder events) {
        this.store = store;
        this.events = events;
    }

    @Override
    public void watch(Watches<Key> watches) {
        watches.on(POD, pod -> waiting(pod) ? List.of(Key.of(pod)) : List.of());
        watches.on(
                NODE,
                node -> store.list(POD, null).stream()
                        .filter(Scheduler::waiting)
                        .map(Key::of)
                        .toList());
    }

    @Override
    public @Nullable Duration reconcile(Key key) {
        ObjectNode pod = store.get(POD, key.namespace(), key.name());
        if (pod == null || !waiting(pod)) {
            return null;
        }
        var obstacles = new TreeMap<String, Integer>();
        List<ObjectNode> nodes = store.list(NODE, null);
        List<ObjectNode> fitting = nodes.stream()
                .filter(node -> {
                    String obstacle = Placement.obstacle(pod.path("spec"), node);
                    if (obstacle != null) {
                        obstacles.merge(obstacle, 1, Integer::sum);
                    }
                    return obstacle == null;
                })
                .toList();
        if (fitting.isEmpty()) {
            reject(pod, nodes.size(), obstacles);
            return RETRY;
        }
        bind(pod, Meta.name(leastUsed(fitting)));
        return null;
    }

    private static boolean waiting(ObjectNode pod) {
        return !Pods.scheduled(pod)
                && Pods.active(pod)
                && pod.path("spec").path("schedulingGates").isEmpty()
                && pod.path("spec").path("schedulerName").asText(NAME).equals(NAME);
    }

    private ObjectNode leastUsed(List<ObjectNode> nodes) {
        if (nodes.size() == 1) {
            return nodes.getFirst();
        }
        List<ObjectNode> pods = store.list(POD, null);
        return nodes.stream()
                .min(Comparator.comparingLong(node -> pods.stream()
                        .filter(pod ->
                                pod.path("spec").path("nodeName").asText().equals(Meta.name(node)))
                        .count()))
                .orElseThrow();
    }

    private void bind(ObjectNode pod, String node) {
        store.update(POD, Meta.namespace(pod), Meta.name(pod), copy -> {
            ObjectNode spec = copy.withObject("/spec");
            if (!spec.hasNonNull("nodeName")) {
                spec.put("nodeName", node);
            }
            return copy;
        });
        store.updateStatus(POD, Meta.namespace(pod), Meta.name(pod), copy -> {
            Conditions.set(copy, "PodScheduled", true, "", "", events.now());
            return copy;
        });
        events.normal(
                POD,
                pod,
                "Scheduled",
                "Successfully assigned %s/%s to %s".formatted(Meta.namespace(pod), Meta.name(pod), node));
    }

    private void reject(ObjectNode pod, int nodes, TreeMap<String, Integer> obstacles) {
        String message = nodes == 0
                ? "no nodes available to schedule pods"
                : "0/%d nodes are available: %s."
                        .formatted(
                                nodes,
                                String.join(
                                        ", ",
                                        obstacles.entrySet().stream()
                                                .map(e -> e.getValue() + " node(s) " + e.getKey())
                                                .toList()));
        store.updateStatus(POD, Meta.namespace(pod), Meta.name(pod), copy -> {
            Conditions.set(copy, "PodScheduled", false, "Unschedulable", message, events.now());
            return copy;
        });
        events.warning(POD, pod, "FailedScheduling", message);
    }
}

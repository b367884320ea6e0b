package io.periplus.lab.controllers;

import static io.periplus.lab.store.ResourceType.NODE;
import static io.periplus.lab.store.ResourceType.POD;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.periplus.lab.store.ObjectStore;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Gives every pod a node that suits it. Of several the one that the pod prefers, then the one with the fewest pods of the same
 * owner, then the one with the fewest pods.
 */
final class Scheduler implements Controller<Key> {
    private static final String NAME = "default-scheduler";
    /** A new or changed node wakes waiting pods at once; this catches what no event tells. */
    private static final Duration RETRY = Duration.ofSeconds(10);

    private final ObjectStore store;
    private final EventRecorder events;
    private final ReentrantLock placing = new ReentrantLock();

    Scheduler(ObjectStore store, EventRecorder events) {
        this.store = store;
        this.events = events;
    }

    @Override
    public void watch(Watches<Key> watches) {
        watches.watch(POD, new ObjectStore.Watcher() {
            @Override
            public void added(ObjectNode pod) {
                modified(pod);
            }

            @Override
            public void modified(ObjectNode pod) {
                if (waiting(pod)) {
                    watches.enqueue(Key.of(pod));
                } else if (Pods.finished(pod)) {
                    waitingPods().forEach(watches::enqueue);
                }
            }

            @Override
            public void deleted(ObjectNode last) {
                waitingPods().forEach(watches::enqueue);
            }
        });
        watches.on(NODE, node -> waitingPods());
    }

    @Override
    public @Nullable Duration reconcile(Key key) {
        ObjectNode pod = store.get(POD, key.namespace(), key.name());
        if (pod == null || !waiting(pod)) {
            return null;
        }
        // One pod after another, so that each sees where the ones before it are.
        placing.lock();
        try {
            return place(pod);
        } finally {
            placing.unlock();
        }
    }

    private @Nullable Duration place(ObjectNode pod) {
        var obstacles = new TreeMap<String, Integer>();
        Occupancy occupancy = Occupancy.of(store);
        var affinity = new PodAffinity(occupancy);
        var spread = new TopologySpread(occupancy);
        var fit = new Fit(occupancy, affinity, spread);
        List<ObjectNode> fitting = occupancy.nodes().stream()
                .filter(node -> {
                    String obstacle = fit.obstacle(pod, node);
                    if (obstacle != null) {
                        obstacles.merge(obstacle, 1, Integer::sum);
                    }
                    return obstacle == null;
                })
                .toList();
        if (fitting.isEmpty()) {
            reject(pod, occupancy.nodes().size(), obstacles);
            return RETRY;
        }
        ObjectNode best = fitting.size() == 1
                ? fitting.getFirst()
                : fitting.stream()
                        .min(Comparator.comparingLong((ObjectNode node) -> Placement.avoided(pod.path("spec"), node))
                                .thenComparingLong(node ->
                                        -Placement.preference(pod.path("spec"), node) - affinity.preference(pod, node))
                                .thenComparingLong(node -> spread.imbalance(pod, node))
                                .thenComparingLong(node -> siblings(pod, occupancy.podsOn(node)))
                                .thenComparingLong(
                                        node -> occupancy.podsOn(node).size()))
                        .orElseThrow();
        bind(pod, Meta.name(best));
        return null;
    }

    /** Pods of the same owner: what is there to survive the loss of a node should not be on one. */
    private static long siblings(ObjectNode pod, List<ObjectNode> others) {
        OwnerReference owner = Meta.controller(pod);
        return owner == null
                ? 0
                : others.stream()
                        .filter(other -> !Meta.deleting(other))
                        .map(Meta::controller)
                        .filter(other -> other != null && other.uid().equals(owner.uid()))
                        .count();
    }

    private List<Key> waitingPods() {
        return store.list(POD, null).stream()
                .filter(Scheduler::waiting)
                .map(Key::of)
                .toList();
    }

    private static boolean waiting(ObjectNode pod) {
        return !Pods.scheduled(pod)
                && Pods.active(pod)
                && pod.path("spec").path("schedulingGates").isEmpty()
                && pod.path("spec").path("schedulerName").asText(NAME).equals(NAME);
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
                                                .map(e -> e.getValue() + " " + e.getKey())
                                                .toList()));
        store.updateStatus(POD, Meta.namespace(pod), Meta.name(pod), copy -> {
            Conditions.set(copy, "PodScheduled", false, "Unschedulable", message, events.now());
            return copy;
        });
        events.warning(POD, pod, "FailedScheduling", message);
    }
}

package io.periplus.lab.controllers;

import static io.periplus.lab.store.ResourceType.POD;
import static io.periplus.lab.store.ResourceType.REPLICA_SET;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.periplus.lab.store.ObjectStore;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Keeps as many pods of one template as a ReplicaSet asks for. */
final class ReplicaSetController implements Controller<Key> {
    /** Pods made or removed in one go; the rest follows at once. Bounds the harm of a template that never works. */
    static final int BURST = 100;

    /** Those to delete first: not scheduled, then not started, then not ready, then the youngest. */
    static final Comparator<ObjectNode> DELETE_FIRST = Comparator.<ObjectNode, Boolean>comparing(Pods::scheduled)
            .thenComparing(p -> phaseRank(Pods.phase(p)))
            .thenComparing(Pods::ready)
            .thenComparing(
                    Comparator.<ObjectNode, Instant>comparing(p -> Pods.ready(p) ? Pods.readySince(p) : Instant.MIN)
                            .reversed())
            .thenComparing(
                    Comparator.<ObjectNode, Instant>comparing(Meta::created).reversed());

    private final ObjectStore store;
    private final EventRecorder events;

    ReplicaSetController(ObjectStore store, EventRecorder events) {
        this.store = store;
        this.events = events;
    }

    @Override
    public void watch(Watches<Key> watches) {
        watches.on(REPLICA_SET, set -> List.of(Key.of(set)));
        watches.on(POD, pod -> Ownership.keysFor(store, REPLICA_SET, pod));
    }

    @Override
    public @Nullable Duration reconcile(Key key) {
        ObjectNode set = store.get(REPLICA_SET, key.namespace(), key.name());
        if (set == null) {
            return null;
        }
        Selector selector = Selector.of(set.path("spec").path("selector"));
        List<ObjectNode> pods = new ArrayList<>(Ownership.claim(store, REPLICA_SET, set, POD, selector).stream()
                .filter(Pods::active)
                .toList());
        if (!Meta.deleting(set)) {
            scale(set, pods);
        }
        return report(set, pods);
    }

    private void scale(ObjectNode set, List<ObjectNode> pods) {
        int missing = replicas(set) - pods.size();
        for (int i = 0; i < Math.min(missing, BURST); i++) {
            ObjectNode pod = Pods.fromTemplate(set.path("spec").path("template"), REPLICA_SET, set);
            ((ObjectNode) pod.path("metadata")).put("generateName", Meta.name(set) + "-");
            ObjectNode created = store.create(POD, pod);
            pods.add(created);
            events.normal(REPLICA_SET, set, "SuccessfulCreate", "Created pod: " + Meta.name(created));
        }
        if (missing < 0) {
            pods.sort(DELETE_FIRST);
            for (int i = 0; i < Math.min(-missing, BURST); i++) {
                ObjectNode pod = pods.removeFirst();
                store.delete(POD, Meta.namespace(pod), Meta.name(pod), null, Meta.uid(pod));
                events.normal(REPLICA_SET, set, "SuccessfulDelete", "Deleted pod: " + Meta.name(pod));
            }
        }
    }

    private @Nullable Duration report(ObjectNode set, List<ObjectNode> pods) {
        Instant now = events.now();
        Duration minReady =
                Duration.ofSeconds(set.path("spec").path("minReadySeconds").asLong());
        Selector full = Selector.ofLabels(
                set.path("spec").path("template").path("metadata").path("labels"));
        int ready = (int) pods.stream().filter(Pods::ready).count();
        int available = (int)
                pods.stream().filter(p -> Pods.available(p, minReady, now)).count();
        int labelled = (int) pods.stream().filter(full::matches).count();
        store.updateStatus(REPLICA_SET, Meta.namespace(set), Meta.name(set), copy -> {
            ObjectNode status = copy.withObject("/status");
            status.put("replicas", pods.size());
            Meta.putCount(status, "fullyLabeledReplicas", labelled);
            Meta.putCount(status, "readyReplicas", ready);
            Meta.putCount(status, "availableReplicas", available);
            status.put("observedGeneration", Meta.generation(set));
            return copy;
        });
        boolean burst = !Meta.deleting(set) && pods.size() != replicas(set);
        if (burst) {
            return Duration.ofMillis(10);
        }
        return ready > available ? Duration.ofSeconds(1) : null;
    }

    static int replicas(JsonNode workload) {
        return workload.path("spec").path("replicas").asInt(1);
    }

    private static int phaseRank(String phase) {
        return switch (phase) {
            case "Pending" -> 0;
            case "Unknown" -> 1;
            default -> 2;
        };
    }
}

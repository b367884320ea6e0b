package io.periplus.lab.controllers;

import static io.periplus.lab.store.ResourceType.POD;
import static io.periplus.lab.store.ResourceType.STATEFUL_SET;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.periplus.lab.store.ObjectStore;
import java.time.Duration;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Keeps numbered pods {@code name-0}, {@code name-1}, …: started from the lowest number, each after its predecessor is ready;
 * stopped and updated from the highest.
 */
final class StatefulSetController implements Controller<Key> {
    private final ObjectStore store;
    private final EventRecorder events;
    private final Revisions revisions;

    StatefulSetController(ObjectStore store, EventRecorder events) {
        this.store = store;
        this.events = events;
        this.revisions = new Revisions(store, STATEFUL_SET);
    }

    @Override
    public void watch(Watches<Key> watches) {
        watches.on(STATEFUL_SET, set -> List.of(Key.of(set)));
        watches.on(POD, pod -> Ownership.keysFor(store, STATEFUL_SET, pod));
    }

    @Override
    public @Nullable Duration reconcile(Key key) {
        ObjectNode set = store.get(STATEFUL_SET, key.namespace(), key.name());
        if (set == null || Meta.deleting(set)) {
            return null;
        }
        if (!set.path("spec").path("volumeClaimTemplates").isEmpty()) {
            events.warning(
                    STATEFUL_SET,
                    set,
                    "FailedCreate",
                    "the lab has no persistent volumes: remove spec.volumeClaimTemplates and use an emptyDir volume");
            return null;
        }
        revisions.record(set);
        String revision = Meta.name(set) + "-" + Revisions.hash(set);
        TreeMap<Integer, ObjectNode> pods = podsByOrdinal(set);
        step(set, pods, revision);
        report(set, podsByOrdinal(set), revision);
        return null;
    }

    private TreeMap<Integer, ObjectNode> podsByOrdinal(ObjectNode set) {
        var pods = new TreeMap<Integer, ObjectNode>();
        String prefix = Meta.name(set) + "-";
        Selector selector = Selector.of(set.path("spec").path("selector"));
        for (ObjectNode pod : Ownership.claim(store, STATEFUL_SET, set, POD, selector)) {
            String name = Meta.name(pod);
            if (name.startsWith(prefix) && name.substring(prefix.length()).matches("\\d{1,9}")) {
                pods.put(Integer.parseInt(name.substring(prefix.length())), pod);
            }
        }
        return pods;
    }

    /** Does what can be done now; every pod that changes brings the next step. */
    private void step(ObjectNode set, TreeMap<Integer, ObjectNode> pods, String revision) {
        boolean parallel = set.path("spec").path("podManagementPolicy").asText().equals("Parallel");
        int first = set.path("spec").path("ordinals").path("start").asInt();
        int end = first + ReplicaSetController.replicas(set);
        for (int ordinal = first; ordinal < end; ordinal++) {
            ObjectNode pod = pods.get(ordinal);
            if (pod == null) {
                create(set, ordinal, revision);
            } else if (Pods.finished(pod)) {
                delete(set, pod);
            }
            if (!parallel && (pod == null || !Pods.active(pod) || !Pods.ready(pod))) {
                return;
            }
        }
        for (var entry : pods.descendingMap().entrySet()) {
            if (entry.getKey() >= end || entry.getKey() < first) {
                delete(set, entry.getValue());
                if (!parallel) {
                    return;
                }
            }
        }
        update(set, pods, revision, first, end);
    }

    private void update(ObjectNode set, TreeMap<Integer, ObjectNode> pods, String revision, int first, int end) {
        JsonNode strategy = set.path("spec").path("updateStrategy");
        if (strategy.path("type").asText("RollingUpdate").equals("OnDelete")) {
            return;
        }
        int partition =
                Math.max(first, strategy.path("rollingUpdate").path("partition").asInt());
        for (int ordinal = end - 1; ordinal >= partition; ordinal--) {
            ObjectNode pod = pods.get(ordinal);
            if (pod == null || Meta.deleting(pod)) {
                return;
            }
            if (!revision.equals(Meta.labels(pod).get(DaemonSetController.REVISION_LABEL))) {
                delete(set, pod);
                return;
            }
            if (!Pods.ready(pod)) {
                return;
            }
        }
    }

    private void report(ObjectNode set, TreeMap<Integer, ObjectNode> pods, String revision) {
        int ready = (int) pods.values().stream()
                .filter(p -> Pods.active(p) && Pods.ready(p))
                .count();
        int updated = (int) pods.values().stream()
                .filter(p -> revision.equals(Meta.labels(p).get(DaemonSetController.REVISION_LABEL)))
                .count();
        boolean complete = updated == pods.size() && ready == ReplicaSetController.replicas(set);
        store.updateStatus(STATEFUL_SET, Meta.namespace(set), Meta.name(set), copy -> {
            ObjectNode status = copy.withObject("/status");
            status.put("observedGeneration", Meta.generation(set));
            status.put("replicas", pods.size());
            Meta.putCount(status, "readyReplicas", ready);
            status.put("availableReplicas", ready);
            Meta.putCount(status, "updatedReplicas", updated);
            status.put("updateRevision", revision);
            if (complete || !status.has("currentRevision")) {
                status.put("currentRevision", revision);
            }
            String current = status.path("currentRevision").asText();
            Meta.putCount(status, "currentReplicas", (int) pods.values().stream()
                    .filter(p -> current.equals(Meta.labels(p).get(DaemonSetController.REVISION_LABEL)))
                    .count());
            status.put("collisionCount", 0);
            return copy;
        });
    }

    private void create(ObjectNode set, int ordinal, String revision) {
        ObjectNode pod = Pods.fromTemplate(set.path("spec").path("template"), STATEFUL_SET, set);
        String name = Meta.name(set) + "-" + ordinal;
        pod.withObject("/metadata").put("name", name);
        pod.withObject("/metadata")
                .withObject("/labels")
                .put(DaemonSetController.REVISION_LABEL, revision)
                .put("statefulset.kubernetes.io/pod-name", name)
                .put("apps.kubernetes.io/pod-index", Integer.toString(ordinal));
        ObjectNode spec = pod.withObject("/spec");
        spec.put("hostname", name);
        String service = Meta.text(set.path("spec").path("serviceName"));
        if (service != null) {
            spec.put("subdomain", service);
        }
        store.create(POD, pod);
        events.normal(
                STATEFUL_SET,
                set,
                "SuccessfulCreate",
                "create Pod %s in StatefulSet %s successful".formatted(name, Meta.name(set)));
    }

    private void delete(ObjectNode set, ObjectNode pod) {
        if (!Meta.deleting(pod)) {
            store.delete(POD, Meta.namespace(pod), Meta.name(pod), null, Meta.uid(pod));
            events.normal(
                    STATEFUL_SET,
                    set,
                    "SuccessfulDelete",
                    "delete Pod %s in StatefulSet %s successful".formatted(Meta.name(pod), Meta.name(set)));
        }
    }
}

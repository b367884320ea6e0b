package io.periplus.lab.controllers;

import static io.periplus.lab.store.ResourceType.NODE;
import static io.periplus.lab.store.ResourceType.POD;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.periplus.lab.store.ObjectStore;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** Deletes pods from nodes with a taint of the effect NoExecute: those that do not tolerate it at once, others when their time is up. */
final class TaintEviction implements Controller<Key> {
    private final ObjectStore store;
    private final EventRecorder events;
    /** Since when a taint without a time of its own is known, by pod and taint. */
    private final Map<String, Instant> firstSeen = new ConcurrentHashMap<>();

    TaintEviction(ObjectStore store, EventRecorder events) {
        this.store = store;
        this.events = events;
    }

    @Override
    public void watch(Watches<Key> watches) {
        watches.on(POD, pod -> Pods.scheduled(pod) ? List.of(Key.of(pod)) : List.of());
        watches.on(
                NODE,
                node -> taints(node).isEmpty() && firstSeen.isEmpty()
                        ? List.of()
                        : store.list(POD, null).stream()
                                .filter(pod -> pod.path("spec")
                                        .path("nodeName")
                                        .asText()
                                        .equals(Meta.name(node)))
                                .map(Key::of)
                                .toList());
    }

    @Override
    public @Nullable Duration reconcile(Key key) {
        ObjectNode pod = store.get(POD, key.namespace(), key.name());
        ObjectNode node = pod == null
                ? null
                : store.get(NODE, null, pod.path("spec").path("nodeName").asText());
        List<JsonNode> taints = node == null ? List.of() : taints(node);
        firstSeen.keySet().removeIf(each -> each.startsWith(key + " ") && taints.isEmpty());
        if (pod == null || taints.isEmpty() || !Pods.active(pod)) {
            return null;
        }
        Instant due = Instant.MAX;
        for (JsonNode taint : taints) {
            Instant end = tolerated(key, pod, taint);
            due = end.isBefore(due) ? end : due;
        }
        if (due.equals(Instant.MAX)) {
            return null;
        }
        Duration left = Duration.between(events.now(), due);
        if (left.isPositive()) {
            return left;
        }
        evict(pod);
        return null;
    }

    /** Until when the pod bears the taint; {@link Instant#MAX} for ever, {@link Instant#MIN} not at all. */
    private Instant tolerated(Key key, ObjectNode pod, JsonNode taint) {
        long seconds = -1;
        for (JsonNode toleration : pod.path("spec").path("tolerations")) {
            if (Placement.tolerates(toleration, taint)) {
                long own = toleration.path("tolerationSeconds").asLong(Long.MAX_VALUE);
                seconds = seconds < 0 ? own : Math.min(seconds, own);
            }
        }
        if (seconds < 0) {
            return Instant.MIN;
        }
        if (seconds == Long.MAX_VALUE) {
            return Instant.MAX;
        }
        Instant since = Meta.instant(taint.path("timeAdded"), Instant.MIN);
        if (since.equals(Instant.MIN)) {
            since = firstSeen.computeIfAbsent(key + " " + Meta.uid(pod) + " " + taint, unknown -> events.now());
        }
        return since.plusSeconds(seconds);
    }

    private void evict(ObjectNode pod) {
        events.normal(
                POD,
                pod,
                "TaintManagerEviction",
                "Marking for deletion Pod " + Meta.namespace(pod) + "/" + Meta.name(pod));
        store.updateStatus(POD, Meta.namespace(pod), Meta.name(pod), copy -> {
            Conditions.set(
                    copy,
                    "DisruptionTarget",
                    true,
                    "DeletionByTaintManager",
                    "Taint manager: deleting due to NoExecute taint",
                    events.now());
            return copy;
        });
        store.delete(POD, Meta.namespace(pod), Meta.name(pod), null, Meta.uid(pod));
    }

    private static List<JsonNode> taints(JsonNode node) {
        return Meta.stream(node.path("spec").path("taints"))
                .filter(taint -> taint.path("effect").asText().equals("NoExecute"))
                .toList();
    }
}

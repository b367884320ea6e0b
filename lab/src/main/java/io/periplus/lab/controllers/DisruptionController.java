package io.periplus.lab.controllers;

import static io.periplus.lab.store.ResourceType.DEPLOYMENT;
import static io.periplus.lab.store.ResourceType.POD;
import static io.periplus.lab.store.ResourceType.REPLICA_SET;
import static io.periplus.lab.store.ResourceType.STATEFUL_SET;
import static io.periplus.lab.store.Types.POD_DISRUPTION_BUDGET;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.periplus.lab.store.ObjectStore;
import io.periplus.lab.store.ResourceType;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Counts how many pods of a PodDisruptionBudget may be evicted now, which is what an eviction asks. */
final class DisruptionController implements Controller<Key> {
    private final ObjectStore store;
    private final EventRecorder events;

    DisruptionController(ObjectStore store, EventRecorder events) {
        this.store = store;
        this.events = events;
    }

    @Override
    public void watch(Watches<Key> watches) {
        watches.on(POD_DISRUPTION_BUDGET, budget -> List.of(Key.of(budget)));
        watches.on(
                POD,
                pod -> store.list(POD_DISRUPTION_BUDGET, Meta.namespace(pod)).stream()
                        .map(Key::of)
                        .toList());
    }

    @Override
    public @Nullable Duration reconcile(Key key) {
        ObjectNode budget = store.get(POD_DISRUPTION_BUDGET, key.namespace(), key.name());
        if (budget == null || Meta.deleting(budget)) {
            return null;
        }
        JsonNode spec = budget.path("spec");
        Selector selector = Selector.of(spec.path("selector"));
        List<ObjectNode> pods = store.list(POD, key.namespace()).stream()
                .filter(pod -> selector.matches(pod) && !Pods.finished(pod))
                .toList();
        int healthy = (int)
                pods.stream().filter(pod -> Pods.active(pod) && Pods.ready(pod)).count();
        int expected = expected(pods);
        int desired = spec.hasNonNull("maxUnavailable")
                ? Math.max(0, expected - RollingUpdate.count(spec.path("maxUnavailable"), "0", expected, true))
                : RollingUpdate.count(spec.path("minAvailable"), "1", expected, true);
        int allowed = expected == 0 ? 0 : Math.max(0, healthy - desired);
        store.updateStatus(POD_DISRUPTION_BUDGET, key.namespace(), key.name(), copy -> {
            ObjectNode status = copy.withObject("/status");
            status.put("currentHealthy", healthy)
                    .put("desiredHealthy", desired)
                    .put("disruptionsAllowed", allowed)
                    .put("expectedPods", expected)
                    .put("observedGeneration", Meta.generation(copy));
            Conditions.set(
                    copy,
                    "DisruptionAllowed",
                    allowed > 0,
                    allowed > 0 ? "SufficientPods" : "InsufficientPods",
                    "",
                    events.now());
            return copy;
        });
        return null;
    }

    /** As many as the pods' owners want; a pod without such an owner counts itself. */
    private int expected(List<ObjectNode> pods) {
        Map<String, Integer> wanted = new HashMap<>();
        for (ObjectNode pod : pods) {
            ObjectNode scaled = scaled(pod);
            wanted.put(
                    Meta.uid(scaled == null ? pod : scaled),
                    scaled == null ? 1 : scaled.path("spec").path("replicas").asInt(1));
        }
        return wanted.values().stream().mapToInt(Integer::intValue).sum();
    }

    private @Nullable ObjectNode scaled(ObjectNode pod) {
        ObjectNode set = owner(pod, REPLICA_SET);
        if (set == null) {
            return owner(pod, STATEFUL_SET);
        }
        ObjectNode deployment = owner(set, DEPLOYMENT);
        return deployment == null ? set : deployment;
    }

    private @Nullable ObjectNode owner(ObjectNode object, ResourceType type) {
        OwnerReference reference = Meta.controller(object);
        return reference == null || !reference.kind().equals(type.kind())
                ? null
                : store.get(type, Meta.namespace(object), reference.name());
    }
}

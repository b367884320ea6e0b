package io.periplus.lab.controllers;

import static io.periplus.lab.store.ResourceType.DEPLOYMENT;
import static io.periplus.lab.store.ResourceType.REPLICA_SET;
import static io.periplus.lab.store.ResourceType.STATEFUL_SET;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.periplus.lab.store.ObjectStore;
import io.periplus.lab.store.ResourceType;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a lab does of a HorizontalPodAutoscaler: it keeps its target within {@code minReplicas} and {@code maxReplicas}. It
 * measures no load and never scales because of any, which the condition {@code ScalingActive} says. A target with no replicas
 * is left alone, as that turns autoscaling off.
 */
final class AutoscalerBounds implements Controller<Key> {
    private static final List<ResourceType> SCALABLE = List.of(DEPLOYMENT, STATEFUL_SET, REPLICA_SET);

    private final ObjectStore store;
    private final EventRecorder events;

    AutoscalerBounds(ObjectStore store, EventRecorder events) {
        this.store = store;
        this.events = events;
    }

    @Override
    public void watch(Watches<Key> watches) {
        watches.on(Types.AUTOSCALER, autoscaler -> List.of(Key.of(autoscaler)));
        for (ResourceType type : SCALABLE) {
            watches.on(type, target -> ofTarget(type, target));
        }
    }

    private List<Key> ofTarget(ResourceType type, ObjectNode target) {
        return store.list(Types.AUTOSCALER, Meta.namespace(target)).stream()
                .filter(autoscaler -> type.equals(typeOf(autoscaler))
                        && targetName(autoscaler).equals(Meta.name(target)))
                .map(Key::of)
                .toList();
    }

    @Override
    public @Nullable Duration reconcile(Key key) {
        ObjectNode autoscaler = store.get(Types.AUTOSCALER, key.namespace(), key.name());
        if (autoscaler == null || Meta.deleting(autoscaler)) {
            return null;
        }
        ResourceType type = typeOf(autoscaler);
        ObjectNode target = type == null ? null : store.get(type, key.namespace(), targetName(autoscaler));
        if (type == null || target == null) {
            report(autoscaler, 0, 0, "FailedGetScale", "the target of the autoscaler is not there");
            return null;
        }
        int now = ReplicaSetController.replicas(target);
        int wanted = now == 0 ? 0 : within(autoscaler, now);
        if (wanted != now) {
            store.update(type, key.namespace(), Meta.name(target), copy -> {
                copy.withObject("/spec").put("replicas", wanted);
                return copy;
            });
            events.normal(
                    Types.AUTOSCALER,
                    autoscaler,
                    "SuccessfulRescale",
                    "New size: %d; reason: Current number of replicas %s Spec.%s"
                            .formatted(
                                    wanted,
                                    wanted > now ? "below" : "above",
                                    wanted > now ? "MinReplicas" : "MaxReplicas"));
        }
        report(
                autoscaler,
                target.path("status").path("replicas").asInt(),
                wanted,
                now == 0 ? "ScalingDisabled" : "NoMetrics",
                "the lab measures no load; it only keeps the target within minReplicas and maxReplicas");
        return null;
    }

    private static int within(JsonNode autoscaler, int replicas) {
        int min = autoscaler.path("spec").path("minReplicas").asInt(1);
        int max = Math.max(min, autoscaler.path("spec").path("maxReplicas").asInt(min));
        return Math.clamp(replicas, min, max);
    }

    private void report(ObjectNode autoscaler, int current, int desired, String reason, String message) {
        store.updateStatus(
                Types.AUTOSCALER, Objects.requireNonNull(Meta.namespace(autoscaler)), Meta.name(autoscaler), copy -> {
                    ObjectNode status = copy.withObject("/status");
                    status.put("currentReplicas", current).put("desiredReplicas", desired);
                    status.put("observedGeneration", Meta.generation(autoscaler));
                    Conditions.set(copy, "ScalingActive", false, reason, message, events.now());
                    return copy;
                });
    }

    private static @Nullable ResourceType typeOf(JsonNode autoscaler) {
        JsonNode reference = autoscaler.path("spec").path("scaleTargetRef");
        return SCALABLE.stream()
                .filter(type -> type.kind().equals(reference.path("kind").asText()))
                .findFirst()
                .orElse(null);
    }

    private static String targetName(JsonNode autoscaler) {
        return autoscaler.path("spec").path("scaleTargetRef").path("name").asText();
    }
}

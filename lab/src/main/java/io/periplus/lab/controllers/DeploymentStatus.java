package io.periplus.lab.controllers;

import static io.periplus.lab.store.ResourceType.DEPLOYMENT;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.periplus.lab.controllers.ReplicaSets.Revisions;
import io.periplus.lab.store.ObjectStore;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Reports a Deployment's counts and its conditions Available and Progressing, on which {@code rollout status} waits. */
final class DeploymentStatus {
    private static final int DEFAULT_DEADLINE_SECONDS = 600;

    private final ObjectStore store;
    private final EventRecorder events;

    DeploymentStatus(ObjectStore store, EventRecorder events) {
        this.store = store;
        this.events = events;
    }

    /** What the ReplicaSets add up to. */
    private record Counts(int replicas, int updated, int ready, int available) {
        static Counts of(Revisions revisions) {
            ObjectNode newest = revisions.newest();
            return new Counts(
                    sum(revisions, "replicas"),
                    newest == null ? 0 : newest.path("status").path("replicas").asInt(),
                    sum(revisions, "readyReplicas"),
                    sum(revisions, "availableReplicas"));
        }

        private static int sum(Revisions revisions, String field) {
            return revisions.stream()
                    .mapToInt(set -> set.path("status").path(field).asInt())
                    .sum();
        }
    }

    static boolean complete(ObjectNode deployment, Revisions revisions) {
        return complete(ReplicaSetController.replicas(deployment), Counts.of(revisions));
    }

    private static boolean complete(int wanted, Counts counts) {
        return counts.updated() == wanted && counts.replicas() == wanted && counts.available() == wanted;
    }

    /** Writes the status; returns when the progress deadline has to be looked at, if a rollout is under way. */
    @Nullable
    Duration report(ObjectNode deployment, Revisions revisions) {
        Counts counts = Counts.of(revisions);
        ObjectNode stored = store.updateStatus(DEPLOYMENT, Meta.namespace(deployment), Meta.name(deployment), copy -> {
            ObjectNode status = copy.withObject("/status");
            Counts before = new Counts(
                    status.path("replicas").asInt(),
                    status.path("updatedReplicas").asInt(),
                    status.path("readyReplicas").asInt(),
                    status.path("availableReplicas").asInt());
            status.put("observedGeneration", Meta.generation(deployment));
            Meta.putCount(status, "replicas", counts.replicas());
            Meta.putCount(status, "updatedReplicas", counts.updated());
            Meta.putCount(status, "readyReplicas", counts.ready());
            Meta.putCount(status, "availableReplicas", counts.available());
            int wanted = ReplicaSetController.replicas(deployment);
            Meta.putCount(
                    status,
                    "unavailableReplicas",
                    Math.max(0, Math.max(wanted, counts.replicas()) - counts.available()));
            available(deployment, copy, counts);
            progressing(deployment, copy, counts, before, revisions);
            return copy;
        });
        return untilDeadline(stored);
    }

    private void available(ObjectNode deployment, ObjectNode copy, Counts counts) {
        RollingUpdate rolling = RollingUpdate.of(deployment);
        boolean enough = counts.available() >= rolling.replicas() - rolling.maxUnavailable();
        set(
                copy,
                "Available",
                enough,
                enough ? "MinimumReplicasAvailable" : "MinimumReplicasUnavailable",
                enough ? "Deployment has minimum availability." : "Deployment does not have minimum availability.");
    }

    private void progressing(
            ObjectNode deployment, ObjectNode copy, Counts counts, Counts before, Revisions revisions) {
        JsonNode present = Conditions.find(copy, "Progressing");
        String set = revisions.newest() == null ? "" : Meta.name(revisions.newest());
        if (deployment.path("spec").path("paused").asBoolean()) {
            setUnknown(copy, "DeploymentPaused", "Deployment is paused");
        } else if (complete(ReplicaSetController.replicas(deployment), counts)) {
            set(
                    copy,
                    "Progressing",
                    true,
                    "NewReplicaSetAvailable",
                    "ReplicaSet \"%s\" has successfully progressed.".formatted(set));
        } else if (present == null) {
            set(copy, "Progressing", true, "NewReplicaSetCreated", "Created new replica set \"%s\"".formatted(set));
        } else if (progressed(counts, before) || finishedEarlier(present, set)) {
            ObjectNode condition = set(
                    copy, "Progressing", true, "ReplicaSetUpdated", "ReplicaSet \"%s\" is progressing.".formatted(set));
            if (condition == null && Conditions.find(copy, "Progressing") instanceof ObjectNode same) {
                same.put("lastUpdateTime", Meta.time(events.now()));
            }
        } else if (Duration.ZERO.equals(untilDeadline(copy))) {
            set(
                    copy,
                    "Progressing",
                    false,
                    "ProgressDeadlineExceeded",
                    "ReplicaSet \"%s\" has timed out progressing.".formatted(set));
        }
    }

    private static boolean progressed(Counts counts, Counts before) {
        return counts.updated() > before.updated()
                || counts.ready() > before.ready()
                || counts.available() > before.available()
                || counts.replicas() - counts.updated() < before.replicas() - before.updated();
    }

    /** An earlier rollout's result says nothing about the one under way. */
    private static boolean finishedEarlier(JsonNode condition, String set) {
        String reason = condition.path("reason").asText();
        return reason.equals("NewReplicaSetAvailable")
                || reason.equals("DeploymentPaused")
                || !condition.path("message").asText().contains("\"" + set + "\"");
    }

    /** Null if no rollout is under way, zero if its deadline has passed. */
    private @Nullable Duration untilDeadline(ObjectNode deployment) {
        JsonNode condition = Conditions.find(deployment, "Progressing");
        if (condition == null) {
            return null;
        }
        String reason = condition.path("reason").asText();
        if (!reason.equals("NewReplicaSetCreated") && !reason.equals("ReplicaSetUpdated")) {
            return null;
        }
        Duration deadline = Duration.ofSeconds(
                deployment.path("spec").path("progressDeadlineSeconds").asLong(DEFAULT_DEADLINE_SECONDS));
        Instant since = Meta.instant(condition.path("lastUpdateTime"), events.now());
        Duration left = Duration.between(events.now(), since.plus(deadline));
        return left.isPositive() ? left : Duration.ZERO;
    }

    private @Nullable ObjectNode set(ObjectNode copy, String type, boolean status, String reason, String message) {
        Instant now = events.now();
        ObjectNode changed = Conditions.set(copy, type, status, reason, message, now);
        if (changed != null) {
            changed.put("lastUpdateTime", Meta.time(now));
        }
        return changed;
    }

    private void setUnknown(ObjectNode copy, String reason, String message) {
        ObjectNode changed = set(copy, "Progressing", false, reason, message);
        if (changed != null) {
            changed.put("status", "Unknown");
        }
    }
}

package io.periplus.lab.controllers;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;

/**
 * The arithmetic of a rolling update: never more than {@code replicas + maxSurge} pods, never fewer than
 * {@code replicas - maxUnavailable} available ones.
 */
record RollingUpdate(int replicas, int maxSurge, int maxUnavailable) {
    /** The ReplicaSet and the size it should have now. */
    record Step(ObjectNode set, int replicas) {}

    static RollingUpdate of(JsonNode deployment) {
        int replicas = ReplicaSetController.replicas(deployment);
        JsonNode strategy = deployment.path("spec").path("strategy");
        if (strategy.path("type").asText().equals("Recreate")) {
            return new RollingUpdate(replicas, 0, replicas);
        }
        JsonNode rolling = strategy.path("rollingUpdate");
        int surge = count(rolling.path("maxSurge"), "25%", replicas, true);
        int unavailable = count(rolling.path("maxUnavailable"), "25%", replicas, false);
        // Neither more nor fewer would be allowed: nothing could ever move.
        return new RollingUpdate(replicas, surge, surge == 0 && unavailable == 0 ? 1 : unavailable);
    }

    /** An {@code IntOrString}: a count, or a percentage of {@code total}. */
    static int count(JsonNode value, String absent, int total, boolean roundUp) {
        if (value.isNumber()) {
            return value.asInt();
        }
        String text = value.isTextual() ? value.asText() : absent;
        if (!text.endsWith("%")) {
            return Integer.parseInt(text);
        }
        int percent = Integer.parseInt(text.substring(0, text.length() - 1));
        return roundUp ? Math.ceilDiv(percent * total, 100) : Math.floorDiv(percent * total, 100);
    }

    List<Step> steps(ReplicaSets.Revisions revisions) {
        var steps = new ArrayList<Step>();
        ObjectNode newest = revisions.newest();
        if (newest == null) {
            return steps;
        }
        int present =
                revisions.stream().mapToInt(ReplicaSetController::replicas).sum();
        int running = revisions.stream().mapToInt(RollingUpdate::running).sum();
        int now = ReplicaSetController.replicas(newest);
        int next = now > replicas ? replicas : now + Math.clamp(replicas + maxSurge - running, 0, replicas - now);
        steps.add(new Step(newest, next));
        int removable = present - (replicas - maxUnavailable) - Math.max(0, now - available(newest));
        shrink(revisions.old(), removable, steps);
        return steps;
    }

    /** First the pods that serve nobody anyway, then others as far as availability allows; the oldest template first. */
    private void shrink(List<ObjectNode> old, int removable, List<Step> steps) {
        var sizes = new ArrayList<Integer>(
                old.stream().map(ReplicaSetController::replicas).toList());
        int unhealthyBudget = removable;
        for (int i = 0; i < old.size() && unhealthyBudget > 0; i++) {
            int unhealthy = Math.max(0, sizes.get(i) - available(old.get(i)));
            int down = Math.min(unhealthy, unhealthyBudget);
            sizes.set(i, sizes.get(i) - down);
            unhealthyBudget -= down;
        }
        int availableBudget = Math.min(unhealthyBudget, spareAvailable(old, steps));
        for (int i = 0; i < old.size() && availableBudget > 0; i++) {
            int down = Math.min(sizes.get(i), availableBudget);
            sizes.set(i, sizes.get(i) - down);
            availableBudget -= down;
        }
        for (int i = 0; i < old.size(); i++) {
            if (sizes.get(i) != ReplicaSetController.replicas(old.get(i))) {
                steps.add(new Step(old.get(i), sizes.get(i)));
            }
        }
    }

    private int spareAvailable(List<ObjectNode> old, List<Step> steps) {
        int availableOld = old.stream().mapToInt(RollingUpdate::available).sum();
        return availableOld + available(steps.getFirst().set()) - (replicas - maxUnavailable);
    }

    /** Pods of a set that was just made smaller count until they go. */
    private static int running(JsonNode set) {
        return Math.max(set.path("status").path("replicas").asInt(), ReplicaSetController.replicas(set));
    }

    /** Never more than asked for: the status of a set that was just made smaller still counts the pods that go. */
    private static int available(JsonNode set) {
        return Math.min(set.path("status").path("availableReplicas").asInt(), ReplicaSetController.replicas(set));
    }
}

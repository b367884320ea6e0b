package io.periplus.lab.controllers;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** {@code status.conditions}: one entry per type; its transition time moves only when its status does. */
final class Conditions {
    private Conditions() {}

    static @Nullable JsonNode find(JsonNode object, String type) {
        return Meta.stream(object.path("status").path("conditions"))
                .filter(c -> c.path("type").asText().equals(type))
                .findFirst()
                .orElse(null);
    }

    static boolean isTrue(JsonNode object, String type) {
        JsonNode condition = find(object, type);
        return condition != null && condition.path("status").asText().equals("True");
    }

    /** Sets a condition; returns its node, or null if it was already so (and nothing was changed). */
    static @Nullable ObjectNode set(
            ObjectNode object, String type, boolean status, String reason, String message, Instant now) {
        String wanted = status ? "True" : "False";
        ObjectNode present = (ObjectNode) find(object, type);
        if (present == null) {
            ObjectNode added =
                    object.withObject("/status").withArray("conditions").addObject();
            added.put("type", type).put("status", wanted).put("lastTransitionTime", Meta.time(now));
            return explain(added, reason, message);
        }
        boolean same = present.path("status").asText().equals(wanted);
        if (same
                && present.path("reason").asText().equals(reason)
                && present.path("message").asText().equals(message)) {
            return null;
        }
        if (!same) {
            present.put("status", wanted).put("lastTransitionTime", Meta.time(now));
        }
        return explain(present, reason, message);
    }

    private static ObjectNode explain(ObjectNode condition, String reason, String message) {
        if (!reason.isEmpty()) {
            condition.put("reason", reason);
        }
        if (!message.isEmpty()) {
            condition.put("message", message);
        }
        return condition;
    }
}

package io.periplus.lab.store;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** When deleted objects go: grace periods, finalizers, preconditions. */
final class Lifetime {
    private static final Set<String> GONE_WHEN = Set.of("Succeeded", "Failed");

    private Lifetime() {}

    /** Whether a terminating object has nothing left that holds it. */
    static boolean isOver(ResourceType type, ObjectNode object) {
        if (!Meta.isTerminating(object) || Meta.hasFinalizers(object)) {
            return false;
        }
        if (type.equals(ResourceType.NAMESPACE)) {
            return object.path("spec").path("finalizers").isEmpty();
        }
        return object.path("metadata").path("deletionGracePeriodSeconds").asLong(0) == 0;
    }

    static void checkPreconditions(ResourceType type, ObjectNode object, Deletion deletion) {
        check(type, object, "UID", deletion.uid(), Meta.uid(object));
        check(type, object, "ResourceVersion", deletion.resourceVersion(), Long.toString(Meta.resourceVersion(object)));
    }

    private static void check(
            ResourceType type, ObjectNode object, String what, @Nullable String expected, String actual) {
        if (expected != null && !expected.equals(actual)) {
            throw ApiException.conflict(
                    type,
                    Meta.name(object),
                    "Precondition failed: " + what + " in precondition: " + expected + ", " + what + " in object meta: "
                            + actual);
        }
    }

    /** A copy of the object with its deletion timestamp. */
    static ObjectNode terminate(ResourceType type, ObjectNode before, Deletion deletion) {
        ObjectNode after = before.deepCopy();
        ObjectNode meta = Meta.of(after);
        long grace = grace(type, before, deletion);
        if (!Meta.isTerminating(before)) {
            meta.put("deletionTimestamp", Meta.timestamp(Instant.now().plusSeconds(grace)));
            meta.put("deletionGracePeriodSeconds", grace);
            addFinalizers(meta, deletion.propagation());
            if (type.equals(ResourceType.NAMESPACE)) {
                Json.ensureObject(after, "status").put("phase", "Terminating");
            }
        } else if (grace < meta.path("deletionGracePeriodSeconds").asLong(0)) {
            meta.put("deletionTimestamp", Meta.timestamp(Instant.now().plusSeconds(grace)));
            meta.put("deletionGracePeriodSeconds", grace);
        }
        Json.normalize(after);
        return after;
    }

    private static long grace(ResourceType type, ObjectNode object, Deletion deletion) {
        if (!type.equals(ResourceType.POD)) {
            return 0;
        }
        JsonNode spec = object.path("spec");
        // No node has to stop anything.
        if (Json.text(spec, "nodeName").isEmpty() || GONE_WHEN.contains(Json.text(object, "status", "phase"))) {
            return 0;
        }
        Long asked = deletion.graceSeconds();
        if (asked == null) {
            return spec.path("terminationGracePeriodSeconds").asLong(30);
        }
        return Math.max(0, asked);
    }

    private static void addFinalizers(ObjectNode meta, Deletion.Propagation propagation) {
        String finalizer = switch (propagation) {
            case BACKGROUND -> "";
            case FOREGROUND -> "foregroundDeletion";
            case ORPHAN -> "orphan";
        };
        List<String> present = Json.texts(meta.path("finalizers"));
        if (!finalizer.isEmpty() && !present.contains(finalizer)) {
            ArrayNode finalizers = Json.array(present);
            finalizers.add(finalizer);
            meta.set("finalizers", finalizers);
        }
    }
}

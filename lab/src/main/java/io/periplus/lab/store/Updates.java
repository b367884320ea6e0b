package io.periplus.lab.store;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.periplus.lab.store.types.Definition;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What an update may not change, and what it changes by the way. */
final class Updates {
    private static final List<String> IDENTITY = List.of(
            "name",
            "namespace",
            "uid",
            "creationTimestamp",
            "resourceVersion",
            "generation",
            "deletionTimestamp",
            "deletionGracePeriodSeconds",
            "generateName");

    private Updates() {}

    /** Node components annotate these through the status, the only part of them that they may write. */
    private static final Set<ResourceType> LABELLED_WITH_STATUS = Set.of(ResourceType.POD, ResourceType.NODE);

    static void keepIdentity(ObjectNode before, ObjectNode after) {
        after.put("kind", Json.text(before, "kind"));
        ObjectNode meta = Meta.of(after);
        meta.remove("selfLink");
        JsonNode old = before.path("metadata");
        for (String name : IDENTITY) {
            JsonNode value = old.get(name);
            if (value == null) {
                meta.remove(name);
            } else {
                meta.set(name, value);
            }
        }
    }

    /** The object as it would be if only the given part of {@code after} counted. */
    static ObjectNode restrict(@Nullable Definition definition, Part part, ObjectNode before, ObjectNode after) {
        if (part == Part.STATUS) {
            ObjectNode restricted = before.deepCopy();
            put(restricted, "status", after.get("status"));
            put(Meta.of(restricted), "managedFields", after.path("metadata").get("managedFields"));
            if (definition != null && LABELLED_WITH_STATUS.contains(definition.storage())) {
                put(Meta.of(restricted), "labels", after.path("metadata").get("labels"));
                put(Meta.of(restricted), "annotations", after.path("metadata").get("annotations"));
            }
            return restricted;
        }
        if (definition != null && definition.stored().status()) {
            // A copy: admission may still complete it, and the present object is shared.
            JsonNode status = before.get("status");
            put(after, "status", status == null ? null : status.deepCopy());
        }
        return after;
    }

    private static void put(ObjectNode object, String name, @Nullable JsonNode value) {
        if (value == null) {
            object.remove(name);
        } else {
            object.set(name, value);
        }
    }

    static void countGeneration(@Nullable Definition definition, ObjectNode before, ObjectNode after) {
        if (definition == null || !definition.generation()) {
            return;
        }
        boolean marked = Meta.isTerminating(after) && !Meta.isTerminating(before);
        if (marked || desiredStateDiffers(definition, before, after)) {
            Meta.of(after)
                    .put(
                            "generation",
                            before.path("metadata").path("generation").asInt(0) + 1);
        }
    }

    private static boolean desiredStateDiffers(Definition definition, ObjectNode before, ObjectNode after) {
        boolean ignoreStatus = definition.stored().status();
        return !desired(before, ignoreStatus).equals(desired(after, ignoreStatus));
    }

    private static Map<String, JsonNode> desired(ObjectNode object, boolean ignoreStatus) {
        Map<String, JsonNode> members = new HashMap<>();
        object.properties().forEach(member -> members.put(member.getKey(), member.getValue()));
        members.remove("metadata");
        members.remove("apiVersion");
        members.remove("kind");
        if (ignoreStatus) {
            members.remove("status");
        }
        return members;
    }
}

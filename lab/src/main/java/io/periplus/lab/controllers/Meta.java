package io.periplus.lab.controllers;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.periplus.lab.store.ResourceType;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/** Reads and writes {@code metadata} of objects kept as JSON. */
final class Meta {
    private Meta() {}

    static ObjectNode object() {
        return JsonNodeFactory.instance.objectNode();
    }

    /** A new object of {@code type} without a namespace if {@code namespace} is null. */
    static ObjectNode object(ResourceType type, @Nullable String namespace, String name) {
        ObjectNode object = object();
        object.put("apiVersion", type.apiVersion()).put("kind", type.kind());
        ObjectNode metadata = object.putObject("metadata");
        metadata.put("name", name);
        if (namespace != null) {
            metadata.put("namespace", namespace);
        }
        return object;
    }

    static String name(JsonNode object) {
        return object.path("metadata").path("name").asText();
    }

    static @Nullable String namespace(JsonNode object) {
        return text(object.path("metadata").path("namespace"));
    }

    static String uid(JsonNode object) {
        return object.path("metadata").path("uid").asText();
    }

    static long generation(JsonNode object) {
        return object.path("metadata").path("generation").asLong();
    }

    static boolean deleting(JsonNode object) {
        return object.path("metadata").hasNonNull("deletionTimestamp");
    }

    static Map<String, String> labels(JsonNode object) {
        return strings(object.path("metadata").path("labels"));
    }

    static Map<String, String> strings(JsonNode map) {
        var result = new LinkedHashMap<String, String>();
        map.properties().forEach(e -> result.put(e.getKey(), e.getValue().asText()));
        return result;
    }

    static ObjectNode strings(Map<String, String> map) {
        ObjectNode result = object();
        map.forEach(result::put);
        return result;
    }

    static @Nullable String annotation(JsonNode object, String key) {
        return text(object.path("metadata").path("annotations").path(key));
    }

    static Instant created(JsonNode object) {
        return instant(object.path("metadata").path("creationTimestamp"), Instant.MIN);
    }

    static boolean hasFinalizer(JsonNode object, String finalizer) {
        return contains(object.path("metadata").path("finalizers"), finalizer);
    }

    static void removeFinalizer(ObjectNode object, String finalizer) {
        remove((ObjectNode) object.path("metadata"), "finalizers", finalizer);
    }

    /** Removes a text from an array field, and the field with its last one. */
    static void remove(ObjectNode parent, String field, String value) {
        if (parent.get(field) instanceof ArrayNode array) {
            array.removeIf(e -> e.asText().equals(value));
            if (array.isEmpty()) {
                parent.remove(field);
            }
        }
    }

    static boolean contains(JsonNode array, String value) {
        return stream(array).anyMatch(e -> e.asText().equals(value));
    }

    static List<OwnerReference> owners(JsonNode object) {
        return stream(object.path("metadata").path("ownerReferences"))
                .map(OwnerReference::of)
                .toList();
    }

    /** The one owner that manages the object. */
    static @Nullable OwnerReference controller(JsonNode object) {
        for (OwnerReference owner : owners(object)) {
            if (owner.controller()) {
                return owner;
            }
        }
        return null;
    }

    static boolean controlledBy(JsonNode object, JsonNode owner) {
        OwnerReference reference = controller(object);
        return reference != null && reference.uid().equals(uid(owner));
    }

    static Stream<JsonNode> stream(JsonNode array) {
        return StreamSupport.stream(array.spliterator(), false);
    }

    /** The text, or null for what is absent, null or empty. */
    static @Nullable String text(JsonNode node) {
        return node.isTextual() && !node.asText().isEmpty() ? node.asText() : null;
    }

    static Instant instant(JsonNode node, Instant absent) {
        return node.isTextual() ? Instant.parse(node.asText()) : absent;
    }

    /** RFC 3339 with whole seconds, as {@code metav1.Time} is written. */
    static String time(Instant instant) {
        return instant.truncatedTo(ChronoUnit.SECONDS).toString();
    }

    /** Writes a count as Go does for a field marked {@code omitempty}. */
    static void putCount(ObjectNode object, String field, int count) {
        if (count == 0) {
            object.remove(field);
        } else {
            object.put(field, count);
        }
    }
}

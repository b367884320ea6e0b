package io.periplus.lab.apiserver.patch;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.periplus.lab.store.ApiException;
import io.periplus.lab.store.Json;
import io.periplus.lab.store.schema.Schema;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Strategic merge patch: objects merge member by member, lists by the merge key of their schema. Understands the
 * directives {@code $patch} (replace, delete, merge), {@code $retainKeys}, {@code $deleteFromPrimitiveList/…} and
 * {@code $setElementOrder/…}.
 */
public final class StrategicMerge {
    private static final String DIRECTIVE = "$patch";
    private static final String RETAIN = "$retainKeys";
    private static final String DELETE_FROM = "$deleteFromPrimitiveList/";
    private static final String ORDER = "$setElementOrder/";

    private StrategicMerge() {}

    /** Changes {@code target} and returns it. */
    public static ObjectNode apply(Schema schema, ObjectNode target, JsonNode patch) {
        if (!(patch instanceof ObjectNode changes)) {
            throw ApiException.badRequest("a strategic merge patch must be a JSON object");
        }
        return merge(schema, target, changes);
    }

    private static ObjectNode merge(Schema schema, ObjectNode target, ObjectNode patch) {
        switch (Json.text(patch, DIRECTIVE)) {
            case "replace" -> {
                ObjectNode replacement = patch.deepCopy();
                replacement.remove(DIRECTIVE);
                return replacement;
            }
            case "delete" -> {
                return Json.object();
            }
            default -> {}
        }
        if (patch.path(RETAIN).isArray()) {
            target.retain(Json.texts(patch.path(RETAIN)));
        }
        for (Map.Entry<String, JsonNode> member : patch.properties()) {
            String name = member.getKey();
            if (name.startsWith("$")) {
                primitives(target, name, member.getValue());
            } else {
                member(child(schema, name), target, name, member.getValue(), patch.path(ORDER + name));
            }
        }
        return target;
    }

    private static Schema child(Schema schema, String name) {
        return switch (schema.kind()) {
            case OBJECT -> schema.properties().getOrDefault(name, Schema.ANY);
            case MAP -> schema.element();
            default -> Schema.ANY;
        };
    }

    private static void member(Schema schema, ObjectNode target, String name, JsonNode value, JsonNode order) {
        if (value.isNull()) {
            target.remove(name);
        } else if (value instanceof ObjectNode changes) {
            ObjectNode present = target.get(name) instanceof ObjectNode object ? object : Json.object();
            target.set(name, merge(schema, present, changes));
        } else if (value instanceof ArrayNode changes) {
            ArrayNode present = target.get(name) instanceof ArrayNode array ? array : Json.array();
            target.set(name, list(schema, present, changes, order));
        } else {
            target.set(name, value.deepCopy());
        }
    }

    private static ArrayNode list(Schema schema, ArrayNode present, ArrayNode patch, JsonNode order) {
        String key = schema.kind() == Schema.Kind.ARRAY ? schema.mergeKey() : null;
        if (key == null) {
            return patch.deepCopy();
        }
        if (key.isEmpty()) {
            return values(present, patch, order);
        }
        return byKey(schema.element(), key, present, patch, order);
    }

    /** Lists of plain values merge as sets. */
    private static ArrayNode values(ArrayNode present, ArrayNode patch, JsonNode order) {
        Set<JsonNode> union = new LinkedHashSet<>();
        present.forEach(union::add);
        patch.forEach(union::add);
        ArrayNode merged = Json.array();
        for (JsonNode wanted : order) {
            if (union.remove(wanted)) {
                merged.add(wanted);
            }
        }
        union.forEach(merged::add);
        return merged;
    }

    private static ArrayNode byKey(Schema element, String key, ArrayNode present, ArrayNode patch, JsonNode order) {
        List<ObjectNode> merged = new ArrayList<>();
        boolean replace =
                Json.objects(patch).stream().anyMatch(entry -> directive(entry, "replace") && entry.size() == 1);
        if (!replace) {
            merged.addAll(Json.objects(present));
        }
        for (ObjectNode change : Json.objects(patch)) {
            JsonNode id = change.get(key);
            if (id == null) {
                if (change.has(DIRECTIVE)) {
                    continue;
                }
                throw ApiException.badRequest("map: " + change + " does not contain declared merge key: " + key);
            }
            @Nullable ObjectNode match = find(merged, key, id);
            if (directive(change, "delete")) {
                merged.removeIf(entry -> id.equals(entry.get(key)));
            } else if (match == null) {
                merged.add(merge(element, Json.object(), change));
            } else {
                merged.set(merged.indexOf(match), merge(element, match, change));
            }
        }
        ArrayNode result = Json.array();
        ordered(merged, key, order).forEach(result::add);
        return result;
    }

    private static boolean directive(ObjectNode change, String directive) {
        return Json.text(change, DIRECTIVE).equals(directive);
    }

    private static @Nullable ObjectNode find(List<ObjectNode> entries, String key, JsonNode id) {
        for (ObjectNode entry : entries) {
            if (id.equals(entry.get(key))) {
                return entry;
            }
        }
        return null;
    }

    /** Entries the order names come in its order, at the place of the first of them; others stay where they are. */
    private static List<ObjectNode> ordered(List<ObjectNode> entries, String key, JsonNode order) {
        if (order.isEmpty()) {
            return entries;
        }
        List<ObjectNode> named = new ArrayList<>();
        for (JsonNode wanted : order) {
            JsonNode id = wanted.path(key);
            ObjectNode entry = find(entries, key, id);
            if (entry != null) {
                named.add(entry);
            }
        }
        List<ObjectNode> result = new ArrayList<>();
        int next = 0;
        for (ObjectNode entry : entries) {
            boolean isNamed = named.stream().anyMatch(other -> other == entry);
            result.add(isNamed ? named.get(next++) : entry);
        }
        return result;
    }

    private static void primitives(ObjectNode target, String name, JsonNode values) {
        if (name.startsWith(DELETE_FROM)
                && target.get(name.substring(DELETE_FROM.length())) instanceof ArrayNode list) {
            Set<JsonNode> gone = new LinkedHashSet<>();
            values.forEach(gone::add);
            ArrayNode left = Json.array();
            list.forEach(value -> {
                if (!gone.contains(value)) {
                    left.add(value);
                }
            });
            target.set(name.substring(DELETE_FROM.length()), left);
        }
    }
}

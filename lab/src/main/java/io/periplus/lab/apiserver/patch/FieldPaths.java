package io.periplus.lab.apiserver.patch;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.periplus.lab.store.Json;
import io.periplus.lab.store.schema.Schema;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.NavigableSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The fields of an object as flat paths, the unit of ownership in server-side apply. A path is a sequence of elements
 * as {@code fieldsV1} writes them ({@code f:spec}, {@code k:{"name":"web"}}, {@code v:"x"}), each ended by
 * {@link #END}.
 */
final class FieldPaths {
    static final char END = '\u0001';
    /** Value of a path that only says that a list entry is there. */
    private static final JsonNode PRESENT = BooleanNode.TRUE;

    private static final List<String> SERVER_SIDE = List.of(
            "name",
            "namespace",
            "generateName",
            "uid",
            "creationTimestamp",
            "resourceVersion",
            "generation",
            "selfLink",
            "deletionTimestamp",
            "deletionGracePeriodSeconds",
            "managedFields");

    private final NavigableMap<String, JsonNode> leaves = new TreeMap<>();

    private FieldPaths() {}

    /** The paths of an object that can have owners, with their values. */
    static NavigableMap<String, JsonNode> of(Schema schema, @Nullable ObjectNode object) {
        FieldPaths paths = new FieldPaths();
        if (object != null) {
            ObjectNode owned = Json.object();
            owned.setAll(object);
            owned.remove(List.of("apiVersion", "kind"));
            ObjectNode meta = Json.objectAt(object, "metadata");
            if (meta != null) {
                ObjectNode ownedMeta = Json.object();
                ownedMeta.setAll(meta);
                ownedMeta.remove(SERVER_SIDE);
                owned.set("metadata", ownedMeta);
                if (ownedMeta.isEmpty()) {
                    owned.remove("metadata");
                }
            }
            paths.members(schema, owned, "");
        }
        return paths.leaves;
    }

    private void walk(Schema schema, JsonNode value, String path) {
        if (value instanceof ObjectNode object) {
            if (schema.atomic() || object.isEmpty()) {
                leaves.put(path, value);
            } else {
                members(schema, object, path);
            }
        } else if (value.isArray()
                && schema.kind() == Schema.Kind.ARRAY
                && schema.listType() != Schema.ListType.ATOMIC) {
            for (JsonNode element : value) {
                String at = path + element(schema, element) + END;
                leaves.put(at, PRESENT);
                if (schema.listType() == Schema.ListType.MAP) {
                    walk(schema.element(), element, at);
                }
            }
            if (value.isEmpty()) {
                leaves.put(path, value);
            }
        } else {
            leaves.put(path, value);
        }
    }

    private void members(Schema schema, ObjectNode object, String path) {
        for (Map.Entry<String, JsonNode> member : object.properties()) {
            walk(child(schema, member.getKey()), member.getValue(), path + "f:" + member.getKey() + END);
        }
    }

    static Schema child(Schema schema, String name) {
        return switch (schema.kind()) {
            case OBJECT -> schema.properties().getOrDefault(name, Schema.ANY);
            case MAP -> schema.element();
            default -> Schema.ANY;
        };
    }

    /** The element that names an entry of a list by key or by value. */
    static String element(Schema list, JsonNode entry) {
        return list.listType() == Schema.ListType.SET ? "v:" + entry : "k:" + key(list, entry);
    }

    private static ObjectNode key(Schema list, JsonNode entry) {
        TreeMap<String, JsonNode> values = new TreeMap<>();
        for (String name : list.listKeys()) {
            JsonNode value = entry.get(name);
            if (value != null) {
                values.put(name, value);
            } else if (name.equals("protocol")) {
                values.put(name, Json.object().textNode("TCP"));
            }
        }
        ObjectNode key = Json.object();
        key.setAll(values);
        return key;
    }

    static NavigableSet<String> fromFieldsV1(JsonNode fields) {
        NavigableSet<String> paths = new TreeSet<>();
        read(fields, "", paths);
        return paths;
    }

    private static void read(JsonNode node, String path, NavigableSet<String> paths) {
        if (node.isEmpty()) {
            paths.add(path);
            return;
        }
        for (Map.Entry<String, JsonNode> member : node.properties()) {
            if (member.getKey().equals(".")) {
                paths.add(path);
            } else {
                read(member.getValue(), path + member.getKey() + END, paths);
            }
        }
    }

    static ObjectNode toFieldsV1(NavigableSet<String> paths) {
        ObjectNode root = Json.object();
        for (String path : paths) {
            ObjectNode node = root;
            for (String element : elements(path)) {
                node = Json.ensureObject(node, element);
            }
            // A member that also has members under it, such as a list entry.
            String below = paths.higher(path);
            if (below != null && below.startsWith(path)) {
                node.putObject(".");
            }
        }
        return root;
    }

    static List<String> elements(String path) {
        return path.isEmpty() ? List.of() : List.of(path.split(String.valueOf(END)));
    }

    /** Paths whose values differ, or that only one side has. */
    static NavigableSet<String> differences(Map<String, JsonNode> before, Map<String, JsonNode> after) {
        NavigableSet<String> differences = new TreeSet<>();
        before.forEach((path, value) -> {
            if (!value.equals(after.get(path))) {
                differences.add(path);
            }
        });
        after.forEach((path, value) -> {
            if (!before.getOrDefault(path, MissingNode.getInstance()).equals(value)) {
                differences.add(path);
            }
        });
        return differences;
    }

    /** Whether the set has the path or one under it. */
    static boolean covers(NavigableSet<String> paths, String path) {
        String next = paths.ceiling(path);
        return next != null && next.startsWith(path);
    }

    /** A path as messages show it: {@code .spec.containers[name="web"].image}. */
    static String display(String path) {
        StringBuilder text = new StringBuilder();
        for (String element : elements(path)) {
            String value = element.substring(2);
            switch (element.charAt(0)) {
                case 'f' -> text.append('.').append(value);
                case 'v' -> text.append("[=").append(value).append(']');
                default -> text.append('[').append(displayKey(value)).append(']');
            }
        }
        return text.toString();
    }

    private static String displayKey(String json) {
        try {
            StringBuilder text = new StringBuilder();
            for (Map.Entry<String, JsonNode> member : Json.MAPPER.readTree(json).properties()) {
                text.append(text.isEmpty() ? "" : ",")
                        .append(member.getKey())
                        .append('=')
                        .append(member.getValue());
            }
            return text.toString();
        } catch (com.fasterxml.jackson.core.JsonProcessingException e) {
            return json;
        }
    }
}

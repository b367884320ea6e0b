package io.periplus.lab.store.schema;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;

/** Members that a schema does not know. */
public final class UnknownFields {
    private UnknownFields() {}

    /** Their paths, as in {@code spec.template.spec.containers[0].foo}; removed from the value. */
    public static List<String> prune(Schema schema, JsonNode value) {
        List<String> found = new ArrayList<>();
        walk(schema, value, "", true, found);
        return found;
    }

    /** Their paths; the value stays as it is. */
    public static List<String> find(Schema schema, JsonNode value) {
        List<String> found = new ArrayList<>();
        walk(schema, value, "", false, found);
        return found;
    }

    private static void walk(Schema schema, JsonNode value, String path, boolean remove, List<String> found) {
        switch (schema.kind()) {
            case OBJECT -> {
                if (value instanceof ObjectNode object) {
                    members(schema, object, path, remove, found);
                }
            }
            case MAP ->
                value.properties()
                        .forEach(member ->
                                walk(schema.element(), member.getValue(), join(path, member.getKey()), remove, found));
            case ARRAY -> {
                for (int i = 0; i < value.size(); i++) {
                    if (value.isArray()) {
                        walk(schema.element(), value.get(i), path + "[" + i + "]", remove, found);
                    }
                }
            }
            default -> {}
        }
    }

    private static void members(Schema schema, ObjectNode object, String path, boolean remove, List<String> found) {
        Map<String, Schema> properties = schema.properties();
        for (Iterator<Map.Entry<String, JsonNode>> members = object.properties().iterator(); members.hasNext(); ) {
            Map.Entry<String, JsonNode> member = members.next();
            Schema known = properties.get(member.getKey());
            if (known != null) {
                walk(known, member.getValue(), join(path, member.getKey()), remove, found);
            } else if (!schema.preserveUnknown()) {
                found.add(join(path, member.getKey()));
                if (remove) {
                    members.remove();
                }
            }
        }
    }

    private static String join(String path, String name) {
        return path.isEmpty() ? name : path + "." + name;
    }
}

package io.periplus.lab.store.schema;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

/** Sets missing members to their schema's {@code default}, where their parent is there. */
public final class SchemaDefaults {
    private SchemaDefaults() {}

    public static void apply(Schema schema, JsonNode value) {
        switch (schema.kind()) {
            case OBJECT -> {
                if (value instanceof ObjectNode object) {
                    schema.properties().forEach((name, member) -> {
                        JsonNode preset = member.defaultValue();
                        if (preset != null && !object.hasNonNull(name)) {
                            object.set(name, preset.deepCopy());
                        }
                        JsonNode present = object.get(name);
                        if (present != null && present.isContainerNode()) {
                            apply(member, present);
                        }
                    });
                }
            }
            case MAP -> value.forEach(element -> apply(schema.element(), element));
            case ARRAY -> {
                if (value.isArray()) {
                    value.forEach(element -> apply(schema.element(), element));
                }
            }
            default -> {}
        }
    }
}

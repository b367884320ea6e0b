package io.periplus.lab.apiserver.discovery;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.periplus.lab.store.Json;
import io.periplus.lab.store.schema.Schema;
import java.util.List;
import java.util.Map;

/** Schemas as OpenAPI documents have them. Named schemas become definitions, written once. */
final class SchemaWriter {
    private static final List<String> COPIED_RULES = List.of(
            "enum",
            "pattern",
            "minimum",
            "maximum",
            "exclusiveMinimum",
            "exclusiveMaximum",
            "minLength",
            "maxLength",
            "minItems",
            "maxItems",
            "minProperties",
            "maxProperties",
            "multipleOf",
            "nullable",
            "oneOf",
            "anyOf",
            "allOf",
            "not");

    private final boolean v3;
    private final String prefix;
    private final ObjectNode definitions = Json.object();

    SchemaWriter(boolean v3) {
        this.v3 = v3;
        this.prefix = v3 ? "#/components/schemas/" : "#/definitions/";
    }

    ObjectNode definitions() {
        return definitions;
    }

    /** A reference to the schema if it has a name, else the schema. */
    ObjectNode write(Schema schema) {
        String name = schema.definitionName();
        if (name == null) {
            return inline(schema);
        }
        if (!definitions.has(name)) {
            // Recursive types refer to themselves: the name has to be known before the members.
            ObjectNode definition = definitions.putObject(name);
            definition.setAll(inline(schema));
        }
        return reference(name);
    }

    ObjectNode reference(String name) {
        return Json.object().put("$ref", prefix + name);
    }

    /** Adds a definition under a name of its own. */
    ObjectNode define(String name, Schema schema) {
        ObjectNode definition = inline(schema);
        definitions.set(name, definition);
        return definition;
    }

    private ObjectNode inline(Schema schema) {
        ObjectNode node = Json.object();
        if (!schema.description().isEmpty()) {
            node.put("description", schema.description());
        }
        switch (schema.kind()) {
            case OBJECT -> object(schema, node);
            case MAP -> {
                node.put("type", "object");
                node.set("additionalProperties", write(schema.element()));
                if (schema.atomic()) {
                    node.put("x-kubernetes-map-type", "atomic");
                }
            }
            case ARRAY -> list(schema, node);
            case STRING -> node.put("type", "string");
            case INTEGER -> node.put("type", "integer");
            case NUMBER -> node.put("type", "number");
            case BOOLEAN -> node.put("type", "boolean");
            case INT_OR_STRING -> either(node, "integer", "string");
            case QUANTITY -> either(node, "string", "number");
            case ANY -> {
                if (!v3) {
                    node.put("type", "object");
                }
            }
        }
        String format = schema.format();
        if (format != null) {
            node.put("format", format);
        }
        JsonNode preset = schema.defaultValue();
        if (preset != null) {
            node.set("default", preset);
        }
        ObjectNode rules = schema.rules();
        if (v3 && rules != null) {
            for (String rule : COPIED_RULES) {
                if (rules.has(rule)) {
                    node.set(rule, rules.get(rule));
                }
            }
        }
        return node;
    }

    private void either(ObjectNode node, String first, String second) {
        if (v3) {
            ArrayNode choices = node.putArray("oneOf");
            choices.addObject().put("type", first);
            choices.addObject().put("type", second);
        } else {
            node.put("type", "string");
        }
    }

    private void object(Schema schema, ObjectNode node) {
        node.put("type", "object");
        ObjectNode properties = Json.object();
        for (Map.Entry<String, Schema> member : schema.properties().entrySet()) {
            properties.set(member.getKey(), member(member.getValue()));
        }
        if (!properties.isEmpty()) {
            node.set("properties", properties);
        }
        if (!schema.required().isEmpty()) {
            node.set("required", Json.array(schema.required()));
        }
        if (schema.preserveUnknown()) {
            node.put("x-kubernetes-preserve-unknown-fields", true);
        }
        if (schema.atomic()) {
            node.put("x-kubernetes-map-type", "atomic");
        }
    }

    private ObjectNode member(Schema schema) {
        ObjectNode node = write(schema);
        if (schema.kind() != Schema.Kind.ARRAY && schema.retainKeys()) {
            node.put("x-kubernetes-patch-strategy", "retainKeys");
        }
        return node;
    }

    private void list(Schema schema, ObjectNode node) {
        node.put("type", "array");
        node.set("items", write(schema.element()));
        switch (schema.listType()) {
            case ATOMIC -> node.put("x-kubernetes-list-type", "atomic");
            case SET -> node.put("x-kubernetes-list-type", "set");
            case MAP -> {
                node.put("x-kubernetes-list-type", "map");
                node.set("x-kubernetes-list-map-keys", Json.array(schema.listKeys()));
            }
        }
        String key = schema.mergeKey();
        if (key != null) {
            node.put("x-kubernetes-patch-strategy", schema.retainKeys() ? "merge,retainKeys" : "merge");
            if (!key.isEmpty()) {
                node.put("x-kubernetes-patch-merge-key", key);
            }
        }
    }
}

package io.periplus.lab.store.schema;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.periplus.lab.store.ApiException.Cause;
import io.periplus.lab.store.Json;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Validates custom objects by their structural schema, with the messages of the API server. Rules in the Common
 * Expression Language ({@code x-kubernetes-validations}) are accepted and not evaluated.
 */
public final class SchemaValidator {
    private final List<Cause> causes = new ArrayList<>();

    private SchemaValidator() {}

    public static List<Cause> validate(Schema schema, JsonNode value) {
        SchemaValidator validator = new SchemaValidator();
        validator.value(schema, value, "");
        return validator.causes;
    }

    private void value(Schema schema, JsonNode value, String path) {
        if (value.isNull()) {
            return;
        }
        if (!typeFits(schema.kind(), value)) {
            causes.add(new Cause(
                    "FieldValueTypeInvalid",
                    "Invalid value: \"" + typeName(value) + "\": " + path + " in body must be of type "
                            + expected(schema) + ": \"" + typeName(value) + "\"",
                    path));
            return;
        }
        switch (schema.kind()) {
            case OBJECT -> {
                for (String name : schema.required()) {
                    if (!value.hasNonNull(name)) {
                        causes.add(new Cause("FieldValueRequired", "Required value", join(path, name)));
                    }
                }
                schema.properties().forEach((name, member) -> {
                    JsonNode present = value.get(name);
                    if (present != null
                            && !(path.isEmpty() && name.equals("metadata") && schema instanceof OpenApiSchema)) {
                        value(member, present, join(path, name));
                    }
                });
            }
            case MAP ->
                value.properties()
                        .forEach(member -> value(schema.element(), member.getValue(), join(path, member.getKey())));
            case ARRAY -> {
                for (int i = 0; i < value.size(); i++) {
                    value(schema.element(), value.get(i), path + "[" + i + "]");
                }
                ListKeys.check(schema, value, path, causes);
            }
            default -> {}
        }
        ObjectNode rules = schema.rules();
        if (rules != null) {
            SchemaRules.check(rules, value, path, causes);
            Combinations.check(rules, value, path, causes);
        }
    }

    static boolean typeFits(Schema.Kind kind, JsonNode value) {
        return switch (kind) {
            case OBJECT, MAP -> value.isObject();
            case ARRAY -> value.isArray();
            case STRING -> value.isTextual();
            case INTEGER -> value.isIntegralNumber() || value.isNumber() && value.doubleValue() % 1 == 0;
            case NUMBER -> value.isNumber();
            case BOOLEAN -> value.isBoolean();
            case INT_OR_STRING -> value.isTextual() || value.isIntegralNumber();
            case QUANTITY -> value.isTextual() || value.isNumber();
            case ANY -> true;
        };
    }

    private static String expected(Schema schema) {
        return switch (schema.kind()) {
            case OBJECT, MAP -> "object";
            case ARRAY -> "array";
            case STRING -> "string";
            case INTEGER -> "integer";
            case NUMBER -> "number";
            case BOOLEAN -> "boolean";
            case INT_OR_STRING, QUANTITY -> "integer,string";
            case ANY -> "any";
        };
    }

    static String typeName(JsonNode value) {
        return switch (value.getNodeType()) {
            case STRING -> "string";
            case NUMBER -> value.isIntegralNumber() ? "integer" : "number";
            case BOOLEAN -> "boolean";
            case ARRAY -> "array";
            case NULL -> "null";
            default -> "object";
        };
    }

    private static String join(String path, String name) {
        return path.isEmpty() ? name : path + "." + name;
    }

    /** Paths of an element of a list by its keys, for duplicates. */
    private static final class ListKeys {
        private ListKeys() {}

        static void check(Schema schema, JsonNode list, String path, List<Cause> causes) {
            if (schema.listType() == Schema.ListType.ATOMIC) {
                return;
            }
            Set<JsonNode> seen = new HashSet<>();
            for (int i = 0; i < list.size(); i++) {
                JsonNode key = key(schema, list.get(i));
                if (!seen.add(key)) {
                    causes.add(new Cause("FieldValueDuplicate", "Duplicate value: " + key, path + "[" + i + "]"));
                }
            }
        }

        private static JsonNode key(Schema schema, JsonNode element) {
            if (schema.listType() == Schema.ListType.SET) {
                return element;
            }
            ObjectNode key = Json.object();
            for (String name : schema.listKeys()) {
                JsonNode value = element.get(name);
                if (value != null) {
                    key.set(name, value);
                }
            }
            return key;
        }
    }
}

package io.periplus.cli.analyze.schema;

import com.fasterxml.jackson.databind.JsonNode;
import io.periplus.cli.text.Json;
import io.periplus.cli.text.LocatedYaml;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BiConsumer;

/**
 * An object against a structural schema (Kubernetes, apiextensions.k8s.io/v1): types, required and unknown fields, bounds,
 * patterns and enumerations. Rules in CEL are left to the API server.
 */
final class SchemaValidator {
    private static final int DEPTH_MAX = 64;
    private static final int SHOWN_MAX = 60;
    /** These fields may stand in every object, whatever its schema says. */
    private static final List<String> OF_EVERY_OBJECT = List.of("apiVersion", "kind", "metadata");

    private final BiConsumer<String, String> problems;

    /** @param problems takes JSON pointer and sentence of each */
    SchemaValidator(BiConsumer<String, String> problems) {
        this.problems = problems;
    }

    /** Judges an object. */
    void validate(JsonNode object, JsonNode schema) {
        node(object, schema, "", true, 0);
    }

    private void node(JsonNode value, JsonNode schema, String at, boolean root, int depth) {
        if (depth > DEPTH_MAX || (value.isNull() && schema.path("nullable").asBoolean())) {
            return;
        }
        if (schema.path("x-kubernetes-int-or-string").asBoolean()) {
            if (!value.isIntegralNumber() && !value.isTextual()) {
                problem(at, "must be an integer or a string, not " + typeOf(value));
            }
            return;
        }
        String type = Json.text(schema, "/type", "");
        if (!isOfType(value, type)) {
            problem(at, "must be " + article(type) + ", not " + typeOf(value));
            return;
        }
        for (JsonNode part : schema.path("allOf")) {
            bounds(value, part, at);
        }
        bounds(value, schema, at);
        alternatives(value, schema, at);
        if (value.isObject()) {
            object(value, schema, at, root, depth);
        } else if (value.isArray()) {
            array(value, schema, at, depth);
        }
    }

    private void object(JsonNode value, JsonNode schema, String at, boolean root, int depth) {
        for (JsonNode required : schema.path("required")) {
            if (!value.has(required.asText())) {
                problem(at, "the field \"" + required.asText() + "\" is required");
            }
        }
        JsonNode fields = schema.path("properties");
        JsonNode others = schema.path("additionalProperties");
        boolean open = schema.path("x-kubernetes-preserve-unknown-fields").asBoolean() || others.asBoolean();
        for (Map.Entry<String, JsonNode> entry : value.properties()) {
            String name = entry.getKey();
            String field = at + "/" + LocatedYaml.escape(name);
            if (root && (OF_EVERY_OBJECT.contains(name) || name.equals("status"))) {
                continue;
            }
            if (fields.has(name)) {
                node(entry.getValue(), fields.get(name), field, false, depth + 1);
            } else if (others.isObject()) {
                node(entry.getValue(), others, field, false, depth + 1);
            } else if (!open && (schema.has("properties") || root)) {
                problem(field, "unknown field \"" + name + "\"" + Nearest.hint(name, fields));
            }
        }
        count(value.size(), schema, "minProperties", "maxProperties", "fields", at);
    }

    private void array(JsonNode value, JsonNode schema, String at, int depth) {
        count(value.size(), schema, "minItems", "maxItems", "elements", at);
        for (int i = 0; i < value.size(); i++) {
            node(value.get(i), schema.path("items"), at + "/" + i, false, depth + 1);
        }
        List<String> keys = new ArrayList<>();
        schema.path("x-kubernetes-list-map-keys").forEach(key -> keys.add(key.asText()));
        if (keys.isEmpty()) {
            return;
        }
        Map<String, Integer> seen = new TreeMap<>();
        for (int i = 0; i < value.size(); i++) {
            StringBuilder key = new StringBuilder();
            for (String field : keys) {
                JsonNode part = value.get(i).path(field);
                key.append(part.isMissingNode() ? schema.at("/items/properties/" + field + "/default") : part)
                        .append(' ');
            }
            if (seen.put(key.toString(), i) != null) {
                problem(at + "/" + i, "another element has the same " + String.join(", ", keys));
            }
        }
    }

    private void bounds(JsonNode value, JsonNode schema, String at) {
        if (value.isTextual()) {
            count(
                    value.asText().codePointCount(0, value.asText().length()),
                    schema,
                    "minLength",
                    "maxLength",
                    "characters",
                    at);
            JsonNode pattern = schema.path("pattern");
            if (pattern.isTextual() && !Patterns.matches(pattern.asText(), value.asText())) {
                problem(at, "\"" + shown(value.asText()) + "\" does not match " + pattern.asText());
            }
        } else if (value.isNumber()) {
            if (schema.has("minimum")
                    && value.asDouble() < schema.path("minimum").asDouble()) {
                problem(
                        at,
                        value.asText() + " is less than "
                                + schema.path("minimum").asText());
            }
            if (schema.has("maximum")
                    && value.asDouble() > schema.path("maximum").asDouble()) {
                problem(
                        at,
                        value.asText() + " is greater than "
                                + schema.path("maximum").asText());
            }
        }
        JsonNode allowed = schema.path("enum");
        if (allowed.isArray() && !contains(allowed, value)) {
            List<String> names = new ArrayList<>();
            allowed.forEach(name -> names.add(name.asText()));
            problem(at, "\"" + shown(value.asText()) + "\" is not allowed (expected " + String.join(", ", names) + ")");
        }
    }

    /** Of alternatives only what they require is looked at: the rest stands beside them, in structural schemas. */
    private void alternatives(JsonNode value, JsonNode schema, String at) {
        JsonNode oneOf = schema.path("oneOf");
        if (!value.isObject() || !oneOf.isArray()) {
            return;
        }
        int fitting = 0;
        for (JsonNode alternative : oneOf) {
            boolean fits = true;
            for (JsonNode required : alternative.path("required")) {
                fits &= value.has(required.asText());
            }
            boolean excluded = alternative.has("not");
            fitting += fits && !excluded ? 1 : 0;
        }
        if (fitting > 1) {
            problem(at, "only one of its alternatives may be set");
        }
    }

    private void count(int count, JsonNode schema, String min, String max, String what, String at) {
        if (schema.has(min) && count < schema.path(min).asInt()) {
            problem(
                    at,
                    "has " + count + " " + what + ", at least "
                            + schema.path(min).asInt() + " are needed");
        }
        if (schema.has(max) && count > schema.path(max).asLong()) {
            problem(
                    at,
                    "has " + count + " " + what + ", at most "
                            + schema.path(max).asLong() + " are allowed");
        }
    }

    private void problem(String at, String text) {
        problems.accept(at, text);
    }

    private static boolean contains(JsonNode allowed, JsonNode value) {
        for (JsonNode one : allowed) {
            if (one.equals(value)) {
                return true;
            }
        }
        return false;
    }

    private static boolean isOfType(JsonNode value, String type) {
        return switch (type) {
            case "object" -> value.isObject();
            case "array" -> value.isArray();
            case "string" -> value.isTextual();
            case "boolean" -> value.isBoolean();
            case "integer" -> value.isIntegralNumber() || (value.isNumber() && value.asDouble() % 1 == 0);
            case "number" -> value.isNumber();
            default -> true;
        };
    }

    private static String article(String type) {
        return (type.matches("[aio].*") ? "an " : "a ") + type;
    }

    private static String typeOf(JsonNode value) {
        return switch (value.getNodeType()) {
            case OBJECT -> "an object";
            case ARRAY -> "a list";
            case STRING -> "the string \"" + shown(value.asText()) + "\"";
            case NUMBER -> "the number " + value.asText();
            case BOOLEAN -> "the boolean " + value.asText();
            default -> "null";
        };
    }

    private static String shown(String text) {
        return text.length() <= SHOWN_MAX ? text : text.substring(0, SHOWN_MAX) + "…";
    }
}

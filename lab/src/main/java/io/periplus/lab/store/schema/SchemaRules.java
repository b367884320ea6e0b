package io.periplus.lab.store.schema;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.periplus.lab.store.ApiException.Cause;
import io.periplus.lab.store.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/** The rules of JSON Schema for one value: enumerations, lengths, patterns, ranges. */
final class SchemaRules {
    /** Bound of compiled patterns kept; a cluster's definitions have a few hundred. */
    private static final int PATTERNS_MAX = 2048;

    private static final Map<String, Pattern> PATTERNS = new ConcurrentHashMap<>();

    private SchemaRules() {}

    static void check(ObjectNode rules, JsonNode value, String path, List<Cause> causes) {
        enumeration(rules, value, path, causes);
        if (value.isTextual()) {
            text(rules, value.asText(), path, causes);
        } else if (value.isNumber()) {
            number(rules, value, path, causes);
        } else if (value.isArray()) {
            size(rules, "minItems", "maxItems", "items", value.size(), path, causes);
        } else if (value.isObject()) {
            size(rules, "minProperties", "maxProperties", "properties", value.size(), path, causes);
        }
    }

    private static void enumeration(ObjectNode rules, JsonNode value, String path, List<Cause> causes) {
        JsonNode allowed = rules.path("enum");
        if (!allowed.isArray()) {
            return;
        }
        List<String> texts = new ArrayList<>();
        for (JsonNode option : allowed) {
            if (option.equals(value)) {
                return;
            }
            texts.add(option.toString());
        }
        causes.add(new Cause(
                "FieldValueNotSupported",
                "Unsupported value: " + value + ": supported values: " + String.join(", ", texts),
                path));
    }

    private static void text(ObjectNode rules, String value, String path, List<Cause> causes) {
        int length = value.codePointCount(0, value.length());
        if (rules.has("maxLength") && length > rules.path("maxLength").asLong()) {
            causes.add(new Cause(
                    "FieldValueTooLong",
                    "Too long: may not be more than " + rules.path("maxLength").asLong() + " bytes",
                    path));
        }
        if (length < rules.path("minLength").asLong()) {
            causes.add(invalid(
                    path,
                    quote(value),
                    path + " in body should be at least "
                            + rules.path("minLength").asLong() + " chars long"));
        }
        String expression = Json.text(rules, "pattern");
        if (!expression.isEmpty() && !matches(expression, value)) {
            causes.add(invalid(path, quote(value), path + " in body should match '" + expression + "'"));
        }
        String format = Json.text(rules, "format");
        if (!Formats.fits(format, value)) {
            causes.add(invalid(path, quote(value), path + " in body must be of type " + format + ": " + quote(value)));
        }
    }

    private static boolean matches(String expression, String value) {
        Pattern pattern = PATTERNS.get(expression);
        if (pattern == null) {
            try {
                pattern = Pattern.compile(expression);
            } catch (PatternSyntaxException e) {
                return true;
            }
            if (PATTERNS.size() < PATTERNS_MAX) {
                PATTERNS.put(expression, pattern);
            }
        }
        return pattern.matcher(value).find();
    }

    private static void number(ObjectNode rules, JsonNode value, String path, List<Cause> causes) {
        double number = value.doubleValue();
        JsonNode minimum = rules.path("minimum");
        if (minimum.isNumber()) {
            boolean exclusive = rules.path("exclusiveMinimum").asBoolean();
            if (number < minimum.doubleValue() || exclusive && number == minimum.doubleValue()) {
                causes.add(invalid(
                        path,
                        value.toString(),
                        path + " in body should be greater than " + (exclusive ? "" : "or equal to ") + minimum));
            }
        }
        JsonNode maximum = rules.path("maximum");
        if (maximum.isNumber()) {
            boolean exclusive = rules.path("exclusiveMaximum").asBoolean();
            if (number > maximum.doubleValue() || exclusive && number == maximum.doubleValue()) {
                causes.add(invalid(
                        path,
                        value.toString(),
                        path + " in body should be less than " + (exclusive ? "" : "or equal to ") + maximum));
            }
        }
        double multiple = rules.path("multipleOf").asDouble();
        if (multiple > 0 && number % multiple != 0) {
            causes.add(invalid(
                    path, value.toString(), path + " in body should be a multiple of " + rules.path("multipleOf")));
        }
    }

    private static void size(
            ObjectNode rules, String minimum, String maximum, String what, int size, String path, List<Cause> causes) {
        if (rules.has(maximum) && size > rules.path(maximum).asInt()) {
            causes.add(new Cause(
                    "FieldValueTooMany",
                    "Too many: " + size + ": must have at most "
                            + rules.path(maximum).asInt() + " " + what,
                    path));
        }
        if (size < rules.path(minimum).asInt()) {
            causes.add(invalid(
                    path,
                    Integer.toString(size),
                    path + " in body should have at least "
                            + rules.path(minimum).asInt() + " " + what));
        }
    }

    private static String quote(String value) {
        return "\"" + value + "\"";
    }

    private static Cause invalid(String path, String value, String why) {
        return new Cause("FieldValueInvalid", "Invalid value: " + value + ": " + why, path);
    }
}

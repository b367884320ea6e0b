package io.periplus.lab.store.schema;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Values of built-in types that have the wrong JSON type, in the words of the API server's decoder. */
public final class TypeErrors {
    private static final String QUANTITY = "^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$";
    private static final Pattern QUANTITY_PATTERN = Pattern.compile(QUANTITY);

    private TypeErrors() {}

    /** The first such error; null for none. */
    public static @Nullable String first(Schema schema, String kind, JsonNode value) {
        return walk(schema, value, kind, "");
    }

    private static @Nullable String walk(Schema schema, JsonNode value, String struct, String path) {
        if (value.isNull()) {
            return null;
        }
        boolean wrongRange = schema.kind() == Schema.Kind.INTEGER
                && "int32".equals(schema.format())
                && value.isNumber()
                && !value.canConvertToInt();
        if (!SchemaValidator.typeFits(schema.kind(), value) || wrongRange) {
            return "json: cannot unmarshal " + described(value) + " into Go struct field " + struct + "." + path
                    + " of type " + goType(schema);
        }
        return switch (schema.kind()) {
            case OBJECT -> members(schema, value, struct, path);
            case MAP -> elements(schema, value, struct, path);
            case ARRAY -> elements(schema, value, struct, path);
            case QUANTITY ->
                QUANTITY_PATTERN.matcher(value.asText()).matches()
                        ? null
                        : "quantities must match the regular expression '" + QUANTITY + "'";
            default -> null;
        };
    }

    private static @Nullable String members(Schema schema, JsonNode value, String struct, String path) {
        String name = schema.definitionName();
        String owner = name == null ? struct : name.substring(name.lastIndexOf('.') + 1);
        for (Map.Entry<String, JsonNode> member : value.properties()) {
            Schema known = schema.properties().get(member.getKey());
            if (known != null) {
                String at = path.isEmpty() ? member.getKey() : path + "." + member.getKey();
                String error = walk(known, member.getValue(), owner, at);
                if (error != null) {
                    return error;
                }
            }
        }
        return null;
    }

    private static @Nullable String elements(Schema schema, JsonNode value, String struct, String path) {
        for (JsonNode element : value) {
            String error = walk(schema.element(), element, struct, path);
            if (error != null) {
                return error;
            }
        }
        return null;
    }

    private static String described(JsonNode value) {
        return switch (value.getNodeType()) {
            case STRING -> "string";
            case NUMBER -> "number" + (value.isIntegralNumber() ? "" : " " + value);
            case BOOLEAN -> "bool";
            case ARRAY -> "array";
            default -> "object";
        };
    }

    private static String goType(Schema schema) {
        String name = schema.definitionName();
        return switch (schema.kind()) {
            case STRING -> "string";
            case INTEGER -> "int64".equals(schema.format()) ? "int64" : "int32";
            case NUMBER -> "float64";
            case BOOLEAN -> "bool";
            case ARRAY -> "[]" + goType(schema.element());
            case MAP -> "map[string]" + goType(schema.element());
            case QUANTITY -> "resource.Quantity";
            case INT_OR_STRING -> "intstr.IntOrString";
            case OBJECT -> name == null ? "object" : goName(name);
            case ANY -> "interface {}";
        };
    }

    /** {@code io.k8s.api.core.v1.Container} is {@code v1.Container} in Go. */
    private static String goName(String definition) {
        int last = definition.lastIndexOf('.');
        return definition.substring(definition.lastIndexOf('.', last - 1) + 1);
    }
}

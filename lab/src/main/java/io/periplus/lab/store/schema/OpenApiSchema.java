package io.periplus.lab.store.schema;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.periplus.lab.store.Json;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A structural schema of a CustomResourceDefinition ({@code openAPIV3Schema}).
 *
 * @param rules the schema as written
 */
public record OpenApiSchema(
        Kind kind,
        Map<String, Schema> properties,
        Schema element,
        List<String> required,
        boolean preserveUnknown,
        boolean embeddedResource,
        ListType listType,
        List<String> listKeys,
        boolean atomic,
        ObjectNode rules)
        implements Schema {

    /** The schema of a whole object: {@code apiVersion}, {@code kind} and {@code metadata} are added. */
    public static Schema root(JsonNode schema) {
        if (!(schema instanceof ObjectNode object)) {
            ObjectNode open = Json.object();
            open.put("type", "object").put("x-kubernetes-preserve-unknown-fields", true);
            return read(open, true);
        }
        return read(object, true);
    }

    private static Schema read(JsonNode node, boolean root) {
        if (!(node instanceof ObjectNode schema)) {
            return Schema.ANY;
        }
        boolean preserve = schema.path("x-kubernetes-preserve-unknown-fields").asBoolean();
        boolean embedded = schema.path("x-kubernetes-embedded-resource").asBoolean();
        Map<String, Schema> properties = new LinkedHashMap<>();
        schema.path("properties")
                .properties()
                .forEach(member -> properties.put(member.getKey(), read(member.getValue(), false)));
        if (root || embedded) {
            properties.put("apiVersion", new FixedSchema(Kind.STRING, null, null));
            properties.put("kind", new FixedSchema(Kind.STRING, null, null));
            properties.put("metadata", ModelSchemas.of(ObjectMeta.class));
        }
        JsonNode additional = schema.path("additionalProperties");
        Kind kind = kind(schema, properties, additional, root);
        Schema element = switch (kind) {
            case ARRAY -> read(schema.path("items"), false);
            case MAP -> read(additional, false);
            default -> Schema.ANY;
        };
        ListType listType = switch (Json.text(schema, "x-kubernetes-list-type")) {
            case "map" -> ListType.MAP;
            case "set" -> ListType.SET;
            default -> ListType.ATOMIC;
        };
        return new OpenApiSchema(
                kind,
                properties,
                element,
                Json.texts(schema.path("required")),
                preserve,
                embedded,
                listType,
                Json.texts(schema.path("x-kubernetes-list-map-keys")),
                Json.text(schema, "x-kubernetes-map-type").equals("atomic"),
                schema);
    }

    private static Kind kind(ObjectNode schema, Map<String, Schema> properties, JsonNode additional, boolean root) {
        if (schema.path("x-kubernetes-int-or-string").asBoolean()) {
            return Kind.INT_OR_STRING;
        }
        return switch (Json.text(schema, "type")) {
            case "array" -> Kind.ARRAY;
            case "string" -> Kind.STRING;
            case "integer" -> Kind.INTEGER;
            case "number" -> Kind.NUMBER;
            case "boolean" -> Kind.BOOLEAN;
            case "object" ->
                properties.isEmpty() && (additional.isObject() || additional.asBoolean()) ? Kind.MAP : Kind.OBJECT;
            default -> root ? Kind.OBJECT : Kind.ANY;
        };
    }

    @Override
    public @Nullable JsonNode defaultValue() {
        return rules.get("default");
    }

    @Override
    public String description() {
        return Json.text(rules, "description");
    }

    @Override
    public @Nullable String format() {
        String format = Json.text(rules, "format");
        return format.isEmpty() ? null : format;
    }
}

package io.periplus.cli.text;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.core.util.Separators;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** JSON trees from bytes and back. */
public final class Json {
    /** Reads and writes trees; no binding to classes. */
    public static final JsonMapper MAPPER = new JsonMapper();

    private Json() {}

    /** Parses a document. */
    public static JsonNode parse(byte[] document) throws IOException {
        return MAPPER.readTree(document);
    }

    /** The tree of maps, lists and scalars. */
    public static JsonNode tree(@Nullable Object value) {
        return MAPPER.valueToTree(value);
    }

    /** Indented by four spaces, {@code "key": value}, as Go's encoder writes it. */
    public static String pretty(JsonNode node) {
        var indenter = new DefaultIndenter("    ", "\n");
        var printer = new DefaultPrettyPrinter(Separators.createDefaultInstance()
                .withObjectFieldValueSpacing(Separators.Spacing.AFTER)
                .withArrayEmptySeparator("")
                .withObjectEmptySeparator(""));
        printer.indentObjectsWith(indenter);
        printer.indentArraysWith(indenter);
        try {
            return MAPPER.writer(printer).writeValueAsString(node);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a tree that cannot be written", e);
        }
    }

    /** The text at a JSON pointer, or {@code absent}. */
    public static String text(JsonNode node, String pointer, String absent) {
        JsonNode at = node.at(pointer);
        return at.isValueNode() && !at.isNull() ? at.asText() : absent;
    }

    /** The label's value, or {@code absent}. */
    public static String label(JsonNode object, String name, String absent) {
        JsonNode value = object.at("/metadata/labels").path(name);
        return value.isTextual() ? value.asText() : absent;
    }

    /** The tree as plain maps and lists, for the YAML writer. */
    public static @Nullable Object plain(JsonNode node) {
        return switch (node.getNodeType()) {
            case OBJECT -> {
                Map<String, @Nullable Object> map = new java.util.TreeMap<>();
                node.properties().forEach(e -> map.put(e.getKey(), plain(e.getValue())));
                yield map;
            }
            case ARRAY -> {
                List<@Nullable Object> list = new ArrayList<>();
                node.forEach(element -> list.add(plain(element)));
                yield list;
            }
            case BOOLEAN -> node.booleanValue();
            case NUMBER -> node.numberValue();
            case NULL, MISSING -> null;
            default -> node.asText();
        };
    }
}

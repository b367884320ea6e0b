package io.periplus.lab.store;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.DoubleNode;
import com.fasterxml.jackson.databind.node.IntNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** JSON trees: reading, writing, and walking without null checks at every step. */
public final class Json {
    /** Bound of nesting: deeper documents are no Kubernetes objects. */
    private static final int DEPTH_MAX = 200;

    public static final ObjectMapper MAPPER = JsonMapper.builder(com.fasterxml.jackson.core.JsonFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxNestingDepth(DEPTH_MAX)
                            .build())
                    .build())
            .enable(com.fasterxml.jackson.databind.DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private Json() {}

    public static ObjectNode object() {
        return JsonNodeFactory.instance.objectNode();
    }

    public static ArrayNode array() {
        return JsonNodeFactory.instance.arrayNode();
    }

    public static ArrayNode array(Iterable<String> texts) {
        ArrayNode array = array();
        texts.forEach(array::add);
        return array;
    }

    public static ObjectNode parseObject(byte[] bytes) throws IOException {
        if (MAPPER.readTree(bytes) instanceof ObjectNode object) {
            return object;
        }
        throw new IOException("expected a JSON object");
    }

    public static byte[] bytes(JsonNode node) {
        try {
            return MAPPER.writeValueAsBytes(node);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a JSON tree can always be written", e);
        }
    }

    /** The text at a path, "" if anything on the way is missing. */
    public static String text(JsonNode node, String... path) {
        JsonNode at = at(node, path);
        return at.isMissingNode() || at.isNull() ? "" : at.asText();
    }

    public static JsonNode at(JsonNode node, String... path) {
        JsonNode at = node;
        for (String step : path) {
            at = at.path(step);
        }
        return at;
    }

    /** The object child of this name; null when missing or of another type. */
    public static @Nullable ObjectNode objectAt(JsonNode node, String... path) {
        return at(node, path) instanceof ObjectNode object ? object : null;
    }

    /** The object child of this name, made if missing. */
    public static ObjectNode ensureObject(ObjectNode parent, String name) {
        if (parent.get(name) instanceof ObjectNode object) {
            return object;
        }
        return parent.putObject(name);
    }

    /** The array's elements that are objects; empty when there is no array. */
    public static List<ObjectNode> objects(JsonNode array) {
        List<ObjectNode> objects = new ArrayList<>(array.size());
        for (JsonNode element : array) {
            if (element instanceof ObjectNode object) {
                objects.add(object);
            }
        }
        return objects;
    }

    public static List<String> texts(JsonNode array) {
        List<String> texts = new ArrayList<>(array.size());
        array.forEach(element -> texts.add(element.asText()));
        return texts;
    }

    public static void defaultText(ObjectNode object, String name, String value) {
        JsonNode present = object.get(name);
        if (present == null
                || present.isNull()
                || (present.isTextual() && present.asText().isEmpty())) {
            object.put(name, value);
        }
    }

    public static void defaultNumber(ObjectNode object, String name, long value) {
        if (!object.hasNonNull(name)) {
            object.put(name, value);
        }
    }

    public static void defaultFlag(ObjectNode object, String name, boolean value) {
        if (!object.hasNonNull(name)) {
            object.put(name, value);
        }
    }

    /**
     * Removes members that are null, which the API treats as absent, and gives equal numbers equal types, at every
     * depth; so that {@code equals} compares what clients see.
     */
    public static void normalize(JsonNode node) {
        if (node instanceof ObjectNode object) {
            for (Iterator<Map.Entry<String, JsonNode>> members =
                            object.properties().iterator();
                    members.hasNext(); ) {
                Map.Entry<String, JsonNode> member = members.next();
                JsonNode value = member.getValue();
                if (value.isNull()) {
                    members.remove();
                } else if (value.isContainerNode()) {
                    normalize(value);
                } else if (value.isNumber()) {
                    member.setValue(canonical(value));
                }
            }
        } else if (node instanceof ArrayNode array) {
            for (int i = 0; i < array.size(); i++) {
                JsonNode value = array.get(i);
                if (value.isContainerNode()) {
                    normalize(value);
                } else if (value.isNumber()) {
                    array.set(i, canonical(value));
                }
            }
        }
    }

    private static JsonNode canonical(JsonNode number) {
        if (number.isIntegralNumber() && number.canConvertToInt()) {
            return number.isInt() ? number : IntNode.valueOf(number.intValue());
        }
        return number.isFloat() ? DoubleNode.valueOf(number.doubleValue()) : number;
    }
}

package io.periplus.ztunnel;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.protobuf.ListValue;
import com.google.protobuf.NullValue;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import java.util.Map;
import java.util.TreeMap;

/**
 * What the process tells the control plane of itself: every variable {@code ISTIO_META_<key>} as text and every
 * {@code ISTIO_METAJSON_<key>} as what it is in JSON.
 */
final class NodeMetadata {
    private static final String TEXT = "ISTIO_META_";
    private static final String JSON = "ISTIO_METAJSON_";
    private static final ObjectMapper MAPPER = new ObjectMapper();

    private NodeMetadata() {}

    /** @throws IllegalArgumentException naming the variable that is no JSON */
    static Struct of(Environment env, String node, String cluster) {
        Struct.Builder metadata =
                Struct.newBuilder().putFields("NODE_NAME", text(node)).putFields("CLUSTER_ID", text(cluster));
        for (Map.Entry<String, String> variable : new TreeMap<>(env.variables()).entrySet()) {
            String name = variable.getKey();
            if (name.startsWith(TEXT)) {
                metadata.putFields(name.substring(TEXT.length()), text(variable.getValue()));
            } else if (name.startsWith(JSON)) {
                metadata.putFields(name.substring(JSON.length()), value(read(name, variable.getValue())));
            }
        }
        return metadata.build();
    }

    private static JsonNode read(String name, String json) {
        try {
            return MAPPER.readTree(json);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("%s: %s (expected: JSON)".formatted(name, json), e);
        }
    }

    private static Value text(String value) {
        return Value.newBuilder().setStringValue(value).build();
    }

    private static Value value(JsonNode json) {
        Value.Builder value = Value.newBuilder();
        switch (json.getNodeType()) {
            case OBJECT -> {
                Struct.Builder fields = Struct.newBuilder();
                json.properties().forEach(field -> fields.putFields(field.getKey(), value(field.getValue())));
                value.setStructValue(fields);
            }
            case ARRAY -> {
                ListValue.Builder values = ListValue.newBuilder();
                json.forEach(element -> values.addValues(value(element)));
                value.setListValue(values);
            }
            case NUMBER -> value.setNumberValue(json.doubleValue());
            case BOOLEAN -> value.setBoolValue(json.booleanValue());
            case STRING -> value.setStringValue(json.textValue());
            case NULL, MISSING, BINARY, POJO -> value.setNullValue(NullValue.NULL_VALUE);
        }
        return value.build();
    }
}

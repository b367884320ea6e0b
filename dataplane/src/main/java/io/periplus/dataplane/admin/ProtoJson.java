package io.periplus.dataplane.admin;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.EnumValueDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Duration;
import com.google.protobuf.Message;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Any message as JSON, with the names of protobuf's own mapping (ProtoJSON); what is secret is left out. */
public final class ProtoJson {
    /** Values of these fields are private keys. */
    private static final Set<String> SECRET = Set.of("private_key", "client_key");

    private static final String REDACTED = "[redacted]";

    private ProtoJson() {}

    /** The fields that are set, and enumerations that stand at their first value. */
    public static ObjectNode of(Message message) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        for (FieldDescriptor field : message.getDescriptorForType().getFields()) {
            if (field.getJavaType() == FieldDescriptor.JavaType.ENUM && !field.isRepeated() && !field.hasPresence()) {
                json.set(field.getJsonName(), value(field, message.getField(field)));
            }
        }
        for (Map.Entry<FieldDescriptor, Object> entry : message.getAllFields().entrySet()) {
            FieldDescriptor field = entry.getKey();
            if (field.isMapField()) {
                map(field, (List<?>) entry.getValue(), json.putObject(field.getJsonName()));
            } else if (field.isRepeated()) {
                ArrayNode array = json.putArray(field.getJsonName());
                ((List<?>) entry.getValue()).forEach(value -> array.add(value(field, value)));
            } else {
                json.set(field.getJsonName(), value(field, entry.getValue()));
            }
        }
        return json;
    }

    private static void map(FieldDescriptor field, List<?> entries, ObjectNode to) {
        FieldDescriptor key = field.getMessageType().findFieldByNumber(1);
        FieldDescriptor value = field.getMessageType().findFieldByNumber(2);
        for (Object one : entries) {
            Message entry = (Message) one;
            to.set(String.valueOf(entry.getField(key)), value(value, entry.getField(value)));
        }
    }

    private static JsonNode value(FieldDescriptor field, Object value) {
        JsonNodeFactory json = JsonNodeFactory.instance;
        return switch (value) {
            case Duration duration -> json.textNode(duration(duration));
            case Message message -> of(message);
            case EnumValueDescriptor name -> json.textNode(name.getName());
            case ByteString bytes -> json.textNode(Base64.getEncoder().encodeToString(bytes.toByteArray()));
            case String text -> json.textNode(SECRET.contains(field.getName()) && !text.isEmpty() ? REDACTED : text);
            case Integer number -> json.numberNode(number);
            case Long number -> json.numberNode(number);
            case Double number -> json.numberNode(number);
            case Float number -> json.numberNode(number);
            case Boolean flag -> json.booleanNode(flag);
            default -> json.textNode(value.toString());
        };
    }

    private static String duration(Duration duration) {
        String seconds = Long.toString(duration.getSeconds());
        return duration.getNanos() == 0
                ? seconds + "s"
                : seconds + "." + "%09d".formatted(duration.getNanos()).replaceAll("0+$", "") + "s";
    }
}

package io.periplus.lab.apiserver.http;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.periplus.lab.store.ApiException;
import io.periplus.lab.store.Json;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads objects in the Kubernetes protobuf encoding, which {@code kubectl}'s typed commands use for what they send:
 * the magic {@code k8s\0}, an envelope with kind and bytes, then the message. Replies are always JSON, which those
 * clients accept as well.
 */
final class Protobuf {
    private static final byte[] MAGIC = {'k', '8', 's', 0};
    /** Bound of nesting; the deepest known message has about ten levels. */
    private static final int DEPTH_MAX = 32;

    private Protobuf() {}

    static boolean isProtobuf(byte[] body) {
        return body.length >= MAGIC.length
                && body[0] == MAGIC[0]
                && body[1] == MAGIC[1]
                && body[2] == MAGIC[2]
                && body[3] == MAGIC[3];
    }

    /** @throws ApiException 415 for a message this server does not know, 400 for a broken one */
    static ObjectNode read(byte[] body) {
        try {
            String apiVersion = "";
            String kind = "";
            ByteBuffer raw = ByteBuffer.allocate(0);
            ByteBuffer in = ByteBuffer.wrap(body, MAGIC.length, body.length - MAGIC.length);
            while (in.hasRemaining()) {
                int tag = (int) varint(in);
                ByteBuffer value = bytes(in);
                if (tag >>> 3 == 1) {
                    while (value.hasRemaining()) {
                        int inner = (int) varint(value);
                        String text = text(bytes(value));
                        apiVersion = inner >>> 3 == 1 ? text : apiVersion;
                        kind = inner >>> 3 == 2 ? text : kind;
                    }
                } else if (tag >>> 3 == 2) {
                    raw = value;
                }
            }
            ObjectNode object = Json.object().put("apiVersion", apiVersion).put("kind", kind);
            message(kind, raw, object, 0);
            return object;
        } catch (BufferUnderflowException | IllegalArgumentException e) {
            throw ApiException.badRequest("the body is no object in the Kubernetes protobuf encoding: " + e);
        }
    }

    private static void message(String name, ByteBuffer in, ObjectNode into, int depth) {
        Map<Integer, ProtobufFields.Field> fields = ProtobufFields.of(name);
        if (fields.isEmpty() || depth > DEPTH_MAX) {
            throw unknown(name);
        }
        while (in.hasRemaining()) {
            int tag = (int) varint(in);
            int wire = tag & 7;
            long number = wire == 0 ? varint(in) : wire == 1 ? in.getLong() : wire == 5 ? in.getInt() : 0;
            @Nullable ByteBuffer value = wire == 2 ? bytes(in) : null;
            ProtobufFields.Field field = fields.get(tag >>> 3);
            if (field == null) {
                // Clients write empty messages for what they leave out.
                if (value == null ? number != 0 : value.hasRemaining()) {
                    throw unknown(name + " field " + (tag >>> 3));
                }
            } else if (!field.name().equals("-")) {
                set(field, number, value, into, depth);
            }
        }
    }

    private static void set(
            ProtobufFields.Field field, long number, @Nullable ByteBuffer value, ObjectNode into, int depth) {
        String name = field.name();
        if (value == null) {
            if (number != 0 || field.keepZero()) {
                if (field.type().equals("b")) {
                    into.put(name, number != 0);
                } else {
                    into.put(name, number);
                }
            }
            return;
        }
        switch (field.type()) {
            case "s" -> {
                String text = text(value);
                if (field.list()) {
                    into.withArray(name).add(text);
                } else if (!text.isEmpty()) {
                    into.put(name, text);
                }
            }
            case "map", "bytemap", "quantities" -> entry(field.type(), value, Json.ensureObject(into, name));
            case "intorstring" -> intOrString(name, value, into);
            default -> {
                ObjectNode child = name.equals(".") ? into : Json.object();
                message(field.type(), value, child, depth + 1);
                if (field.list()) {
                    ArrayNode list = into.withArray(name);
                    list.add(child);
                } else if (child != into && !child.isEmpty()) {
                    into.set(name, child);
                }
            }
        }
    }

    private static void entry(String type, ByteBuffer in, ObjectNode into) {
        String key = "";
        ByteBuffer value = ByteBuffer.allocate(0);
        while (in.hasRemaining()) {
            int tag = (int) varint(in);
            if (tag >>> 3 == 1) {
                key = text(bytes(in));
            } else {
                value = bytes(in);
            }
        }
        switch (type) {
            case "map" -> into.put(key, text(value));
            case "bytemap" -> {
                byte[] bytes = new byte[value.remaining()];
                value.get(bytes);
                into.put(key, Base64.getEncoder().encodeToString(bytes));
            }
            default -> {
                // A quantity is a message with its text as only field.
                varint(value);
                into.put(key, text(bytes(value)));
            }
        }
    }

    private static void intOrString(String name, ByteBuffer in, ObjectNode into) {
        boolean isText = false;
        long number = 0;
        String text = "";
        while (in.hasRemaining()) {
            int tag = (int) varint(in);
            switch (tag >>> 3) {
                case 1 -> isText = varint(in) == 1;
                case 2 -> number = varint(in);
                default -> text = text(bytes(in));
            }
        }
        if (isText) {
            into.put(name, text);
        } else {
            into.put(name, number);
        }
    }

    private static long varint(ByteBuffer in) {
        long value = 0;
        for (int shift = 0; shift < 64; shift += 7) {
            byte next = in.get();
            value |= (long) (next & 0x7f) << shift;
            if (next >= 0) {
                return value;
            }
        }
        throw new IllegalArgumentException("a number is longer than ten bytes");
    }

    private static ByteBuffer bytes(ByteBuffer in) {
        long length = varint(in);
        if (length < 0 || length > in.remaining()) {
            throw new BufferUnderflowException();
        }
        ByteBuffer slice = in.slice(in.position(), (int) length).order(ByteOrder.LITTLE_ENDIAN);
        in.position(in.position() + (int) length);
        return slice;
    }

    private static String text(ByteBuffer bytes) {
        return StandardCharsets.UTF_8.decode(bytes).toString();
    }

    private static ApiException unknown(String what) {
        return new ApiException(
                415,
                "UnsupportedMediaType",
                "this server does not read " + what + " in protobuf; send it as application/json or application/yaml,"
                        + " for example with kubectl apply");
    }
}

package io.periplus.lab.controllers;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;

/** A text form of JSON that does not depend on the order of fields or the width of numbers, and a short hash of it. */
final class Canonical {
    /** No vowels, no look-alikes: a hash never spells a word. The set that Kubernetes uses for names. */
    private static final String ALPHABET = "bcdfghjklmnpqrstvwxz2456789";

    private Canonical() {}

    static String text(JsonNode node) {
        var out = new StringBuilder();
        write(node, out);
        return out.toString();
    }

    /** About 10 characters that are allowed in a name and a label. */
    static String hash(String text) {
        int hash = 0x811c9dc5;
        for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
            hash = (hash ^ (b & 0xff)) * 0x01000193;
        }
        var out = new StringBuilder();
        for (char digit : Integer.toUnsignedString(hash).toCharArray()) {
            out.append(ALPHABET.charAt(digit % ALPHABET.length()));
        }
        return out.toString();
    }

    private static void write(JsonNode node, StringBuilder out) {
        if (node.isObject()) {
            var sorted = new TreeMap<String, JsonNode>();
            for (Map.Entry<String, JsonNode> e : node.properties()) {
                sorted.put(e.getKey(), e.getValue());
            }
            out.append('{');
            sorted.forEach((key, value) -> {
                out.append('"').append(key).append("\":");
                write(value, out);
                out.append(',');
            });
            out.append('}');
        } else if (node.isArray()) {
            out.append('[');
            node.forEach(each -> {
                write(each, out);
                out.append(',');
            });
            out.append(']');
        } else {
            out.append(node);
        }
    }
}

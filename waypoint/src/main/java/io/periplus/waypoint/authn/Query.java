package io.periplus.waypoint.authn;

import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;

/** The parameters in the query of a path; names and values may be percent-encoded (RFC 3986 §2.1). */
final class Query {
    private static final int HEX = 16;

    private Query() {}

    /** Hands over the decoded values of a parameter. */
    static void values(String path, String name, Consumer<String> values) {
        int at = path.indexOf('?');
        while (at >= 0) {
            int end = end(path, at + 1);
            int equals = path.indexOf('=', at + 1);
            int nameEnd = equals < 0 || equals > end ? end : equals;
            if (isName(path, at + 1, nameEnd, name)) {
                values.accept(nameEnd == end ? "" : decoded(path.substring(nameEnd + 1, end)));
            }
            at = end == path.length() ? -1 : end;
        }
    }

    /** The path without a parameter; the others stay as they are written. */
    static String without(String path, String name) {
        int query = path.indexOf('?');
        if (query < 0) {
            return path;
        }
        StringBuilder kept = new StringBuilder(path.length()).append(path, 0, query);
        char separator = '?';
        for (String pair : path.substring(query + 1).split("&", -1)) {
            int equals = pair.indexOf('=');
            if (!isName(pair, 0, equals < 0 ? pair.length() : equals, name)) {
                kept.append(separator).append(pair);
                separator = '&';
            }
        }
        return kept.toString();
    }

    private static int end(String path, int from) {
        int next = path.indexOf('&', from);
        return next < 0 ? path.length() : next;
    }

    private static boolean isName(String path, int from, int to, String name) {
        if (to - from == name.length()) {
            return path.startsWith(name, from);
        }
        int escape = path.indexOf('%', from);
        return escape >= 0 && escape < to && decoded(path.substring(from, to)).equals(name);
    }

    private static String decoded(String text) {
        if (text.indexOf('%') < 0) {
            return text;
        }
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        int length = 0;
        for (int i = 0; i < bytes.length; i++) {
            byte b = bytes[i];
            if (b == '%' && i + 2 < bytes.length) {
                int high = Character.digit(bytes[i + 1], HEX);
                int low = Character.digit(bytes[i + 2], HEX);
                if (high >= 0 && low >= 0) {
                    b = (byte) (high * HEX + low);
                    i += 2;
                }
            }
            bytes[length++] = b;
        }
        return new String(bytes, 0, length, StandardCharsets.UTF_8);
    }
}

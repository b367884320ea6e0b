package io.periplus.waypoint.route.match;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** A condition on a query parameter: on the first one of that name, percent-decoded. */
public record QueryMatch(String name, ValueMatch value) {
    /** @param query where the query begins in the target, after its {@code ?}; the target's length if there is none */
    boolean matches(String target, int query) {
        String found = first(target, query);
        return found != null && value.matches(found);
    }

    private @Nullable String first(String target, int query) {
        int from = query;
        while (from < target.length()) {
            int ampersand = target.indexOf('&', from);
            int end = ampersand < 0 ? target.length() : ampersand;
            int equals = target.indexOf('=', from);
            int nameEnd = equals < 0 || equals > end ? end : equals;
            if (isName(target, from, nameEnd)) {
                return nameEnd == end ? "" : decoded(target, nameEnd + 1, end);
            }
            from = end + 1;
        }
        return null;
    }

    private boolean isName(String target, int from, int to) {
        if (to - from == name.length()) {
            return target.startsWith(name, from);
        }
        int escape = target.indexOf('%', from);
        return escape >= 0 && escape < to && decoded(target, from, to).equals(name);
    }

    /** Escapes that are none stay as they are. */
    private static String decoded(String text, int from, int to) {
        int escape = text.indexOf('%', from);
        if (escape < 0 || escape >= to) {
            return text.substring(from, to);
        }
        byte[] in = text.substring(from, to).getBytes(StandardCharsets.ISO_8859_1);
        byte[] out = new byte[in.length];
        int length = 0;
        for (int i = 0; i < in.length; i++) {
            int high = i + 2 < in.length ? Character.digit(in[i + 1], 16) : -1;
            int low = i + 2 < in.length ? Character.digit(in[i + 2], 16) : -1;
            if (in[i] == '%' && high >= 0 && low >= 0) {
                out[length++] = (byte) (high << 4 | low);
                i += 2;
            } else {
                out[length++] = in[i];
            }
        }
        return new String(out, 0, length, StandardCharsets.UTF_8);
    }
}

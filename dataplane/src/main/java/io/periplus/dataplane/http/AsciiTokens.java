package io.periplus.dataplane.http;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.util.AsciiString;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Looks for one token in comma-separated lists (RFC 9110 §5.6.1). */
final class AsciiTokens {
    private final AsciiString token;

    AsciiTokens(String token) {
        this.token = AsciiString.cached(token);
    }

    /** Whether any {@code Connection} field names the token; {@code first} is the first of them. */
    boolean isIn(HttpFields fields, @Nullable CharSequence first) {
        if (first == null) {
            return false;
        }
        if (isIn(first)) {
            return true;
        }
        List<String> all = fields.getAll(HttpHeaderNames.CONNECTION);
        return all.size() > 1 && all.stream().anyMatch(this::isIn);
    }

    /** Whether the list has the token, whatever its case. */
    boolean isIn(CharSequence list) {
        if (token.contentEqualsIgnoreCase(list)) {
            return true;
        }
        int length = list.length();
        int start = 0;
        while (start <= length) {
            int comma = AsciiString.indexOf(list, ',', start);
            int stop = comma < 0 ? length : comma;
            if (matches(list, start, stop)) {
                return true;
            }
            start = stop + 1;
        }
        return false;
    }

    private boolean matches(CharSequence list, int start, int stop) {
        int from = start;
        int to = stop;
        while (from < to && (list.charAt(from) == ' ' || list.charAt(from) == '\t')) {
            from++;
        }
        while (to > from && (list.charAt(to - 1) == ' ' || list.charAt(to - 1) == '\t')) {
            to--;
        }
        return to - from == token.length() && AsciiString.regionMatches(list, true, from, token, 0, token.length());
    }
}

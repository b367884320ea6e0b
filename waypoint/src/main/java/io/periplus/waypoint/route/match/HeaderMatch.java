package io.periplus.waypoint.route.match;

import io.netty.util.AsciiString;
import io.periplus.dataplane.http.RequestHead;
import java.util.List;

/**
 * A condition on a header field. Several lines of one name count as one value joined by commas (RFC 9110 §5.3).
 *
 * @param name in lower case; {@code host} and {@code :authority} mean the request's authority
 */
public record HeaderMatch(AsciiString name, ValueMatch value) {
    private static final AsciiString HOST = AsciiString.cached("host");
    private static final AsciiString AUTHORITY = AsciiString.cached(":authority");

    boolean matches(RequestHead head) {
        if (name.equals(HOST) || name.equals(AUTHORITY)) {
            return value.matches(head.authority());
        }
        String first = head.headers().get(name);
        if (first == null) {
            return false;
        }
        if (value instanceof ValueMatch.Exact(String expected) && !expected.startsWith(first)) {
            return false;
        }
        List<String> lines = head.headers().getAll(name);
        return value.matches(lines.size() == 1 ? first : String.join(",", lines));
    }
}

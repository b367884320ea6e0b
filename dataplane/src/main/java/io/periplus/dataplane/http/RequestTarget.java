package io.periplus.dataplane.http;

import io.netty.handler.codec.http.HttpHeaderNames;
import org.jspecify.annotations.Nullable;

/** What a request line and {@code Host} together address (RFC 9112 §3.2, §3.3). */
final class RequestTarget {
    private RequestTarget() {}

    /**
     * The head of a request. {@code Host} leaves the fields; a target in absolute form overrules it (RFC 9112 §3.2.2).
     *
     * @throws RequestException for several {@code Host} fields, or none in HTTP/1.1
     */
    static RequestHead head(RequestLine line, HttpFields fields) {
        CharSequence host = fields.value(HttpHeaderNames.HOST);
        if (host != null) {
            if (fields.getAll(HttpHeaderNames.HOST).size() > 1) {
                throw new RequestException(RequestError.SEVERAL_HOSTS);
            }
            fields.remove(HttpHeaderNames.HOST);
        } else if (!line.http10()) {
            throw new RequestException(RequestError.MISSING_HOST);
        }
        String target = line.target();
        if (target.charAt(0) == '/' || line.method().equals("CONNECT")) {
            return head(line, text(host), target, fields);
        }
        int authority = afterScheme(target);
        if (authority < 0) {
            return head(line, text(host), target, fields);
        }
        int path = indexOfPath(target, authority);
        String rest = target.substring(path);
        return head(line, target.substring(authority, path), rest.startsWith("/") ? rest : "/" + rest, fields);
    }

    private static String text(@Nullable CharSequence host) {
        return host == null ? "" : host.toString();
    }

    private static RequestHead head(RequestLine line, String authority, String path, HttpFields fields) {
        return new RequestHead(line.method(), "http", authority, path, fields);
    }

    private static int afterScheme(String target) {
        for (String scheme : new String[] {"http://", "https://"}) {
            if (target.regionMatches(true, 0, scheme, 0, scheme.length())) {
                return scheme.length();
            }
        }
        return -1;
    }

    private static int indexOfPath(String target, int from) {
        for (int i = from; i < target.length(); i++) {
            char c = target.charAt(i);
            if (c == '/' || c == '?' || c == '#') {
                return i;
            }
        }
        return target.length();
    }
}

package io.periplus.waypoint.authn;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.periplus.dataplane.http.RequestHead;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;

/** A place in requests where a token may be. */
sealed interface Place {
    /** Hands over every token that is there. */
    void find(RequestHead head, Consumer<String> tokens);

    /** Takes the tokens away, so that the endpoint does not see them. */
    void clear(RequestHead head);

    /**
     * A header.
     *
     * @param name lower case
     * @param prefix in front of the token; empty for none. Case makes no difference: to some servers
     *     {@code bearer} is the same scheme (RFC 9110 §11.1), and what they take has to be verified here
     */
    record InHeader(String name, String prefix) implements Place {
        private static final int LONGEST_LINE = 64 << 10;

        @Override
        public void find(RequestHead head, Consumer<String> tokens) {
            HttpHeaders headers = head.headers();
            if (!headers.contains(name)) {
                return;
            }
            List<String> values = headers.getAll(name);
            for (int i = 0; i < values.size(); i++) {
                String value = values.get(i);
                int at = prefix.isEmpty() ? 0 : indexOf(value, prefix);
                if (at >= 0) {
                    tokens.accept(prefix.isEmpty() ? value : token(value, at + prefix.length()));
                }
            }
        }

        private static int indexOf(String value, String prefix) {
            for (int at = 0; at + prefix.length() <= Math.min(value.length(), LONGEST_LINE); at++) {
                if (value.regionMatches(true, at, prefix, 0, prefix.length())) {
                    return at;
                }
            }
            return -1;
        }

        // What follows the prefix from the first character on that a token may have; all of it, so that nothing hides
        // behind a token that holds.
        private static String token(String value, int from) {
            int at = from;
            while (at < value.length() && !isOfToken(value.charAt(at))) {
                at++;
            }
            return at == value.length() ? value : value.substring(at);
        }

        private static boolean isOfToken(char c) {
            return c >= 'a' && c <= 'z'
                    || c >= 'A' && c <= 'Z'
                    || c >= '0' && c <= '9'
                    || c == '-'
                    || c == '_'
                    || c == '.';
        }

        @Override
        public void clear(RequestHead head) {
            head.headers().remove(name);
        }
    }

    /** A parameter of the query. All of its values count: an endpoint may take any of them. */
    record InParameter(String name) implements Place {
        @Override
        public void find(RequestHead head, Consumer<String> tokens) {
            Query.values(head.path(), name, tokens);
        }

        @Override
        public void clear(RequestHead head) {
            head.setPath(Query.without(head.path(), name));
        }
    }

    /** A cookie. It stays in the request, as at Envoy: sessions of applications hang on them. */
    record InCookie(String name) implements Place {
        @Override
        public void find(RequestHead head, Consumer<String> tokens) {
            for (String line : head.headers().getAll(HttpHeaderNames.COOKIE)) {
                for (String pair : line.split(";", -1)) {
                    int equals = pair.indexOf('=');
                    if (equals >= 0 && pair.substring(0, equals).strip().equals(name)) {
                        tokens.accept(unquoted(pair.substring(equals + 1).strip()));
                    }
                }
            }
        }

        private static String unquoted(String value) {
            boolean quoted = value.length() >= 2 && value.startsWith("\"") && value.endsWith("\"");
            return quoted ? value.substring(1, value.length() - 1) : value;
        }

        @Override
        public void clear(RequestHead head) {}
    }

    /** The header that RFC 6750 §2.1 gives. */
    Place BEARER = new InHeader("authorization", "Bearer ");

    /** The parameter that RFC 6750 §2.3 gives. */
    Place ACCESS_TOKEN = new InParameter("access_token");

    /** A header, its name in whatever case. */
    static Place header(String name, String prefix) {
        return new InHeader(name.toLowerCase(Locale.ROOT), prefix);
    }
}

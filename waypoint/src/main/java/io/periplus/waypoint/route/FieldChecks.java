package io.periplus.waypoint.route;

import java.util.Set;

/**
 * What of a route may stand in a message on the wire. The control plane has checked it; a line break that slipped through
 * would let an author write messages of his own. Failures are {@link IllegalArgumentException}s that name the value.
 */
final class FieldChecks {
    /** Fields by which a message is delimited or a connection managed (RFC 9110 §7.6.1, RFC 9112 §6). */
    private static final Set<String> OF_CONNECTIONS = Set.of(
            "connection",
            "content-length",
            "host",
            "keep-alive",
            "proxy-connection",
            "te",
            "transfer-encoding",
            "upgrade");

    private static final String TOKEN_MARKS = "!#$%&'*+-.^_`|~";

    private FieldChecks() {}

    /** A field's name, in lower case; one that routes may change. */
    static String name(String lowerCase) {
        boolean token = !lowerCase.isEmpty();
        for (int i = 0; i < lowerCase.length(); i++) {
            char c = lowerCase.charAt(i);
            token &= c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || TOKEN_MARKS.indexOf(c) >= 0;
        }
        if (!token) {
            throw new IllegalArgumentException("header \"%s\" (expected: a token of RFC 9110)".formatted(lowerCase));
        }
        if (OF_CONNECTIONS.contains(lowerCase)) {
            throw new IllegalArgumentException(
                    "header \"%s\" (expected: one that does not delimit the message or belong to the connection)"
                            .formatted(lowerCase));
        }
        return lowerCase;
    }

    /** A field's value. */
    static String value(String value) {
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (c < ' ' && c != '\t' || c == 0x7f || c > 0xff) {
                throw new IllegalArgumentException("header value \"%s\" (expected: no control characters)"
                        .formatted(value.replaceAll("\\p{Cntrl}", "?")));
            }
        }
        return value;
    }

    /** A part of a request's target or of its authority. */
    static String target(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c <= ' ' || c >= 0x7f || c == '#') {
                throw new IllegalArgumentException("\"%s\" (expected: characters of a URL)".formatted(text));
            }
        }
        return text;
    }
}

package io.periplus.waypoint.route;

import io.periplus.api.http.HttpText;

/**
 * What of a route may stand in a message on the wire. The control plane has judged it by the same {@link HttpText}; a line
 * break that slipped through would let an author write messages of his own. Failures are {@link IllegalArgumentException}s
 * that name the value.
 */
final class FieldChecks {
    private FieldChecks() {}

    /** A field's name, in lower case; one that routes may change. */
    static String name(String lowerCase) {
        if (!HttpText.isToken(lowerCase)) {
            throw new IllegalArgumentException("header \"%s\" (expected: a token of RFC 9110)".formatted(lowerCase));
        }
        if (!HttpText.isChangeable(lowerCase)) {
            throw new IllegalArgumentException(
                    "header \"%s\" (expected: one that does not delimit the message or belong to the connection)"
                            .formatted(lowerCase));
        }
        return lowerCase;
    }

    /** A field's value. */
    static String value(String value) {
        if (!HttpText.isValue(value)) {
            throw new IllegalArgumentException(
                    "header value \"%s\" (expected: no control characters, none above U+00FF)"
                            .formatted(value.replaceAll("\\p{Cntrl}", "?")));
        }
        return value;
    }

    /** A part of a request's target or of its authority. */
    static String target(String text) {
        if (!HttpText.isTarget(text)) {
            throw new IllegalArgumentException("\"%s\" (expected: characters of a URL)".formatted(text));
        }
        return text;
    }
}

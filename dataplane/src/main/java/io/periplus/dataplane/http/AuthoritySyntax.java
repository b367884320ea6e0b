package io.periplus.dataplane.http;

/**
 * A host with an optional port (RFC 3986 §3.2.2, §3.2.3). User information is an error here (RFC 9110 §4.2.4), and so is
 * what could end the host early for another reader: a slash, a list, white space.
 */
final class AuthoritySyntax {
    private static final int CHARACTERS = 128;
    private static final int PORT_DIGITS_MAX = 5;
    private static final boolean[] NAME = new boolean[CHARACTERS];

    static {
        for (char c = 0; c < CHARACTERS; c++) {
            NAME[c] = c >= 'a' && c <= 'z'
                    || c >= 'A' && c <= 'Z'
                    || c >= '0' && c <= '9'
                    || "-._~%!$&'()*+;=".indexOf(c) >= 0;
        }
    }

    private AuthoritySyntax() {}

    static boolean isAuthority(String text) {
        int end = text.startsWith("[") ? literal(text) : name(text);
        return end > 0 && (end == text.length() || text.charAt(end) == ':' && isPort(text, end + 1));
    }

    private static int name(String text) {
        int at = 0;
        while (at < text.length() && text.charAt(at) < CHARACTERS && NAME[text.charAt(at)]) {
            at++;
        }
        return at;
    }

    /** The end of an address in brackets, -1 if it is none. */
    private static int literal(String text) {
        int at = 1;
        while (at < text.length()
                && (Character.digit(text.charAt(at), 16) >= 0 || ":.".indexOf(text.charAt(at)) >= 0)) {
            at++;
        }
        return at > 1 && at < text.length() && text.charAt(at) == ']' ? at + 1 : -1;
    }

    private static boolean isPort(String text, int from) {
        int digits = text.length() - from;
        for (int i = from; i < text.length(); i++) {
            if (text.charAt(i) < '0' || text.charAt(i) > '9') {
                return false;
            }
        }
        return digits <= PORT_DIGITS_MAX;
    }
}

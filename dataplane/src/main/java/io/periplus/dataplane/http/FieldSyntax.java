package io.periplus.dataplane.http;

import io.netty.util.AsciiString;

/** The characters of field lines (RFC 9110 §5.1, §5.5, §5.6.2), as tables that a scan looks up once per byte. */
final class FieldSyntax {
    private static final int BYTES = 256;

    /** The lower-case form of each byte that a token may have, 0 for the others. */
    static final byte[] TOKEN = new byte[BYTES];

    /** Whether a field value may have the byte: visible, space, tab or beyond ASCII. */
    static final boolean[] VALUE = new boolean[BYTES];

    /** Whether a request target may have the byte: visible ASCII or, as browsers send them, bytes beyond it. */
    static final boolean[] TARGET = new boolean[BYTES];

    static {
        for (int c = 0; c < BYTES; c++) {
            boolean letterOrDigit = c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9';
            if (letterOrDigit || "!#$%&'*+-.^_`|~".indexOf(c) >= 0) {
                TOKEN[c] = (byte) (c >= 'A' && c <= 'Z' ? c | ' ' : c);
            }
            VALUE[c] = c == '\t' || c >= ' ' && c != 0x7f;
            TARGET[c] = c > ' ' && c != 0x7f;
        }
    }

    private FieldSyntax() {}

    /** Whether the text is a token: a method or a field name. */
    static boolean isToken(CharSequence text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c >= BYTES || TOKEN[c] == 0) {
                return false;
            }
        }
        return !text.isEmpty();
    }

    /** Whether the text can be the value of a field. */
    static boolean isValue(CharSequence text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c < BYTES && !VALUE[c]) {
                return false;
            }
        }
        return true;
    }

    /** Whether every character of the text is one byte on the wire. */
    static boolean isLatin1(CharSequence text) {
        if (text instanceof AsciiString) {
            return true;
        }
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) >= BYTES) {
                return false;
            }
        }
        return true;
    }

    /** Whether the text has no white space and no control characters, which would end it early on the next hop. */
    static boolean isVisible(CharSequence text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c >= BYTES || !TARGET[c]) {
                return false;
            }
        }
        return true;
    }
}

package io.periplus.dataplane.http;

import io.netty.util.AsciiString;

/**
 * Reads field lines (RFC 9112 §5) strictly: what two readers could take for different fields is refused. Lines end with
 * CR LF and nothing less, a name touches its colon, no line begins with white space, no value has control characters.
 */
final class FieldLines {
    private FieldLines() {}

    /**
     * Reads the lines up to the empty one. Names are brought into lower case in place.
     *
     * @param bytes kept: names and values are windows of it
     * @return where the section ends, after the empty line
     * @throws RequestException for anything that is not as it must be, or more than {@link HttpLimits#HEADERS_MAX} fields
     */
    static int read(byte[] bytes, int from, HttpFields into) {
        int at = from;
        int count = 0;
        while (true) {
            byte first = bytes[at];
            if (first == '\r') {
                return endOfLine(bytes, at);
            }
            if (first == ' ' || first == '\t') {
                throw new RequestException(RequestError.FOLDED_HEADER);
            }
            int colon = name(bytes, at);
            int start = colon + 1;
            while (bytes[start] == ' ' || bytes[start] == '\t') {
                start++;
            }
            int end = value(bytes, start);
            int next = endOfLine(bytes, end);
            while (end > start && (bytes[end - 1] == ' ' || bytes[end - 1] == '\t')) {
                end--;
            }
            if (++count > HttpLimits.HEADERS_MAX) {
                throw new RequestException(RequestError.TOO_MANY_HEADERS);
            }
            into.append(KnownNames.of(bytes, at, colon - at), window(bytes, start, end));
            at = next;
        }
    }

    private static AsciiString window(byte[] bytes, int start, int end) {
        return start == end ? AsciiString.EMPTY_STRING : new AsciiString(bytes, start, end - start, false);
    }

    /** The place of the colon that ends the name which begins here. */
    private static int name(byte[] bytes, int from) {
        int at = from;
        byte lower;
        while ((lower = FieldSyntax.TOKEN[bytes[at] & 0xff]) != 0) {
            bytes[at++] = lower;
        }
        if (bytes[at] != ':' || at == from) {
            throw new RequestException(RequestError.MALFORMED);
        }
        return at;
    }

    /** The place of the first byte that a value cannot have. A section ends with a line feed, so there is one. */
    private static int value(byte[] bytes, int from) {
        int at = from;
        while (FieldSyntax.VALUE[bytes[at] & 0xff]) {
            at++;
        }
        return at;
    }

    /** The place after the CR LF that has to be here. */
    static int endOfLine(byte[] bytes, int at) {
        if (bytes[at] != '\r' || at + 1 >= bytes.length || bytes[at + 1] != '\n') {
            throw new RequestException(RequestError.MALFORMED);
        }
        return at + 2;
    }
}

package io.periplus.dataplane.http;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * The first line of a request (RFC 9112 §3): method, one space, target, one space, version.
 *
 * @param end where the fields begin
 */
record RequestLine(String method, String target, boolean http10, int end) {
    private static final String[] METHODS = {
        "GET", "POST", "PUT", "DELETE", "HEAD", "OPTIONS", "PATCH", "CONNECT", "TRACE"
    };
    private static final byte[] VERSION = "HTTP/1.".getBytes(StandardCharsets.US_ASCII);

    /**
     * Reads the line at the front of {@code bytes}, which have a line feed.
     *
     * @throws RequestException for anything but a request line of HTTP/1.x
     */
    static RequestLine read(byte[] bytes) {
        int space = 0;
        while (FieldSyntax.TOKEN[bytes[space] & 0xff] != 0) {
            space++;
        }
        int target = space + 1;
        int targetEnd = target;
        if (space == 0 || bytes[space] != ' ') {
            throw new RequestException(RequestError.MALFORMED);
        }
        while (FieldSyntax.TARGET[bytes[targetEnd] & 0xff]) {
            targetEnd++;
        }
        int version = targetEnd + 1;
        int minor = version + VERSION.length;
        if (targetEnd == target
                || bytes[targetEnd] != ' '
                || minor >= bytes.length
                || !Arrays.equals(bytes, version, minor, VERSION, 0, VERSION.length)
                || bytes[minor] < '0'
                || bytes[minor] > '9') {
            throw new RequestException(RequestError.MALFORMED);
        }
        return new RequestLine(
                method(bytes, space),
                new String(bytes, target, targetEnd - target, StandardCharsets.ISO_8859_1),
                bytes[minor] == '0',
                FieldLines.endOfLine(bytes, minor + 1));
    }

    private static String method(byte[] bytes, int length) {
        for (String known : METHODS) {
            if (known.length() == length && startsWith(bytes, known)) {
                return known;
            }
        }
        return new String(bytes, 0, length, StandardCharsets.ISO_8859_1);
    }

    private static boolean startsWith(byte[] bytes, String text) {
        for (int i = 0; i < text.length(); i++) {
            if (bytes[i] != text.charAt(i)) {
                return false;
            }
        }
        return true;
    }
}

package io.periplus.cli.kube;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/**
 * An HTTP/1.1 answer (RFC 9112), read whole.
 *
 * @param headers names in lower case
 */
record HttpAnswer(int status, Map<String, String> headers, byte[] body) {
    /** Bound of one header line and of all header lines together. */
    private static final int MAX_HEAD_BYTES = 64 * 1024;

    /** Reads one answer to a request that was not HEAD. */
    static HttpAnswer read(InputStream in) throws IOException {
        String line = readLine(in);
        String[] parts = line.split(" ", 3);
        if (parts.length < 2 || !parts[0].startsWith("HTTP/1.")) {
            throw new IOException("the server does not speak HTTP/1.1: \"" + line + "\"");
        }
        int status = Integer.parseInt(parts[1]);
        Map<String, String> headers = readHeaders(in);
        boolean hasBody = status >= 200 && status != 204 && status != 304;
        return new HttpAnswer(status, headers, hasBody ? readBody(in, headers) : new byte[0]);
    }

    /** Whether the connection can carry another request. */
    boolean keepsAlive() {
        boolean framed = headers.containsKey("content-length") || headers.containsKey("transfer-encoding");
        return status != 101 && framed && !"close".equalsIgnoreCase(headers.get("connection"));
    }

    private static Map<String, String> readHeaders(InputStream in) throws IOException {
        Map<String, String> headers = new HashMap<>();
        int bytes = 0;
        for (String line = readLine(in); !line.isEmpty(); line = readLine(in)) {
            bytes += line.length();
            if (bytes > MAX_HEAD_BYTES) {
                throw new IOException("the server's header is larger than " + MAX_HEAD_BYTES + " bytes");
            }
            int colon = line.indexOf(':');
            if (colon > 0) {
                String name = line.substring(0, colon).toLowerCase(Locale.ROOT);
                headers.put(name, line.substring(colon + 1).strip());
            }
        }
        return headers;
    }

    private static byte[] readBody(InputStream in, Map<String, String> headers) throws IOException {
        if ("chunked".equalsIgnoreCase(headers.get("transfer-encoding"))) {
            return readChunks(in);
        }
        String length = headers.get("content-length");
        return length == null ? in.readAllBytes() : readExactly(in, Integer.parseInt(length));
    }

    private static byte[] readChunks(InputStream in) throws IOException {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        while (true) {
            int size = Integer.parseInt(readLine(in).split(";", 2)[0].strip(), 16);
            if (size == 0) {
                readHeaders(in);
                return body.toByteArray();
            }
            body.writeBytes(readExactly(in, size));
            readLine(in);
        }
    }

    private static byte[] readExactly(InputStream in, int length) throws IOException {
        byte[] bytes = in.readNBytes(length);
        if (bytes.length < length) {
            throw new EOFException("the connection was closed inside an answer");
        }
        return bytes;
    }

    private static String readLine(InputStream in) throws IOException {
        StringBuilder line = new StringBuilder();
        for (int b = in.read(); b != '\n'; b = in.read()) {
            if (b < 0) {
                throw new EOFException("the connection was closed before an answer");
            }
            if (line.length() >= MAX_HEAD_BYTES) {
                throw new IOException("the server's header line is longer than " + MAX_HEAD_BYTES + " bytes");
            }
            line.append((char) b);
        }
        int end = line.length();
        if (end > 0 && line.charAt(end - 1) == '\r') {
            line.setLength(end - 1);
        }
        return line.toString();
    }
}

package io.periplus.nodeagent;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.function.Function;

/**
 * One request of HTTP/1.1 and its answer, as much of it as the plugin's client needs: a POST with a {@code Content-Length}. The
 * connection ends with the answer.
 */
final class PluginExchange {
    private static final String PATH = "/cmdadd";
    private static final int HEAD_BYTES_MAX = 8 * 1024;
    private static final int BODY_BYTES_MAX = 64 * 1024;
    private static final byte[] HEAD_END = {'\r', '\n', '\r', '\n'};

    private PluginExchange() {}

    /** @param text empty or a message for whoever reads the pod's events */
    record Answer(int status, String text) {
        static final Answer OK = new Answer(200, "");

        byte[] bytes() {
            byte[] body = (text.isEmpty() ? "" : text + "\n").getBytes(StandardCharsets.UTF_8);
            String head = "HTTP/1.1 %d %s\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: %d\r\n"
                    .formatted(status, reason(status), body.length);
            ByteArrayOutputStream all = new ByteArrayOutputStream();
            all.writeBytes((head + "Connection: close\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
            all.writeBytes(body);
            return all.toByteArray();
        }

        private static String reason(int status) {
            return switch (status) {
                case 200 -> "OK";
                case 400 -> "Bad Request";
                case 404 -> "Not Found";
                case 405 -> "Method Not Allowed";
                case 411 -> "Length Required";
                case 413 -> "Content Too Large";
                default -> "Internal Server Error";
            };
        }
    }

    /** Reads the request, and writes what {@code decide} makes of its body. */
    static void with(SocketChannel connection, Function<byte[], Answer> decide) throws IOException {
        ByteBuffer answer = ByteBuffer.wrap(answer(connection, decide).bytes());
        while (answer.hasRemaining()) {
            connection.write(answer);
        }
    }

    private static Answer answer(SocketChannel connection, Function<byte[], Answer> decide) throws IOException {
        ByteArrayOutputStream received = new ByteArrayOutputStream();
        int end = -1;
        while (end < 0) {
            if (received.size() > HEAD_BYTES_MAX) {
                return new Answer(413, "the head of the request is longer than " + HEAD_BYTES_MAX + " bytes");
            }
            receive(connection, received);
            end = indexOfHeadEnd(received.toByteArray());
        }
        String[] head = new String(received.toByteArray(), 0, end, StandardCharsets.ISO_8859_1).split("\r\n");
        String[] request = head[0].split(" ");
        if (request.length != 3 || !request[2].startsWith("HTTP/1.")) {
            return new Answer(400, "not HTTP/1: " + head[0]);
        }
        if (!request[1].equals(PATH)) {
            return new Answer(404, "nothing at " + request[1] + " (expected: " + PATH + ")");
        }
        if (!request[0].equals("POST")) {
            return new Answer(405, request[0] + " (expected: POST)");
        }
        int length = length(head);
        if (length < 0) {
            return new Answer(411, "Content-Length: missing, or no number");
        }
        if (length > BODY_BYTES_MAX) {
            return new Answer(413, "Content-Length: " + length + " (expected: up to " + BODY_BYTES_MAX + ")");
        }
        int whole = end + HEAD_END.length + length;
        while (received.size() < whole) {
            receive(connection, received);
        }
        return decide.apply(java.util.Arrays.copyOfRange(received.toByteArray(), whole - length, whole));
    }

    private static void receive(SocketChannel connection, ByteArrayOutputStream received) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(4096);
        int count = connection.read(buffer);
        if (count < 0) {
            throw new IOException("closed in the middle of a request");
        }
        received.write(buffer.array(), 0, count);
    }

    private static int indexOfHeadEnd(byte[] bytes) {
        for (int i = 0; i + HEAD_END.length <= bytes.length; i++) {
            if (java.util.Arrays.equals(bytes, i, i + HEAD_END.length, HEAD_END, 0, HEAD_END.length)) {
                return i;
            }
        }
        return -1;
    }

    private static int length(String[] head) {
        for (String line : head) {
            int colon = line.indexOf(':');
            if (colon > 0 && line.substring(0, colon).toLowerCase(Locale.ROOT).equals("content-length")) {
                String value = line.substring(colon + 1).strip();
                return value.matches("[0-9]{1,9}") ? Integer.parseInt(value) : -1;
            }
        }
        return -1;
    }
}

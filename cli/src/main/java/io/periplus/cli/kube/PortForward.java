package io.periplus.cli.kube;

import io.periplus.cli.CliException;
import java.io.Closeable;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * A stream to a pod's port through the API server. The subprotocol is {@code v4.channel.k8s.io}: the first byte of a WebSocket
 * message names its channel (0 data, 1 error), and each channel's first two bytes are the port.
 */
public final class PortForward implements Closeable {
    /** The WebSocket subprotocol to ask for. */
    static final String PROTOCOL = "v4.channel.k8s.io";

    private static final int DATA = 0;
    private static final int ERROR = 1;
    private static final int PORT_BYTES = 2;
    private static final int CHUNK_BYTES = 16 << 10;

    private final WebSocket socket;
    private final int[] received = new int[2];

    PortForward(WebSocket socket) {
        this.socket = socket;
    }

    /**
     * Sends an HTTP/1.1 request without a body to the port and returns the body of a 200.
     *
     * @throws CliException if the pod does not answer so
     */
    public byte[] http(String method, String path) {
        return http(method, path, new byte[0]);
    }

    /**
     * Sends an HTTP/1.1 request with a body, JSON unless it is empty, to the port and returns the body of a 200.
     *
     * @throws CliException if the pod does not answer so
     */
    public byte[] http(String method, String path, byte[] body) {
        String what = method + " " + path;
        try {
            String head = what + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
                    + (body.length == 0 ? "" : "Content-Type: application/json\r\n")
                    + "Content-Length: " + body.length + "\r\n\r\n";
            send(head.getBytes(StandardCharsets.US_ASCII));
            for (int from = 0; from < body.length; from += CHUNK_BYTES) {
                send(Arrays.copyOfRange(body, from, Math.min(body.length, from + CHUNK_BYTES)));
            }
            HttpAnswer answer = HttpAnswer.read(new ChunkStream(this::receive));
            if (answer.status() != 200) {
                String text = new String(answer.body(), StandardCharsets.UTF_8).strip();
                throw new CliException(what + ": HTTP " + answer.status() + " " + text);
            }
            return answer.body();
        } catch (IOException e) {
            throw new CliException("the pod did not answer " + what + ": " + e.getMessage());
        }
    }

    private void send(byte[] data) throws IOException {
        byte[] message = new byte[data.length + 1];
        message[0] = DATA;
        System.arraycopy(data, 0, message, 1, data.length);
        socket.send(message);
    }

    /** The pod's next bytes; empty at its end. */
    private byte[] receive() throws IOException {
        for (byte[] message = socket.receive(); message.length > 0; message = socket.receive()) {
            int channel = message[0];
            if (channel != DATA && channel != ERROR) {
                continue;
            }
            int start = 1 + Math.min(message.length - 1, Math.max(0, PORT_BYTES - received[channel]));
            received[channel] += message.length - 1;
            if (start == message.length) {
                continue;
            }
            if (channel == ERROR) {
                throw new IOException(
                        new String(message, start, message.length - start, StandardCharsets.UTF_8).strip());
            }
            return Arrays.copyOfRange(message, start, message.length);
        }
        return new byte[0];
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}

package io.periplus.cli.kube;

import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Base64;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;

/** The client side of a WebSocket (RFC 6455) for binary messages, blocking. */
final class WebSocket implements Closeable {
    /** Bound of one message: the API server sends at most some 32 KiB. */
    private static final int MAX_MESSAGE_BYTES = 16 * 1024 * 1024;

    private static final int BINARY = 0x2;
    private static final int CLOSE = 0x8;
    private static final int PING = 0x9;
    private static final int PONG = 0xa;

    private final HttpConnection connection;
    private final DataInputStream in;

    /** Takes over a connection whose upgrade was answered with 101. */
    WebSocket(HttpConnection connection) {
        this.connection = connection;
        this.in = new DataInputStream(connection.in());
    }

    static Map<String, String> upgradeHeaders(String protocol) {
        byte[] nonce = new byte[16];
        ThreadLocalRandom.current().nextBytes(nonce);
        return Map.of(
                "Connection", "Upgrade",
                "Upgrade", "websocket",
                "Sec-WebSocket-Version", "13",
                "Sec-WebSocket-Key", Base64.getEncoder().encodeToString(nonce),
                "Sec-WebSocket-Protocol", protocol);
    }

    void send(byte[] message) throws IOException {
        writeFrame(BINARY, message);
    }

    /** The next message that is not empty, or an empty array once the peer closed. */
    byte[] receive() throws IOException {
        ByteArrayOutputStream message = new ByteArrayOutputStream();
        while (true) {
            int first = in.read();
            if (first < 0) {
                return new byte[0];
            }
            byte[] payload = readPayload(message.size());
            switch (first & 0x0f) {
                case CLOSE -> {
                    return new byte[0];
                }
                case PING -> writeFrame(PONG, payload);
                case PONG -> {}
                default -> {
                    message.write(payload);
                    if ((first & 0x80) != 0 && message.size() > 0) {
                        return message.toByteArray();
                    }
                }
            }
        }
    }

    private byte[] readPayload(int before) throws IOException {
        long length = in.readUnsignedByte() & 0x7f;
        if (length == 126) {
            length = in.readUnsignedShort();
        } else if (length == 127) {
            length = in.readLong();
        }
        if (length < 0 || before + length > MAX_MESSAGE_BYTES) {
            throw new IOException("a WebSocket message of more than " + MAX_MESSAGE_BYTES + " bytes");
        }
        byte[] payload = new byte[(int) length];
        in.readFully(payload);
        return payload;
    }

    private void writeFrame(int opcode, byte[] payload) throws IOException {
        if (payload.length > 0xffff) {
            throw new IllegalArgumentException("payload: " + payload.length + " bytes (expected: at most 65535)");
        }
        OutputStream out = connection.out();
        out.write(0x80 | opcode);
        if (payload.length < 126) {
            out.write(0x80 | payload.length);
        } else {
            out.write(0x80 | 126);
            out.write(payload.length >>> 8);
            out.write(payload.length);
        }
        byte[] mask = new byte[4];
        ThreadLocalRandom.current().nextBytes(mask);
        out.write(mask);
        for (int i = 0; i < payload.length; i++) {
            out.write(payload[i] ^ mask[i % 4]);
        }
        out.flush();
    }

    @Override
    public void close() throws IOException {
        connection.close();
    }
}

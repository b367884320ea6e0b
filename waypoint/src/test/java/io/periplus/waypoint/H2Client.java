package io.periplus.waypoint;

import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.DefaultHttp2HeadersDecoder;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** A client of HTTP/2 that sends exactly the frames a test says, well formed or not, and shows those that come back. */
final class H2Client implements AutoCloseable {
    static final int DATA = 0;
    static final int HEADERS = 1;
    static final int PRIORITY = 2;
    static final int RST_STREAM = 3;
    static final int SETTINGS = 4;
    static final int PUSH_PROMISE = 5;
    static final int PING = 6;
    static final int GOAWAY = 7;
    static final int WINDOW_UPDATE = 8;
    static final int CONTINUATION = 9;

    static final int END_STREAM = 1;
    static final int ACK = 1;
    static final int END_HEADERS = 4;
    static final int PADDED = 8;
    static final int PRIORITISED = 0x20;

    private static final int PATIENCE_MS = 10_000;
    private static final int HEADER_BYTES = 9;

    final Socket socket;
    private final DataInputStream in;
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final DefaultHttp2HeadersDecoder hpack = new DefaultHttp2HeadersDecoder(false);

    /** A frame as it came. */
    record Frame(int type, int flags, int stream, byte[] payload) {
        boolean has(int flag) {
            return (flags & flag) != 0;
        }

        /** The error of RST_STREAM or GOAWAY. */
        int error() {
            return ByteBuffer.wrap(payload).getInt(type == GOAWAY ? 4 : 0);
        }

        String text() {
            return new String(payload, StandardCharsets.ISO_8859_1);
        }
    }

    /** Connects and says nothing. */
    private H2Client(InetSocketAddress address) throws IOException {
        socket = new Socket(address.getAddress(), address.getPort());
        socket.setSoTimeout(PATIENCE_MS);
        socket.setTcpNoDelay(true);
        in = new DataInputStream(new java.io.BufferedInputStream(socket.getInputStream()));
    }

    static H2Client silent(InetSocketAddress address) throws IOException {
        return new H2Client(address);
    }

    /** Connects with the preface and SETTINGS, and answers the server's. */
    static H2Client open(InetSocketAddress address) throws IOException {
        H2Client client = new H2Client(address);
        client.bytes("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII))
                .frame(SETTINGS, 0, 0, new byte[0])
                .frame(SETTINGS, ACK, 0, new byte[0])
                .flush();
        return client;
    }

    // ---- out

    H2Client bytes(byte... raw) {
        out.writeBytes(raw);
        return this;
    }

    H2Client frame(int type, int flags, int stream, byte... payload) {
        return frameOfLength(payload.length, type, flags, stream, payload);
    }

    /** A frame whose length field says something of its own. */
    H2Client frameOfLength(int length, int type, int flags, int stream, byte... payload) {
        return bytes(ByteBuffer.allocate(HEADER_BYTES)
                        .putShort((short) (length >> 8))
                        .put((byte) length)
                        .put((byte) type)
                        .put((byte) flags)
                        .putInt(stream)
                        .array())
                .bytes(payload);
    }

    H2Client headers(int stream, int flags, String... namesAndValues) {
        return frame(HEADERS, flags | END_HEADERS, stream, block(namesAndValues));
    }

    /** A request head with these fields after the usual ones. */
    H2Client request(int stream, int flags, String method, String path, String... more) {
        byte[] head = block(":method", method, ":scheme", "http", ":path", path, ":authority", "a");
        byte[] rest = block(more);
        return frame(HEADERS, flags | END_HEADERS, stream, concat(head, rest));
    }

    H2Client get(int stream, String path) {
        return request(stream, END_STREAM, "GET", path);
    }

    H2Client settings(int... idsAndValues) {
        ByteBuffer payload = ByteBuffer.allocate(idsAndValues.length / 2 * 6);
        for (int i = 0; i < idsAndValues.length; i += 2) {
            payload.putShort((short) idsAndValues[i]).putInt(idsAndValues[i + 1]);
        }
        return frame(SETTINGS, 0, 0, payload.array());
    }

    static byte[] number(int value) {
        return ByteBuffer.allocate(4).putInt(value).array();
    }

    static byte[] concat(byte[] first, byte[] second) {
        return ByteBuffer.allocate(first.length + second.length)
                .put(first)
                .put(second)
                .array();
    }

    /** A field block of literals that no table remembers (RFC 7541 §6.2.2). */
    static byte[] block(String... namesAndValues) {
        ByteArrayOutputStream block = new ByteArrayOutputStream();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            block.write(0);
            string(block, namesAndValues[i]);
            string(block, namesAndValues[i + 1]);
        }
        return block.toByteArray();
    }

    private static void string(ByteArrayOutputStream block, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
        int most = 0x7f;
        if (bytes.length < most) {
            block.write(bytes.length);
        } else {
            block.write(most);
            int rest = bytes.length - most;
            for (; rest >= 0x80; rest >>= 7) {
                block.write(rest & 0x7f | 0x80);
            }
            block.write(rest);
        }
        block.writeBytes(bytes);
    }

    H2Client flush() {
        try {
            socket.getOutputStream().write(out.toByteArray());
            out.reset();
        } catch (SocketException gone) {
            // What the server said before it closed is still to be read.
            out.reset();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return this;
    }

    // ---- in

    /** The next frame, null at the end of the connection. */
    Frame next() throws IOException {
        try {
            int length = in.readUnsignedByte() << 16 | in.readUnsignedShort();
            int type = in.readUnsignedByte();
            int flags = in.readUnsignedByte();
            int stream = in.readInt();
            byte[] payload = in.readNBytes(length);
            return new Frame(type, flags, stream, payload);
        } catch (EOFException | SocketException end) {
            return null;
        }
    }

    /** The next frame of that type, null if the connection ends before. */
    Frame next(int type) throws IOException {
        Frame frame;
        do {
            frame = next();
        } while (frame != null && frame.type != type);
        return frame;
    }

    Http2Headers decode(Frame headers) throws IOException {
        try {
            return hpack.decodeHeaders(headers.stream, Unpooled.wrappedBuffer(headers.payload));
        } catch (Http2Exception e) {
            throw new IOException(e);
        }
    }

    /** The status and then the body of the next answer. */
    String answer() throws IOException {
        Frame head = next(HEADERS);
        StringBuilder text = new StringBuilder(decode(head).status());
        text.append('|');
        Frame last = head;
        while (!last.has(END_STREAM)) {
            last = next();
            if (last == null || last.type == RST_STREAM) {
                return text.append("|cut off").toString();
            }
            if (last.type == DATA) {
                text.append(last.text());
            } else if (last.type != HEADERS) {
                last = head;
            }
        }
        return text.toString();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}

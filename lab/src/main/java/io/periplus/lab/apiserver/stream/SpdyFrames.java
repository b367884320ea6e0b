package io.periplus.lab.apiserver.stream;

import java.io.DataInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.locks.ReentrantLock;
import org.eclipse.jetty.websocket.api.Callback;
import org.eclipse.jetty.websocket.api.Session;
import org.jspecify.annotations.Nullable;

/** Frames of SPDY/3.1, of which port-forwarding needs a few, inside the binary messages of a WebSocket. */
final class SpdyFrames implements AutoCloseable {
    private static final int VERSION = 0x8003;
    private static final int SYN_STREAM = 1;
    private static final int SYN_REPLY = 2;
    private static final int RST_STREAM = 3;
    private static final int PING = 6;
    private static final int GO_AWAY = 7;
    private static final int FLAG_FIN = 1;
    /** Clients send headers of a few words and data of at most 32 KiB a frame. */
    private static final int LENGTH_MAX = 1 << 20;

    private final DataInputStream in;
    private final Session session;
    private final SpdyHeaders headers = new SpdyHeaders();
    private final ReentrantLock sending = new ReentrantLock();

    SpdyFrames(DataInputStream in, Session session) {
        this.in = in;
        this.session = session;
    }

    /** What the client sent. */
    sealed interface Frame {
        record Open(int stream, Map<String, String> headers, boolean fin) implements Frame {}

        record Data(int stream, byte[] bytes, boolean fin) implements Frame {}

        record Reset(int stream) implements Frame {}

        record End() implements Frame {}
    }

    /** The next frame that matters; answers pings and skips the rest. Null when the connection ends. */
    @Nullable
    Frame next() throws IOException {
        while (true) {
            int first = in.read();
            if (first < 0) {
                return null;
            }
            int head = first << 24 | in.readUnsignedByte() << 16 | in.readUnsignedShort();
            int flagsAndLength = in.readInt();
            int length = flagsAndLength & 0xffffff;
            boolean fin = (flagsAndLength >>> 24 & FLAG_FIN) != 0;
            if (length > LENGTH_MAX) {
                throw new IOException("SPDY frame of " + length + " bytes (expected: at most " + LENGTH_MAX + ")");
            }
            byte[] payload = in.readNBytes(length);
            if (payload.length < length) {
                return null;
            }
            if (head >= 0) {
                return new Frame.Data(head, payload, fin);
            }
            Frame frame = control(head & 0xffff, ByteBuffer.wrap(payload), fin);
            if (frame != null) {
                return frame;
            }
        }
    }

    private @Nullable Frame control(int type, ByteBuffer payload, boolean fin) throws IOException {
        switch (type) {
            case SYN_STREAM -> {
                int stream = payload.getInt() & 0x7fffffff;
                payload.position(10);
                byte[] block = new byte[payload.remaining()];
                payload.get(block);
                return new Frame.Open(stream, headers.read(block), fin);
            }
            case RST_STREAM -> {
                return new Frame.Reset(payload.getInt() & 0x7fffffff);
            }
            case PING -> {
                send(control(
                        PING, 0, ByteBuffer.allocate(4).putInt(payload.getInt()).array()));
                return null;
            }
            case GO_AWAY -> {
                return new Frame.End();
            }
            default -> {
                return null;
            }
        }
    }

    /** Accepts a stream. */
    void reply(int stream) throws IOException {
        sending.lock();
        try {
            byte[] block = headers.empty();
            ByteBuffer payload =
                    ByteBuffer.allocate(4 + block.length).putInt(stream).put(block);
            send(control(SYN_REPLY, 0, payload.array()));
        } finally {
            sending.unlock();
        }
    }

    void data(int stream, byte[] bytes, int length, boolean fin) throws IOException {
        ByteBuffer frame = ByteBuffer.allocate(8 + length);
        frame.putInt(stream).putInt((fin ? FLAG_FIN : 0) << 24 | length).put(bytes, 0, length);
        send(frame);
    }

    private static ByteBuffer control(int type, int flags, byte[] payload) {
        ByteBuffer frame = ByteBuffer.allocate(8 + payload.length);
        frame.putInt(VERSION << 16 | type).putInt(flags << 24 | payload.length).put(payload);
        return frame;
    }

    private void send(ByteBuffer frame) throws IOException {
        sending.lock();
        try {
            CompletableFuture<Void> done = new CompletableFuture<>();
            session.sendBinary(frame.flip(), Callback.from(() -> done.complete(null), done::completeExceptionally));
            done.join();
        } catch (CompletionException e) {
            throw new IOException("the client is gone", e.getCause());
        } finally {
            sending.unlock();
        }
    }

    @Override
    public void close() {
        headers.close();
    }
}

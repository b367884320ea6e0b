package io.periplus.dataplane.http;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Random;

/** What clients that speak HTTP/2 badly send: frames in any order, wrong in a few places, the same for the same seed. */
final class Http2Frames {
    private static final int DATA = 0;
    private static final int HEADERS = 1;
    private static final int SETTINGS = 4;
    private static final int CONTINUATION = 9;
    private static final int TYPES = 12;
    private static final int HEADER_BYTES = 9;

    private final Random random;
    private final Mutations blocks;

    Http2Frames(long seed) {
        random = new Random(seed);
        blocks = new Mutations(seed);
    }

    /** Bytes of a connection, from its preface on. */
    byte[] next() {
        ByteArrayOutputStream out = begun();
        int stream = 1;
        for (int i = random.nextInt(12); i >= 0; i--) {
            if (random.nextInt(3) > 0) {
                boolean whole = random.nextInt(4) > 0;
                frame(out, HEADERS, (random.nextInt(2)) | (whole ? 4 : 0), stream, blocks.nextBlock());
                if (!whole) {
                    frame(out, CONTINUATION, random.nextInt(3) > 0 ? 4 : 0, stream, blocks.nextBlock());
                }
                for (int pieces = random.nextInt(3); pieces > 0; pieces--) {
                    frame(out, DATA, random.nextInt(2), stream, new byte[random.nextInt(300)]);
                }
                stream += 2;
            } else {
                byte[] payload = new byte[random.nextInt(3) == 0 ? random.nextInt(40) : 4 * random.nextInt(4)];
                random.nextBytes(payload);
                frame(out, random.nextInt(TYPES), random.nextInt(64), random.nextInt(stream + 2), payload);
            }
        }
        byte[] bytes = out.toByteArray();
        for (int i = random.nextInt(3); i > 0; i--) {
            bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
        }
        return bytes;
    }

    /** Bytes of a connection that begins well. */
    static byte[] connection(byte[] frames) {
        ByteArrayOutputStream out = begun();
        out.writeBytes(frames);
        return out.toByteArray();
    }

    private static ByteArrayOutputStream begun() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        frame(out, SETTINGS, 0, 0, new byte[0]);
        return out;
    }

    private static void frame(ByteArrayOutputStream out, int type, int flags, int stream, byte[] payload) {
        out.writeBytes(ByteBuffer.allocate(HEADER_BYTES)
                .put((byte) (payload.length >> 16))
                .putShort((short) payload.length)
                .put((byte) type)
                .put((byte) flags)
                .putInt(stream)
                .array());
        out.writeBytes(payload);
    }
}

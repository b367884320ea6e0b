package io.periplus.bench.load;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;

/**
 * HTTP/2 (RFC 9113), only as much as a client of GET requests needs. Frames are written and read by hand, so that the
 * generator costs a fraction of what it measures.
 */
final class Http2Connection extends ClientConnection {
    private static final byte[] PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
    private static final int FRAME_HEAD = 9;
    private static final int DATA = 0;
    private static final int HEADERS = 1;
    private static final int RST_STREAM = 3;
    private static final int SETTINGS = 4;
    private static final int PING = 6;
    private static final int GOAWAY = 7;
    private static final int WINDOW_UPDATE = 8;
    private static final int END_STREAM = 1;
    private static final int ACK = 1;
    private static final int END_HEADERS = 4;
    private static final int INITIAL_WINDOW_SIZE = 4;
    private static final int ENABLE_PUSH = 2;
    private static final int WINDOW = Integer.MAX_VALUE;
    private static final int DEFAULT_WINDOW = 65_535;
    /** Credit is given back in pieces of this size. */
    private static final int CREDIT = 1 << 24;
    /** {@code :status 200} of the static table (RFC 7541 appendix A). */
    private static final int STATUS_200 = 0x88;

    private static final class Stream {
        private final long startNanos;
        private boolean ok;

        private Stream(long startNanos) {
            this.startNanos = startNanos;
        }
    }

    private final int slots;
    private final FieldBlock block;
    private final Map<Integer, Stream> streams = new HashMap<>();
    private int nextId = 1;
    private int consumed;

    Http2Connection(LoadRun run, Requests requests, int slots) {
        super(run);
        this.slots = slots;
        this.block = new FieldBlock(requests);
    }

    @Override
    int slots() {
        return slots;
    }

    @Override
    int unanswered() {
        return streams.size();
    }

    @Override
    void greet() {
        ByteBuf out = context().alloc().buffer(64);
        out.writeBytes(PREFACE);
        frame(out, 12, SETTINGS, 0, 0);
        out.writeShort(ENABLE_PUSH).writeInt(0).writeShort(INITIAL_WINDOW_SIZE).writeInt(WINDOW);
        frame(out, 4, WINDOW_UPDATE, 0, 0);
        out.writeInt(WINDOW - DEFAULT_WINDOW);
        write(out);
    }

    @Override
    void send(long startNanos) {
        int id = nextId;
        nextId += 2;
        streams.put(id, new Stream(startNanos));
        ByteBuf out = context().alloc().buffer(256);
        out.writeZero(FRAME_HEAD);
        block.write(out);
        int length = out.readableBytes() - FRAME_HEAD;
        out.setMedium(0, length)
                .setByte(3, HEADERS)
                .setByte(4, END_STREAM | END_HEADERS)
                .setInt(5, id);
        write(out);
    }

    private static void frame(ByteBuf out, int length, int type, int flags, int stream) {
        out.writeMedium(length).writeByte(type).writeByte(flags).writeInt(stream);
    }

    @Override
    void read(ByteBuf in) {
        while (in.readableBytes() >= FRAME_HEAD) {
            int start = in.readerIndex();
            int length = in.getUnsignedMedium(start);
            if (in.readableBytes() < FRAME_HEAD + length) {
                return;
            }
            int type = in.getByte(start + 3);
            int flags = in.getByte(start + 4);
            int id = in.getInt(start + 5);
            in.skipBytes(FRAME_HEAD);
            int next = in.readerIndex() + length;
            take(in, type, flags, id, length);
            if (!context().channel().isActive()) {
                return;
            }
            in.readerIndex(next);
        }
    }

    private void take(ByteBuf in, int type, int flags, int id, int length) {
        switch (type) {
            case DATA -> {
                consume(length);
                end(id, flags);
            }
            case HEADERS -> {
                Stream stream = streams.get(id);
                if (stream != null) {
                    stream.ok |= isOk(in, length);
                }
                end(id, flags);
            }
            case RST_STREAM -> {
                if (streams.remove(id) != null) {
                    run.refused(this, "the stream was reset, code " + in.readInt());
                }
            }
            case SETTINGS, PING -> acknowledge(in, type, flags, length);
            case GOAWAY -> broken("GOAWAY: " + ByteBufUtil.hexDump(in, in.readerIndex(), length));
            default -> {
                // Nothing that a request depends on.
            }
        }
    }

    /** The status comes first, after updates of the table's size. */
    private static boolean isOk(ByteBuf in, int length) {
        int at = in.readerIndex();
        int end = at + length;
        while (at < end && (in.getByte(at) & 0xe0) == 0x20) {
            boolean more = (in.getByte(at++) & 0x1f) == 0x1f;
            while (more && at < end) {
                more = (in.getByte(at++) & 0x80) != 0;
            }
        }
        return at < end && in.getUnsignedByte(at) == STATUS_200;
    }

    private void end(int id, int flags) {
        if ((flags & END_STREAM) == 0) {
            return;
        }
        Stream stream = streams.remove(id);
        if (stream == null) {
            return;
        }
        if (stream.ok) {
            run.answered(this, stream.startNanos);
        } else {
            run.refused(this, "answer with a status other than 200");
        }
    }

    private void acknowledge(ByteBuf in, int type, int flags, int length) {
        if ((flags & ACK) == 0) {
            ByteBuf out = context().alloc().buffer(FRAME_HEAD + 8);
            frame(out, type == PING ? length : 0, type, ACK, 0);
            if (type == PING) {
                out.writeBytes(in, length);
            }
            write(out);
        }
    }

    private void consume(int bytes) {
        consumed += bytes;
        if (consumed >= CREDIT) {
            ByteBuf out = context().alloc().buffer(FRAME_HEAD + 4);
            frame(out, 4, WINDOW_UPDATE, 0, 0);
            out.writeInt(consumed);
            consumed = 0;
            write(out);
        }
    }
}

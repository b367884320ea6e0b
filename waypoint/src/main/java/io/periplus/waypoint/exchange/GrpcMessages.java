package io.periplus.waypoint.exchange;

import io.netty.buffer.ByteBuf;

/** Counts the messages in a gRPC body: each is a flag, its length in four bytes, and that many bytes. */
final class GrpcMessages {
    private static final int PREFIX_BYTES = 5;

    private long count;
    private int prefixRead;
    private long length;
    private long left;

    /** Looks at the next piece of the body without reading it. */
    void pass(ByteBuf data) {
        int at = data.readerIndex();
        int end = data.writerIndex();
        while (at < end) {
            if (left > 0) {
                long skipped = Math.min(left, end - at);
                left -= skipped;
                at += (int) skipped;
                continue;
            }
            length = prefixRead == 0 ? 0 : length << Byte.SIZE | data.getUnsignedByte(at);
            at++;
            prefixRead++;
            if (prefixRead == PREFIX_BYTES) {
                count++;
                prefixRead = 0;
                left = length;
            }
        }
    }

    long count() {
        return count;
    }
}

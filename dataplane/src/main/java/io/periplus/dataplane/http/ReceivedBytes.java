package io.periplus.dataplane.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.ByteToMessageDecoder;

/** What came from a connection and was not read yet. */
final class ReceivedBytes {
    private ByteBuf bytes = Unpooled.EMPTY_BUFFER;

    /** Ownership passes to this. */
    void add(ByteBufAllocator allocator, ByteBuf more) {
        bytes = bytes.isReadable()
                ? ByteToMessageDecoder.MERGE_CUMULATOR.cumulate(allocator, bytes, more)
                : replace(more);
    }

    private ByteBuf replace(ByteBuf more) {
        bytes.release();
        return more;
    }

    ByteBuf bytes() {
        return bytes;
    }

    boolean isEmpty() {
        return !bytes.isReadable();
    }

    /** Lets go of what was read. */
    void releaseIfRead() {
        if (!bytes.isReadable()) {
            release();
        }
    }

    void release() {
        bytes.release();
        bytes = Unpooled.EMPTY_BUFFER;
    }
}

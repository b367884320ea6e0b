package io.periplus.dataplane.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import org.jspecify.annotations.Nullable;

/**
 * Reads the messages of one direction of an HTTP/1.x connection. It is asked for the next thing; bytes that nobody asked for
 * wait. A head is followed by its body, piece by piece, up to {@link #bodyEnded()}.
 *
 * <p>After a {@link RequestException} nothing more may be read.
 */
public abstract sealed class Http1Reader permits Http1RequestReader, Http1ResponseReader {
    final ReceivedBytes received = new ReceivedBytes();
    final Http1Body body = new Http1Body();

    Http1Reader() {}

    /** Bytes of the connection; ownership passes to the reader. */
    public final void add(ByteBufAllocator allocator, ByteBuf bytes) {
        received.add(allocator, bytes);
    }

    /**
     * The next piece of the body, null if more bytes have to come or it has ended.
     *
     * @return the caller's
     */
    public final @Nullable ByteBuf body() {
        ByteBuf piece = body.read(received.bytes());
        received.releaseIfRead();
        return piece;
    }

    public final boolean bodyEnded() {
        return body.ended();
    }

    /** Whether the body ends with the connection. */
    public final boolean endsWithConnection() {
        return body.endsWithConnection();
    }

    /** The fields that followed the body, after its end. */
    public final HttpFields trailers() {
        return body.trailers();
    }

    /** From here on the connection carries bytes of another protocol, all of them body. */
    public final void switchToBytes() {
        body.begin(Framing.UNTIL_CLOSE);
    }

    /** Drops what was not read. */
    public final void release() {
        received.release();
    }
}

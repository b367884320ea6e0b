package io.periplus.dataplane.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.nio.charset.StandardCharsets;

/** Writes HTTP/1.1 messages (RFC 9112), field names in lower case. */
public final class Http1Writer {
    private static final byte[] REQUEST_LINE_END = ascii(" HTTP/1.1\r\nhost: ");
    private static final byte[] HTTP11 = ascii("HTTP/1.1 ");
    private static final byte[] HTTP10 = ascii("HTTP/1.0 ");
    private static final byte[] LAST_CHUNK = ascii("0\r\n");
    private static final int CRLF_BYTES = 2;
    private static final int STATUS_LINE_BYTES = HTTP11.length + 4 + CRLF_BYTES;
    private static final ByteBuf CRLF = constant("\r\n");
    private static final ByteBuf END = constant("0\r\n\r\n");

    private Http1Writer() {}

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    private static ByteBuf constant(String text) {
        byte[] bytes = ascii(text);
        return Unpooled.unreleasableBuffer(
                Unpooled.directBuffer(bytes.length).writeBytes(bytes).asReadOnly());
    }

    /** A request line with its fields; {@code Host} comes from the authority. */
    public static ByteBuf request(ByteBufAllocator allocator, RequestHead head) {
        HttpHeaders fields = head.headers();
        return new HeadText(head.method().length()
                        + head.path().length()
                        + head.authority().length()
                        + REQUEST_LINE_END.length
                        + HeadText.sizeOf(fields)
                        + 1
                        + 2 * CRLF_BYTES)
                .add(head.method())
                .add(' ')
                .add(head.path())
                .add(REQUEST_LINE_END)
                .add(head.authority())
                .crlf()
                .add(fields)
                .crlf()
                .into(allocator);
    }

    /** A status line with its fields. */
    public static ByteBuf response(ByteBufAllocator allocator, ResponseHead head) {
        return response(allocator, head, false);
    }

    /**
     * A status line with its fields.
     *
     * @param http10 whether the client is one of HTTP/1.0
     */
    public static ByteBuf response(ByteBufAllocator allocator, ResponseHead head, boolean http10) {
        HttpResponseStatus status = HttpResponseStatus.valueOf(head.status());
        return new HeadText(STATUS_LINE_BYTES
                        + status.reasonPhrase().length()
                        + HeadText.sizeOf(head.headers())
                        + CRLF_BYTES)
                .add(http10 ? HTTP10 : HTTP11)
                .add(status.codeAsText())
                .add(' ')
                .add(status.reasonPhrase())
                .crlf()
                .add(head.headers())
                .crlf()
                .into(allocator);
    }

    /** The line before a chunk of {@code size} bytes; {@link #chunkEnd()} follows the chunk. */
    public static ByteBuf chunkStart(ByteBufAllocator allocator, int size) {
        String digits = Integer.toHexString(size);
        return new HeadText(digits.length() + CRLF_BYTES).add(digits).crlf().into(allocator);
    }

    /** What follows a chunk. */
    public static ByteBuf chunkEnd() {
        return CRLF.duplicate();
    }

    /** The end of a chunked body without trailers. */
    public static ByteBuf lastChunk() {
        return END.duplicate();
    }

    /** The end of a chunked body with trailers. */
    public static ByteBuf lastChunk(ByteBufAllocator allocator, HttpHeaders trailers) {
        return new HeadText(LAST_CHUNK.length + HeadText.sizeOf(trailers) + CRLF_BYTES)
                .add(LAST_CHUNK)
                .add(trailers)
                .crlf()
                .into(allocator);
    }
}

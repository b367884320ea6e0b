package io.periplus.dataplane.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.util.AsciiString;
import java.nio.charset.StandardCharsets;
import java.util.Iterator;
import java.util.Map;

/** Writes HTTP/1.1 messages (RFC 9112), field names in lower case. */
public final class Http1Writer {
    private static final byte[] VERSION_LINE_END = " HTTP/1.1\r\nhost: ".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] VERSION = "HTTP/1.1 ".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] SEPARATOR = {':', ' '};
    private static final byte[] LAST_CHUNK = "0\r\n".getBytes(StandardCharsets.US_ASCII);
    private static final ByteBuf CRLF = Unpooled.unreleasableBuffer(
            Unpooled.directBuffer(2).writeByte('\r').writeByte('\n').asReadOnly());
    private static final ByteBuf END = Unpooled.unreleasableBuffer(Unpooled.directBuffer(5)
            .writeBytes("0\r\n\r\n".getBytes(StandardCharsets.US_ASCII))
            .asReadOnly());

    private Http1Writer() {}

    /** A request line with its fields; {@code Host} comes from the authority. */
    public static ByteBuf request(ByteBufAllocator allocator, RequestHead head) {
        ByteBuf out = allocator.buffer(512);
        ascii(out, head.method());
        out.writeByte(' ');
        ascii(out, head.path());
        out.writeBytes(VERSION_LINE_END);
        ascii(out, head.authority());
        crlf(out);
        fields(out, head.headers());
        crlf(out);
        return out;
    }

    /** A status line with its fields. */
    public static ByteBuf response(ByteBufAllocator allocator, ResponseHead head) {
        ByteBuf out = allocator.buffer(512);
        out.writeBytes(VERSION);
        HttpResponseStatus status = HttpResponseStatus.valueOf(head.status());
        ByteBufUtil.copy(status.codeAsText(), out);
        out.writeByte(' ');
        ascii(out, status.reasonPhrase());
        crlf(out);
        fields(out, head.headers());
        crlf(out);
        return out;
    }

    /** The line before a chunk of {@code size} bytes; {@link #chunkEnd()} follows the chunk. */
    public static ByteBuf chunkStart(ByteBufAllocator allocator, int size) {
        ByteBuf out = allocator.buffer(10);
        ascii(out, Integer.toHexString(size));
        crlf(out);
        return out;
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
        ByteBuf out = allocator.buffer(256);
        out.writeBytes(LAST_CHUNK);
        fields(out, trailers);
        crlf(out);
        return out;
    }

    private static void fields(ByteBuf out, HttpHeaders headers) {
        Iterator<Map.Entry<CharSequence, CharSequence>> fields = headers.iteratorCharSequence();
        while (fields.hasNext()) {
            Map.Entry<CharSequence, CharSequence> field = fields.next();
            ByteBufUtil.copy(AsciiString.of(field.getKey()).toLowerCase(), out);
            out.writeBytes(SEPARATOR);
            ascii(out, field.getValue());
            crlf(out);
        }
    }

    private static void ascii(ByteBuf out, CharSequence text) {
        if (text instanceof AsciiString string) {
            ByteBufUtil.copy(string, out);
        } else {
            out.writeCharSequence(text, StandardCharsets.ISO_8859_1);
        }
    }

    private static void crlf(ByteBuf out) {
        ByteBufUtil.writeShortBE(out, '\r' << 8 | '\n');
    }
}

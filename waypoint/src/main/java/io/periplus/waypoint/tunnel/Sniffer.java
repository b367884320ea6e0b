package io.periplus.waypoint.tunnel;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.Http2CodecUtil;
import io.periplus.dataplane.http.HttpLimits;
import java.nio.charset.StandardCharsets;

/** Tells HTTP from other protocols by its first bytes. */
final class Sniffer {
    /** What the bytes so far are. */
    enum Verdict {
        HTTP1,
        HTTP2,
        TCP,
        /** They may become HTTP. */
        UNDECIDED
    }

    private static final ByteBuf PREFACE = Unpooled.unreleasableBuffer(Http2CodecUtil.connectionPrefaceBuf());
    private static final byte[] VERSION = " HTTP/1.".getBytes(StandardCharsets.US_ASCII);

    /** Longer than any registered method. */
    private static final int METHOD_LENGTH_MAX = 32;

    private Sniffer() {}

    static Verdict look(ByteBuf bytes) {
        int preface = Math.min(bytes.readableBytes(), PREFACE.readableBytes());
        if (ByteBufUtil.equals(bytes, bytes.readerIndex(), PREFACE, PREFACE.readerIndex(), preface)) {
            return preface == PREFACE.readableBytes() ? Verdict.HTTP2 : Verdict.UNDECIDED;
        }
        int start = bytes.readerIndex();
        int end = bytes.writerIndex();
        int space = start;
        while (space < end && bytes.getByte(space) != ' ') {
            if (!isMethodCharacter(bytes.getByte(space)) || space - start > METHOD_LENGTH_MAX) {
                return Verdict.TCP;
            }
            space++;
        }
        if (space == start && space < end) {
            return Verdict.TCP;
        }
        int feed = bytes.indexOf(space, end, (byte) '\n');
        if (feed < 0) {
            return end - start > HttpLimits.HEAD_BYTES_MAX ? Verdict.TCP : Verdict.UNDECIDED;
        }
        int lineEnd = feed > start && bytes.getByte(feed - 1) == '\r' ? feed - 1 : feed;
        int version = lineEnd - VERSION.length - 1;
        for (int i = 0; i < VERSION.length; i++) {
            if (version < space || bytes.getByte(version + i) != VERSION[i]) {
                return Verdict.TCP;
            }
        }
        return Verdict.HTTP1;
    }

    private static boolean isMethodCharacter(byte c) {
        return c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z' || c == '-' || c == '_';
    }
}

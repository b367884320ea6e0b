package io.periplus.waypoint.tunnel;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.Http2CodecUtil;
import io.periplus.dataplane.http.HttpLimits;
import java.nio.charset.StandardCharsets;

/**
 * Tells HTTP from other protocols by its first bytes: whatever some server might take for a request is one, and is then read
 * as strictly as every other. So nobody gets past what is asked of requests by writing one a little differently.
 */
final class Sniffer {
    /** What the bytes so far are. */
    enum Verdict {
        HTTP1,
        HTTP2,
        TCP,
        /** Empty lines, which a request may follow (RFC 9112 §2.2), or one word, which may be all there is. */
        VAGUE,
        /** They may become HTTP. */
        UNDECIDED
    }

    private static final ByteBuf PREFACE = Unpooled.unreleasableBuffer(Http2CodecUtil.connectionPrefaceBuf());
    private static final byte[] VERSION = "HTTP/".getBytes(StandardCharsets.US_ASCII);

    /** Longer than any registered method. */
    private static final int METHOD_LENGTH_MAX = 32;

    private Sniffer() {}

    static Verdict look(ByteBuf bytes) {
        int preface = Math.min(bytes.readableBytes(), PREFACE.readableBytes());
        if (ByteBufUtil.equals(bytes, bytes.readerIndex(), PREFACE, PREFACE.readerIndex(), preface)) {
            return preface == PREFACE.readableBytes() ? Verdict.HTTP2 : Verdict.UNDECIDED;
        }
        int end = bytes.writerIndex();
        boolean tooLong = bytes.readableBytes() > HttpLimits.HEAD_BYTES_MAX;
        int start = bytes.readerIndex();
        while (start < end && isLineEnd(bytes.getByte(start))) {
            start++;
        }
        if (start == end) {
            return tooLong ? Verdict.TCP : Verdict.VAGUE;
        }
        int space = start;
        while (space < end && !isSpace(bytes.getByte(space))) {
            if (!isTokenCharacter(bytes.getByte(space)) || space - start > METHOD_LENGTH_MAX) {
                return Verdict.TCP;
            }
            space++;
        }
        if (space == start) {
            return Verdict.TCP;
        }
        if (space == end) {
            return Verdict.VAGUE;
        }
        int feed = bytes.indexOf(space, end, (byte) '\n');
        if (feed < 0) {
            return tooLong ? Verdict.TCP : Verdict.UNDECIDED;
        }
        return namesVersion(bytes, space, feed) ? Verdict.HTTP1 : Verdict.TCP;
    }

    /** Whether a word of the line begins as a version of HTTP does: lenient servers take more after it than there may be. */
    private static boolean namesVersion(ByteBuf bytes, int from, int to) {
        for (int i = from; i + VERSION.length < to; i++) {
            if (isSpace(bytes.getByte(i)) && isVersion(bytes, i + 1)) {
                return true;
            }
        }
        return false;
    }

    private static boolean isVersion(ByteBuf bytes, int at) {
        for (int i = 0; i < VERSION.length; i++) {
            byte c = bytes.getByte(at + i);
            if ((c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c) != VERSION[i]) {
                return false;
            }
        }
        return true;
    }

    /** RFC 9110 §5.6.2. */
    private static boolean isTokenCharacter(byte c) {
        return c >= 'a' && c <= 'z'
                || c >= 'A' && c <= 'Z'
                || c >= '0' && c <= '9'
                || "!#$%&'*+-.^_`|~".indexOf(c) >= 0;
    }

    private static boolean isSpace(byte c) {
        return c == ' ' || c == '\t';
    }

    private static boolean isLineEnd(byte c) {
        return c == '\r' || c == '\n';
    }
}

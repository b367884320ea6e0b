package io.periplus.dataplane.hbone;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http2.Http2CodecUtil;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Flags;
import io.netty.handler.codec.http2.Http2FrameTypes;
import io.netty.handler.codec.http2.Http2Stream;
import org.jspecify.annotations.Nullable;

/**
 * Cuts what a connection has received into frames (RFC 9113 §4.1). DATA of tunnels is handed on as it comes, in pieces: a frame of
 * a megabyte is neither collected nor copied first. Everything else, and DATA that is unusual in any way, is for the codec, a
 * whole frame at a time.
 */
final class IncomingFrames {
    private static final int HEADER = Http2CodecUtil.FRAME_HEADER_LENGTH;
    private static final int TYPE_AT = 3;
    private static final int FLAGS_AT = 4;
    private static final int STREAM_AT = 5;
    /**
     * Empty DATA frames in a row, which cost their sender little. As the codec counts those that it sees: what opens or ends a
     * stream begins anew.
     */
    private static final int MAX_EMPTY = 2;

    private final HboneSession session;
    private final int frameSize;
    private int prefaceLeft;
    private boolean inHeaderBlock;
    private int emptyInRow;
    /** Whose DATA is passing; {@code null} between frames. */
    private @Nullable Http2Stream stream;

    private int left;
    private boolean last;

    /**
     * @param prefaceBytes that come before the first frame
     * @param frameSize largest frame that may come
     */
    IncomingFrames(HboneSession session, int prefaceBytes, int frameSize) {
        this.session = session;
        this.prefaceLeft = prefaceBytes;
        this.frameSize = frameSize;
    }

    /**
     * Takes DATA off the front, up to what the codec has to see.
     *
     * @return how many bytes at the front are the codec's; 0 when more has to come first
     */
    int take(ByteBuf in) throws Http2Exception {
        if (prefaceLeft > 0) {
            int part = Math.min(prefaceLeft, in.readableBytes());
            prefaceLeft -= part;
            return part;
        }
        while (in.isReadable()) {
            Http2Stream current = stream;
            if (current != null) {
                pass(in, current);
            } else if (in.readableBytes() < HEADER) {
                return 0;
            } else if (!begins(in)) {
                return codecs(in);
            }
        }
        return 0;
    }

    private void pass(ByteBuf in, Http2Stream current) throws Http2Exception {
        int part = Math.min(left, in.readableBytes());
        left -= part;
        boolean ends = left == 0;
        if (ends) {
            stream = null;
        }
        session.data(current, in.readRetainedSlice(part), ends && last);
    }

    /** Whether the next frame is DATA that can be passed on; its header is read then. */
    private boolean begins(ByteBuf in) throws Http2Exception {
        int start = in.readerIndex();
        if (in.getByte(start + TYPE_AT) != Http2FrameTypes.DATA || inHeaderBlock) {
            return false;
        }
        int length = in.getUnsignedMedium(start);
        int flags = in.getByte(start + FLAGS_AT);
        boolean ends = (flags & Http2Flags.END_STREAM) != 0;
        if (length > frameSize || (flags & Http2Flags.PADDED) != 0 || length == 0 && ends) {
            return false;
        }
        Http2Stream tunnelled = session.tunnelled(in.getInt(start + STREAM_AT) & Integer.MAX_VALUE);
        if (tunnelled == null) {
            return false;
        }
        in.skipBytes(HEADER);
        if (length > 0) {
            emptyInRow = 0;
            stream = tunnelled;
            left = length;
            last = ends;
        } else if (++emptyInRow > MAX_EMPTY) {
            throw Http2Exception.connectionError(Http2Error.ENHANCE_YOUR_CALM, "too many empty DATA frames in a row");
        }
        return true;
    }

    private int codecs(ByteBuf in) {
        int start = in.readerIndex();
        int length = in.getUnsignedMedium(start);
        if (length > frameSize) {
            // The codec says so to the peer.
            return in.readableBytes();
        }
        if (in.readableBytes() < HEADER + length) {
            return 0;
        }
        switch (in.getByte(start + TYPE_AT)) {
            case Http2FrameTypes.HEADERS, Http2FrameTypes.PUSH_PROMISE, Http2FrameTypes.CONTINUATION -> {
                inHeaderBlock = (in.getByte(start + FLAGS_AT) & Http2Flags.END_HEADERS) == 0;
                emptyInRow = 0;
            }
            case Http2FrameTypes.DATA -> {
                if ((in.getByte(start + FLAGS_AT) & Http2Flags.END_STREAM) != 0) {
                    emptyInRow = 0;
                }
            }
            default -> {
                // Inside a header block the codec does not accept them.
            }
        }
        return HEADER + length;
    }
}

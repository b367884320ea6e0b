package io.periplus.dataplane.hbone;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http2.Http2CodecUtil;
import io.netty.handler.codec.http2.Http2FrameTypes;
import io.netty.handler.codec.http2.Http2RemoteFlowController.FlowControlled;
import java.util.ArrayDeque;

/**
 * Bytes of one tunnel that wait for flow control, and become DATA frames (RFC 9113 §6.1) when it lets them. What is small is
 * copied behind its frame's header, since two buffers cost more than the copy; what is large is never copied here.
 */
final class OutgoingData implements FlowControlled {
    private static final int HEADER = Http2CodecUtil.FRAME_HEADER_LENGTH;
    /** Bytes that are cheaper to copy than to carry in a buffer of their own. */
    private static final int SMALL = 2 << 10;

    private final HboneSession session;
    private final int streamId;
    private final ArrayDeque<Part> parts = new ArrayDeque<>(4);
    private int size;

    private record Part(ByteBuf bytes, ChannelPromise sent) {}

    OutgoingData(HboneSession session, int streamId) {
        this.session = session;
        this.streamId = streamId;
    }

    /** Takes over one reference of {@code bytes}; the promise succeeds when they have left through the connection. */
    void add(ByteBuf bytes, ChannelPromise sent) {
        parts.add(new Part(bytes, sent));
        size += bytes.readableBytes();
    }

    @Override
    public int size() {
        return size;
    }

    @Override
    public void write(ChannelHandlerContext ctx, int allowed) {
        int left = Math.min(allowed, size);
        int frameMax = session.frameSizeOfPeer();
        while (left > 0) {
            int length = Math.min(left, frameMax);
            left -= length;
            size -= length;
            writeFrame(ctx, length);
        }
        if (size == 0) {
            // What is left is empty: its writer only wants to know when all before it has left. That needs no frame.
            Part part;
            while ((part = parts.poll()) != null) {
                ctx.write(part.bytes, part.sent);
            }
        }
    }

    private void writeFrame(ChannelHandlerContext ctx, int length) {
        Part first = parts.element();
        if (length <= SMALL && first.bytes.readableBytes() == length) {
            ByteBuf frame = header(ctx, length, length).writeBytes(first.bytes);
            parts.remove();
            first.bytes.release();
            ctx.write(frame, first.sent);
            return;
        }
        ctx.write(header(ctx, length, 0), ctx.voidPromise());
        int left = length;
        do {
            Part part = parts.element();
            int bytes = part.bytes.readableBytes();
            if (bytes > left) {
                ctx.write(part.bytes.readRetainedSlice(left), ctx.voidPromise());
                return;
            }
            parts.remove();
            left -= bytes;
            ctx.write(part.bytes, part.sent);
        } while (left > 0);
    }

    private ByteBuf header(ChannelHandlerContext ctx, int length, int room) {
        return ctx.alloc()
                .directBuffer(HEADER + room)
                .writeMedium(length)
                .writeByte(Http2FrameTypes.DATA)
                .writeByte(0)
                .writeInt(streamId);
    }

    @Override
    public void writeComplete() {
        // Each part has told by itself.
    }

    @Override
    public void error(ChannelHandlerContext ctx, Throwable cause) {
        size = 0;
        Part part;
        while ((part = parts.poll()) != null) {
            part.bytes.release();
            part.sent.tryFailure(cause);
        }
        session.onError(ctx, true, cause);
    }

    /** What the same tunnel writes while this waits joins it. */
    @Override
    public boolean merge(ChannelHandlerContext ctx, FlowControlled next) {
        if (!(next instanceof OutgoingData more) || more.streamId != streamId || Integer.MAX_VALUE - more.size < size) {
            return false;
        }
        parts.addAll(more.parts);
        size += more.size;
        return true;
    }
}

package io.periplus.bench.backend;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Answers each head that arrives with bytes that were written beforehand. */
final class BackendConnection extends ChannelInboundHandlerAdapter {
    private static final int SMALL_BYTES = 64;
    private static final int BIG_BYTES = 64 << 10;
    private static final ByteBuf SMALL = answer(SMALL_BYTES);
    private static final ByteBuf LARGE = answer(BIG_BYTES);
    /** {@code GET} and a space. */
    private static final int PATH_AT = 4;

    private ByteBuf unread = Unpooled.EMPTY_BUFFER;

    private static ByteBuf answer(int length) {
        byte[] body = new byte[length];
        Arrays.fill(body, (byte) 'x');
        byte[] head = ("HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\ncontent-length: " + length + "\r\n\r\n")
                .getBytes(StandardCharsets.US_ASCII);
        return Unpooled.unreleasableBuffer(Unpooled.directBuffer(head.length + length)
                .writeBytes(head)
                .writeBytes(body)
                .asReadOnly());
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        ByteBuf in = (ByteBuf) message;
        if (unread.isReadable()) {
            in = context.alloc()
                    .buffer(unread.readableBytes() + in.readableBytes())
                    .writeBytes(unread)
                    .writeBytes(in);
            unread.release();
            ((ByteBuf) message).release();
        }
        int end;
        while ((end = endOfHead(in)) >= 0) {
            context.write((isBig(in) ? LARGE : SMALL).duplicate(), context.voidPromise());
            in.readerIndex(end);
        }
        if (in.isReadable()) {
            unread = in;
        } else {
            unread = Unpooled.EMPTY_BUFFER;
            in.release();
        }
    }

    /** Behind the empty line, -1 if it has not come yet. */
    private static int endOfHead(ByteBuf in) {
        int line = in.readerIndex();
        int end = in.writerIndex();
        int feed;
        while (line < end && (feed = in.indexOf(line, end, (byte) '\n')) >= 0) {
            if (feed - line <= 1 && line > in.readerIndex()) {
                return feed + 1;
            }
            line = feed + 1;
        }
        return -1;
    }

    private static boolean isBig(ByteBuf in) {
        int at = in.readerIndex() + PATH_AT;
        if (in.getByte(at + 1) == 'r') {
            at = in.indexOf(at + 1, in.writerIndex(), (byte) '/');
        }
        return at >= 0 && in.getByte(at + 1) == 'b' && in.getByte(at + 2) == 'i';
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
        context.flush();
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        unread.release();
        unread = Unpooled.EMPTY_BUFFER;
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        context.close();
    }
}

package io.periplus.bench.backend;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOption;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.WriteBufferWaterMark;
import java.util.function.LongConsumer;

/** Bytes as fast as they go: in pieces so large that sender and receiver cost little beside what is between them. */
public final class BulkStream {
    /** The first byte of a connection whose bytes the server is to drop. */
    public static final byte SINK = 'S';

    /** The first byte of a connection on which the server is to send. */
    public static final byte SOURCE = 'R';

    private static final int PIECE = 256 << 10;
    private static final ByteBuf PIECES =
            Unpooled.unreleasableBuffer(Unpooled.directBuffer(PIECE).writeZero(PIECE));

    private BulkStream() {}

    /** Makes a connection read and write in large pieces. */
    public static void prepare(Channel connection) {
        connection.config().setOption(ChannelOption.RECVBUF_ALLOCATOR, new FixedRecvByteBufAllocator(PIECE));
        connection
                .config()
                .setOption(ChannelOption.WRITE_BUFFER_WATER_MARK, new WriteBufferWaterMark(PIECE, 2 * PIECE));
    }

    /**
     * Writes until the connection takes no more; to be called again when it does.
     *
     * @param sent told of bytes that the socket has taken
     */
    public static void send(ChannelHandlerContext connection, LongConsumer sent) {
        ChannelFutureListener listener = write -> {
            if (write.isSuccess()) {
                sent.accept(PIECE);
            }
        };
        while (connection.channel().isWritable() && connection.channel().isActive()) {
            connection.write(PIECES.duplicate()).addListener(listener);
            if (!connection.channel().isWritable()) {
                connection.flush();
                // What the socket took at once made room, of which the next turn of the loop makes use.
                return;
            }
        }
    }
}

package io.periplus.bench.backend;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.ReferenceCountUtil;

/** The server's end of a stream of bytes: drops what comes; once it has begun to send, it goes on. */
final class BulkPeer extends ChannelInboundHandlerAdapter {
    static void ignore(long bytes) {
        // The client counts.
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        ReferenceCountUtil.release(message);
    }

    /** Only what sends changes from and to writable. */
    @Override
    public void channelWritabilityChanged(ChannelHandlerContext context) {
        BulkStream.send(context, BulkPeer::ignore);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        context.close();
    }
}

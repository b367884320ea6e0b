package io.periplus.bench.backend;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;

/** Tells a stream of bytes from HTTP, and gives its place to who serves it. */
final class FirstByte extends ChannelInboundHandlerAdapter {
    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        ByteBuf in = (ByteBuf) message;
        byte first = in.getByte(in.readerIndex());
        if (first == BulkStream.SINK || first == BulkStream.SOURCE) {
            BulkStream.prepare(context.channel());
            context.pipeline().replace(this, "bulk", new BulkPeer());
            in.release();
            if (first == BulkStream.SOURCE) {
                BulkStream.send(context.pipeline().lastContext(), BulkPeer::ignore);
            }
        } else {
            context.pipeline().replace(this, "http", new BackendConnection());
            context.pipeline().fireChannelRead(message);
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        context.close();
    }
}

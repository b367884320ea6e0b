package io.periplus.dataplane.hbone;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;

/**
 * Stops a connection from being read. HTTP/2 codecs read on even when auto-read is off, because flow control is theirs;
 * this stands below and does not let them.
 */
final class ReadGate extends ChannelOutboundHandlerAdapter {
    private boolean closed;

    boolean isClosed() {
        return closed;
    }

    void close(ChannelHandlerContext session) {
        closed = true;
        session.channel().config().setAutoRead(false);
    }

    void open(ChannelHandlerContext session) {
        closed = false;
        session.channel().config().setAutoRead(true);
    }

    @Override
    public void read(ChannelHandlerContext ctx) {
        if (!closed) {
            ctx.read();
        }
    }
}

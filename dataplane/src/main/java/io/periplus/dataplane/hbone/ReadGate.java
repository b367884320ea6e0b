package io.periplus.dataplane.hbone;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;

/**
 * Stops a connection from being read. HTTP/2 codecs read on even when auto-read is off, because flow control is theirs;
 * this stands below and does not let them. Nor does it let them flush when they have written nothing, for which TLS would
 * still do its work.
 */
final class ReadGate extends ChannelOutboundHandlerAdapter {
    private boolean closed;
    private boolean written;
    private boolean shut;

    boolean isClosed() {
        return closed;
    }

    void close(ChannelHandlerContext session) {
        closed = true;
        session.channel().config().setAutoRead(false);
    }

    /** As {@link #close}, for good. */
    void shut(ChannelHandlerContext session) {
        shut = true;
        close(session);
    }

    void open(ChannelHandlerContext session) {
        if (shut) {
            return;
        }
        closed = false;
        session.channel().config().setAutoRead(true);
    }

    @Override
    public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
        written = true;
        ctx.write(message, promise);
    }

    @Override
    public void flush(ChannelHandlerContext ctx) {
        if (written) {
            written = false;
            ctx.flush();
        }
    }

    @Override
    public void read(ChannelHandlerContext ctx) {
        if (!closed) {
            ctx.read();
        }
    }
}

package io.periplus.bench.load;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;

/** A connection of the generator: sends what is prepared, and reads as little of the answers as it can. */
abstract class ClientConnection extends ChannelInboundHandlerAdapter {
    final LoadRun run;
    private ChannelHandlerContext context;
    private ByteBuf unread = Unpooled.EMPTY_BUFFER;
    private boolean lost;

    @SuppressWarnings("NullAway.Init")
    ClientConnection(LoadRun run) {
        this.run = run;
    }

    /** Requests that fit at the same time. */
    abstract int slots();

    /** Sends the next request, which counts from {@code startNanos}. */
    abstract void send(long startNanos);

    /** Writes what comes before the first request. */
    void greet() {}

    /** Requests without an answer. */
    abstract int unanswered();

    /** Takes whole parts of an answer off the front; what is left comes again with more behind it. */
    abstract void read(ByteBuf in);

    ChannelHandlerContext context() {
        return context;
    }

    void write(ByteBuf bytes) {
        context.write(bytes, context.voidPromise());
    }

    void flush() {
        context.flush();
    }

    void close() {
        lost = true;
        context.close();
    }

    /** What comes is no HTTP that this reader knows. */
    void broken(String why) {
        lose(why);
        context.close();
    }

    private void lose(String why) {
        if (!lost) {
            lost = true;
            run.lost(this, unanswered(), why);
        }
    }

    @Override
    public void handlerAdded(ChannelHandlerContext context) {
        this.context = context;
    }

    @Override
    public void channelActive(ChannelHandlerContext context) {
        greet();
        run.opened(this);
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        ByteBuf in = (ByteBuf) message;
        if (unread.isReadable()) {
            in = joined(unread, in);
        }
        unread = Unpooled.EMPTY_BUFFER;
        if (!lost) {
            read(in);
        }
        if (in.isReadable() && !lost) {
            unread = in;
        } else {
            in.release();
        }
    }

    private ByteBuf joined(ByteBuf front, ByteBuf back) {
        ByteBuf all = context.alloc().buffer(front.readableBytes() + back.readableBytes());
        all.writeBytes(front).writeBytes(back);
        front.release();
        back.release();
        return all;
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
        context.flush();
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        unread.release();
        unread = Unpooled.EMPTY_BUFFER;
        lose("the connection was closed");
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        broken(cause.toString());
    }
}

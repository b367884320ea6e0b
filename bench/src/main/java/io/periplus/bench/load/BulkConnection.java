package io.periplus.bench.load;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.periplus.bench.backend.BulkStream;

/** A stream of bytes in one direction for as long as the run lasts. */
final class BulkConnection extends ClientConnection {
    private final boolean sending;

    BulkConnection(LoadRun run, Protocol protocol) {
        super(run);
        this.sending = protocol == Protocol.SEND;
    }

    @Override
    int slots() {
        return 1;
    }

    @Override
    int unanswered() {
        return 1;
    }

    @Override
    void greet() {
        BulkStream.prepare(context().channel());
        write(Unpooled.directBuffer(1).writeByte(sending ? BulkStream.SINK : BulkStream.SOURCE));
    }

    @Override
    void send(long startNanos) {
        if (sending) {
            BulkStream.send(context(), run::moved);
        }
    }

    @Override
    void read(ByteBuf in) {
        run.moved(in.readableBytes());
        in.skipBytes(in.readableBytes());
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext context) {
        if (sending) {
            BulkStream.send(context, run::moved);
        }
    }
}

package io.periplus.dataplane.net;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.ChannelOutputShutdownEvent;
import io.netty.channel.socket.DuplexChannel;
import io.netty.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/** One direction of a relay: sits on the source, writes to the target. {@code PASSING → ENDING → ENDED}. */
final class RelayHandler extends ChannelInboundHandlerAdapter {
    private enum State {
        /** Bytes flow. */
        PASSING,
        /** The source has ended; what it sent is still on its way into the target. */
        ENDING,
        /** The target's output is shut down. */
        ENDED
    }

    private final Relay relay;
    private final DuplexChannel source;
    private final DuplexChannel target;
    private final Relay.Counter passed;
    private State state = State.PASSING;
    private boolean closed;

    RelayHandler(Relay relay, DuplexChannel source, DuplexChannel target, Relay.Counter passed) {
        this.relay = relay;
        this.source = source;
        this.target = target;
        this.passed = passed;
    }

    Relay relay() {
        return relay;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        ByteBuf bytes = (ByteBuf) message;
        if (!relay.pass(source, bytes)) {
            bytes.release();
            return;
        }
        passed.add(bytes.readableBytes());
        target.write(bytes, target.voidPromise());
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        target.flush();
        if (!target.isWritable() && target.isActive()) {
            source.config().setAutoRead(false);
        }
    }

    /** The source can take bytes again, or no longer: tells the other side whether to read. */
    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        target.config().setAutoRead(source.isWritable());
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event == ChannelInputShutdownEvent.INSTANCE) {
            endTarget();
        } else if (event == ChannelOutputShutdownEvent.INSTANCE) {
            closeIfBothEnded(source);
        }
    }

    /** The source is gone: what it sent is passed on, then the target closes too. */
    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        if (closed) {
            return;
        }
        closed = true;
        if (state == State.ENDED) {
            target.close();
        } else {
            endTarget();
            if (state == State.ENDING) {
                giveUpWhenStuck();
            }
        }
        relay.closed();
    }

    /**
     * Nobody is left who could give up waiting for the target, and a target that stands still answers the kernel's probes
     * for ever: it is closed when it takes nothing for a whole period.
     */
    private void giveUpWhenStuck() {
        long before = left();
        Future<?> look = target.eventLoop()
                .schedule(
                        () -> {
                            if (left() < before) {
                                giveUpWhenStuck();
                            } else {
                                target.close();
                            }
                        },
                        relay.patience().toNanos(),
                        TimeUnit.NANOSECONDS);
        target.closeFuture().addListener(_ -> look.cancel(false));
    }

    /** Bytes that the target has not taken; a part of one buffer counts. */
    private long left() {
        ChannelOutboundBuffer pending = target.unsafe().outboundBuffer();
        return pending == null ? 0 : pending.totalPendingWriteBytes() - pending.currentProgress();
    }

    /** A reset from the application or the peer counts as its end, as upstream has it. */
    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        relay.failed(cause);
        source.close();
    }

    private void endTarget() {
        if (state != State.PASSING) {
            return;
        }
        state = State.ENDING;
        if (target.isActive() && !target.isOutputShutdown()) {
            HalfClose.output(target).addListener(_ -> targetEnded());
        } else {
            targetEnded();
        }
    }

    private void targetEnded() {
        state = State.ENDED;
        if (source.isActive()) {
            closeIfBothEnded(source);
            closeIfBothEnded(target);
        } else {
            target.close();
        }
    }

    private static void closeIfBothEnded(DuplexChannel channel) {
        if (channel.isActive() && channel.isInputShutdown() && channel.isOutputShutdown()) {
            channel.close();
        }
    }
}

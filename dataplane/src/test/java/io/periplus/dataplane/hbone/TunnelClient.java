package io.periplus.dataplane.hbone;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.DuplexChannel;
import io.netty.util.concurrent.Promise;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** A tunnel's client side for tests: writes, and collects what comes until the end. */
final class TunnelClient {
    private static final long PATIENCE_SECONDS = 10;

    final DuplexChannel tunnel;
    final Collector received;

    /** Collects bytes until END_STREAM or the end of the channel. */
    static final class Collector extends ChannelInboundHandlerAdapter {
        final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        final CompletableFuture<byte[]> end = new CompletableFuture<>();
        volatile long count;

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object message) throws Exception {
            ByteBuf data = (ByteBuf) message;
            count += data.readableBytes();
            data.readBytes(bytes, data.readableBytes());
            data.release();
        }

        @Override
        public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
            if (event == ChannelInputShutdownEvent.INSTANCE) {
                end.complete(bytes.toByteArray());
            }
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
            end.completeExceptionally(cause);
        }

        @Override
        public void channelInactive(ChannelHandlerContext ctx) {
            end.completeExceptionally(new IllegalStateException("closed without END_STREAM"));
        }
    }

    private TunnelClient(DuplexChannel tunnel, Collector received) {
        this.tunnel = tunnel;
        this.received = received;
    }

    static TunnelClient open(HbonePool pool, HboneTarget target, EventLoop loop) {
        Promise<TunnelClient> ready = loop.newPromise();
        pool.connect(target, loop).addListener(future -> {
            if (!future.isSuccess()) {
                ready.setFailure(future.cause());
                return;
            }
            DuplexChannel tunnel = (DuplexChannel) future.getNow();
            Collector collector = new Collector();
            tunnel.pipeline().addLast(collector);
            tunnel.config().setAutoRead(true);
            ready.setSuccess(new TunnelClient(tunnel, collector));
        });
        return ready.syncUninterruptibly().getNow();
    }

    TunnelClient send(String text) {
        return send(text.getBytes(StandardCharsets.UTF_8));
    }

    TunnelClient send(byte[] bytes) {
        tunnel.writeAndFlush(Unpooled.wrappedBuffer(bytes)).syncUninterruptibly();
        return this;
    }

    TunnelClient end() {
        tunnel.shutdownOutput().syncUninterruptibly();
        return this;
    }

    byte[] all() throws Exception {
        return received.end.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    }

    String text() throws Exception {
        return new String(all(), StandardCharsets.UTF_8);
    }
}

package io.periplus.ztunnel.dns;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufHolder;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoop;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.LengthFieldBasedFrameDecoder;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import io.periplus.dataplane.net.SocketFactory;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** One message to one server and the answer to it, on a socket of its own. */
final class Exchange {
    private static final int LENGTH_BYTES = 2;

    private final InetSocketAddress server;
    private final byte[] message;
    private final int id;
    private final DnsQuery query;
    private final Promise<byte[]> answer;
    private final EventLoop loop;
    private final Duration timeout;

    Exchange(EventLoop loop, InetSocketAddress server, byte[] message, int id, DnsQuery query, Duration timeout) {
        this.loop = loop;
        this.server = server;
        this.message = message;
        this.id = id;
        this.query = query;
        this.timeout = timeout;
        this.answer = loop.newPromise();
    }

    /** From a random port that hears only this server. */
    Future<byte[]> overUdp(SocketFactory sockets) {
        ChannelFuture connecting = sockets.connectDatagrams(loop, server, query.datagramLimit(), new Reader());
        return send(connecting, Unpooled.wrappedBuffer(message));
    }

    Future<byte[]> overTcp(SocketFactory sockets) {
        ChannelInitializer<Channel> initializer = new ChannelInitializer<>() {
            @Override
            protected void initChannel(Channel channel) {
                channel.pipeline().addLast(frames(), new Reader());
            }
        };
        ByteBuf framed = Unpooled.buffer(LENGTH_BYTES + message.length)
                .writeShort(message.length)
                .writeBytes(message);
        return send(sockets.connect(loop, server, null, initializer), framed);
    }

    /** Takes messages out of a TCP stream (RFC 1035 §4.2.2). */
    static ChannelHandler frames() {
        return new LengthFieldBasedFrameDecoder(
                LENGTH_BYTES + DnsCode.MESSAGE_BYTES_MAX, 0, LENGTH_BYTES, 0, LENGTH_BYTES);
    }

    private Future<byte[]> send(ChannelFuture connecting, ByteBuf bytes) {
        Channel channel = connecting.channel();
        connecting.addListener(_ -> {
            if (connecting.isSuccess()) {
                channel.writeAndFlush(bytes).addListener(sent -> {
                    if (!sent.isSuccess()) {
                        answer.tryFailure(sent.cause());
                    }
                });
            } else {
                bytes.release();
                answer.tryFailure(connecting.cause());
            }
        });
        var timer = loop.schedule(
                () -> answer.tryFailure(new IOException(
                        "resolver %s does not answer within %d ms".formatted(server, timeout.toMillis()))),
                timeout.toMillis(),
                TimeUnit.MILLISECONDS);
        answer.addListener(_ -> {
            timer.cancel(false);
            channel.close();
        });
        return answer;
    }

    private final class Reader extends SimpleChannelInboundHandler<Object> {
        @Override
        protected void channelRead0(ChannelHandlerContext ctx, Object received) {
            ByteBuf content = received instanceof ByteBufHolder holder ? holder.content() : (ByteBuf) received;
            byte[] bytes = ByteBufUtil.getBytes(content);
            // Anything else is a forgery or a late answer to somebody else: the true one may still come.
            if (DnsReader.isAnswer(bytes, id, query.question())) {
                answer.trySuccess(bytes);
            }
        }

        @Override
        public void channelInactive(ChannelHandlerContext ctx) {
            answer.tryFailure(new IOException("resolver %s closed the connection".formatted(server)));
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
            answer.tryFailure(cause);
        }
    }
}

package io.periplus.ztunnel;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.periplus.dataplane.address.IpAddress;
import io.periplus.dataplane.net.Held;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A client's part of SOCKS5 (RFC 1928) up to its request: {@code methods → request → done}. Without authentication, CONNECT
 * alone. What the client sends behind its request is held for the relay.
 */
final class Socks5Handshake extends ByteToMessageDecoder {
    private static final Logger LOG = LoggerFactory.getLogger(Socks5Handshake.class);

    /** How a client is told that its request has been granted, or not. */
    static final Greeting GREETING = new Greeting() {
        @Override
        public void established(Channel client) {
            client.writeAndFlush(reply(GRANTED));
        }

        @Override
        public void failed(Channel client) {
            refuse(client, FAILED);
        }
    };

    static final int FAILED = 1;
    static final int HOST_UNREACHABLE = 4;
    private static final int COMMAND_UNKNOWN = 7;
    private static final int ADDRESS_TYPE_UNKNOWN = 8;
    private static final int GRANTED = 0;

    private static final int VERSION = 5;
    private static final int NO_AUTHENTICATION = 0;
    private static final int NO_METHOD = 0xff;
    private static final int CONNECT = 1;
    private static final int IPV4 = 1;
    private static final int NAME = 3;
    private static final int IPV6 = 4;

    /** A client on the same machine needs no longer. */
    private static final long PATIENCE_SECONDS = 10;

    private final Asked asked;
    private boolean agreed;
    private boolean done;
    private @Nullable Future<?> patience;

    /** What comes of it; called at most once, on the event loop, with the connection held. */
    interface Asked {
        /**
         * @param address {@code null} if a name is asked for
         * @param name empty if an address is asked for
         */
        void connect(SocketChannel client, @Nullable IpAddress address, String name, int port);
    }

    Socks5Handshake(Asked asked) {
        this.asked = asked;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        patience = ctx.executor().schedule(() -> ctx.close(), PATIENCE_SECONDS, TimeUnit.SECONDS);
    }

    @Override
    protected void handlerRemoved0(ChannelHandlerContext ctx) {
        Future<?> waiting = patience;
        if (waiting != null) {
            waiting.cancel(false);
        }
    }

    @Override
    protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) {
        if (!agreed) {
            methods(ctx, in);
        } else if (!done) {
            request(ctx, in);
        }
    }

    private void methods(ChannelHandlerContext ctx, ByteBuf in) {
        int start = in.readerIndex();
        if (in.getUnsignedByte(start) != VERSION) {
            LOG.debug("{} does not speak SOCKS5", ctx.channel());
            end(ctx, in);
            return;
        }
        if (in.readableBytes() < 2 || in.readableBytes() < 2 + in.getUnsignedByte(start + 1)) {
            return;
        }
        int count = in.getUnsignedByte(start + 1);
        boolean open = in.indexOf(start + 2, start + 2 + count, (byte) NO_AUTHENTICATION) >= 0;
        in.skipBytes(2 + count);
        ByteBuf answer = Unpooled.wrappedBuffer(new byte[] {VERSION, (byte) (open ? NO_AUTHENTICATION : NO_METHOD)});
        if (open) {
            agreed = true;
            ctx.writeAndFlush(answer);
        } else {
            done = true;
            in.skipBytes(in.readableBytes());
            ctx.writeAndFlush(answer).addListener(ChannelFutureListener.CLOSE);
        }
    }

    private void end(ChannelHandlerContext ctx, ByteBuf in) {
        done = true;
        in.skipBytes(in.readableBytes());
        ctx.close();
    }

    private void request(ChannelHandlerContext ctx, ByteBuf in) {
        int start = in.readerIndex();
        if (in.readableBytes() < 5) {
            return;
        }
        int type = in.getUnsignedByte(start + 3);
        int length = switch (type) {
            case IPV4 -> 4;
            case IPV6 -> 16;
            case NAME -> 1 + in.getUnsignedByte(start + 4);
            default -> 0;
        };
        if (in.getUnsignedByte(start) != VERSION) {
            end(ctx, in);
        } else if (in.getUnsignedByte(start + 1) != CONNECT || length == 0) {
            done = true;
            in.skipBytes(in.readableBytes());
            refuse(ctx.channel(), length == 0 ? ADDRESS_TYPE_UNKNOWN : COMMAND_UNKNOWN);
        } else if (in.readableBytes() >= 4 + length + 2) {
            in.skipBytes(4);
            byte[] address = new byte[length];
            in.readBytes(address);
            requested(ctx, type, address, in.readUnsignedShort());
        }
    }

    private void requested(ChannelHandlerContext ctx, int type, byte[] address, int port) {
        done = true;
        SocketChannel client = (SocketChannel) ctx.channel();
        Held.hold(client);
        ctx.pipeline().remove(this);
        if (type == NAME) {
            asked.connect(client, null, new String(address, 1, address.length - 1, StandardCharsets.US_ASCII), port);
        } else {
            asked.connect(client, IpAddress.ofBytes(address), "", port);
        }
    }

    static void refuse(Channel client, int why) {
        client.writeAndFlush(reply(why)).addListener(ChannelFutureListener.CLOSE);
    }

    /** The address that the proxy connects from is nobody's business. */
    private static ByteBuf reply(int code) {
        return Unpooled.wrappedBuffer(new byte[] {VERSION, (byte) code, 0, IPV4, 0, 0, 0, 0, 0, 0});
    }
}

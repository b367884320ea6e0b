package io.periplus.dataplane.hbone;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.handler.ssl.SslHandler;
import java.io.ByteArrayOutputStream;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** A peer that speaks TLS as it should and HTTP/2 as the test wants: frames are bytes that the test puts together. */
final class RawPeer extends ChannelInboundHandlerAdapter {
    static final byte[] PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
    static final int DATA = 0;
    static final int HEADERS = 1;
    static final int RST_STREAM = 3;
    static final int SETTINGS = 4;
    static final int PING = 6;
    static final int GOAWAY = 7;
    static final int WINDOW_UPDATE = 8;
    static final int ACK = 1;
    static final int END_HEADERS = 4;
    private static final int HEADER_BYTES = 9;
    private static final long PATIENCE_SECONDS = 10;

    /** {@code CONNECT} to 10.1.2.3:80, without Huffman codes and tables (RFC 7541, 6.2.2). */
    static final byte[] CONNECT_BLOCK = block(":method", "CONNECT", ":authority", "10.1.2.3:80");

    /** {@code :status: 200} of the static table. */
    static final byte[] OK_BLOCK = {(byte) 0x88};

    private final SslHandler tls;
    private Channel channel;

    private RawPeer(SslHandler tls) {
        this.tls = tls;
    }

    /** A client whose handshake is done when this returns. */
    static RawPeer connect(Mesh mesh, InetSocketAddress server) throws Exception {
        SslHandler tls = mesh.client.newClientHandler(Unpooled.EMPTY_BUFFER.alloc(), Set.of(mesh.server.identity()));
        RawPeer peer = new RawPeer(tls);
        mesh.sockets
                .connect(mesh.clientLoop, server, null, new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel connection) {
                        mesh.channels.add(connection);
                        peer.on(connection);
                    }
                })
                .sync();
        tls.handshakeFuture().sync();
        return peer;
    }

    /** A server; {@code script} is run, on its loop, for each client whose handshake is done. */
    static InetSocketAddress listen(Mesh mesh, Consumer<RawPeer> script) {
        return mesh.listen(new ChannelInitializer<>() {
            @Override
            protected void initChannel(Channel connection) {
                serve(mesh, connection, script);
            }
        });
    }

    static void serve(Mesh mesh, Channel connection, Consumer<RawPeer> script) {
        RawPeer peer = new RawPeer(mesh.server.newServerHandler(connection.alloc()));
        peer.on(connection);
        peer.tls.handshakeFuture().addListener(done -> {
            if (done.isSuccess()) {
                script.accept(peer);
            }
        });
    }

    private void on(Channel connection) {
        channel = connection;
        // The end of what the other end says is the end.
        connection.config().setOption(ChannelOption.ALLOW_HALF_CLOSURE, false);
        connection.pipeline().addLast(tls, this);
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        ((ByteBuf) message).release();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        ctx.close();
    }

    RawPeer send(byte[] bytes) {
        channel.writeAndFlush(Unpooled.wrappedBuffer(bytes));
        return this;
    }

    RawPeer frame(int type, int flags, int stream, byte... payload) {
        return send(bytes(type, flags, stream, payload));
    }

    static byte[] bytes(int type, int flags, int stream, byte... payload) {
        ByteBuf frame = Unpooled.buffer(HEADER_BYTES + payload.length)
                .writeMedium(payload.length)
                .writeByte(type)
                .writeByte(flags)
                .writeInt(stream)
                .writeBytes(payload);
        return frame.array();
    }

    private static byte[] block(String... fields) {
        ByteArrayOutputStream block = new ByteArrayOutputStream();
        for (int i = 0; i < fields.length; i += 2) {
            block.write(0);
            for (String part : new String[] {fields[i], fields[i + 1]}) {
                block.write(part.length());
                block.writeBytes(part.getBytes(StandardCharsets.US_ASCII));
            }
        }
        return block.toByteArray();
    }

    boolean isOpen() {
        return channel.isActive();
    }

    /** Whether the other end closes the connection in time. */
    boolean isClosed() throws InterruptedException {
        return channel.closeFuture().await(PATIENCE_SECONDS, TimeUnit.SECONDS);
    }
}

package io.periplus.ztunnel;

import static org.awaitility.Awaitility.await;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersFrame;
import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2HeadersFrame;
import io.netty.handler.codec.http2.Http2MultiplexHandler;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.handler.codec.http2.Http2SettingsFrame;
import io.netty.handler.codec.http2.Http2StreamChannel;
import io.netty.handler.codec.http2.Http2StreamChannelBootstrap;
import io.netty.handler.codec.http2.Http2StreamFrame;
import io.netty.handler.ssl.SslHandler;
import io.periplus.api.SpiffeId;
import io.periplus.dataplane.net.SocketFactory;
import io.periplus.dataplane.net.SocketSettings;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** A client of port 15008 that shares nothing with ours but the certificates: another HTTP/2, its own settings and headers. */
final class ForeignClient implements AutoCloseable {
    private static final int PATIENCE_SECONDS = 10;

    private final Channel connection;
    private final CompletableFuture<Http2Settings> settings = new CompletableFuture<>();

    /**
     * An answer's head.
     *
     * @param last whether nothing follows it
     */
    record Head(Http2Headers fields, boolean last) {
        String status() {
            return fields.status().toString();
        }
    }

    /** Connects from {@code from} in its own name. */
    ForeignClient(TestNode node, PodHost from, PodHost to) throws Exception {
        var own = node.node
                .certificates()
                .fetch(new SpiffeId("cluster.local", TestNode.NAMESPACE, from.name()))
                .thenApply(node.node.tls()::of)
                .get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        SocketFactory sockets = SocketFactory.in(from.namespace().duplicate(), SocketSettings.IN_POD);
        connection = sockets.connect(
                        node.loops.next(),
                        new InetSocketAddress(to.address(), ProxyPorts.HBONE),
                        null,
                        new ChannelInboundHandlerAdapter())
                .sync()
                .channel();
        SslHandler tls = own.newClientHandler(
                connection.alloc(), Set.of(new SpiffeId("cluster.local", TestNode.NAMESPACE, to.name())));
        connection
                .eventLoop()
                .submit(() -> connection
                        .pipeline()
                        .addLast(
                                tls,
                                Http2FrameCodecBuilder.forClient().build(),
                                new SettingsReader(),
                                new Http2MultiplexHandler(new ChannelInboundHandlerAdapter())))
                .sync();
        tls.handshakeFuture().sync();
    }

    private final class SettingsReader extends ChannelInboundHandlerAdapter {
        @Override
        public void channelRead(ChannelHandlerContext ctx, Object frame) {
            if (frame instanceof Http2SettingsFrame received) {
                settings.complete(received.settings());
            }
            ctx.fireChannelRead(frame);
        }
    }

    /** What the server announced. */
    Http2Settings settings() throws Exception {
        return settings.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    }

    Head connect(String authority, Map<String, String> fields) throws Exception {
        Http2Headers head = new DefaultHttp2Headers(false).method("CONNECT").authority(authority);
        fields.forEach(head::add);
        return ask(head);
    }

    /** Asks for a tunnel, and takes that back when {@code asked} is so. */
    void abandon(String authority, Callable<Boolean> asked) throws Exception {
        Http2StreamChannel stream = new Http2StreamChannelBootstrap(connection)
                .handler(new ChannelInboundHandlerAdapter())
                .open()
                .sync()
                .getNow();
        Http2Headers head = new DefaultHttp2Headers(false).method("CONNECT").authority(authority);
        stream.writeAndFlush(new DefaultHttp2HeadersFrame(head, false)).sync();
        await().pollDelay(Duration.ZERO).until(asked);
        stream.close().sync();
    }

    Head ask(Http2Headers head) throws Exception {
        CompletableFuture<Head> answer = new CompletableFuture<>();
        Http2StreamChannel stream = new Http2StreamChannelBootstrap(connection)
                .handler(new SimpleChannelInboundHandler<Http2StreamFrame>() {
                    @Override
                    protected void channelRead0(ChannelHandlerContext ctx, Http2StreamFrame frame) {
                        if (frame instanceof Http2HeadersFrame headers) {
                            answer.complete(new Head(headers.headers(), headers.isEndStream()));
                        }
                    }

                    @Override
                    public void channelInactive(ChannelHandlerContext ctx) {
                        answer.completeExceptionally(new IOException("the stream ended without an answer"));
                    }
                })
                .open()
                .sync()
                .getNow();
        stream.writeAndFlush(new DefaultHttp2HeadersFrame(head, false)).sync();
        Head received = answer.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        stream.close().sync();
        return received;
    }

    @Override
    public void close() {
        connection.close().awaitUninterruptibly();
    }
}

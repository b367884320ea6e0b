package io.periplus.e2e.load;

import io.grpc.InsecureServerCredentials;
import io.grpc.MethodDescriptor;
import io.grpc.Server;
import io.grpc.ServerServiceDefinition;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.ServerCalls;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;

/**
 * An application as they mostly are: HTTP/1.1 on 8080, gRPC on 9090. On SIGTERM it takes no more connections, closes those
 * that are idle, finishes what it has, and ends; it knows nothing of the mesh and does not wait for anybody to hear of it.
 */
public final class EchoServer {
    static final int HTTP_PORT = 8080;
    static final int GRPC_PORT = 9090;
    static final MethodDescriptor<byte[], byte[]> ECHO = MethodDescriptor.<byte[], byte[]>newBuilder()
            .setType(MethodDescriptor.MethodType.UNARY)
            .setFullMethodName("load.Echo/Echo")
            .setRequestMarshaller(Bytes.MARSHALLER)
            .setResponseMarshaller(Bytes.MARSHALLER)
            .build();

    private static final int BODY_BYTES_MAX = 1 << 20;
    private static final int FINISH_SECONDS = 5;
    private static final byte[] ANSWER = "hello\n".getBytes(StandardCharsets.US_ASCII);

    private final ChannelGroup connections = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE);
    private volatile boolean ending;

    private EchoServer() {}

    public static void main(String[] args) throws IOException, InterruptedException {
        EchoServer server = new EchoServer();
        Channel http = server.listen();
        // Last, as readiness looks at its port.
        Server grpc = NettyServerBuilder.forPort(GRPC_PORT, InsecureServerCredentials.create())
                .addService(ServerServiceDefinition.builder("load.Echo")
                        .addMethod(ECHO, ServerCalls.asyncUnaryCall((request, answers) -> {
                            answers.onNext(request);
                            answers.onCompleted();
                        }))
                        .build())
                .build()
                .start();
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            server.ending = true;
            grpc.shutdown();
            http.close();
            server.connections.stream()
                    .map(channel -> channel.pipeline().get(Answering.class))
                    .forEach(Answering::closeIfIdle);
            try {
                server.connections.newCloseFuture().await(FINISH_SECONDS, TimeUnit.SECONDS);
                grpc.awaitTermination(FINISH_SECONDS, TimeUnit.SECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }));
        System.out.println("listening");
        http.closeFuture().await();
    }

    private Channel listen() throws InterruptedException {
        return new ServerBootstrap()
                .group(new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory()))
                .channel(NioServerSocketChannel.class)
                .childHandler(new ChannelInitializer<NioSocketChannel>() {
                    @Override
                    protected void initChannel(NioSocketChannel channel) {
                        connections.add(channel);
                        channel.pipeline()
                                .addLast(
                                        new HttpServerCodec(),
                                        new HttpObjectAggregator(BODY_BYTES_MAX),
                                        new Answering());
                    }
                })
                .bind(HTTP_PORT)
                .sync()
                .channel();
    }

    private final class Answering extends SimpleChannelInboundHandler<FullHttpRequest> {
        private volatile ChannelHandlerContext context;

        @SuppressWarnings("NullAway.Init")
        private Answering() {}

        @Override
        public void handlerAdded(ChannelHandlerContext context) {
            this.context = context;
        }

        @Override
        protected void channelRead0(ChannelHandlerContext context, FullHttpRequest request) {
            FullHttpResponse response = new DefaultFullHttpResponse(
                    HttpVersion.HTTP_1_1, HttpResponseStatus.OK, Unpooled.wrappedBuffer(ANSWER));
            response.headers().set(HttpHeaderNames.CONTENT_LENGTH, ANSWER.length);
            boolean close = ending || !HttpUtil.isKeepAlive(request);
            if (close) {
                response.headers().set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
            }
            context.writeAndFlush(response).addListener(_ -> {
                if (close) {
                    context.close();
                }
            });
        }

        /** Requests are answered as they are read, so in its loop's turn a connection is idle. */
        private void closeIfIdle() {
            context.executor().execute(context::close);
        }
    }
}

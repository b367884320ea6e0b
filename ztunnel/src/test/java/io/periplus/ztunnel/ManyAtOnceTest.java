package io.periplus.ztunnel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufAllocatorMetricProvider;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.util.concurrent.GlobalEventExecutor;
import io.periplus.dataplane.net.EpollLoops;
import io.periplus.dataplane.net.SocketFactory;
import io.periplus.dataplane.net.SocketSettings;
import io.periplus.dataplane.testing.Leftovers;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongConsumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Ten thousand connections, or as many as this process may have descriptors for, all open at the same time; and thousands
 * that are reset.
 */
@Timeout(120)
final class ManyAtOnceTest {
    private static final String VIP = "10.96.0.7";
    private static final int PORT = 8080;
    private static final int CONNECTIONS_MAX = 10_000;
    /** As many as listeners keep waiting (2 loops, a backlog of 128 each); more only wait for TCP's own repetition. */
    private static final int UNDER_WAY_MAX = 200;

    private static final int RESETS = 1_000;
    /** Client, its accepted end, the proxy's connection to the application and its accepted end. */
    private static final int DESCRIPTORS_EACH = 4;

    private static final long DESCRIPTORS_BESIDE = 2_000;

    private static final long DIRECT_BYTES_MAX = 256 << 20;
    private static final Duration PATIENCE = Duration.ofSeconds(90);

    private final AtomicInteger answered = new AtomicInteger();
    private final AtomicInteger failed = new AtomicInteger();
    private EventLoop clientLoop;
    private SocketFactory clientSockets;
    private final ChannelGroup clients = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE);

    @Test
    void allAreServedAndLeaveNothingBehind() throws Exception {
        run(most -> {
            int connections = (int) Math.min(CONNECTIONS_MAX, (most - DESCRIPTORS_BESIDE) / DESCRIPTORS_EACH);
            new Opener(connections, false).start();
            await().atMost(PATIENCE)
                    .untilAsserted(
                            () -> assertThat(answered.get() + failed.get()).isEqualTo(connections));
            assertThat(failed).hasValue(0);
            assertThat(clients.size()).as("open at the same time").isEqualTo(connections);
            assertThat(((ByteBufAllocatorMetricProvider) ByteBufAllocator.DEFAULT)
                            .metric()
                            .usedDirectMemory())
                    .as("bytes of buffers, of both proxies, clients and the application")
                    .isLessThan(DIRECT_BYTES_MAX);
        });
    }

    @Test
    void thousandsOfResetsLeaveNothingBehind() throws Exception {
        run(_ -> {
            new Opener(RESETS, true).start();
            await().atMost(PATIENCE)
                    .untilAsserted(
                            () -> assertThat(answered.get() + failed.get()).isEqualTo(RESETS));
            assertThat(failed).hasValue(0);
        });
    }

    /** Between two pods with everything in place; afterwards everything has ended. */
    private void run(LongConsumer test) throws Exception {
        EventLoopGroup loops = EpollLoops.newGroup("ends", 2);
        try (OpenFiles files = OpenFiles.all();
                Leftovers _ = Leftovers.sampled()) {
            try (PodNetwork network = new PodNetwork();
                    TestNode node = new TestNode()) {
                PodHost cart = network.pod("cart", true);
                PodHost stock = network.pod("stock", true);
                node.enrol(cart);
                node.enrol(stock, "stock");
                node.publish(TestNode.service("stock", VIP, 80, PORT).build());
                clientLoop = loops.next();
                clientSockets = SocketFactory.in(cart.namespace(), SocketSettings.PLAIN);
                Channel app = echo(stock, loops.next());

                test.accept(files.most());

                assertThat(cart.isServed(VIP, 80)).isTrue();
                clients.close().awaitUninterruptibly();
                await().atMost(PATIENCE)
                        .untilAsserted(() -> assertThat(node.connections.size()).isZero());
                app.close().sync();
            }
            loops.shutdownGracefully(0, 5, TimeUnit.SECONDS).sync();
        }
    }

    private static Channel echo(PodHost pod, EventLoop loop) {
        ChannelHandler echo = new ChannelInitializer<>() {
            @Override
            protected void initChannel(Channel accepted) {
                accepted.config().setOption(ChannelOption.ALLOW_HALF_CLOSURE, false);
                accepted.pipeline().addLast(new ChannelInboundHandlerAdapter() {
                    @Override
                    public void channelRead(ChannelHandlerContext ctx, Object message) {
                        ctx.writeAndFlush(message);
                    }

                    @Override
                    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
                        ctx.close();
                    }
                });
            }
        };
        return SocketFactory.in(pod.namespace(), SocketSettings.PLAIN)
                .listen(loop, new InetSocketAddress("0.0.0.0", PORT), false, echo)
                .syncUninterruptibly()
                .channel();
    }

    /** Opens connections as fast as they are answered, each asked for one byte. On the clients' loop. */
    private final class Opener {
        private final boolean reset;
        private int left;
        private int underWay;

        Opener(int count, boolean reset) {
            this.left = count;
            this.reset = reset;
        }

        void start() {
            clientLoop.execute(this::more);
        }

        private void more() {
            while (left > 0 && underWay < UNDER_WAY_MAX) {
                left--;
                underWay++;
                ChannelFuture connecting =
                        clientSockets.connect(clientLoop, new InetSocketAddress(VIP, 80), null, new Client(this));
                connecting.addListener(_ -> {
                    if (connecting.isSuccess()) {
                        clients.add(connecting.channel());
                        connecting.channel().writeAndFlush(Unpooled.wrappedBuffer(new byte[] {7}));
                    } else {
                        done(failed);
                    }
                });
            }
        }

        void done(AtomicInteger outcome) {
            outcome.incrementAndGet();
            underWay--;
            more();
        }
    }

    private final class Client extends ChannelInboundHandlerAdapter {
        private final Opener opener;
        private boolean done;

        Client(Opener opener) {
            this.opener = opener;
        }

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object message) {
            ((ByteBuf) message).release();
            end(answered);
            if (opener.reset) {
                ctx.channel().config().setOption(ChannelOption.SO_LINGER, 0);
                ctx.close();
            }
        }

        @Override
        public void channelInactive(ChannelHandlerContext ctx) {
            end(failed);
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
            ctx.close();
        }

        private void end(AtomicInteger outcome) {
            if (!done) {
                done = true;
                opener.done(outcome);
            }
        }
    }
}

package io.periplus.ztunnel.dns;

import static java.util.concurrent.TimeUnit.MILLISECONDS;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoop;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.channel.socket.DatagramPacket;
import io.netty.channel.unix.UnixChannel;
import io.netty.handler.timeout.IdleStateEvent;
import io.netty.handler.timeout.IdleStateHandler;
import io.netty.util.concurrent.GlobalEventExecutor;
import io.periplus.dataplane.index.IndexStore;
import io.periplus.dataplane.net.SocketFactory;
import io.periplus.linux.LinuxException;
import io.periplus.linux.UdpSockets;
import io.periplus.wire.workload.Workload;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The sockets that one pod's queries are redirected to, UDP and TCP, all on one event loop. */
public final class DnsServer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(DnsServer.class);
    private static final int TCP_IDLE_SECONDS = 5;
    /** Connections of one pod; resolvers use TCP one at a time, for answers that UDP cannot carry. */
    private static final int CONNECTIONS_MAX = 128;
    /** Queries are short; what is longer comes over TCP. */
    private static final int QUERY_BYTES_MAX = 4096;

    /** Longer than a resolver takes, as a rule; then what still waits is lost, and asked again by its client. */
    private static final Duration DRAIN = Duration.ofSeconds(2);

    /** A datagram that was on its way into this socket when it was left to others is in it by then, and read. */
    private static final Duration LAST_DATAGRAMS = Duration.ofMillis(50);

    private final ChannelGroup datagrams = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE);
    private final ChannelGroup listeners = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE);
    private final ChannelGroup connections = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE);
    private final EventLoop loop;
    private final DnsProxy proxy;

    private DnsServer(EventLoop loop, DnsProxy proxy) {
        this.loop = loop;
        this.proxy = proxy;
    }

    /**
     * Starts serving.
     *
     * @param sockets inside the pod
     * @param client the pod's own record, as soon as it is known
     * @throws IOException when none of the addresses can be listened on; nothing is left open then
     */
    public static DnsServer start(
            EventLoop loop,
            SocketFactory sockets,
            DnsSettings settings,
            IndexStore index,
            Supplier<CompletableFuture<Workload>> client,
            DnsMetrics metrics)
            throws IOException {
        DnsServer server = new DnsServer(loop, new DnsProxy(loop, index, client, settings, sockets, metrics));
        IOException last = null;
        for (InetSocketAddress address : settings.listen()) {
            try {
                server.listen(sockets, loop, address);
            } catch (IOException e) {
                // A pod may lack a family; the other one serves it.
                LOG.debug("{}", e.getMessage());
                last = e;
            }
        }
        if (server.listeners.isEmpty()) {
            server.close();
            throw last == null ? new IOException("no address for DNS to listen on") : last;
        }
        return server;
    }

    private void listen(SocketFactory sockets, EventLoop loop, InetSocketAddress address) throws IOException {
        Channel socket = bound(sockets.bindDatagrams(loop, address, QUERY_BYTES_MAX, new Datagrams()), address);
        try {
            ChannelInitializer<Channel> initializer = new ChannelInitializer<>() {
                @Override
                protected void initChannel(Channel accepted) {
                    accept(accepted);
                }
            };
            listeners.add(bound(sockets.listen(loop, address, false, initializer), address));
            datagrams.add(socket);
        } catch (IOException e) {
            socket.close().awaitUninterruptibly();
            throw e;
        }
    }

    private static Channel bound(ChannelFuture binding, InetSocketAddress address) throws IOException {
        binding.awaitUninterruptibly();
        if (!binding.isSuccess()) {
            throw new IOException(
                    "DNS cannot listen on %s: %s"
                            .formatted(address, binding.cause().getMessage()),
                    binding.cause());
        }
        return binding.channel();
    }

    private void accept(Channel accepted) {
        if (connections.size() >= CONNECTIONS_MAX) {
            accepted.close();
            return;
        }
        connections.add(accepted);
        accepted.pipeline()
                .addLast(
                        new IdleStateHandler(0, 0, TCP_IDLE_SECONDS, TimeUnit.SECONDS),
                        Exchange.frames(),
                        new Stream());
    }

    /**
     * Leaves new queries to a successor that listens beside this server; those that have come are answered.
     *
     * @return completes when nothing is left to answer, or it took too long
     */
    public CompletableFuture<Void> drain() {
        CompletableFuture<Void> drained = new CompletableFuture<>();
        listeners.close();
        loop.execute(() -> {
            datagrams.forEach(DnsServer::leaveToOthers);
            loop.schedule(() -> proxy.whenIdle(() -> drained.complete(null)), LAST_DATAGRAMS.toMillis(), MILLISECONDS);
        });
        return drained.completeOnTimeout(null, DRAIN.toMillis(), MILLISECONDS)
                .whenComplete((_, _) -> datagrams.close());
    }

    private static void leaveToOthers(Channel socket) {
        InetAddress bound = ((InetSocketAddress) socket.localAddress()).getAddress();
        try {
            UdpSockets.leaveToOthers(((UnixChannel) socket).fd().intValue(), bound);
        } catch (LinuxException e) {
            // Then it keeps its share of the questions until it closes.
            LOG.debug("DNS at {}: {}", bound, e.getMessage());
        }
    }

    /** No more queries. */
    @Override
    public void close() {
        listeners.close().awaitUninterruptibly();
        datagrams.close().awaitUninterruptibly();
        connections.close().awaitUninterruptibly();
    }

    @ChannelHandler.Sharable
    private final class Datagrams extends SimpleChannelInboundHandler<DatagramPacket> {
        @Override
        protected void channelRead0(ChannelHandlerContext ctx, DatagramPacket packet) {
            InetSocketAddress client = packet.sender();
            proxy.received(ByteBufUtil.getBytes(packet.content()), Transport.UDP, answer -> {
                if (ctx.channel().isActive()) {
                    ctx.writeAndFlush(new DatagramPacket(Unpooled.wrappedBuffer(answer), client));
                }
            });
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
            // Of an earlier answer to a client that has gone.
            LOG.debug("DNS over UDP: {}", cause.toString());
        }
    }

    @ChannelHandler.Sharable
    private final class Stream extends SimpleChannelInboundHandler<ByteBuf> {
        @Override
        protected void channelRead0(ChannelHandlerContext ctx, ByteBuf message) {
            proxy.received(ByteBufUtil.getBytes(message), Transport.TCP, answer -> {
                if (ctx.channel().isActive()) {
                    ctx.writeAndFlush(Unpooled.buffer(2 + answer.length)
                            .writeShort(answer.length)
                            .writeBytes(answer));
                }
            });
        }

        /** A client that does not fetch its answers is not read any further. */
        @Override
        public void channelWritabilityChanged(ChannelHandlerContext ctx) {
            ctx.channel().config().setAutoRead(ctx.channel().isWritable());
        }

        @Override
        public void userEventTriggered(ChannelHandlerContext ctx, Object event) throws Exception {
            if (event instanceof IdleStateEvent) {
                ctx.close();
            } else {
                super.userEventTriggered(ctx, event);
            }
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
            ctx.close();
        }
    }
}

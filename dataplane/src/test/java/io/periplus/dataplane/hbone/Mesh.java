package io.periplus.dataplane.hbone;

import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.GlobalEventExecutor;
import io.periplus.api.SpiffeId;
import io.periplus.dataplane.identity.WorkloadCertificate;
import io.periplus.dataplane.net.EpollLoops;
import io.periplus.dataplane.net.SocketFactory;
import io.periplus.dataplane.net.SocketSettings;
import io.periplus.dataplane.testing.TestCa;
import io.periplus.dataplane.tls.CompliancePolicy;
import io.periplus.dataplane.tls.WorkloadTls;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** Two loops, a CA, a server on loopback and a pool: what the tests of this package start from. */
final class Mesh implements AutoCloseable {
    static final HboneSettings SETTINGS = HboneSettings.DEFAULT;

    final TestCa ca = new TestCa("mesh");
    final EventLoopGroup loops = EpollLoops.newGroup("test", 2);
    final EventLoop clientLoop = loops.next();
    final EventLoop serverLoop = loops.next();
    final WorkloadTls server = tls(ca.issue("shop", "stock"));
    final WorkloadTls client = tls(ca.issue("shop", "cart"));
    final SocketFactory sockets = SocketFactory.own(SocketSettings.PLAIN);
    final HboneSettings settings;
    final HbonePool pool;
    final AtomicInteger accepted = new AtomicInteger();
    /** Everything that is closed, and has told its handlers, before the loops end. */
    final ChannelGroup channels = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE);

    final List<Channel> serverConnections = new ArrayList<>();

    Mesh() {
        this(SETTINGS);
    }

    Mesh(HboneSettings settings) {
        this.settings = settings;
        this.pool = new HbonePool(settings);
    }

    static WorkloadTls tls(WorkloadCertificate certificate) {
        return new WorkloadTls(certificate, CompliancePolicy.DEFAULT);
    }

    HboneServer server(HboneAcceptor acceptor) {
        return new HboneServer(() -> CompletableFuture.completedFuture(server), acceptor, settings);
    }

    InetSocketAddress listen(HboneServer hbone) {
        return listen(new ChannelInitializer<>() {
            @Override
            protected void initChannel(Channel connection) {
                accepted.incrementAndGet();
                serverConnections.add(connection);
                hbone.serve(connection);
            }
        });
    }

    InetSocketAddress listen(ChannelInitializer<Channel> initializer) {
        ChannelInitializer<Channel> followed = new ChannelInitializer<>() {
            @Override
            protected void initChannel(Channel connection) {
                channels.add(connection);
                connection.pipeline().addLast(initializer);
            }
        };
        Channel listener = sockets.listen(
                        serverLoop, new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), false, followed)
                .syncUninterruptibly()
                .channel();
        channels.add(listener);
        return (InetSocketAddress) listener.localAddress();
    }

    HboneTarget target(InetSocketAddress destination) {
        return target(destination, server.identity());
    }

    HboneTarget target(InetSocketAddress destination, SpiffeId expected) {
        return target(client, destination, expected);
    }

    HboneTarget target(WorkloadTls source, InetSocketAddress destination, SpiffeId expected) {
        return new HboneTarget(
                source,
                Set.of(expected),
                null,
                destination,
                "10.1.2.3:80",
                Map.of("baggage", "k8s.pod.name=cart"),
                sockets);
    }

    Future<Channel> connect(HboneTarget target) {
        return pool.connect(target, clientLoop);
    }

    /** A tunnel with a blocking reader on it. */
    TunnelClient open(HboneTarget target) {
        return TunnelClient.open(pool, target, clientLoop);
    }

    @Override
    public void close() {
        channels.close().awaitUninterruptibly();
        pool.close();
        clientLoop.submit(() -> {}).syncUninterruptibly();
        loops.shutdownGracefully(0, 2, TimeUnit.SECONDS).syncUninterruptibly();
    }
}

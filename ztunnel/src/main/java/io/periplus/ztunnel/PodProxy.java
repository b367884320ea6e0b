package io.periplus.ztunnel;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoop;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.GlobalEventExecutor;
import io.periplus.dataplane.hbone.HbonePool;
import io.periplus.dataplane.hbone.HboneServer;
import io.periplus.dataplane.net.Relay;
import io.periplus.dataplane.net.SocketFactory;
import io.periplus.linux.NetworkNamespace;
import io.periplus.ztunnel.dns.DnsServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The proxy of one pod: three listeners per event loop in the pod's network namespace, its server, its pool. Every
 * connection stays on the loop that accepted it. Started by the constructor, bound when that returns.
 */
final class PodProxy implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(PodProxy.class);

    /** For applications of the pod alone. */
    private static final InetSocketAddress SOCKS5 =
            new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), ProxyPorts.SOCKS5);

    /** While draining, connections may still come to be relayed that were accepted before. */
    private static final Duration LOOK_AGAIN = Duration.ofMillis(250);

    /** Between the last connection that is ended gently and the end of all. */
    private static final Duration LAST_MOMENT = Duration.ofMillis(250);

    private final Pod pod;
    private final @Nullable NetworkNamespace namespace;
    private final boolean ipv6;
    private final OpenConnections flows;
    private final ChannelGroup listeners = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE);
    private final ChannelGroup connections = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE);
    private final HboneServer server;
    private final HbonePool pool;
    private @Nullable DnsServer dns;
    private volatile CompletableFuture<Void> namesDrained = CompletableFuture.completedFuture(null);
    private final AtomicBoolean closed = new AtomicBoolean();

    /**
     * Starts serving.
     *
     * @param namespace owned by this proxy from here on, also when starting fails; {@code null} for the process's own
     * @throws IOException when a listener cannot be bound; nothing is left open then
     */
    PodProxy(Node shared, Pod pod, @Nullable NetworkNamespace namespace) throws IOException {
        this.pod = pod;
        this.ipv6 = shared.features().ipv6();
        this.flows = new OpenConnections(shared.flows());
        Node node = shared.withFlows(flows);
        this.namespace = namespace;
        SocketFactory sockets =
                namespace == null ? SocketFactory.own(node.sockets()) : SocketFactory.in(namespace, node.sockets());
        LocalWorkload local = new LocalWorkload(node, pod);
        this.pool = new HbonePool(node.hbone());
        AppConnector apps = new AppConnector(sockets, node.features().originalSource());
        this.server = new HboneServer(local::tls, new InboundProxy(node, local, apps), node.hbone());
        OutboundProxy outbound = new OutboundProxy(node, local, pool, sockets);
        PassthroughProxy passthrough = new PassthroughProxy(node, local, apps, sockets);
        try {
            for (EventExecutor loop : node.features().proxy() ? node.loops() : List.<EventExecutor>of()) {
                EventLoop owner = (EventLoop) loop;
                listen(sockets, owner, ProxyPorts.OUTBOUND, counted(Flow.Reporter.SOURCE, outbound::accept));
                listen(
                        sockets,
                        owner,
                        ProxyPorts.INBOUND_PLAINTEXT,
                        counted(Flow.Reporter.DESTINATION, passthrough::accept));
                listen(sockets, owner, ProxyPorts.HBONE, counted(Flow.Reporter.DESTINATION, server::serve));
                if (node.features().socks5()) {
                    Socks5Proxy socks = new Socks5Proxy(node, local, outbound, sockets);
                    bound(
                            sockets.listen(owner, SOCKS5, false, counting(counted(Flow.Reporter.SOURCE, socks::accept)))
                                    .awaitUninterruptibly(),
                            ProxyPorts.SOCKS5);
                }
            }
            if (node.dns().enabled()) {
                dns = DnsServer.start(
                        node.loops().next(), sockets, node.dns(), node.index(), local::await, node.dnsMetrics());
            }
        } catch (IOException | RuntimeException e) {
            close();
            throw e instanceof IOException io ? io : new IOException("pod %s: %s".formatted(pod, e.getMessage()), e);
        }
    }

    private Consumer<Channel> counted(Flow.Reporter reporter, Consumer<Channel> accept) {
        return accepted -> {
            flows.socketOpened(reporter);
            accepted.closeFuture().addListener(_ -> flows.socketClosed(reporter));
            accept.accept(accepted);
        };
    }

    private void listen(SocketFactory sockets, EventLoop loop, int port, Consumer<Channel> accept) throws IOException {
        bound(Wildcard.listen(sockets, loop, port, ipv6, true, counting(accept)), port);
    }

    private ChannelInitializer<Channel> counting(Consumer<Channel> accept) {
        return new ChannelInitializer<>() {
            @Override
            protected void initChannel(Channel accepted) {
                connections.add(accepted);
                accept.accept(accepted);
            }
        };
    }

    private void bound(ChannelFuture binding, int port) throws IOException {
        if (!binding.isSuccess()) {
            throw new IOException(
                    "pod %s: cannot listen on port %d: %s"
                            .formatted(pod, port, binding.cause().getMessage()),
                    binding.cause());
        }
        listeners.add(binding.channel());
    }

    Pod pod() {
        return pod;
    }

    /**
     * Whether the pod is in this namespace.
     *
     * @throws IOException if that cannot be found out
     */
    boolean isIn(NetworkNamespace other) throws IOException {
        return namespace != null && namespace.isSame(other);
    }

    /** Describes the connections that are open now. */
    void describeConnections(ObjectNode to) {
        flows.describe(to);
    }

    /** Accepted connections that are open. */
    int connections() {
        return connections.size();
    }

    /** Closes the listeners and lets connections end by themselves. */
    void drain() {
        listeners.close().awaitUninterruptibly();
        DnsServer names = dns;
        if (names != null) {
            namesDrained = names.drain();
        }
        server.drain();
    }

    /**
     * Waits until no connection and no question for a name is left, or for as long as allowed. Meanwhile those that would go on are ended at moments at
     * which nobody waits for an answer.
     */
    void awaitIdle(Duration atMost) {
        long end = System.nanoTime() + atMost.toNanos();
        Duration left = atMost;
        while (left.isPositive() && !connections.isEmpty()) {
            Duration within = left.minus(LAST_MOMENT);
            connections.forEach(connection -> Relay.drain(connection, within));
            server.forEachTunnel(tunnel -> Relay.drain(tunnel, within));
            connections.newCloseFuture().awaitUninterruptibly(Math.min(left.toMillis(), LOOK_AGAIN.toMillis()));
            left = Duration.ofNanos(end - System.nanoTime());
        }
        if (left.isPositive()) {
            namesDrained
                    .copy()
                    .completeOnTimeout(null, left.toMillis(), TimeUnit.MILLISECONDS)
                    .join();
        }
    }

    /** Ends everything at once: the pod is gone, or the time to drain is over. */
    @Override
    public void close() {
        if (!closed.compareAndSet(false, true)) {
            return;
        }
        listeners.close().awaitUninterruptibly();
        DnsServer names = dns;
        if (names != null) {
            names.close();
        }
        server.close();
        pool.close();
        connections.close().awaitUninterruptibly();
        try {
            if (namespace != null) {
                namespace.close();
            }
        } catch (IOException e) {
            LOG.warn("pod {}: cannot close its network namespace: {}", pod, e.getMessage());
        }
    }
}

package io.periplus.waypoint;

import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.util.concurrent.GlobalEventExecutor;
import io.periplus.dataplane.hbone.HbonePool;
import io.periplus.dataplane.hbone.HboneSettings;
import io.periplus.dataplane.net.EpollLoops;
import io.periplus.dataplane.net.SocketFactory;
import io.periplus.dataplane.net.SocketSettings;
import io.periplus.waypoint.exchange.LoopServices;
import io.periplus.waypoint.exchange.StandingConnections;
import io.periplus.waypoint.upstream.ClusterStates;
import io.periplus.waypoint.upstream.Clusters;
import io.periplus.waypoint.upstream.ClustersPage;
import io.periplus.waypoint.upstream.Connector;
import io.periplus.waypoint.upstream.MeshConnector;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * What a proxy works with, whichever front lets its clients in: the event loops and, per loop, everything that connections
 * need. A client's connection, its requests and the connections to endpoints that carry them stay on the loop that
 * accepted it.
 */
final class DataPath implements AutoCloseable {
    private static final int TUNNEL_WINDOW_BYTES = 128 << 10;

    /**
     * Tunnels of many clients share a connection. Its window is enough for every one of them to fill its own, so that
     * readers which stand still never block the others: with upstream's 4 MiB of 16 MiB, four of them would.
     */
    static final HboneSettings TUNNELS = HboneSettings.DEFAULT.withWindows(
            TUNNEL_WINDOW_BYTES,
            HboneSettings.DEFAULT.maxConcurrentStreams() * TUNNEL_WINDOW_BYTES,
            TUNNEL_WINDOW_BYTES);

    private final EventLoopGroup loops;
    private final HbonePool tunnels;
    private final SocketFactory sockets = SocketFactory.own(SocketSettings.PLAIN);
    private final Map<EventLoop, LoopServices> services = new LinkedHashMap<>();
    private final ChannelGroup connections = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE);

    /** @param edge whether clients come from outside the mesh */
    DataPath(boolean edge, ProxyParts parts) {
        loops = EpollLoops.newGroup(edge ? "gateway" : "waypoint", parts.threads());
        tunnels = new HbonePool(TUNNELS);
        Connector connector = new MeshConnector(tunnels, parts.identity(), parts.endpointPort());
        ClusterStates states = new ClusterStates(parts.backendPolicies());
        loops.forEach(executor -> {
            EventLoop loop = (EventLoop) executor;
            services.put(
                    loop,
                    new LoopServices(
                            loop,
                            parts.mesh(),
                            parts.routes(),
                            new Clusters(
                                    loop,
                                    connector,
                                    parts.self(),
                                    states,
                                    edge,
                                    parts.hostnames().apply(loop)),
                            parts.http(),
                            new StandingConnections(loop),
                            parts.gates().gates(loop),
                            parts.telemetry()));
        });
        parts.mesh().policies().onChange(_ -> judgeAgain());
        parts.mesh().index().onChange(_ -> judgeAgain());
    }

    private void judgeAgain() {
        services.values().forEach(loop -> loop.standing().judgeSoon());
    }

    Iterable<EventLoop> loops() {
        return services.keySet();
    }

    LoopServices services(EventLoop loop) {
        LoopServices found = services.get(loop);
        if (found == null) {
            throw new IllegalArgumentException("a loop of another proxy: " + loop);
        }
        return found;
    }

    SocketFactory sockets() {
        return sockets;
    }

    /** Counts a client's connection until it closes. */
    void add(Channel connection) {
        connections.add(connection);
    }

    /** Client connections that are open. */
    int connections() {
        return connections.size();
    }

    /** Waits until the connections that are open now have closed. */
    void awaitConnections(Duration atMost) throws InterruptedException {
        connections.newCloseFuture().await(atMost.toMillis());
    }

    /** Requests and TCP connections that endpoints have; 0 once everything was answered. Waits for the event loops. */
    int requestsInProgress() {
        int sum = 0;
        for (LoopServices loop : services.values()) {
            sum += loop.loop()
                    .submit(() -> loop.clusters().inProgress())
                    .syncUninterruptibly()
                    .getNow();
        }
        return sum;
    }

    /** What every event loop has to say together. Waits for them. */
    <T> List<T> onEachLoop(Supplier<List<T>> question) {
        List<T> all = new ArrayList<>();
        services.keySet()
                .forEach(loop -> all.addAll(
                        loop.submit(question::get).syncUninterruptibly().getNow()));
        return all;
    }

    /** The endpoints that were used lately, in the text form of Envoy's {@code /clusters}. Waits for the event loops. */
    String clusters() {
        return ClustersPage.of(
                services.values().stream().map(LoopServices::clusters).toList());
    }

    /** Closes everything at once. */
    @Override
    public void close() {
        tunnels.close();
        loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
    }
}

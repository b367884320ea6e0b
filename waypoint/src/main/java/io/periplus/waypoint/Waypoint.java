package io.periplus.waypoint;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.util.concurrent.GlobalEventExecutor;
import io.periplus.dataplane.hbone.HbonePool;
import io.periplus.dataplane.hbone.HboneServer;
import io.periplus.dataplane.hbone.HboneSettings;
import io.periplus.dataplane.net.EpollLoops;
import io.periplus.dataplane.net.SocketFactory;
import io.periplus.dataplane.net.SocketSettings;
import io.periplus.dataplane.tls.WorkloadTls;
import io.periplus.waypoint.exchange.Drain;
import io.periplus.waypoint.exchange.LoopServices;
import io.periplus.waypoint.mesh.Mesh;
import io.periplus.waypoint.mesh.Self;
import io.periplus.waypoint.route.RouteTable;
import io.periplus.waypoint.telemetry.Telemetry;
import io.periplus.waypoint.tunnel.Tunnels;
import io.periplus.waypoint.upstream.Clusters;
import io.periplus.waypoint.upstream.Connector;
import io.periplus.waypoint.upstream.MeshConnector;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * The data path: one listener per event loop on the HBONE port, and per loop everything that its connections need. A
 * client's connection, its requests and the connections to endpoints that carry them stay on the loop that accepted it.
 */
public final class Waypoint implements AutoCloseable {
    private final EventLoopGroup loops;
    private final Drain drain = new Drain();
    private final HboneServer server;
    private final HbonePool tunnels;
    private final SocketFactory sockets = SocketFactory.own(SocketSettings.PLAIN);
    private final Map<EventLoop, LoopServices> services = new IdentityHashMap<>();
    private final List<Channel> listeners = new ArrayList<>();
    private final ChannelGroup connections = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE);

    /**
     * @param threads event loops; each serves its share of the connections
     * @param endpointPort where workloads take HBONE
     * @param identity gives this waypoint's own TLS contexts
     */
    public Waypoint(
            int threads,
            int endpointPort,
            Self self,
            Mesh mesh,
            Supplier<CompletableFuture<WorkloadTls>> identity,
            Supplier<RouteTable> routes,
            Telemetry telemetry) {
        loops = EpollLoops.newGroup("waypoint", threads);
        tunnels = new HbonePool(HboneSettings.DEFAULT);
        Connector connector = new MeshConnector(tunnels, sockets, identity, endpointPort);
        loops.forEach(executor -> {
            EventLoop loop = (EventLoop) executor;
            services.put(
                    loop,
                    new LoopServices(loop, mesh, routes, new Clusters(loop, connector, self.workload()), telemetry));
        });
        server = new HboneServer(identity, new Tunnels(mesh, self, drain, services::get), HboneSettings.DEFAULT);
    }

    /**
     * Listens.
     *
     * @return the address, with the port that was chosen if 0 was asked for
     */
    public InetSocketAddress listen(InetSocketAddress address) {
        InetSocketAddress bound = address;
        for (EventLoop loop : services.keySet()) {
            ChannelFuture listening = sockets.listen(loop, bound, false, new ChannelInitializer<Channel>() {
                        @Override
                        protected void initChannel(Channel connection) {
                            connections.add(connection);
                            server.serve(connection);
                        }
                    })
                    .syncUninterruptibly();
            listeners.add(listening.channel());
            bound = (InetSocketAddress) listening.channel().localAddress();
        }
        return bound;
    }

    /**
     * Ends service in order: answers tell clients to go elsewhere, new connections are refused, what is in progress may
     * finish.
     *
     * @param notice how long connections are still accepted
     * @param atMost how long to wait for requests in progress after that
     */
    public void drain(Duration notice, Duration atMost) throws InterruptedException {
        drain.start();
        connections.newCloseFuture().await(notice.toMillis());
        listeners.forEach(listener -> listener.close().syncUninterruptibly());
        server.drain();
        connections.newCloseFuture().await(atMost.toMillis());
    }

    /** Requests and TCP connections that endpoints have; 0 once everything was answered. Waits for the event loops. */
    public int requestsInProgress() {
        int sum = 0;
        for (LoopServices loop : services.values()) {
            sum += loop.loop()
                    .submit(() -> loop.clusters().inProgress())
                    .syncUninterruptibly()
                    .getNow();
        }
        return sum;
    }

    /** Client connections that are open. */
    public int connections() {
        return connections.size();
    }

    /** Closes everything at once. */
    @Override
    public void close() {
        listeners.forEach(listener -> listener.close().syncUninterruptibly());
        server.close();
        tunnels.close();
        loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
    }
}

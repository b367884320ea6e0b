package io.periplus.waypoint;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoop;
import io.periplus.dataplane.hbone.HboneServer;
import io.periplus.dataplane.net.Relay;
import io.periplus.dataplane.tls.WorkloadTls;
import io.periplus.waypoint.exchange.Drain;
import io.periplus.waypoint.exchange.Gates;
import io.periplus.waypoint.exchange.HttpSettings;
import io.periplus.waypoint.mesh.Mesh;
import io.periplus.waypoint.mesh.Self;
import io.periplus.waypoint.route.RouteTable;
import io.periplus.waypoint.telemetry.Telemetry;
import io.periplus.waypoint.tunnel.Tunnels;
import io.periplus.waypoint.upstream.BackendPolicies;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/** The front inside the mesh: tunnels of clients, on one port, with one listener per event loop. */
public final class Waypoint implements Front {
    private final DataPath path;
    private final Drain drain = new Drain();
    private final HboneServer server;
    private final List<Channel> listeners = new ArrayList<>();

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
            BackendPolicies backendPolicies,
            HttpSettings http,
            Supplier<Gates> gates,
            Telemetry telemetry) {
        path = new DataPath(
                false, threads, endpointPort, self, mesh, identity, routes, backendPolicies, http, gates, telemetry);
        server = new HboneServer(identity, new Tunnels(mesh, self, drain, path::services), DataPath.TUNNELS);
    }

    /**
     * Listens.
     *
     * @return the address, with the port that was chosen if 0 was asked for
     */
    public InetSocketAddress listen(InetSocketAddress address) {
        InetSocketAddress bound = address;
        for (EventLoop loop : path.loops()) {
            ChannelFuture listening = path.sockets()
                    .listen(loop, bound, false, new ChannelInitializer<Channel>() {
                        @Override
                        protected void initChannel(Channel connection) {
                            path.add(connection);
                            server.serve(connection);
                        }
                    })
                    .syncUninterruptibly();
            listeners.add(listening.channel());
            bound = (InetSocketAddress) listening.channel().localAddress();
        }
        return bound;
    }

    @Override
    public void drain(Duration notice, Duration atMost) throws InterruptedException {
        drain.start();
        path.awaitConnections(notice);
        listeners.forEach(listener -> listener.close().syncUninterruptibly());
        drain.endNotice();
        server.drain();
        server.forEachTunnel(tunnel -> Relay.drain(tunnel, atMost));
        path.awaitConnections(atMost);
    }

    @Override
    public List<Integer> ports() {
        return listeners.stream()
                .map(listener -> ((InetSocketAddress) listener.localAddress()).getPort())
                .distinct()
                .toList();
    }

    @Override
    public int requestsInProgress() {
        return path.requestsInProgress();
    }

    @Override
    public String clusters() {
        return path.clusters();
    }

    @Override
    public int connections() {
        return path.connections();
    }

    @Override
    public void close() {
        listeners.forEach(listener -> listener.close().syncUninterruptibly());
        server.close();
        path.close();
    }
}

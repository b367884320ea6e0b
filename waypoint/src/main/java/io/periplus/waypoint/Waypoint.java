package io.periplus.waypoint;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoop;
import io.periplus.api.SpiffeId;
import io.periplus.api.why.Answer;
import io.periplus.api.why.Caller;
import io.periplus.api.why.ProxyName;
import io.periplus.api.why.Question;
import io.periplus.api.why.Side;
import io.periplus.dataplane.address.IpAddress;
import io.periplus.dataplane.explain.Names;
import io.periplus.dataplane.hbone.HboneServer;
import io.periplus.dataplane.index.WorkloadIdentity;
import io.periplus.dataplane.net.Relay;
import io.periplus.waypoint.exchange.ClientConnection;
import io.periplus.waypoint.exchange.Drain;
import io.periplus.waypoint.exchange.LoopServices;
import io.periplus.waypoint.explain.Asked;
import io.periplus.waypoint.tunnel.Tunnels;
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
    private final Tunnels tunnels;
    private final String identity;
    private final HboneServer server;
    private final List<Channel> listeners = new ArrayList<>();

    public Waypoint(ProxyParts parts) {
        path = new DataPath(false, parts);
        tunnels = new Tunnels(parts.mesh(), parts.self(), drain, path::services);
        identity = WorkloadIdentity.of(parts.self().workload()).toString();
        server = new HboneServer(parts.identity(), tunnels, DataPath.TUNNELS);
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
    public <T> List<T> onEachLoop(Supplier<List<T>> question) {
        return path.onEachLoop(question);
    }

    @Override
    public CompletableFuture<Answer> why(ProxyName proxy, Question question) {
        Caller caller = question.caller();
        String name = caller == null ? null : caller.identity();
        if (question.side() != Side.WAYPOINT || caller == null || name == null) {
            throw new IllegalArgumentException(
                    "a waypoint takes questions of side waypoint, with a caller that has an identity");
        }
        SpiffeId peer = SpiffeId.parse(name)
                .orElseThrow(() -> new IllegalArgumentException("\"" + name + "\" is no SPIFFE id of a workload"));
        InetSocketAddress remote =
                new InetSocketAddress(IpAddress.parse(caller.address()).toInetAddress(), 0);
        IpAddress address = IpAddress.parse(question.host());
        LoopServices loop = path.services(path.loops().iterator().next());
        ClientConnection client = tunnels.asked(loop, peer, remote, Names.of(address, question.port()));
        if (client == null) {
            return CompletableFuture.completedFuture(new Answer.Builder(proxy)
                    .advise("bind the service to this waypoint, and ask for a port that it declares")
                    .failed(
                            "no service or workload of this waypoint is at " + Names.of(address, question.port())
                                    + ": the tunnel is answered with status 404",
                            null));
        }
        return new Asked(proxy, identity, loop).about(client, Tunnels.admission(loop, client), question);
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

package io.periplus.waypoint.tunnel;

import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.DuplexChannel;
import io.periplus.api.SpiffeId;
import io.periplus.dataplane.address.IpAddress;
import io.periplus.dataplane.hbone.HboneAcceptor;
import io.periplus.dataplane.hbone.HboneRequest;
import io.periplus.dataplane.policy.ConnectionAttributes;
import io.periplus.waypoint.exchange.Admission;
import io.periplus.waypoint.exchange.ClientConnection;
import io.periplus.waypoint.exchange.ConnectionExchanges;
import io.periplus.waypoint.exchange.Drain;
import io.periplus.waypoint.exchange.Exchanges;
import io.periplus.waypoint.exchange.LoopServices;
import io.periplus.waypoint.mesh.Destination;
import io.periplus.waypoint.mesh.Mesh;
import io.periplus.waypoint.mesh.Self;
import io.periplus.waypoint.server.Http1ServerConnection;
import io.periplus.waypoint.server.Http2ServerConnection;
import io.periplus.waypoint.upstream.DynamicHosts;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Takes the clients' tunnels: authority -> destination -> protocol -> the path for it. */
public final class Tunnels implements HboneAcceptor {
    private static final Logger LOG = LoggerFactory.getLogger(Tunnels.class);

    /** How much later than the sender this waypoint may hear of a service it fronts. */
    private static final Duration NEWS = Duration.ofSeconds(2);

    private final Mesh mesh;
    private final Self self;
    private final Dispatcher dispatcher;
    private final Drain drain;
    private final Function<EventLoop, LoopServices> services;

    public Tunnels(Mesh mesh, Self self, Drain drain, Function<EventLoop, LoopServices> services) {
        this.mesh = mesh;
        this.self = self;
        this.dispatcher = new Dispatcher(self);
        this.drain = drain;
        this.services = services;
    }

    @Override
    public void onConnect(HboneRequest request) {
        Authority authority = Authority.parse(request.authority());
        if (authority == null) {
            refuse(request, 400, "expected ip:port");
            return;
        }
        Destination destination = dispatcher.resolve(mesh.index().current(), authority);
        if (destination != null) {
            accept(request, destination);
            return;
        }
        mesh.index()
                .await(index -> dispatcher.resolve(index, authority), NEWS)
                .whenComplete((found, late) -> request.eventLoop().execute(() -> answer(request, found)));
    }

    private void answer(HboneRequest request, @Nullable Destination found) {
        if (found != null) {
            accept(request, found);
        } else {
            refuse(request, 404, "no service or workload of this waypoint is there");
        }
    }

    private static void refuse(HboneRequest request, int status, String why) {
        LOG.info(
                "tunnel refused src.addr={} src.identity={} authority=\"{}\" status={} flags=NR reason=\"{}\"",
                request.remoteAddress(),
                request.peer(),
                request.authority(),
                status,
                why);
        request.reject(status);
    }

    private void accept(HboneRequest request, Destination destination) {
        LoopServices loop = services.apply(request.eventLoop());
        ClientConnection client = client(request.peer(), request.remoteAddress(), request.localAddress(), destination);
        request.accept(tunnel -> open(tunnel, loop, client));
    }

    private ClientConnection client(
            SpiffeId peer, InetSocketAddress remote, InetSocketAddress local, Destination destination) {
        return new ClientConnection(
                self.network(),
                peer,
                remote,
                local,
                destination,
                new ConnectionAttributes(
                        peer, IpAddress.of(remote.getAddress()), destination.address(), destination.port()));
    }

    /**
     * The connection that a tunnel of this client would become; null when nothing that this waypoint serves is at the
     * authority.
     */
    public @Nullable ClientConnection asked(SpiffeId peer, InetSocketAddress remote, String authority) {
        Authority parsed = Authority.parse(authority);
        Destination destination =
                parsed == null ? null : dispatcher.resolve(mesh.index().current(), parsed);
        return destination == null ? null : client(peer, remote, remote, destination);
    }

    /** What is made of a client's requests before anything else sees them. */
    public static Admission admission(LoopServices loop, ClientConnection client) {
        String by = loop.http().clientsBy();
        SpiffeId peer = client.peer();
        return by == null || peer == null ? Admission.MESH : Admission.client(by, peer);
    }

    /** A declared port is taken at its word; the version of HTTP, and anything undeclared, shows in the first bytes. */
    private void open(Channel tunnel, LoopServices loop, ClientConnection client) {
        switch (client.destination().protocol()) {
            case TCP, TLS -> new Paths(loop, client).tcp(tunnel);
            case HTTP11, HTTP2, GRPC ->
                tunnel.pipeline().addLast(ProtocolDetector.declaredHttp(new Paths(loop, client)));
            case UNKNOWN, UNRECOGNIZED ->
                tunnel.pipeline().addLast(ProtocolDetector.undeclared(new Paths(loop, client)));
        }
    }

    /** The ways on from detection. */
    private final class Paths implements ProtocolDetector.Continuation {
        private final LoopServices loop;
        private final ClientConnection client;

        private Paths(LoopServices loop, ClientConnection client) {
            this.loop = loop;
            this.client = client;
        }

        private Exchanges exchanges() {
            return new ConnectionExchanges(loop, client, admission(loop, client));
        }

        @Override
        public void http1(Channel channel) {
            Http1ServerConnection.install(channel, exchanges(), drain);
        }

        @Override
        public void http2(Channel channel) {
            Http2ServerConnection.install(channel, exchanges(), drain);
        }

        /**
         * The server name is looked for only where a route or a wildcard asks for it: servers that speak first are not kept
         * waiting.
         */
        @Override
        public void tcp(Channel channel) {
            SpiffeId peer = client.peer();
            if (DynamicHosts.mayBeDynamic(client.destination())
                    || loop.routes()
                            .get()
                            .asksForServerName(client.destination(), peer == null ? null : peer.namespace())) {
                channel.pipeline()
                        .addLast(new HelloPeek((peeked, hello) -> TcpExchange.begin(
                                loop, client, (DuplexChannel) peeked, hello == null ? "" : hello.serverName())));
            } else {
                TcpExchange.begin(loop, client, (DuplexChannel) channel, "");
            }
        }

        @Override
        public ServerFirst silent(Channel channel, Runnable onServer) {
            DuplexChannel tunnel = (DuplexChannel) channel;
            return new ServerFirst(new TcpExchange(loop, client, tunnel, ""), tunnel, onServer);
        }
    }
}

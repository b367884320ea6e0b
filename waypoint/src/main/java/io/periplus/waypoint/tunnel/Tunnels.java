package io.periplus.waypoint.tunnel;

import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.DuplexChannel;
import io.periplus.api.SpiffeId;
import io.periplus.dataplane.address.IpAddress;
import io.periplus.dataplane.hbone.HboneAcceptor;
import io.periplus.dataplane.hbone.HboneRequest;
import io.periplus.dataplane.index.ServiceEntry;
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
import io.periplus.wire.workload.AppProtocol;
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
        ClientConnection client =
                client(loop, request.peer(), request.remoteAddress(), request.localAddress(), destination);
        request.accept(tunnel -> open(tunnel, loop, client));
    }

    private ClientConnection client(
            LoopServices loop,
            SpiffeId peer,
            InetSocketAddress remote,
            InetSocketAddress local,
            Destination destination) {
        // The routes of a port that is declared to speak TCP know better (Gateway API).
        Destination spoken = destination instanceof Destination.OfService service
                        && service.protocol() == AppProtocol.TCP
                        && takesRequestsOnly(loop, service, peer)
                ? service.speaking(AppProtocol.UNKNOWN)
                : destination;
        return new ClientConnection(
                self.network(),
                peer,
                remote,
                local,
                spoken,
                new ConnectionAttributes(
                        peer, IpAddress.of(remote.getAddress()), destination.address(), destination.port()));
    }

    /**
     * The connection that a tunnel of this client would become; null when nothing that this waypoint serves is at the
     * authority.
     */
    public @Nullable ClientConnection asked(
            LoopServices loop, SpiffeId peer, InetSocketAddress remote, String authority) {
        Authority parsed = Authority.parse(authority);
        Destination destination =
                parsed == null ? null : dispatcher.resolve(mesh.index().current(), parsed);
        return destination == null ? null : client(loop, peer, remote, remote, destination);
    }

    private boolean takesRequestsOnly(LoopServices loop, Destination destination, @Nullable SpiffeId peer) {
        return loop.routes()
                .get()
                .takesRequestsOnly(destination, peer == null ? null : peer.namespace(), () -> isOnlyPort(destination));
    }

    private boolean isOnlyPort(Destination destination) {
        ServiceEntry entry = mesh.index().current().service(destination.namespace() + "/" + destination.hostname());
        return entry != null && entry.service().getPortsCount() == 1;
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
            case TLS -> new Paths(loop, client).peek(tunnel);
            case TCP -> {
                Paths paths = new Paths(loop, client);
                if (paths.looksOn()) {
                    tunnel.pipeline().addLast(ProtocolDetector.declaredTcp(paths));
                } else {
                    paths.tcp(tunnel);
                }
            }
            case HTTP11, HTTP2, GRPC ->
                tunnel.pipeline().addLast(ProtocolDetector.declaredHttp(new Paths(loop, client)));
            case UNKNOWN, UNRECOGNIZED -> {
                Paths paths = new Paths(loop, client);
                tunnel.pipeline()
                        .addLast(
                                takesRequestsOnly(loop, client.destination(), client.peer())
                                        ? ProtocolDetector.declaredHttp(paths)
                                        : ProtocolDetector.undeclared(paths));
            }
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

        /** The server name is looked for only where somebody asks for it: servers that speak first are not kept waiting. */
        @Override
        public void tcp(Channel channel) {
            if (looksOn()) {
                peek(channel);
            } else {
                begin(channel, client);
            }
        }

        @Override
        public boolean looksOn() {
            return isRoutedByServerName()
                    || DynamicHosts.mayBeDynamic(client.destination())
                    || loop.mesh().policies().current().asksForServerName();
        }

        private boolean isRoutedByServerName() {
            SpiffeId peer = client.peer();
            return loop.routes().get().asksForServerName(client.destination(), peer == null ? null : peer.namespace());
        }

        void peek(Channel channel) {
            channel.pipeline().addLast(new HelloPeek(new HelloPeek.Continuation() {
                @Override
                public void peeked(Channel tunnel, @Nullable ClientHello hello) {
                    begin(tunnel, hello == null ? client : client.withServerName(hello.serverName()));
                }

                @Override
                public void unreadable(Channel tunnel) {
                    if (looksOn()) {
                        LOG.info(
                                "connection closed src.addr={} src.identity={} dst.addr={} "
                                        + "reason=\"policies or routes ask for the server name, and its TLS begins unreadably\"",
                                client.remoteAddress(),
                                client.peer(),
                                client.destination().address());
                        tunnel.close();
                    } else {
                        begin(tunnel, client);
                    }
                }
            }));
        }

        private void begin(Channel tunnel, ClientConnection known) {
            TcpExchange.begin(loop, known, (DuplexChannel) tunnel);
        }

        @Override
        public @Nullable ServerFirst silent(Channel channel, Runnable onServer) {
            if (isRoutedByServerName()
                    || DynamicHosts.areOutside(loop.mesh().index().current(), client.destination(), "")) {
                return null;
            }
            DuplexChannel tunnel = (DuplexChannel) channel;
            return new ServerFirst(new TcpExchange(loop, client, tunnel), tunnel, onServer);
        }
    }
}

package io.periplus.ztunnel;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.socket.DuplexChannel;
import io.netty.channel.socket.SocketChannel;
import io.netty.util.concurrent.Future;
import io.periplus.dataplane.address.IpAddress;
import io.periplus.dataplane.hbone.HboneException;
import io.periplus.dataplane.hbone.HbonePool;
import io.periplus.dataplane.hbone.HboneTarget;
import io.periplus.dataplane.hbone.InnerTunnel;
import io.periplus.dataplane.index.Upstream;
import io.periplus.dataplane.index.WorkloadIdentity;
import io.periplus.dataplane.net.CloseOnError;
import io.periplus.dataplane.net.Relay;
import io.periplus.dataplane.net.SocketFactory;
import io.periplus.dataplane.tls.WorkloadTls;
import io.periplus.wire.workload.Service;
import io.periplus.wire.workload.Workload;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One outgoing connection from its routing on: {@code routing → connecting → relaying}, back to routing with another
 * endpoint when connecting fails, since no byte has been delivered by then, and {@code waiting} for a moment when its
 * waypoint or its last endpoint is away, or when the control plane has to be asked what its destination is.
 */
final class OutboundConnection {
    /** Endpoints tried for one connection; more would outlast the client's patience. */
    private static final int MAX_ATTEMPTS = 3;

    /** How often, and how long each time, a connection waits for a waypoint that is away: two seconds in all. */
    private static final int MAX_WAITS = 10;

    /**
     * The same for an endpoint that does not answer and has no other beside it: its successor, or its end, may be heard of a
     * moment later.
     */
    private static final int MAX_WAITS_FOR_ENDPOINT = 4;

    private static final Duration WAIT = Duration.ofMillis(200);

    private static final int HTTP_UNAVAILABLE = 503;

    private final Node node;
    private final OutboundRouter router;
    private final HbonePool pool;
    private final SocketFactory sockets;
    private final LocalWorkload local;
    private final Workload workload;
    private final SocketChannel client;
    private final IpAddress destination;
    private final Flow flow;
    private final Greeting greeting;
    private final Set<String> tried = new HashSet<>(2);
    private int waits;
    private OnDemand.@Nullable Questions questions;

    OutboundConnection(
            Node node,
            OutboundRouter router,
            HbonePool pool,
            SocketFactory sockets,
            LocalWorkload local,
            Workload workload,
            SocketChannel client,
            IpAddress destination,
            Flow flow,
            Greeting greeting) {
        this.node = node;
        this.router = router;
        this.pool = pool;
        this.sockets = sockets;
        this.local = local;
        this.workload = workload;
        this.client = client;
        this.destination = destination;
        this.flow = flow;
        this.greeting = greeting;
    }

    void start() {
        follow(route());
    }

    private Route route() {
        return router.route(
                node.index().current(),
                workload,
                IpAddress.of(client.remoteAddress().getAddress()),
                destination,
                flow.destination.getPort(),
                tried);
    }

    private void follow(Route route) {
        flow.service = route.service();
        switch (route) {
            case Route.Refused refused when refused.forWaypoint() && waits < MAX_WAITS -> waitForNews();
            case Route.Refused ignored when 0 < waits && waits < MAX_WAITS_FOR_ENDPOINT -> waitForNews();
            case Route.Refused refused -> refuse(refused);
            case Route.Undecided undecided -> ask(undecided.lacking());
            case Route.Direct direct -> connect(direct);
            case Route.Tunnel tunnel -> openTunnel(tunnel);
            case Route.Across across -> openAcross(across);
            case Route.Named named -> resolve(named);
        }
    }

    private void ask(String name) {
        OnDemand.Questions asking = questions;
        if (asking == null) {
            asking = node.onDemand().questions(client.eventLoop());
            questions = asking;
        }
        asking.ask(
                name,
                () -> {
                    if (client.isActive()) {
                        follow(route());
                    } else {
                        end(ResponseFlag.NONE, "the client left while the control plane was asked for " + name);
                    }
                },
                why -> end(ResponseFlag.CONNECT, why));
    }

    private void resolve(Route.Named route) {
        Future<IpAddress> resolving =
                node.names().resolve(client.eventLoop(), workload, route.hop().workload(), destination.isIpv4());
        resolving.addListener(_ -> {
            if (!client.isActive()) {
                end(ResponseFlag.NONE, "the client left while an endpoint's host name was resolved");
            } else if (resolving.isSuccess()) {
                follow(route.next().apply(resolving.getNow()));
            } else {
                flow.destinationWorkload = route.hop().workload();
                flow.opened();
                failed(resolving.cause(), route.hop(), route.authority() != null);
            }
        });
    }

    /** What has no route is logged as such, and no connection that could be counted, unless an earlier route was one. */
    private void refuse(Route.Refused refused) {
        end(ResponseFlag.CONNECT, refused.reason());
    }

    private void connect(Route.Direct route) {
        Upstream target = route.target();
        flow.nextHop = route.address();
        flow.sourceIdentity = null;
        flow.destinationIdentity = target == null ? null : WorkloadIdentity.of(target.workload());
        flow.hboneTarget = null;
        flow.acrossNetworks = false;
        flow.destinationWorkload = target == null ? null : target.workload();
        flow.opened();
        ChannelFuture connecting = sockets.connect(client.eventLoop(), route.address(), null, CloseOnError.HANDLER);
        connecting.channel().config().setAutoRead(false);
        connecting.addListener(_ -> {
            if (connecting.isSuccess()) {
                relay((DuplexChannel) connecting.channel());
            } else {
                failed(connecting.cause(), target, false);
            }
        });
    }

    private void openTunnel(Route.Tunnel route) {
        flow.nextHop = route.hbone();
        flow.destinationWorkload = route.hop().workload();
        flow.destinationIdentity = WorkloadIdentity.of(route.hop().workload());
        flow.sourceIdentity = WorkloadIdentity.of(workload);
        flow.hboneTarget = route.authority();
        flow.acrossNetworks = false;
        flow.opened();
        withTls(tls -> openTunnel(route, tls));
    }

    private void withTls(Consumer<WorkloadTls> then) {
        LocalWorkload.on(client.eventLoop(), local.tls(workload), (tls, failure) -> {
            if (tls == null) {
                flow.opened();
                end(ResponseFlag.IDENTITY_ERROR, failure == null ? "no certificate" : failure.getMessage());
            } else if (client.isActive()) {
                then.accept(tls);
            } else {
                end(ResponseFlag.NONE, null);
            }
        });
    }

    private HboneTarget target(
            WorkloadTls tls, Upstream hop, InetSocketAddress hbone, String authority, @Nullable Service service) {
        InetSocketAddress from = client.remoteAddress();
        return new HboneTarget(
                tls,
                Set.copyOf(hop.identities()),
                null,
                hbone,
                authority,
                TunnelHeaders.of(workload, IpAddress.of(from.getAddress()), from.getPort(), service),
                sockets);
    }

    private void openTunnel(Route.Tunnel route, WorkloadTls tls) {
        HboneTarget target = target(tls, route.hop(), route.hbone(), route.authority(), route.service());
        Future<Channel> opening = pool.connect(target, client.eventLoop());
        giveUpWithClient(opening);
        opening.addListener(_ -> {
            if (opening.isSuccess()) {
                relay((DuplexChannel) opening.getNow());
            } else {
                failed(opening.cause(), route.hop(), route.toWaypoint());
            }
        });
    }

    private void giveUpWithClient(Future<?> opening) {
        ChannelFutureListener left = _ -> opening.cancel(false);
        client.closeFuture().addListener(left);
        opening.addListener(_ -> client.closeFuture().removeListener(left));
    }

    /**
     * Who is at the other end is known only when the inner tunnel is there, so the connection counts as opened from then on;
     * one that fails before, by the gateway's name.
     */
    private void openAcross(Route.Across route) {
        flow.nextHop = route.hbone();
        flow.destinationWorkload = route.gateway().workload();
        flow.destinationIdentity = WorkloadIdentity.of(route.gateway().workload());
        flow.sourceIdentity = WorkloadIdentity.of(workload);
        flow.hboneTarget = route.authority();
        flow.acrossNetworks = true;
        withTls(tls -> {
            HboneTarget outer = target(tls, route.gateway(), route.hbone(), route.authority(), route.service());
            HboneTarget inner = outer.inside(
                    Set.copyOf(route.beyond().serviceIdentities()),
                    TunnelHeaders.inside(outer.headers(), workload.getNetwork()));
            Future<InnerTunnel> opening = pool.connectThrough(outer, inner, client.eventLoop());
            giveUpWithClient(opening);
            opening.addListener(_ -> {
                if (opening.isSuccess()) {
                    answeredFromAfar(opening.getNow());
                } else {
                    flow.opened();
                    tried.add(route.beyond().workload().getUid());
                    failed(opening.cause(), route.gateway(), route.toWaypoint());
                }
            });
        });
    }

    private void answeredFromAfar(InnerTunnel tunnel) {
        flow.destinationIdentity = tunnel.peer();
        if (node.features().baggage() && !tunnel.baggage().isEmpty()) {
            flow.destinationWorkload = Baggage.parse(tunnel.baggage());
        }
        flow.opened();
        relay(tunnel.channel());
    }

    private void failed(Throwable why, @Nullable Upstream hop, boolean waypoint) {
        if (hop != null && client.isActive() && isWorthAnother(why)) {
            tried.add(hop.workload().getUid());
            Route next = route();
            if (!(next instanceof Route.Refused) && !tried.contains(hopOf(next)) && tried.size() < MAX_ATTEMPTS) {
                follow(next);
                return;
            }
            if (waits < (waypoint ? MAX_WAITS : MAX_WAITS_FOR_ENDPOINT)) {
                waitForNews();
                return;
            }
        }
        end(ResponseFlag.of(why), why.getMessage());
    }

    /**
     * A waypoint that has just gone is replaced, or the index says to go without it, within moments; the client rather
     * waits for that than fails.
     */
    private void waitForNews() {
        waits++;
        tried.clear();
        client.eventLoop()
                .schedule(
                        () -> {
                            if (client.isActive()) {
                                follow(route());
                            } else {
                                end(ResponseFlag.NONE, "the client left while its waypoint or endpoint was away");
                            }
                        },
                        WAIT.toMillis(),
                        TimeUnit.MILLISECONDS);
    }

    /** A refusal by policy would be repeated elsewhere; all else may be this endpoint's own trouble. */
    private static boolean isWorthAnother(Throwable why) {
        return !(why instanceof HboneException e)
                || e.reason() != HboneException.Reason.STATUS
                || e.status() == HTTP_UNAVAILABLE;
    }

    private static String hopOf(Route route) {
        return switch (route) {
            case Route.Tunnel tunnel -> tunnel.hop().workload().getUid();
            case Route.Direct direct ->
                direct.target() == null ? "" : direct.target().workload().getUid();
            case Route.Across across -> across.gateway().workload().getUid();
            case Route.Named named -> named.hop().workload().getUid();
            case Route.Refused refused -> "";
            case Route.Undecided undecided -> "";
        };
    }

    private void relay(DuplexChannel upstream) {
        greeting.established(client);
        Relay.join(client, upstream, flow.received(), flow.sent(), failure -> {
            if (failure instanceof HboneException) {
                flow.closed(ResponseFlag.of(failure), failure.getMessage());
            } else {
                flow.closed(ResponseFlag.NONE, null);
            }
        });
    }

    private void end(ResponseFlag flag, @Nullable String error) {
        flow.closed(flag, error);
        greeting.failed(client);
    }
}

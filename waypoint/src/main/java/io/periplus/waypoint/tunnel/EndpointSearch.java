package io.periplus.waypoint.tunnel;

import io.netty.channel.Channel;
import io.netty.channel.socket.DuplexChannel;
import io.netty.util.concurrent.Future;
import io.periplus.api.SpiffeId;
import io.periplus.dataplane.policy.Decision;
import io.periplus.waypoint.exchange.Backoff;
import io.periplus.waypoint.exchange.ClientConnection;
import io.periplus.waypoint.exchange.ConnectionPolicies;
import io.periplus.waypoint.exchange.LocalReply;
import io.periplus.waypoint.exchange.LoopServices;
import io.periplus.waypoint.exchange.Patience;
import io.periplus.waypoint.mesh.Destination;
import io.periplus.waypoint.mesh.MeshSnapshot;
import io.periplus.waypoint.route.NoRoute;
import io.periplus.waypoint.route.Route;
import io.periplus.waypoint.route.WeightedBackend;
import io.periplus.waypoint.upstream.Choice;
import io.periplus.waypoint.upstream.DynamicHosts;
import io.periplus.waypoint.upstream.Host;
import io.periplus.waypoint.upstream.OverflowException;
import io.periplus.waypoint.upstream.balance.Candidate;
import io.periplus.waypoint.upstream.balance.Pick;
import io.periplus.waypoint.upstream.policy.HashKey;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Finds the endpoint of a connection that was admitted: its policies, its route, and endpoint after endpoint, in the number
 * and time that nothing delivered yet allows.
 *
 * <pre>
 * judge -> route -> choose -> judge -> connect -> connected
 *                     ^                   '-> failed -> pause -'
 *                     '------ patience: an endpoint has just gone
 * </pre>
 */
final class EndpointSearch implements Pick {
    private static final int RETRIES_MAX = 2;

    /** Takes what was found. */
    interface Outcome {
        /** @param idles whether the service itself says how long nothing may pass */
        void connected(DuplexChannel upstream, boolean idles);

        void refused();
    }

    private final LoopServices services;
    private final ClientConnection client;
    private final Channel downstream;
    private final ConnectionRecord record;
    private final ConnectionPolicies judgement;
    private final Outcome outcome;
    private final Patience patience = new Patience();

    /** What is known by the attempt that is made now. */
    private MeshSnapshot mesh;

    private List<Candidate> tried = List.of();
    private int retries;

    /** @param mesh what the connection was admitted with */
    EndpointSearch(
            LoopServices services,
            ClientConnection client,
            Channel downstream,
            ConnectionRecord record,
            MeshSnapshot mesh,
            Outcome outcome) {
        this.services = services;
        this.client = client;
        this.downstream = downstream;
        this.record = record;
        this.judgement = new ConnectionPolicies(client);
        this.mesh = mesh;
        this.outcome = outcome;
    }

    void begin() {
        record.marked(judgement.marks(mesh));
        if (judgement.judge(mesh) instanceof Decision.Denied denied) {
            refused("", LocalReply.of(denied).details());
            return;
        }
        SpiffeId peer = client.peer();
        String clientNamespace = peer == null ? null : peer.namespace();
        switch (services.routes().get().connection(client.destination(), clientNamespace, client.serverName())) {
            case NoRoute none -> refused("NR", "route_not_found");
            case Route found -> follow(found);
        }
    }

    private void follow(Route found) {
        WeightedBackend turn = found.backends().next();
        Destination target = turn == null ? null : turn.backend().resolve(mesh.index(), client.destination());
        if (target == null) {
            refused("NC", "cluster_not_found");
            return;
        }
        record.target(target);
        if (DynamicHosts.areOutside(mesh.index(), target, client.serverName())) {
            refused("NR", "route_not_found");
        } else {
            attempt(target);
        }
    }

    private void attempt(Destination target) {
        switch (services.clusters().choose(mesh, target, this)) {
            case Choice.Chosen(Host host) -> attempt(host, target);
            case Choice.NoneHealthy none -> {
                if (!awaitsNews(services.clusters().changedLately(target), target)) {
                    refused("UH", "no_healthy_upstream");
                }
            }
            case Choice.Overflow full -> refused("UO", "overflow");
        }
    }

    private void attempt(Host chosen, Destination target) {
        record.backend(chosen.backend());
        record.marked(judgement.marks(chosen.backend(), mesh));
        if (judgement.judge(chosen.backend(), mesh) instanceof Decision.Denied denied) {
            refused("", LocalReply.of(denied).details());
            return;
        }
        chosen.begin();
        chosen.connect(chosen.key("", client.remoteAddress(), client.destination()))
                .addListener((Future<Channel> connected) -> connected(chosen, target, connected));
    }

    private void connected(Host chosen, Destination target, Future<Channel> connected) {
        if (connected.isSuccess()) {
            DuplexChannel upstream = (DuplexChannel) connected.getNow();
            record.connected((InetSocketAddress) upstream.localAddress());
            chosen.reached(System.nanoTime());
            upstream.closeFuture().addListener(_ -> chosen.end());
            outcome.connected(upstream, chosen.settings().pool().tcpIdle() != null);
            return;
        }
        chosen.end();
        record.transportFailure(String.valueOf(connected.cause().getMessage()));
        if (connected.cause() instanceof OverflowException) {
            refused("UO", "overflow");
        } else if (retries < RETRIES_MAX && downstream.isActive()) {
            retries++;
            List<Candidate> all = new ArrayList<>(tried);
            all.add(chosen);
            tried = all;
            attemptIn(Backoff.millis(services.clusters().hasUntried(target, this), retries), target);
        } else if (!downstream.isActive() || !awaitsNews(Patience.isExpected(chosen), target)) {
            refused(retries > 0 ? "UF,URX" : "UF", "");
        }
    }

    /** Nothing was delivered, so the connection rather waits for an endpoint whose coming is expected than fails. */
    private boolean awaitsNews(boolean expected, Destination target) {
        if (!patience.lasts(expected)) {
            return false;
        }
        tried = List.of();
        attemptIn(Patience.LOOK_AGAIN_MS, target);
        return true;
    }

    private void attemptIn(long millis, Destination target) {
        services.loop()
                .schedule(
                        () -> {
                            if (downstream.isActive()) {
                                mesh = services.mesh().snapshot();
                                attempt(target);
                            } else {
                                refused("DC", "downstream_remote_disconnect");
                            }
                        },
                        millis,
                        TimeUnit.MILLISECONDS);
    }

    private void refused(String why, String because) {
        record.stopped(why, because);
        outcome.refused();
    }

    @Override
    public boolean isTried(Candidate candidate) {
        return tried.contains(candidate);
    }

    @Override
    public String host() {
        return client.serverName();
    }

    @Override
    public @Nullable String hashed(HashKey key) {
        return key instanceof HashKey.SourceIp ? client.attributes().source().toString() : null;
    }
}

package io.periplus.waypoint.tunnel;

import io.netty.channel.Channel;
import io.netty.channel.socket.DuplexChannel;
import io.netty.util.concurrent.Future;
import io.periplus.api.SpiffeId;
import io.periplus.dataplane.net.Held;
import io.periplus.dataplane.net.Relay;
import io.periplus.dataplane.policy.CompiledPolicy;
import io.periplus.dataplane.policy.Decision;
import io.periplus.dataplane.policy.Marks;
import io.periplus.waypoint.exchange.Backoff;
import io.periplus.waypoint.exchange.ClientConnection;
import io.periplus.waypoint.exchange.ConnectionGate;
import io.periplus.waypoint.exchange.ConnectionPolicies;
import io.periplus.waypoint.exchange.IdleCheck;
import io.periplus.waypoint.exchange.LocalReply;
import io.periplus.waypoint.exchange.LoopServices;
import io.periplus.waypoint.exchange.Patience;
import io.periplus.waypoint.mesh.Destination;
import io.periplus.waypoint.mesh.MeshSnapshot;
import io.periplus.waypoint.route.NoRoute;
import io.periplus.waypoint.route.Route;
import io.periplus.waypoint.route.WeightedBackend;
import io.periplus.waypoint.telemetry.ConnectionReport;
import io.periplus.waypoint.telemetry.Parties;
import io.periplus.waypoint.upstream.Backend;
import io.periplus.waypoint.upstream.Choice;
import io.periplus.waypoint.upstream.DynamicHosts;
import io.periplus.waypoint.upstream.Host;
import io.periplus.waypoint.upstream.OverflowException;
import io.periplus.waypoint.upstream.balance.Candidate;
import io.periplus.waypoint.upstream.balance.Pick;
import io.periplus.waypoint.upstream.policy.HashKey;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A connection whose bytes pass as they are: judged as TCP, an endpoint chosen and judged, another tried if that one
 * cannot be reached, then joined. A refusal resets the client's connection, with no byte delivered.
 */
public final class TcpExchange implements Pick {
    private static final long LOOK_MS = 100;
    private static final int RETRIES_MAX = 2;

    /** Where the service's own settings do not say how long nothing may pass. */
    private static final Duration IDLE = Duration.ofHours(1);

    /** How often metrics hear of the bytes of an open connection. */
    private static final int MOVED_SECONDS = 5;

    /** Takes the outcome of {@link #open}. */
    interface Outcome {
        /** An endpoint is reached: {@link #join} it or {@link #abandon} it. */
        void connected(DuplexChannel upstream);

        /** There is none, or none is allowed: {@link #refuse} the client, now or later. */
        void refused();
    }

    private final LoopServices services;
    private final ClientConnection client;
    private final DuplexChannel downstream;
    /** What the connection was admitted with. */
    private final MeshSnapshot mesh;

    /** What is known by the attempt that is made now. */
    private MeshSnapshot newest;

    private final ConnectionPolicies judgement;
    private final Patience patience = new Patience();
    private final long startMillis = System.currentTimeMillis();
    private final long startNanos = System.nanoTime();
    private List<Candidate> tried = List.of();
    private @Nullable Backend backend;
    private @Nullable Destination routed;
    private @Nullable InetSocketAddress upstreamLocal;
    private long received;
    private long sent;
    private long toldReceived;
    private long toldSent;
    /** The CUSTOM policies for which the connection was admitted. */
    private List<CompiledPolicy> custom = List.of();

    /** Whether somebody is asked about it still. */
    private boolean waiting;

    /** Whether the connection to the endpoint ends by itself when nothing passes, or never does. */
    private boolean limitsItself;

    private int retries;
    private String flags = "";
    private String details = "";
    private String transportFailure = "";
    private @Nullable Marks marks;

    TcpExchange(LoopServices services, ClientConnection client, DuplexChannel downstream) {
        this.services = services;
        this.client = client;
        this.downstream = downstream;
        this.mesh = services.mesh().snapshot();
        this.newest = mesh;
        this.judgement = new ConnectionPolicies(client);
    }

    /** Takes over a client's channel; what it sends meanwhile is kept. */
    public static void begin(LoopServices services, ClientConnection client, DuplexChannel downstream) {
        Held.hold(downstream);
        TcpExchange exchange = new TcpExchange(services, client, downstream);
        exchange.open(new Outcome() {
            @Override
            public void connected(DuplexChannel upstream) {
                exchange.join(upstream);
            }

            @Override
            public void refused() {
                exchange.refuse();
            }
        });
        exchange.lookForEnd(LOOK_MS);
    }

    /**
     * While somebody is asked: the end of a client shows only once everything was read that it sent before. What is read is
     * kept, a dozen rounds of it at the most, as each comes after twice the time of the one before.
     */
    private void lookForEnd(long nextMillis) {
        if (waiting && downstream.isActive()) {
            downstream.read();
            services.loop().schedule(() -> lookForEnd(2 * nextMillis), nextMillis, TimeUnit.MILLISECONDS);
        }
    }

    /** Everything up to the connection to an endpoint, in order. */
    void open(Outcome outcome) {
        custom = ConnectionGate.policies(client, mesh);
        waiting = true;
        Admission admission = new Admission(outcome);
        Runnable leave = services.gates().connections().enter(services, client, mesh, admission);
        if (waiting) {
            downstream.closeFuture().addListener(_ -> admission.left(leave));
        }
    }

    /** What external authorizers say of the connection. */
    private final class Admission implements ConnectionGate.Passage {
        private final Outcome outcome;

        private Admission(Outcome outcome) {
            this.outcome = outcome;
        }

        @Override
        public void pass() {
            waiting = false;
            admitted(outcome);
        }

        @Override
        public void refuse(String why, String because) {
            waiting = false;
            refused(outcome, why, because);
        }

        private void left(Runnable leave) {
            if (waiting) {
                leave.run();
                refuse("DC", "downstream_remote_disconnect");
            }
        }
    }

    private void admitted(Outcome outcome) {
        Destination addressed = client.destination();
        marks = judgement.marks(mesh);
        if (judgement.judge(mesh) instanceof Decision.Denied denied) {
            refused(outcome, "", detailsOf(denied));
            return;
        }
        switch (services.routes().get().connection(addressed, clientNamespace(), client.serverName())) {
            case NoRoute none -> refused(outcome, "NR", "route_not_found");
            case Route found -> follow(found, addressed, outcome);
        }
    }

    private @Nullable String clientNamespace() {
        SpiffeId peer = client.peer();
        return peer == null ? null : peer.namespace();
    }

    private void follow(Route found, Destination addressed, Outcome outcome) {
        WeightedBackend turn = found.backends().next();
        Destination target = turn == null ? null : turn.backend().resolve(mesh.index(), addressed);
        routed = target;
        if (target == null) {
            refused(outcome, "NC", "cluster_not_found");
        } else if (DynamicHosts.areOutside(mesh.index(), target, client.serverName())) {
            refused(outcome, "NR", "route_not_found");
        } else {
            attempt(target, outcome);
        }
    }

    private void attempt(Destination target, Outcome outcome) {
        switch (services.clusters().choose(newest, target, this)) {
            case Choice.Chosen(Host host) -> attempt(host, target, outcome);
            case Choice.NoneHealthy none -> {
                if (!awaitsNews(services.clusters().changedLately(target), target, outcome)) {
                    refused(outcome, "UH", "no_healthy_upstream");
                }
            }
            case Choice.Overflow full -> refused(outcome, "UO", "overflow");
        }
    }

    /** Nothing was delivered, so the connection rather waits for an endpoint whose coming is expected than fails. */
    private boolean awaitsNews(boolean expected, Destination target, Outcome outcome) {
        if (!patience.lasts(expected)) {
            return false;
        }
        tried = List.of();
        attemptIn(Patience.LOOK_AGAIN_MS, target, outcome);
        return true;
    }

    private void attemptIn(long millis, Destination target, Outcome outcome) {
        services.loop()
                .schedule(
                        () -> {
                            if (downstream.isActive()) {
                                newest = services.mesh().snapshot();
                                attempt(target, outcome);
                            } else {
                                refused(outcome, "DC", "downstream_remote_disconnect");
                            }
                        },
                        millis,
                        TimeUnit.MILLISECONDS);
    }

    private void attempt(Host chosen, Destination target, Outcome outcome) {
        backend = chosen.backend();
        marks = Marks.both(marks, judgement.marks(chosen.backend(), newest));
        if (judgement.judge(chosen.backend(), newest) instanceof Decision.Denied denied) {
            refused(outcome, "", detailsOf(denied));
            return;
        }
        chosen.begin();
        chosen.connect(chosen.key("", client.remoteAddress(), client.destination()))
                .addListener((Future<Channel> connected) -> connected(chosen, target, connected, outcome));
    }

    private static String detailsOf(Decision.Denied denied) {
        return LocalReply.of(denied).details();
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

    private void connected(Host chosen, Destination target, Future<Channel> connected, Outcome outcome) {
        if (connected.isSuccess()) {
            DuplexChannel upstream = (DuplexChannel) connected.getNow();
            upstreamLocal = (InetSocketAddress) upstream.localAddress();
            limitsItself = chosen.settings().pool().tcpIdle() != null;
            chosen.reached(System.nanoTime());
            upstream.closeFuture().addListener(_ -> chosen.end());
            outcome.connected(upstream);
            return;
        }
        chosen.end();
        transportFailure = String.valueOf(connected.cause().getMessage());
        if (connected.cause() instanceof OverflowException) {
            refused(outcome, "UO", "overflow");
        } else if (retries < RETRIES_MAX && downstream.isActive()) {
            retries++;
            List<Candidate> all = new ArrayList<>(tried);
            all.add(chosen);
            tried = all;
            attemptIn(Backoff.millis(services.clusters().hasUntried(target, this), retries), target, outcome);
        } else if (!downstream.isActive() || !awaitsNews(Patience.isExpected(chosen), target, outcome)) {
            refused(outcome, retries > 0 ? "UF,URX" : "UF", "");
        }
    }

    private void refused(Outcome outcome, String why, String because) {
        flags = why;
        details = because;
        outcome.refused();
    }

    /** Passes bytes from here on, until both sides have ended. */
    void join(DuplexChannel upstream) {
        if (!downstream.isActive()) {
            upstream.close();
            flags = "DC";
            details = "downstream_remote_disconnect";
            refuse();
            return;
        }
        services.telemetry().opened(report());
        var timer =
                services.loop().scheduleAtFixedRate(this::tellMoved, MOVED_SECONDS, MOVED_SECONDS, TimeUnit.SECONDS);
        if (!limitsItself) {
            IdleCheck.watch(downstream, IDLE, () -> received + sent);
        }
        Runnable judgement = this::judgeAgain;
        services.standing().add(judgement);
        Relay.join(downstream, upstream, bytes -> received += bytes, bytes -> sent += bytes, failure -> {
            timer.cancel(false);
            services.standing().remove(judgement);
            tellMoved();
            flags = failure == null ? "" : "UC";
            services.telemetry().ended(report());
        });
        if (services.mesh().policies().current() != mesh.policies()) {
            judgeAgain();
        }
    }

    /** What was allowed when the connection was opened may be so no longer. */
    private void judgeAgain() {
        MeshSnapshot now = services.mesh().snapshot();
        Backend used = backend;
        Decision decision = judgement.judge(now);
        if (decision instanceof Decision.Allowed && used != null) {
            decision = judgement.judge(used, now);
        }
        if (decision instanceof Decision.Denied denied) {
            details = detailsOf(denied);
            downstream.close();
        } else {
            askAgain(now);
        }
    }

    /** Authorizers are asked again where other policies want them to be. */
    private void askAgain(MeshSnapshot now) {
        List<CompiledPolicy> present = ConnectionGate.policies(client, now);
        if (present.equals(custom)) {
            return;
        }
        custom = present;
        services.gates().connections().enter(services, client, now, new ConnectionGate.Passage() {
            @Override
            public void pass() {
                // It goes on as it is.
            }

            @Override
            public void refuse(String why, String because) {
                details = because;
                downstream.close();
            }
        });
    }

    private void tellMoved() {
        long newlyReceived = received - toldReceived;
        long newlySent = sent - toldSent;
        if (newlyReceived + newlySent > 0) {
            services.telemetry().moved(report(), newlyReceived, newlySent);
            toldReceived = received;
            toldSent = sent;
        }
    }

    /** The endpoint is not needed after all. */
    void abandon(DuplexChannel upstream) {
        upstream.close();
    }

    /** Resets the client's connection, which counts as one that was opened. */
    void refuse() {
        ConnectionReport report = report();
        services.telemetry().opened(report);
        services.telemetry().ended(report);
        downstream.close();
    }

    private ConnectionReport report() {
        Parties parties = new Parties(
                client.peer(),
                mesh.index().workloadAt(client.network(), client.attributes().source()),
                client.remoteAddress(),
                client.localAddress(),
                client.destination(),
                routed == null ? client.destination() : routed,
                backend,
                client.serverName());
        return new ConnectionReport(
                parties,
                startMillis,
                System.nanoTime() - startNanos,
                flags,
                details,
                transportFailure,
                received,
                sent,
                upstreamLocal,
                marks);
    }
}

package io.periplus.waypoint.tunnel;

import io.netty.channel.socket.DuplexChannel;
import io.periplus.dataplane.net.Held;
import io.periplus.dataplane.net.Relay;
import io.periplus.dataplane.policy.CompiledPolicy;
import io.periplus.dataplane.policy.Decision;
import io.periplus.dataplane.policy.PolicySet;
import io.periplus.waypoint.exchange.ClientConnection;
import io.periplus.waypoint.exchange.ConnectionGate;
import io.periplus.waypoint.exchange.ConnectionPolicies;
import io.periplus.waypoint.exchange.IdleCheck;
import io.periplus.waypoint.exchange.LocalReply;
import io.periplus.waypoint.exchange.LoopServices;
import io.periplus.waypoint.mesh.MeshSnapshot;
import io.periplus.waypoint.upstream.Backend;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A connection whose bytes pass as they are: admitted by whom policies want to be asked, brought to an endpoint
 * ({@link EndpointSearch}), then joined with it, and judged again while it stands. A refusal resets the client's connection,
 * with no byte delivered.
 */
public final class TcpExchange {
    private static final long LOOK_MS = 100;

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
    private final ConnectionPolicies judgement;
    private final ConnectionRecord record;

    /** What the connection is admitted with; null once it stands, as it would hold on to what others have forgotten. */
    private @Nullable MeshSnapshot admission;

    /** The CUSTOM policies for which the connection was admitted. */
    private List<CompiledPolicy> custom = List.of();

    /** Whether somebody is asked about it still. */
    private boolean waiting;

    /** Whether the connection to the endpoint ends by itself when nothing passes, or never does. */
    private boolean idles;

    TcpExchange(LoopServices services, ClientConnection client, DuplexChannel downstream) {
        this.services = services;
        this.client = client;
        this.downstream = downstream;
        this.judgement = new ConnectionPolicies(client);
        MeshSnapshot mesh = services.mesh().snapshot();
        this.record = new ConnectionRecord(services.telemetry(), client, mesh.index());
        this.admission = mesh;
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

    /** Everything up to the connection to an endpoint, in order. Once. */
    void open(Outcome outcome) {
        MeshSnapshot mesh = admission;
        if (mesh == null) {
            throw new IllegalStateException("opened already");
        }
        custom = ConnectionGate.policies(client, mesh);
        waiting = true;
        Admission asked = new Admission(outcome);
        Runnable leave = services.gates().connections().enter(services, client, mesh, asked);
        if (waiting) {
            downstream.closeFuture().addListener(_ -> asked.left(leave));
        }
    }

    /** What external authorizers say of the connection, and what was found after they agreed. */
    private final class Admission implements ConnectionGate.Passage, EndpointSearch.Outcome {
        private final Outcome outcome;

        private Admission(Outcome outcome) {
            this.outcome = outcome;
        }

        @Override
        public void pass() {
            waiting = false;
            MeshSnapshot mesh = admission;
            if (mesh != null) {
                new EndpointSearch(services, client, downstream, record, mesh, this).begin();
            }
        }

        @Override
        public void refuse(String why, String because) {
            waiting = false;
            record.stopped(why, because);
            outcome.refused();
        }

        @Override
        public void connected(DuplexChannel upstream, boolean limited) {
            idles = limited;
            outcome.connected(upstream);
        }

        @Override
        public void refused() {
            outcome.refused();
        }

        private void left(Runnable leave) {
            if (waiting) {
                leave.run();
                refuse("DC", "downstream_remote_disconnect");
            }
        }
    }

    /** Passes bytes from here on, until both sides have ended. */
    void join(DuplexChannel upstream) {
        if (!downstream.isActive()) {
            upstream.close();
            record.stopped("DC", "downstream_remote_disconnect");
            refuse();
            return;
        }
        record.opened();
        var timer =
                services.loop().scheduleAtFixedRate(record::tellMoved, MOVED_SECONDS, MOVED_SECONDS, TimeUnit.SECONDS);
        if (!idles) {
            IdleCheck.watch(downstream, IDLE, record::bytes);
        }
        Runnable judgement = this::judgeAgain;
        services.standing().add(judgement);
        Relay.join(downstream, upstream, record::received, record::sent, failure -> {
            timer.cancel(false);
            services.standing().remove(judgement);
            record.ended(failure != null);
        });
        PolicySet admittedBy = admission == null ? null : admission.policies();
        admission = null;
        if (services.mesh().policies().current() != admittedBy) {
            judgeAgain();
        }
    }

    /** What was allowed when the connection was opened may be so no longer. */
    private void judgeAgain() {
        MeshSnapshot now = services.mesh().snapshot();
        Backend used = record.backend();
        Decision decision = judgement.judge(now);
        if (decision instanceof Decision.Allowed && used != null) {
            decision = judgement.judge(used, now);
        }
        if (decision instanceof Decision.Denied denied) {
            end(LocalReply.of(denied).details());
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
                end(because);
            }
        });
    }

    private void end(String because) {
        record.stopped("", because);
        downstream.close();
    }

    /** The endpoint is not needed after all. */
    void abandon(DuplexChannel upstream) {
        upstream.close();
    }

    /** Resets the client's connection. */
    void refuse() {
        record.refused();
        downstream.close();
    }
}

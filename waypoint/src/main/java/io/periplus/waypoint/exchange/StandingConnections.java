package io.periplus.waypoint.exchange;

import io.netty.channel.EventLoop;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Connections of one event loop that were judged once and then pass bytes for as long as they like: they are judged again
 * when policies or workloads change.
 */
public final class StandingConnections {
    /** Changes come in bursts; one judgement follows several. */
    private static final int DELAY_MS = 100;

    private final EventLoop loop;
    private final Set<Runnable> judgements = new LinkedHashSet<>();
    private final AtomicBoolean due = new AtomicBoolean();

    public StandingConnections(EventLoop loop) {
        this.loop = loop;
    }

    /** @param judgement ends the connection if it is not allowed any more; called on the event loop */
    public void add(Runnable judgement) {
        judgements.add(judgement);
    }

    /** The connection has ended. */
    public void remove(Runnable judgement) {
        judgements.remove(judgement);
    }

    /** Something changed; to be called on any thread. */
    public void judgeSoon() {
        if (!loop.isShuttingDown() && due.compareAndSet(false, true)) {
            loop.schedule(this::judge, DELAY_MS, TimeUnit.MILLISECONDS);
        }
    }

    private void judge() {
        due.set(false);
        List.copyOf(judgements).forEach(Runnable::run);
    }
}

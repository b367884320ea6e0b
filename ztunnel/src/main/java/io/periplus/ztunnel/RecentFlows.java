package io.periplus.ztunnel;

import io.netty.util.concurrent.FastThreadLocal;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Remembers the last connections of each event loop, and the last failed ones apart, so that they do not drown among the
 * others; passes on what it hears. A connection's {@link Flow} is what is kept: nothing is allocated or copied.
 */
final class RecentFlows implements FlowLog {
    /** Of either kind and loop: about what people scroll through. */
    private static final int SIZE = 128;

    /** The newest of a loop, which alone writes and reads it. */
    private static final class Ring {
        private final @Nullable Flow[] flows = new Flow[SIZE];
        private int next;

        void add(Flow flow) {
            flows[next] = flow;
            next = (next + 1) % SIZE;
        }

        void into(Set<Flow> all) {
            for (Flow flow : flows) {
                if (flow != null) {
                    all.add(flow);
                }
            }
        }
    }

    private record OfLoop(Ring all, Ring failed) {}

    private final FastThreadLocal<OfLoop> ofLoop = new FastThreadLocal<>() {
        @Override
        protected OfLoop initialValue() {
            return new OfLoop(new Ring(), new Ring());
        }
    };

    private final FlowLog next;

    /** @param next hears everything too */
    RecentFlows(FlowLog next) {
        this.next = next;
    }

    @Override
    public Meter opened(Flow flow) {
        ofLoop.get().all.add(flow);
        return next.opened(flow);
    }

    @Override
    public void completed(Flow flow, @Nullable String error) {
        if (error != null) {
            ofLoop.get().failed.add(flow);
        }
        next.completed(flow, error);
    }

    @Override
    public void failed(Flow flow, String error) {
        OfLoop own = ofLoop.get();
        own.all.add(flow);
        own.failed.add(flow);
        next.failed(flow, error);
    }

    @Override
    public void socketOpened(Flow.Reporter reporter) {
        next.socketOpened(reporter);
    }

    @Override
    public void socketClosed(Flow.Reporter reporter) {
        next.socketClosed(reporter);
    }

    /** What the calling event loop remembers, in no particular order. */
    List<Flow> ofThisLoop() {
        Set<Flow> all = new LinkedHashSet<>();
        ofLoop.get().all.into(all);
        ofLoop.get().failed.into(all);
        return new ArrayList<>(all);
    }
}

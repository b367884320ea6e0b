package io.periplus.waypoint.limit;

import io.periplus.waypoint.exchange.Gate;
import io.periplus.waypoint.exchange.LocalReply;
import io.periplus.waypoint.exchange.RequestContext;
import io.periplus.waypoint.limit.bucket.Counters;
import io.periplus.waypoint.limit.bucket.Counters.Taken;
import io.periplus.waypoint.limit.remote.Standing;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Counts requests down after they were routed: first by the counters of this proxy, then by backends. A request that is
 * refused counts in no limit. One for each event loop, as it keeps what it needs between requests.
 */
public final class LimitGate implements Gate {
    private static final LocalReply UNUSABLE = new LocalReply(500, "", "", "rate_limit_policy_unusable");

    private final LimitStore store;
    private final LongSupplier clock;
    private final List<Taken> taken = new ArrayList<>();
    private final List<Limit> counted = new ArrayList<>();
    private @Nullable Limit nearest;
    private long nearestLeft;
    private double nearestShare;

    /** @param clock nanoseconds since some time before, never negative */
    public LimitGate(LimitStore store, LongSupplier clock) {
        this.store = store;
        this.clock = clock;
    }

    /** A clock that starts with the process. */
    public static LongSupplier processClock() {
        long start = System.nanoTime();
        return () -> System.nanoTime() - start;
    }

    @Override
    public void enter(RequestContext request, Passage passage) {
        LimitSet limits = store.table().find(request);
        if (limits == LimitSet.NONE) {
            passage.pass();
        } else if (!limits.unusable().isEmpty()) {
            passage.refuse(UNUSABLE);
        } else if (passesHere(limits.local(), request, passage)) {
            if (limits.remote().isEmpty()) {
                allowed();
                tell(request);
                passage.pass();
            } else {
                inquiry(limits, request, passage).begin();
            }
        }
    }

    /** Takes from every counter of this proxy, or answers and takes from none. */
    private boolean passesHere(List<Limit> limits, RequestContext request, Passage passage) {
        counted.clear();
        nearest = null;
        nearestShare = Double.MAX_VALUE;
        long now = clock.getAsLong();
        for (int i = 0; i < limits.size(); i++) {
            Limit limit = limits.get(i);
            Counters counters = limit.counters();
            if (counters == null || !limit.counts(request)) {
                continue;
            }
            Taken own = slot(counted.size());
            long left = counters.take(limit.keys().of(request), limit.cost(), now, own);
            if (own.isShared()) {
                limit.outcomes().overflow().increment();
            }
            if (left >= 0) {
                counted.add(limit);
                note(limit, counters, left);
            } else if (limit.policy().dryRun()) {
                limit.outcomes().dryRunLimited().increment();
            } else {
                for (int before = 0; before < counted.size(); before++) {
                    taken.get(before).giveBack();
                }
                limit.outcomes().limited().increment();
                passage.refuse(limit.limited(), new Refusal(limit, Standing.of(counters.rate(), left), List.of()));
                return false;
            }
        }
        return true;
    }

    private Taken slot(int at) {
        if (at == taken.size()) {
            taken.add(new Taken());
        }
        return taken.get(at);
    }

    private void note(Limit limit, Counters counters, long left) {
        double share = (double) left / counters.rate().toleranceNanos();
        if (share < nearestShare && !limit.policy().dryRun()) {
            nearest = limit;
            nearestLeft = left;
            nearestShare = share;
        }
    }

    private void allowed() {
        for (int i = 0; i < counted.size(); i++) {
            counted.get(i).outcomes().allowed().increment();
        }
    }

    private void tell(RequestContext request) {
        Limit limit = nearest;
        if (limit != null && limit.policy().tellsAlways() && limit.counters() != null) {
            request.onAnswer(new LimitFields(limit, Standing.of(limit.counters().rate(), nearestLeft)));
        }
    }

    private Inquiry inquiry(LimitSet limits, RequestContext request, Passage passage) {
        List<Taken> kept = new ArrayList<>(counted.size());
        for (int i = 0; i < counted.size(); i++) {
            kept.add(slot(i).copy());
        }
        Inquiry inquiry = new Inquiry(request, passage, limits.remote(), List.copyOf(counted), kept);
        Limit limit = nearest;
        if (limit != null && limit.counters() != null) {
            inquiry.note(limit, Standing.of(limit.counters().rate(), nearestLeft));
        }
        return inquiry;
    }
}

package io.periplus.waypoint.route;

import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The backends of a rule and whose turn it is. Turns follow the multiples of the golden ratio, whose fractions fill every
 * stretch of the line in proportion from the first few on (Weyl's equidistribution): shares are exact to a few requests, not
 * only in the mean, and nothing but the number of the turn is remembered. Shared by all event loops.
 */
public final class Backends {
    /** What the client addressed takes everything. */
    static final Backends AS_ADDRESSED =
            new Backends(List.of(new WeightedBackend(RouteBackend.AS_ADDRESSED, 1, Filters.NONE)));

    /** 2⁶⁴ divided by the golden ratio. */
    private static final long STEP = 0x9E3779B97F4A7C15L;

    private final List<WeightedBackend> list;
    private final WeightedBackend[] all;
    private final long[] upTo;
    private final long total;
    /** Starts anywhere, so that tables that are replaced often do not favour the first backend. */
    private final AtomicLong turn = new AtomicLong(ThreadLocalRandom.current().nextLong());

    Backends(List<WeightedBackend> backends) {
        list = List.copyOf(backends);
        all = backends.toArray(WeightedBackend[]::new);
        upTo = new long[all.length];
        long sum = 0;
        for (int i = 0; i < all.length; i++) {
            sum += all[i].weight();
            upTo[i] = sum;
        }
        total = sum;
    }

    /** The backend of the next request; null when all weights are zero or there is no backend. */
    public @Nullable WeightedBackend next() {
        return at(all.length == 1 ? 0 : turn.getAndIncrement());
    }

    /** What {@link #next} would return now; takes nobody's turn. */
    public @Nullable WeightedBackend upcoming() {
        return at(turn.get());
    }

    private @Nullable WeightedBackend at(long ticket) {
        if (total == 0) {
            return null;
        }
        long position = all.length == 1 ? 0 : Math.unsignedMultiplyHigh(ticket * STEP, total);
        int i = 0;
        while (position >= upTo[i]) {
            i++;
        }
        return all[i];
    }

    /** All of them, in the order of the rule. */
    public List<WeightedBackend> all() {
        return list;
    }
}

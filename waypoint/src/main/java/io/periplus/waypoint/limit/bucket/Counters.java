package io.periplus.waypoint.limit.bucket;

import java.util.Iterator;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * The buckets of one limit, by key. Used from every event loop at the same time; a key that is known is found and counted
 * without a lock and without an object.
 *
 * <p>Keys are forgotten when their bucket is full, which is the same as never having seen them. While none such is found, keys
 * beyond the bound share one bucket: nobody gets more by inventing keys, and nobody who is limited is forgotten.
 */
public final class Counters implements AutoCloseable {
    /** Looked at for every new key of a limit that has half of what it may have. Before, keys that come back are found. */
    private static final int SWEEP = 4;

    /** Looked at for every new key when there is no room. */
    private static final int SWEEP_FULL = 64;

    /** What was taken, for giving it back. Belongs to one event loop. */
    public static final class Taken {
        private @Nullable Cell cell;
        private long cost;
        private boolean shared;

        /** Whether it was taken from the bucket of all keys that have none of their own. */
        public boolean isShared() {
            return shared;
        }

        /** Gives it back. Once. */
        public void giveBack() {
            Cell from = cell;
            cell = null;
            if (from != null) {
                from.giveBack(cost);
            }
        }

        /** The same, to be kept. */
        public Taken copy() {
            Taken copy = new Taken();
            copy.cell = cell;
            copy.cost = cost;
            copy.shared = shared;
            return copy;
        }
    }

    private final Rate rate;
    private final KeyBudget budget;
    private final Cell shared = new Cell();
    private final ConcurrentHashMap<String, Cell> cells = new ConcurrentHashMap<>();
    private final AtomicBoolean sweeping = new AtomicBoolean();
    private Iterator<Map.Entry<String, Cell>> hand = cells.entrySet().iterator();
    private volatile boolean closed;

    public Counters(Rate rate, KeyBudget budget) {
        this.rate = rate;
        this.budget = budget;
        budget.opened(this);
    }

    /**
     * Takes {@code cost} requests out of the bucket of a key.
     *
     * @param key null for a limit without one
     * @param now nanoseconds since the start of the process
     * @param taken is told what was taken; nothing when the bucket is short
     * @return what is left in it, in time; if negative, how much is missing
     */
    public long take(@Nullable String key, int cost, long now, Taken taken) {
        long nanos = rate.costNanos(cost);
        while (true) {
            Cell cell = key == null ? shared : cell(key, now);
            long left = cell.take(nanos, rate.toleranceNanos(), now);
            if (left == Cell.RETIRED && key != null) {
                forget(key, cell);
                continue;
            }
            taken.cell = left < 0 ? null : cell;
            taken.cost = nanos;
            taken.shared = key != null && cell == shared;
            return left;
        }
    }

    /** The rate of every bucket. */
    public Rate rate() {
        return rate;
    }

    private Cell cell(String key, long now) {
        Cell known = cells.get(key);
        return known != null ? known : added(key, now);
    }

    private Cell added(String key, long now) {
        if (cells.mappingCount() >= budget.mostOfOne() / 2) {
            sweep(now, SWEEP);
        }
        if (!hasRoom()) {
            sweep(now, SWEEP_FULL);
            budget.sweep(now, SWEEP_FULL);
            if (!hasRoom()) {
                return shared;
            }
        }
        if (!budget.acquire()) {
            return shared;
        }
        Cell fresh = new Cell();
        Cell present = cells.putIfAbsent(key, fresh);
        if (present != null) {
            budget.release();
            return present;
        }
        if (closed) {
            forget(key, fresh);
        }
        return fresh;
    }

    private boolean hasRoom() {
        return !closed && cells.mappingCount() < budget.mostOfOne() && budget.used() < budget.most();
    }

    private void forget(String key, Cell cell) {
        if (cells.remove(key, cell)) {
            budget.release();
        }
    }

    /** Forgets full buckets among the next {@code most}; who comes while another does it goes on. */
    void sweep(long now, int most) {
        if (!sweeping.compareAndSet(false, true)) {
            return;
        }
        try {
            for (int i = 0; i < most; i++) {
                if (!hand.hasNext()) {
                    hand = cells.entrySet().iterator();
                    if (!hand.hasNext()) {
                        return;
                    }
                }
                Map.Entry<String, Cell> next = hand.next();
                if (next.getValue().retire(now)) {
                    forget(next.getKey(), next.getValue());
                }
            }
        } finally {
            sweeping.set(false);
        }
    }

    /** Forgets everything; requests that still count here share a bucket. */
    @Override
    public void close() {
        closed = true;
        budget.closed(this);
        cells.forEach(this::forget);
    }
}

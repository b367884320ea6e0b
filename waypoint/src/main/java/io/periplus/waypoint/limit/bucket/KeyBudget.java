package io.periplus.waypoint.limit.bucket;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/** How many keys a process remembers, over all limits. A key is about 150 bytes: a hundred thousand are 15 MiB. */
public final class KeyBudget {
    /** By default. */
    public static final int KEYS_MAX = 100_000;

    private final int most;
    private final AtomicInteger used = new AtomicInteger();
    private final List<Counters> counters = new CopyOnWriteArrayList<>();

    /** @param most keys at a time; one limit gets half of them */
    public KeyBudget(int most) {
        this.most = most;
    }

    /** Keys that are remembered now. */
    public int used() {
        return used.get();
    }

    int most() {
        return most;
    }

    /** What one limit may have, so that keys which someone invents at one leave room for the others. */
    int mostOfOne() {
        return Math.max(1, most / 2);
    }

    boolean acquire() {
        int now = used.get();
        while (now < most) {
            if (used.compareAndSet(now, now + 1)) {
                return true;
            }
            now = used.get();
        }
        return false;
    }

    void release() {
        used.decrementAndGet();
    }

    void opened(Counters added) {
        counters.add(added);
    }

    void closed(Counters removed) {
        counters.remove(removed);
    }

    /** Lets every limit forget some of what it need not remember. */
    void sweep(long now, int each) {
        counters.forEach(one -> one.sweep(now, each));
    }
}

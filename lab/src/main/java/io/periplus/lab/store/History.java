package io.periplus.lab.store;

import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The latest changes of one type, so that a watch can begin at a resource version seen before. Bounded: a watcher that
 * falls further behind is told so and lists again.
 */
final class History {
    /** Enough for the gap between a list and its watch; old versions share most of their trees with new ones. */
    private static final int CAPACITY = 512;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition grown = lock.newCondition();
    private @Nullable Change[] ring = new @Nullable Change[16];
    private long first;
    private long next;
    /** Changes up to this resource version may be gone. */
    private long forgotten;

    private boolean closed;

    History(long since) {
        forgotten = since;
    }

    void add(Change change) {
        lock.lock();
        try {
            if (next - first == ring.length) {
                if (ring.length < CAPACITY) {
                    grow();
                } else {
                    Change evicted = ring[(int) (first % ring.length)];
                    forgotten = evicted == null ? forgotten : evicted.resourceVersion();
                    first++;
                }
            }
            ring[(int) (next % ring.length)] = change;
            next++;
            grown.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void grow() {
        @Nullable Change[] larger = new @Nullable Change[ring.length * 2];
        for (long i = first; i < next; i++) {
            larger[(int) (i % larger.length)] = ring[(int) (i % ring.length)];
        }
        ring = larger;
    }

    /** The first change after {@code resourceVersion}; null when none came within the time or before the end. */
    @Nullable
    Change after(long resourceVersion, long timeoutNanos) throws InterruptedException {
        long left = timeoutNanos;
        lock.lock();
        try {
            while (true) {
                if (resourceVersion < forgotten) {
                    throw expired(resourceVersion);
                }
                Change change = find(resourceVersion);
                if (change != null || left <= 0 || closed) {
                    return change;
                }
                left = grown.awaitNanos(left);
            }
        } finally {
            lock.unlock();
        }
    }

    private @Nullable Change find(long resourceVersion) {
        long low = first;
        long high = next;
        while (low < high) {
            long middle = (low + high) >>> 1;
            Change change = ring[(int) (middle % ring.length)];
            if (change != null && change.resourceVersion() <= resourceVersion) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low < next ? ring[(int) (low % ring.length)] : null;
    }

    private ApiException expired(long resourceVersion) {
        return new ApiException(
                410, "Expired", "too old resource version: " + resourceVersion + " (" + (forgotten + 1) + ")");
    }

    /** Lets every waiting watcher go. */
    void close() {
        lock.lock();
        try {
            closed = true;
            grown.signalAll();
        } finally {
            lock.unlock();
        }
    }
}

package io.periplus.controlplane;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings named things into their desired state, one after the other: a name that is queued twice is worked on once, one
 * that fails is tried again, later each time. The queue holds each name at most once.
 */
public final class Reconciler<K> implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Reconciler.class);
    private static final Duration FIRST_PAUSE = Duration.ofMillis(100);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(30);
    private static final int DOUBLINGS_MAX = 9;

    /** Does what is needed for one name; may block, may throw. */
    @FunctionalInterface
    public interface Action<K> {
        void run(K key) throws Exception;
    }

    private final String name;
    private final Action<K> action;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Map<K, Long> due = new HashMap<>();
    private final Map<K, Integer> failures = new HashMap<>();
    private final Thread worker;

    public Reconciler(String name, Action<K> action) {
        this.name = name;
        this.action = action;
        this.worker = Thread.ofVirtual().name(name).unstarted(this::work);
    }

    /** Begins to work. */
    public void start() {
        worker.start();
    }

    /** Asks for a name to be looked at, now. */
    public void enqueue(K key) {
        put(key, System.nanoTime());
    }

    /** Asks for a name to be looked at again after a pause, or before if somebody else asks. */
    public void enqueueIn(K key, Duration pause) {
        put(key, System.nanoTime() + pause.toNanos());
    }

    @Override
    public void close() {
        worker.interrupt();
    }

    private void put(K key, long at) {
        lock.lock();
        try {
            due.merge(key, at, (present, wanted) -> wanted - present < 0 ? wanted : present);
            changed.signal();
        } finally {
            lock.unlock();
        }
    }

    private void work() {
        try {
            while (true) {
                K key = next();
                try {
                    action.run(key);
                    failures.remove(key);
                } catch (InterruptedException e) {
                    throw e;
                } catch (Exception e) {
                    int count = failures.merge(key, 1, Integer::sum);
                    Duration pause = FIRST_PAUSE.multipliedBy(1L << Math.min(count - 1, DOUBLINGS_MAX));
                    pause = pause.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : pause;
                    LOG.warn("{}: {} failed, again in {}: {}", name, key, pause, e.getMessage());
                    enqueueIn(key, pause);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private K next() throws InterruptedException {
        lock.lockInterruptibly();
        try {
            while (true) {
                Map.Entry<K, Long> first = earliest();
                if (first == null) {
                    changed.await();
                    continue;
                }
                long wait = first.getValue() - System.nanoTime();
                if (wait <= 0) {
                    due.remove(first.getKey());
                    return first.getKey();
                }
                changed.await(wait, TimeUnit.NANOSECONDS);
            }
        } finally {
            lock.unlock();
        }
    }

    private Map.@Nullable Entry<K, Long> earliest() {
        Map.Entry<K, Long> first = null;
        for (Map.Entry<K, Long> entry : due.entrySet()) {
            if (first == null || entry.getValue() - first.getValue() < 0) {
                first = Map.entry(entry.getKey(), entry.getValue());
            }
        }
        return first;
    }
}

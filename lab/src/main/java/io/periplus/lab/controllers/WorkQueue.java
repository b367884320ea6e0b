package io.periplus.lab.controllers;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Keys that wait to be worked on. A key is in here at most once; a key that is asked for while it is worked on comes back when
 * that work is done, so no key is ever with two workers. Bounded by the number of distinct keys, that is, of objects.
 *
 * <pre>
 *   add ──► ready ──take──► working ──done──► (gone)
 *   addAfter ► timed ─time─┘   └─ add meanwhile ─► again ──done──► ready
 * </pre>
 */
final class WorkQueue<K> {
    /** First pause after a failure, doubled with every further one. */
    static final Duration BACK_OFF_FIRST = Duration.ofMillis(10);
    /** A failing object is looked at no less often than this. */
    static final Duration BACK_OFF_LAST = Duration.ofSeconds(20);

    private record Timed<K>(long atNanos, K key) {}

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final ArrayDeque<K> ready = new ArrayDeque<>();
    private final Set<K> readyKeys = new HashSet<>();
    private final Set<K> working = new HashSet<>();
    private final Set<K> again = new LinkedHashSet<>();
    private final PriorityQueue<Timed<K>> timed = new PriorityQueue<>((a, b) -> Long.signum(a.atNanos() - b.atNanos()));
    private final Map<K, Timed<K>> nextTimed = new HashMap<>();
    private final Map<K, Integer> failures = new HashMap<>();
    private boolean closed;

    void add(K key) {
        lock.lock();
        try {
            addLocked(key);
        } finally {
            lock.unlock();
        }
    }

    /** Adds the key after a pause; of several pauses for one key the one that ends first counts. */
    void addAfter(K key, Duration pause) {
        lock.lock();
        try {
            var entry = new Timed<>(System.nanoTime() + pause.toNanos(), key);
            Timed<K> present = nextTimed.get(key);
            if (present != null && present.atNanos() - entry.atNanos() <= 0) {
                return;
            }
            if (present != null) {
                timed.remove(present);
            }
            nextTimed.put(key, entry);
            timed.add(entry);
            changed.signal();
        } finally {
            lock.unlock();
        }
    }

    /** Waits for a key; the caller owes a {@link #done}. Null once the queue is closed. */
    @Nullable
    K take() throws InterruptedException {
        lock.lock();
        try {
            while (!closed) {
                long waitNanos = releaseTimed();
                K key = ready.poll();
                if (key != null) {
                    readyKeys.remove(key);
                    working.add(key);
                    if (!ready.isEmpty() || !timed.isEmpty()) {
                        changed.signal();
                    }
                    return key;
                }
                if (waitNanos < 0) {
                    changed.await();
                } else {
                    changed.await(waitNanos, TimeUnit.NANOSECONDS);
                }
            }
            return null;
        } finally {
            lock.unlock();
        }
    }

    /** Work on the key has ended; a failed key comes back after a pause that grows. */
    void done(K key, boolean failed) {
        lock.lock();
        try {
            working.remove(key);
            boolean asked = again.remove(key);
            if (failed) {
                int count = failures.merge(key, 1, Integer::sum);
                addAfter(key, backOff(count));
            } else {
                failures.remove(key);
            }
            if (asked) {
                addLocked(key);
            }
        } finally {
            lock.unlock();
        }
    }

    /** How often work on the key has failed since it last succeeded. */
    int failures(K key) {
        lock.lock();
        try {
            return failures.getOrDefault(key, 0);
        } finally {
            lock.unlock();
        }
    }

    void close() {
        lock.lock();
        try {
            closed = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    static Duration backOff(int failures) {
        long factor = 1L << Math.min(failures - 1, 20);
        Duration pause = BACK_OFF_FIRST.multipliedBy(factor);
        return pause.compareTo(BACK_OFF_LAST) > 0 ? BACK_OFF_LAST : pause;
    }

    private void addLocked(K key) {
        if (working.contains(key)) {
            again.add(key);
        } else if (readyKeys.add(key)) {
            ready.add(key);
            changed.signal();
        }
    }

    /** Moves what is due to ready; returns the nanoseconds until the next one is, negative for none. */
    private long releaseTimed() {
        while (true) {
            Timed<K> first = timed.peek();
            if (first == null) {
                return -1;
            }
            long wait = first.atNanos() - System.nanoTime();
            if (wait > 0) {
                return wait;
            }
            timed.poll();
            nextTimed.remove(first.key());
            addLocked(first.key());
        }
    }
}

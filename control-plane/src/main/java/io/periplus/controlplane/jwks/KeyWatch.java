package io.periplus.controlplane.jwks;

import io.periplus.api.NamespacedName;
import io.periplus.model.authn.FetchedKeys;
import io.periplus.model.authn.KeySource;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;

/**
 * One source of keys, on a thread of its own:
 *
 * <pre>
 *   fetch -> succeeded: pause of the refresh interval -> fetch
 *         -> failed:    pause that doubles with every failure -> fetch
 *         -> unused for long: ended
 * </pre>
 *
 * One that failed and is wanted again is fetched at once.
 */
final class KeyWatch implements AutoCloseable {
    private static final FetchedKeys NONE = new FetchedKeys("", "");
    private static final int DOUBLINGS_MOST = 30;
    private static final Duration TIMEOUT = Duration.ofSeconds(5);

    /** Makes one attempt; never throws. */
    interface Attempt {
        FetchedKeys make(KeySource source, Duration timeout, FetchedKeys before);
    }

    private final JwksSettings settings;
    private final Attempt attempt;
    private final Predicate<KeyWatch> forget;
    private final KeySource source;
    private final Thread thread;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Map<NamespacedName, Duration> users = new HashMap<>();
    private long unusedSince = System.nanoTime();
    private boolean soon;

    KeyWatch(JwksSettings settings, Attempt attempt, Predicate<KeyWatch> forget, KeySource source) {
        this.settings = settings;
        this.attempt = attempt;
        this.forget = forget;
        this.source = source;
        this.thread = Thread.ofVirtual().name("jwks-" + source.url()).unstarted(this::run);
    }

    void start() {
        thread.start();
    }

    KeySource source() {
        return source;
    }

    /** A policy needs the keys. */
    void wanted(NamespacedName policy, Duration timeout) {
        lock.lock();
        try {
            soon |= !users.containsKey(policy);
            users.put(policy, timeout);
            changed.signal();
        } finally {
            lock.unlock();
        }
    }

    /** A policy does not need them any more. */
    void unwanted(NamespacedName policy) {
        lock.lock();
        try {
            users.remove(policy);
            unusedSince = System.nanoTime();
        } finally {
            lock.unlock();
        }
    }

    /** For how long nothing has needed the keys; 0 while something does. */
    long unusedNanos() {
        lock.lock();
        try {
            return users.isEmpty() ? System.nanoTime() - unusedSince : 0;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void close() {
        thread.interrupt();
    }

    private void run() {
        FetchedKeys keys = NONE;
        int failures = 0;
        try {
            awaitUser();
            while (!Thread.currentThread().isInterrupted()) {
                keys = attempt.make(source, timeout(), keys);
                failures = keys.problem().isEmpty() ? 0 : failures + 1;
                pause(failures == 0 ? settings.refresh() : retry(failures), failures > 0);
                if (unusedNanos() > settings.unused().toNanos() && forget.test(this)) {
                    return;
                }
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    private void awaitUser() throws InterruptedException {
        lock.lock();
        try {
            while (users.isEmpty()) {
                changed.await();
            }
            soon = false;
        } finally {
            lock.unlock();
        }
    }

    private Duration retry(int failures) {
        Duration pause = settings.firstRetry().multipliedBy(1L << Math.min(failures - 1, DOUBLINGS_MOST));
        return pause.compareTo(settings.lastRetry()) < 0 ? pause : settings.lastRetry();
    }

    private Duration timeout() {
        lock.lock();
        try {
            return users.values().stream().max(Duration::compareTo).orElse(TIMEOUT);
        } finally {
            lock.unlock();
        }
    }

    private void pause(Duration length, boolean endEarly) throws InterruptedException {
        long left = length.toNanos();
        lock.lock();
        try {
            while (left > 0 && !(endEarly && soon)) {
                left = changed.awaitNanos(left);
            }
            soon = false;
        } finally {
            lock.unlock();
        }
    }
}

package io.periplus.waypoint.authn;

import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Threads that verify signatures: 50 µs for RS256, 350 for ES256, milliseconds for ES512 and EdDSA, which on an event loop
 * every other request would wait for.
 */
final class Verifiers implements AutoCloseable {
    /** At the slowest algorithm some seconds of work: who comes later would not wait for the answer. */
    private static final int WAITING_MOST = 1024;

    private static final int IDLE_SECONDS = 10;

    private final ThreadPoolExecutor threads;

    Verifiers() {
        // Half of the processors: requests whose tokens are known go on meanwhile.
        int size = Math.max(1, Runtime.getRuntime().availableProcessors() / 2);
        threads = new ThreadPoolExecutor(
                size,
                size,
                IDLE_SECONDS,
                TimeUnit.SECONDS,
                new ArrayBlockingQueue<>(WAITING_MOST),
                Thread.ofPlatform().name("tokens-", 0).daemon().factory());
        threads.allowCoreThreadTimeOut(true);
    }

    /** Runs a task soon; false when too much is waiting. */
    boolean submit(Runnable task) {
        try {
            threads.execute(task);
            return true;
        } catch (RejectedExecutionException e) {
            return false;
        }
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }
}

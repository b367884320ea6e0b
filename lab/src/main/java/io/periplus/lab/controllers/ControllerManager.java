package io.periplus.lab.controllers;

import io.periplus.lab.store.ApiException;
import io.periplus.lab.store.ObjectStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs controllers against one cluster's store until it is closed. */
final class ControllerManager implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(ControllerManager.class);
    /** Per controller: enough that one slow object does not delay the others, few enough for a small machine. */
    private static final int WORKERS = 2;
    /** A conflict or a race heals by itself; only what goes on failing is worth a line. */
    private static final int QUIET_FAILURES = 5;

    private final String cluster;
    private final ObjectStore store;
    private final List<AutoCloseable> running = new ArrayList<>();

    ControllerManager(String cluster, ObjectStore store) {
        this.cluster = cluster;
        this.store = store;
    }

    <K> void start(Controller<K> controller) {
        String name = controller.getClass().getSimpleName();
        var queue = new WorkQueue<K>();
        var workers = new ArrayList<Thread>();
        for (int i = 0; i < WORKERS; i++) {
            workers.add(
                    Thread.ofVirtual().name(cluster + "-" + name + "-" + i).start(() -> work(name, controller, queue)));
        }
        var watches = new Watches<K>(store, queue::add);
        running.add(() -> {
            watches.close();
            queue.close();
            for (Thread worker : workers) {
                worker.join();
            }
        });
        controller.watch(watches);
    }

    @Override
    public void close() {
        for (AutoCloseable each : running.reversed()) {
            try {
                each.close();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            } catch (Exception e) {
                log.warn("{}: a controller did not stop cleanly", cluster, e);
            }
        }
        running.clear();
    }

    private <K> void work(String name, Controller<K> controller, WorkQueue<K> queue) {
        try {
            for (K key = queue.take(); key != null; key = queue.take()) {
                boolean failed = true;
                try {
                    @Nullable Duration pause = controller.reconcile(key);
                    failed = false;
                    if (pause != null) {
                        queue.addAfter(key, pause);
                    }
                } catch (RuntimeException e) {
                    report(name, key, e, queue.failures(key));
                } finally {
                    queue.done(key, failed);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void report(String name, Object key, RuntimeException e, int failures) {
        if (e instanceof ApiException api) {
            if (failures == QUIET_FAILURES) {
                log.warn("{} {} {}: {} {}; trying again", cluster, name, key, api.reason(), api.getMessage());
            } else {
                log.debug("{} {} {}: {} {}", cluster, name, key, api.reason(), api.getMessage());
            }
        } else {
            log.warn("{} {} {}: failed; trying again", cluster, name, key, e);
        }
    }
}

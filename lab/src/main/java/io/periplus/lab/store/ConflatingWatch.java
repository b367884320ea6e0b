package io.periplus.lab.store;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An in-process watch. What its listener has not been told yet is kept once per object, so a slow listener costs at
 * most one entry for every object there is or was since its last call.
 */
final class ConflatingWatch implements ObjectStore.Subscription {
    private static final Logger LOG = LoggerFactory.getLogger(ConflatingWatch.class);

    private final Table table;
    private final ObjectStore.Watcher listener;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private Map<ObjectKey, Pending> pending = new LinkedHashMap<>();
    private boolean closed;
    private final Thread thread;

    /**
     * What the listener is to be told of one object.
     *
     * @param gone the last state of an object it knows, which was removed
     * @param present the state to report then
     * @param fresh whether {@code present} is new to the listener
     */
    private record Pending(
            @Nullable ObjectNode gone, @Nullable ObjectNode present, boolean fresh) {}

    ConflatingWatch(Table table, ObjectStore.Watcher listener, String name, List<ObjectNode> initial) {
        this.table = table;
        this.listener = listener;
        this.thread = Thread.ofVirtual().name("watch-" + name).unstarted(() -> run(initial));
    }

    void start() {
        thread.start();
    }

    /** Called by writers, in commit order. */
    void offer(Change change) {
        lock.lock();
        try {
            ObjectKey key = change.key();
            Pending merged = merge(pending.get(key), change);
            if (merged == null) {
                pending.remove(key);
            } else {
                pending.put(key, merged);
                changed.signal();
            }
        } finally {
            lock.unlock();
        }
    }

    private static @Nullable Pending merge(@Nullable Pending earlier, Change change) {
        if (change.after() == null) {
            if (earlier == null || !earlier.fresh()) {
                return new Pending(change.last(), null, false);
            }
            return earlier.gone() == null ? null : new Pending(earlier.gone(), null, false);
        }
        if (earlier == null) {
            return new Pending(null, change.after(), change.before() == null);
        }
        return new Pending(earlier.gone(), change.after(), earlier.fresh() || change.before() == null);
    }

    private void run(List<ObjectNode> initial) {
        initial.forEach(object -> tell(() -> listener.added(object)));
        tell(listener::synced);
        for (List<Pending> batch = take(); !batch.isEmpty(); batch = take()) {
            for (Pending entry : batch) {
                ObjectNode gone = entry.gone();
                if (gone != null) {
                    tell(() -> listener.deleted(gone));
                }
                ObjectNode present = entry.present();
                if (present != null) {
                    tell(() -> {
                        if (entry.fresh()) {
                            listener.added(present);
                        } else {
                            listener.modified(present);
                        }
                    });
                }
            }
        }
    }

    private List<Pending> take() {
        lock.lock();
        try {
            while (pending.isEmpty() && !closed) {
                changed.awaitUninterruptibly();
            }
            if (closed) {
                return List.of();
            }
            List<Pending> batch = new ArrayList<>(pending.values());
            pending = new LinkedHashMap<>();
            return batch;
        } finally {
            lock.unlock();
        }
    }

    private void tell(Runnable call) {
        lock.lock();
        boolean over = closed;
        lock.unlock();
        if (over) {
            return;
        }
        try {
            call.run();
        } catch (RuntimeException e) {
            LOG.error("{}: the listener failed; it goes on with the next change", thread.getName(), e);
        }
    }

    /** Ends the watch without waiting for the listener. */
    void end() {
        lock.lock();
        try {
            closed = true;
            changed.signal();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void close() {
        table.unwatch(this);
        end();
        if (Thread.currentThread() != thread) {
            boolean interrupted = false;
            while (thread.isAlive()) {
                try {
                    thread.join();
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}

package io.periplus.lab.lifecycle;

import io.periplus.lab.lifecycle.LabStatus.State;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** How far each cluster of a starting lab has come. Others wait here for changes. Safe for use by many threads. */
final class Progress {
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Map<String, Step> steps = new LinkedHashMap<>();
    private boolean stopping;
    private long version;

    /** @param message for users: what is under way, or what failed */
    record Step(State state, String message) {}

    /** @param version grows with every change */
    record Snapshot(long version, State state, Map<String, Step> steps) {}

    Progress(List<String> clusters) {
        clusters.forEach(name -> steps.put(name, new Step(State.STARTING, "waiting")));
    }

    void set(String cluster, State state, String message) {
        lock.lock();
        try {
            steps.put(cluster, new Step(state, message));
            version++;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    void stop() {
        lock.lock();
        try {
            stopping = true;
            version++;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    void awaitStop() throws InterruptedException {
        lock.lock();
        try {
            while (!stopping) {
                changed.await();
            }
        } finally {
            lock.unlock();
        }
    }

    /** Waits until there is something newer than {@code version}. */
    Snapshot after(long version) throws InterruptedException {
        lock.lock();
        try {
            while (this.version <= version) {
                changed.await();
            }
            return snapshot();
        } finally {
            lock.unlock();
        }
    }

    Snapshot snapshot() {
        lock.lock();
        try {
            return new Snapshot(version, state(), new LinkedHashMap<>(steps));
        } finally {
            lock.unlock();
        }
    }

    private State state() {
        if (stopping) {
            return State.STOPPING;
        }
        for (State state : List.of(State.FAILED, State.STARTING)) {
            if (steps.values().stream().anyMatch(step -> step.state() == state)) {
                return state;
            }
        }
        return State.READY;
    }
}

package io.periplus.waypoint.exchange;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** The end of this proxy's service, known to every connection: those that are open finish what they have begun. */
public final class Drain {
    private final Set<Runnable> listeners = ConcurrentHashMap.newKeySet();
    private volatile boolean started;

    /** Whether connections should end after what is in progress. */
    public boolean started() {
        return started;
    }

    /** Calls {@code listener} once draining starts, on whatever thread starts it. */
    public void add(Runnable listener) {
        listeners.add(listener);
        if (started) {
            listener.run();
        }
    }

    /** Takes back a listener of a connection that has ended. */
    public void remove(Runnable listener) {
        listeners.remove(listener);
    }

    /** Connections that are still open. */
    public int open() {
        return listeners.size();
    }

    public void start() {
        started = true;
        listeners.forEach(Runnable::run);
    }
}

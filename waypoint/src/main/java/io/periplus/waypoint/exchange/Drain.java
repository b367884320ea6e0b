package io.periplus.waypoint.exchange;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The end of this proxy's service, known to every connection. In the time of notice connections take what comes and say in
 * their answers that they are ending; after it those that are idle end too.
 */
public final class Drain {
    private final Set<Runnable> listeners = ConcurrentHashMap.newKeySet();
    private volatile boolean started;
    private volatile boolean noticeOver;

    /** Whether connections should end after what is in progress. */
    public boolean started() {
        return started;
    }

    /** Whether connections should end now unless something is in progress on them. */
    public boolean noticeOver() {
        return noticeOver;
    }

    /** Calls {@code listener} when draining starts, and again when the notice is over, on whatever thread does it. */
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

    /** Begins the time of notice. */
    public void start() {
        started = true;
        listeners.forEach(Runnable::run);
    }

    /** Ends the time of notice. */
    public void endNotice() {
        started = true;
        noticeOver = true;
        listeners.forEach(Runnable::run);
    }
}

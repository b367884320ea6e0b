package io.periplus.bench.machine;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/** What has to go when the benchmark is interrupted: processes first, then namespaces, then files, newest first. */
final class Leftovers {
    private static final Deque<Runnable> UNDO = new ArrayDeque<>();

    static {
        Runtime.getRuntime()
                .addShutdownHook(Thread.ofPlatform().name("leftovers").unstarted(Leftovers::removeAll));
    }

    private Leftovers() {}

    /** Remembers how to undo something; {@link #done} forgets it. */
    static synchronized void add(Runnable undo) {
        UNDO.push(undo);
    }

    /** It is gone already. */
    static synchronized void done(Runnable undo) {
        UNDO.remove(undo);
    }

    private static void removeAll() {
        List<Runnable> all;
        synchronized (Leftovers.class) {
            all = new ArrayList<>(UNDO);
            UNDO.clear();
        }
        for (Runnable undo : all) {
            try {
                undo.run();
            } catch (RuntimeException e) {
                System.err.println("bench: " + e.getMessage());
            }
        }
    }
}

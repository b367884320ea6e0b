package io.periplus.bench.machine;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Network namespaces of one run. Each begins with nothing but its own loopback; nothing of it touches the host's network.
 * Closing removes them all.
 */
public final class Network implements AutoCloseable {
    private static final AtomicInteger NUMBER = new AtomicInteger();

    private final String prefix = "bench-" + ProcessHandle.current().pid() + "-" + NUMBER.incrementAndGet() + "-";
    private final List<String> namespaces = new ArrayList<>();
    private final Runnable delete = this::deleteAll;

    public Network() {
        Leftovers.add(delete);
    }

    /** Makes a namespace and returns its name. */
    public String add(String name) {
        String namespace = prefix + name;
        Commands.run("ip", "netns", "add", namespace);
        namespaces.add(namespace);
        Commands.run("ip", "-n", namespace, "link", "set", "lo", "up");
        return namespace;
    }

    @Override
    public void close() {
        Leftovers.done(delete);
        deleteAll();
    }

    /** At the end, or when the run is interrupted, or at both at the same time. */
    private synchronized void deleteAll() {
        for (String namespace : namespaces) {
            Commands.run("ip", "netns", "delete", namespace);
        }
        namespaces.clear();
    }
}

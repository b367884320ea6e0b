package io.periplus.waypoint.upstream;

import io.periplus.waypoint.exchange.ResetReason;
import io.periplus.waypoint.upstream.health.Breakers;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/** Requests that wait for a connection to one endpoint, in order. */
final class Waiting {
    /** Each holds its head and a little of its body; an endpoint that is this far behind does not recover by waiting. */
    private static final int MAX = 4096;

    private final Breakers breakers;
    private final ArrayDeque<Acquirer> queue = new ArrayDeque<>(0);

    Waiting(Breakers breakers) {
        this.breakers = breakers;
    }

    /** Whether it waits; false if it was told that there are too many. */
    boolean add(Acquirer acquirer) {
        if (queue.size() >= MAX || !breakers.takePending()) {
            acquirer.failed(ResetReason.OVERFLOW, "");
            return false;
        }
        queue.add(acquirer);
        return true;
    }

    @Nullable
    Acquirer poll() {
        Acquirer next = queue.poll();
        if (next != null) {
            breakers.pendingEnded();
        }
        return next;
    }

    int size() {
        return queue.size();
    }

    /** Fails the first ones, but none of those that come meanwhile. */
    void fail(int count, ResetReason reason, String cause) {
        for (int i = Math.min(count, queue.size()); i > 0; i--) {
            Acquirer next = poll();
            if (next != null) {
                next.failed(reason, cause);
            }
        }
    }
}

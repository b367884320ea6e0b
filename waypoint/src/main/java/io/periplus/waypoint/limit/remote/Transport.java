package io.periplus.waypoint.limit.remote;

import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A connection to a backend. Used from every event loop. */
interface Transport extends AutoCloseable {
    /** Whether it is worth asking; connections are made in the background. */
    boolean isConnected();

    /**
     * Asks without waiting.
     *
     * @param enforced whether a request beyond one limit is to count in none of them
     * @param answer called once, on any thread; null for no answer
     */
    void ask(List<Ask> limits, boolean enforced, long timeoutNanos, Consumer<@Nullable Verdict> answer);

    /** Takes back what a request counted that was refused elsewhere; as far as the backend can. */
    void giveBack(List<Ask> limits);

    @Override
    void close();
}

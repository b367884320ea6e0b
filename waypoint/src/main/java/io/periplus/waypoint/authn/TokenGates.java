package io.periplus.waypoint.authn;

import io.netty.channel.EventLoop;
import io.periplus.waypoint.exchange.Gate;
import io.periplus.waypoint.mesh.Destination;

/** The gates that verify tokens, one for each event loop; they share the threads that verify signatures. */
public final class TokenGates implements AutoCloseable {
    private static final int MILLIS = 1000;

    private final AuthenticationStore store;
    private final Verifiers verifiers = new Verifiers();

    public TokenGates(AuthenticationStore store) {
        this.store = store;
    }

    /** The gate of a loop. */
    public Gate of(EventLoop loop) {
        return new TokenGate(loop, store::compiled, verifiers, () -> System.currentTimeMillis() / MILLIS);
    }

    /** Whether the tokens of requests for a destination are verified. */
    public boolean verifies(Destination destination) {
        return store.compiled().of(destination) != null;
    }

    @Override
    public void close() {
        verifiers.close();
    }
}

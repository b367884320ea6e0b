package io.periplus.dataplane.tls;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Keeps revoked certificates out: at handshakes, and of connections that are open when a revocation becomes known. An open
 * connection is judged by the path that its handshake verified and by nothing but revocation: that the peer's certificate
 * has expired meanwhile is no reason to end it.
 */
public final class Revocations {
    /** Nothing is ever revoked. */
    public static final Revocations NONE = new Revocations(new Events() {});

    /** Which end we are. */
    public enum Side {
        /** The peer is a server. */
        CLIENT,
        /** The peer is a client. */
        SERVER
    }

    /** Told of what happens; must be quick. */
    public interface Events {
        /** A peer was refused, or an open connection ended, for revocation. */
        default void rejected(Side side) {}

        /** A connection will not be ended when its peer's certificate is revoked, because its path is not known. */
        default void untracked(Side side) {}
    }

    /** A connection that ends when its peer's certificate is revoked. */
    private final class Tracked implements AutoCloseable {
        private final VerifiedPath path;
        private final Side side;
        private final Consumer<String> onRevoked;

        Tracked(VerifiedPath path, Side side, Consumer<String> onRevoked) {
            this.path = path;
            this.side = side;
            this.onRevoked = onRevoked;
        }

        void judge(RevocationLists lists) {
            String why = lists.revoked(path);
            if (why != null && tracked.remove(this)) {
                events.rejected(side);
                onRevoked.accept(why);
            }
        }

        @Override
        public void close() {
            tracked.remove(this);
        }
    }

    private final Events events;
    private final Set<Tracked> tracked = ConcurrentHashMap.newKeySet();
    private volatile RevocationLists lists = RevocationLists.NONE;
    private volatile boolean enabled;

    public Revocations(Events events) {
        this.events = events;
    }

    /** There is a file of lists, if none that could be read so far: from now on open connections are remembered. */
    void enable() {
        enabled = true;
    }

    /** New lists: open connections are judged at once, on this thread. */
    void use(RevocationLists newest) {
        lists = newest;
        tracked.forEach(connection -> connection.judge(newest));
    }

    /** Whether there is a file to follow at all; if not, nothing has to be remembered of handshakes. */
    boolean isEnabled() {
        return enabled;
    }

    void check(VerifiedPath path, Side side) throws RevokedException {
        RevocationLists now = lists;
        String why = now.isEmpty() ? null : now.revoked(path);
        if (why != null) {
            events.rejected(side);
            throw new RevokedException(why);
        }
    }

    /**
     * From now on a revocation ends this connection.
     *
     * @param path as verified in its handshake; {@code null} if that is not known
     * @param onRevoked called at most once, on any thread, possibly before this returns
     * @return to be closed with the connection
     */
    AutoCloseable track(@Nullable VerifiedPath path, Side side, Consumer<String> onRevoked) {
        if (!enabled) {
            return () -> {};
        }
        if (path == null) {
            events.untracked(side);
            return () -> {};
        }
        Tracked connection = new Tracked(path, side, onRevoked);
        tracked.add(connection);
        // A list that came between the handshake and now.
        connection.judge(lists);
        return connection;
    }
}

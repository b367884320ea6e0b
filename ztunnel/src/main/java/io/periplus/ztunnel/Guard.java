package io.periplus.ztunnel;

import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.periplus.dataplane.policy.Decision;
import org.jspecify.annotations.Nullable;

/** Cuts a connection when policy turns against it. Used on the connection's loop, but for {@link #revoke}. */
final class Guard {
    private final EventLoop loop;
    private final Flow flow;
    private ConnectionTable.@Nullable Entry entry;
    private @Nullable Channel downstream;
    private @Nullable Channel upstream;
    private boolean revoked;

    Guard(EventLoop loop, Flow flow) {
        this.loop = loop;
        this.flow = flow;
    }

    void watch(ConnectionTable.Entry registered) {
        entry = registered;
    }

    /** The two ends that a revocation closes. */
    void protect(Channel client, Channel app) {
        downstream = client;
        upstream = app;
    }

    boolean isRevoked() {
        return revoked;
    }

    /** From any thread. */
    void revoke(Decision.Denied denied) {
        loop.execute(() -> cut(denied));
    }

    private void cut(Decision.Denied denied) {
        if (revoked) {
            return;
        }
        revoked = true;
        release();
        flow.denied = denied;
        flow.closed(ResponseFlag.DENY, "connection closed due to policy change: " + denied.logText());
        close(downstream);
        close(upstream);
    }

    private static void close(@Nullable Channel channel) {
        if (channel != null) {
            channel.close();
        }
    }

    /** The connection has ended. */
    void release() {
        ConnectionTable.Entry registered = entry;
        if (registered != null) {
            registered.close();
        }
    }
}

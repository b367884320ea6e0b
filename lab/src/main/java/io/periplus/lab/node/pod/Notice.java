package io.periplus.lab.node.pod;

import io.periplus.lab.node.proxy.Routed;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The time between the deletion of a pod and its SIGTERM, in which its Services stop leading to it. On a real node the
 * kubelet's own work takes about that long; here, where a deletion is seen at once, a server that ends on SIGTERM would be
 * gone before the first client can know.
 */
final class Notice {
    private static final Duration LOOK_AGAIN = Duration.ofMillis(10);

    /** What learns of endpoints through the API, a mesh for one, does so a little later than the node's own proxy. */
    private static final Duration FOR_WATCHERS = Duration.ofMillis(250);

    /** A table that cannot be written must not keep pods alive. */
    private static final Duration AT_MOST = Duration.ofSeconds(1);

    private final Routed routed;
    private final String address;
    private final Instant start;
    private final boolean served;
    private @Nullable Instant withdrawn;

    /** @param address of the pod; nobody waits for the end of one that no Service leads to */
    Notice(Routed routed, String address, Instant now) {
        this.routed = routed;
        this.address = address;
        this.start = now;
        this.served = routed.leadsTo(address);
    }

    /** When to ask again; null once the pod may be told to end. */
    @Nullable
    Instant next(Instant now) {
        if (!served || now.isAfter(start.plus(AT_MOST))) {
            return null;
        }
        if (withdrawn == null) {
            if (routed.leadsTo(address)) {
                return now.plus(LOOK_AGAIN);
            }
            withdrawn = now;
        }
        Instant end = withdrawn.plus(FOR_WATCHERS);
        return now.isBefore(end) ? end : null;
    }
}

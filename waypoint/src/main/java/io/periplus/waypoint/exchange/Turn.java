package io.periplus.waypoint.exchange;

import io.periplus.waypoint.upstream.Host;
import org.jspecify.annotations.Nullable;

/** An endpoint's part in a request, as it counts for balancing, breakers and retry budgets; ends once. */
final class Turn {
    private final Host host;
    private final @Nullable Host retryOf;
    private boolean ended;

    /** @param retryOf whose service granted the retry that this is, null for a first attempt */
    Turn(Host host, @Nullable Host retryOf) {
        this.host = host;
        this.retryOf = retryOf;
        host.begin();
    }

    Host host() {
        return host;
    }

    /** The endpoint has done its part. */
    void end() {
        if (!ended) {
            ended = true;
            host.end();
            if (retryOf != null) {
                retryOf.retryEnded();
            }
        }
    }
}

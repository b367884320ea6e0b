package io.periplus.waypoint.upstream;

import io.periplus.waypoint.exchange.ResetReason;

/** Waits for a connection. */
public interface Acquirer {
    /** A request may be sent, now and once. */
    void ready(UpstreamSlot slot);

    /** @param cause for the log and the answer, in a user's words */
    void failed(ResetReason reason, String cause);
}

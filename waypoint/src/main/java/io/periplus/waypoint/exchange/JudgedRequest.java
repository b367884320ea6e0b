package io.periplus.waypoint.exchange;

import io.periplus.dataplane.http.RequestHead;
import org.jspecify.annotations.Nullable;

/** A request about which policies ask: one that a connection carries, or one that nobody sent. */
interface JudgedRequest {
    /** As it is now. */
    RequestHead head();

    /** Whether it came through a port of a Gateway. */
    boolean atEdge();

    /** Whether what it says of the client before its sender counts. */
    boolean believed();

    /** The verified token that came with it; null without one. */
    @Nullable
    ValidatedToken token();
}

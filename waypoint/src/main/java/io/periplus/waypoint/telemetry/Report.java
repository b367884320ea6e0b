package io.periplus.waypoint.telemetry;

import io.periplus.dataplane.policy.Marks;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/** What both kinds of reports say. */
sealed interface Report permits RequestReport, ConnectionReport {
    /** Who took part. */
    Parties parties();

    /** When it began, in milliseconds since the epoch. */
    long startMillis();

    long durationNanos();

    /** Of the access log, empty if none. */
    String flags();

    /** Why it ended as it did, empty if unknown. */
    String details();

    /** Why the last endpoint could not be reached, empty if it could. */
    String transportFailure();

    /** This proxy's end of the connection to the endpoint, null if there was none. */
    @Nullable
    InetSocketAddress upstreamLocalAddress();

    /** What policies said that decide nothing, null if nothing. */
    @Nullable
    Marks marks();
}

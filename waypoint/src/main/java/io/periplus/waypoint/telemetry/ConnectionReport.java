package io.periplus.waypoint.telemetry;

import io.periplus.dataplane.policy.Marks;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * One connection that passed as TCP.
 *
 * @param startMillis since the epoch
 * @param durationNanos so far
 * @param flags of the access log, empty if none
 * @param details why it ended, empty if as it should
 * @param transportFailure why the endpoint could not be reached, empty if it could
 * @param receivedBytes from the client
 * @param sentBytes to the client
 * @param upstreamLocalAddress this waypoint's end of the connection to the endpoint, null if there was none
 * @param marks what policies said that decide nothing, null if nothing
 */
public record ConnectionReport(
        Parties parties,
        long startMillis,
        long durationNanos,
        String flags,
        String details,
        String transportFailure,
        long receivedBytes,
        long sentBytes,
        @Nullable InetSocketAddress upstreamLocalAddress,
        @Nullable Marks marks)
        implements Report {}

package io.periplus.bench.mesh;

import org.jspecify.annotations.Nullable;

/**
 * One way from client to server.
 *
 * @param path which
 * @param requestsPerSecond at saturation, with everything on the same cores
 * @param clientMicros CPU per request, as all that follow, at saturation
 * @param clientZtunnelMicros of the ztunnel of the client's node
 * @param chainMicros both ztunnels and the waypoint
 * @param rate of the open loop, requests per second
 */
public record MeshRow(
        String path,
        double requestsPerSecond,
        double clientMicros,
        double clientZtunnelMicros,
        double waypointMicros,
        double serverZtunnelMicros,
        double serverMicros,
        double chainMicros,
        double rate,
        double p50Micros,
        double p99Micros,
        double p999Micros,
        long errors,
        @Nullable String error) {}

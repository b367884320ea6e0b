package io.periplus.waypoint.exchange;

import io.netty.channel.EventLoop;
import io.periplus.waypoint.mesh.Mesh;
import io.periplus.waypoint.route.RouteTable;
import io.periplus.waypoint.telemetry.Telemetry;
import io.periplus.waypoint.upstream.Clusters;
import java.util.function.Supplier;

/** What the exchanges of one event loop share. */
public record LoopServices(
        EventLoop loop,
        Mesh mesh,
        Supplier<RouteTable> routes,
        Clusters clusters,
        HttpSettings http,
        StandingConnections standing,
        Gates gates,
        Telemetry telemetry) {
    /** The same with other gates and another telemetry, for a request that is only asked about. */
    LoopServices with(Gates others, Telemetry other) {
        return new LoopServices(loop, mesh, routes, clusters, http, standing, others, other);
    }
}

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
        Telemetry telemetry) {}

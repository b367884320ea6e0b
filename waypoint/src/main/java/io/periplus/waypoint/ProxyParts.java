package io.periplus.waypoint;

import io.netty.channel.EventLoop;
import io.periplus.dataplane.tls.WorkloadTls;
import io.periplus.waypoint.exchange.GateKeeper;
import io.periplus.waypoint.exchange.HttpSettings;
import io.periplus.waypoint.mesh.Mesh;
import io.periplus.waypoint.mesh.Self;
import io.periplus.waypoint.route.RouteTable;
import io.periplus.waypoint.telemetry.Telemetry;
import io.periplus.waypoint.upstream.BackendPolicies;
import io.periplus.waypoint.upstream.Hostnames;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * What a proxy is put together from, whichever front lets its clients in.
 *
 * @param threads event loops; each serves its share of the connections
 * @param endpointPort where workloads take HBONE
 * @param identity gives this proxy's own TLS contexts
 * @param gates asked for once per event loop
 * @param hostnames resolves names outside the mesh; asked for once per event loop
 */
public record ProxyParts(
        int threads,
        int endpointPort,
        Self self,
        Mesh mesh,
        Supplier<CompletableFuture<WorkloadTls>> identity,
        Supplier<RouteTable> routes,
        BackendPolicies backendPolicies,
        HttpSettings http,
        GateKeeper gates,
        Telemetry telemetry,
        Function<EventLoop, Hostnames> hostnames) {}

package io.periplus.waypoint.telemetry;

import io.periplus.api.SpiffeId;
import io.periplus.waypoint.mesh.Destination;
import io.periplus.waypoint.upstream.Backend;
import io.periplus.wire.workload.Workload;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * Who took part.
 *
 * @param peer the client's identity, null for a client outside the mesh
 * @param source the client's workload, null if the index does not have it
 * @param remoteAddress the client's address
 * @param localAddress this waypoint's end
 * @param destination what the client addressed
 * @param target where the route led; what the client addressed while none did
 * @param backend the endpoint that was chosen last, null if none was
 * @param serverName that the client asked for in TLS of its own, empty if none is known
 */
public record Parties(
        @Nullable SpiffeId peer,
        @Nullable Workload source,
        InetSocketAddress remoteAddress,
        InetSocketAddress localAddress,
        Destination destination,
        Destination target,
        @Nullable Backend backend,
        String serverName) {}

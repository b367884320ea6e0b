package io.periplus.waypoint.upstream;

import io.periplus.dataplane.net.SocketSettings;
import io.periplus.waypoint.upstream.policy.TrafficSettings;
import io.periplus.waypoint.upstream.tls.TlsOrigination.Inside;

/**
 * A connection to be made.
 *
 * @param inside what will be spoken on it
 */
public record Dial(Backend backend, ConnectionKey key, TrafficSettings settings, Inside inside) {
    SocketSettings sockets() {
        return settings.pool().sockets();
    }
}

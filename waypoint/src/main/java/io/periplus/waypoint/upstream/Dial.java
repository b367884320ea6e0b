package io.periplus.waypoint.upstream;

import io.periplus.dataplane.net.SocketSettings;
import io.periplus.waypoint.upstream.policy.TrafficSettings;
import io.periplus.waypoint.upstream.tls.TlsOrigination.Inside;
import java.net.InetSocketAddress;

/**
 * A connection to be made.
 *
 * @param hostnames of the event loop
 * @param inside what will be spoken on it
 */
public record Dial(Backend backend, ConnectionKey key, TrafficSettings settings, Inside inside, Hostnames hostnames) {
    /** The same to one of the addresses that its host name stands for. */
    Dial to(InetSocketAddress address) {
        return new Dial(backend.at(address), key, settings, inside, hostnames);
    }

    SocketSettings sockets() {
        return settings.pool().sockets();
    }
}

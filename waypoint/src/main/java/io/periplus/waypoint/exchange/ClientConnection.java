package io.periplus.waypoint.exchange;

import io.periplus.api.SpiffeId;
import io.periplus.dataplane.policy.ConnectionAttributes;
import io.periplus.waypoint.mesh.Destination;
import java.net.InetSocketAddress;

/**
 * A client's connection, as its tunnel described it.
 *
 * @param network of this waypoint, in which the client's address counts
 * @param peer the client's identity, from the certificate of the tunnel
 * @param remoteAddress the client's address
 * @param localAddress the waypoint's end
 * @param destination what the client addressed
 * @param attributes what policies for the destination may ask
 */
public record ClientConnection(
        String network,
        SpiffeId peer,
        InetSocketAddress remoteAddress,
        InetSocketAddress localAddress,
        Destination destination,
        ConnectionAttributes attributes) {}

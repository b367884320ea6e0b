package io.periplus.waypoint.exchange;

import io.periplus.api.SpiffeId;
import io.periplus.dataplane.policy.ConnectionAttributes;
import io.periplus.waypoint.mesh.Destination;
import io.periplus.waypoint.upstream.Backend;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * A client's connection, as its tunnel described it.
 *
 * @param network of this proxy, in which the client's address counts
 * @param peer the client's identity, from the certificate of the tunnel; null for a client outside the mesh
 * @param remoteAddress the client's address
 * @param localAddress the proxy's end
 * @param destination what the client addressed
 * @param attributes what policies for the destination may ask
 */
public record ClientConnection(
        String network,
        @Nullable SpiffeId peer,
        InetSocketAddress remoteAddress,
        InetSocketAddress localAddress,
        Destination destination,
        ConnectionAttributes attributes) {
    /** The same, with the server name that the client asks for in TLS of its own; empty if it names none. */
    public ClientConnection withServerName(String name) {
        return name.isEmpty()
                ? this
                : new ClientConnection(
                        network, peer, remoteAddress, localAddress, destination, attributes.withServerName(name));
    }

    /** What {@link #withServerName} said; empty if the client named none, or was not listened to for it. */
    public String serverName() {
        CharSequence name = attributes.serverName();
        return name == null ? "" : name.toString();
    }

    /** What policies for an endpoint may ask. */
    public ConnectionAttributes attributesAt(Backend endpoint) {
        return new ConnectionAttributes(
                peer,
                attributes.clientPrincipal(),
                attributes.source(),
                endpoint.ip(destination.address()),
                endpoint.address().getPort(),
                attributes.serverName());
    }

    /**
     * Whether the client came through a port of a Gateway. The endpoint's policies are judged by its own side then, which
     * knows the gateway as the client.
     */
    public boolean atEdge() {
        return destination instanceof Destination.OfListener;
    }
}

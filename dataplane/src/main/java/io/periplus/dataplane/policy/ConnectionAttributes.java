package io.periplus.dataplane.policy;

import io.periplus.api.SpiffeId;
import io.periplus.dataplane.address.IpAddress;
import org.jspecify.annotations.Nullable;

/**
 * The attributes of one connection. Made once per connection, so that judging it, and each of its requests, builds
 * nothing.
 */
public record ConnectionAttributes(
        @Nullable SpiffeId client,
        @Nullable String clientPrincipal,
        IpAddress source,
        IpAddress destination,
        int destinationPort,
        @Nullable String serverName)
        implements RequestAttributes {
    /** For a client with this identity, or {@code null} for one without. */
    public ConnectionAttributes(
            @Nullable SpiffeId client, IpAddress source, IpAddress destination, int destinationPort) {
        this(client, client == null ? null : client.principal(), source, destination, destinationPort, null);
    }

    /** The same, with the server name that the client asks for in TLS; empty if it names none. */
    public ConnectionAttributes withServerName(String name) {
        return name.isEmpty()
                ? this
                : new ConnectionAttributes(client, clientPrincipal, source, destination, destinationPort, name);
    }
}

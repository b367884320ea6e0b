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
        int destinationPort)
        implements RequestAttributes {
    /** For a client with this identity, or {@code null} for one without. */
    public ConnectionAttributes(
            @Nullable SpiffeId client, IpAddress source, IpAddress destination, int destinationPort) {
        this(client, client == null ? null : client.principal(), source, destination, destinationPort);
    }
}

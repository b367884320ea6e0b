package io.periplus.dataplane.policy;

import io.periplus.api.SpiffeId;
import io.periplus.dataplane.address.IpAddress;
import org.jspecify.annotations.Nullable;

/** A request on a connection. */
public record HttpRequestAttributes(RequestAttributes connection, HttpAttributes http) implements RequestAttributes {
    @Override
    public @Nullable SpiffeId client() {
        return connection.client();
    }

    @Override
    public @Nullable String clientPrincipal() {
        return connection.clientPrincipal();
    }

    @Override
    public IpAddress source() {
        return connection.source();
    }

    @Override
    public IpAddress remote() {
        IpAddress said = http.remote();
        return said == null ? connection.remote() : said;
    }

    @Override
    public IpAddress destination() {
        return connection.destination();
    }

    @Override
    public int destinationPort() {
        return connection.destinationPort();
    }

    @Override
    public @Nullable CharSequence serverName() {
        return connection.serverName();
    }
}

package io.periplus.dataplane.hbone;

import io.periplus.api.SpiffeId;
import io.periplus.dataplane.net.Connector;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What two tunnels must have in common to share a connection. */
record PoolKey(
        SpiffeId source,
        Set<SpiffeId> expected,
        @Nullable InetAddress sourceAddress,
        InetSocketAddress destination,
        Connector connector) {}

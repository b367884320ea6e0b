package io.periplus.dataplane.hbone;

import io.periplus.api.SpiffeId;
import io.periplus.dataplane.net.Connector;
import io.periplus.dataplane.tls.WorkloadTls;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Where a tunnel leads, and in whose name.
 *
 * @param source whose certificate is presented
 * @param expected identities of which the server must have one; not empty
 * @param sourceAddress address to connect from, {@code null} for the kernel's choice
 * @param destination address and HBONE port of the next hop
 * @param authority {@code :authority} of the CONNECT
 * @param headers further header fields, names in lower case
 * @param connector from where in the network
 */
public record HboneTarget(
        WorkloadTls source,
        Set<SpiffeId> expected,
        @Nullable InetAddress sourceAddress,
        InetSocketAddress destination,
        String authority,
        Map<String, String> headers,
        Connector connector) {
    public HboneTarget {
        expected = Set.copyOf(expected);
        headers = Map.copyOf(headers);
        if (expected.isEmpty()) {
            throw new IllegalArgumentException(
                    "no identity is expected of %s, so none could be accepted".formatted(destination));
        }
    }

    /** The same authority, asked for inside this tunnel: of someone else, and with more to say. */
    public HboneTarget inside(Set<SpiffeId> others, Map<String, String> fields) {
        return new HboneTarget(source, others, sourceAddress, destination, authority, fields, connector);
    }

    /** What must be equal for two tunnels to share a connection. */
    PoolKey key() {
        return new PoolKey(source.identity(), expected, sourceAddress, destination, connector);
    }
}

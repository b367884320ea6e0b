package io.periplus.waypoint.upstream;

import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * What connections to one endpoint differ in: requests with different keys never share one.
 *
 * @param serverName sent in TLS where the settings name no server, empty for none
 * @param client whose address the endpoint is told by the PROXY protocol, null if it is not told
 * @param addressed what that client had connected to
 */
public record ConnectionKey(
        String serverName,
        @Nullable InetSocketAddress client,
        @Nullable InetSocketAddress addressed) {
    /** Of most endpoints: nothing makes a difference. */
    public static final ConnectionKey ANY = new ConnectionKey("", null, null);
}

package io.periplus.dataplane.policy;

import io.periplus.api.SpiffeId;
import io.periplus.dataplane.address.IpAddress;
import org.jspecify.annotations.Nullable;

/** What policies may ask about a connection or request. {@link ConnectionAttributes} is the ready form for L4. */
public interface RequestAttributes {
    /** The client's identity from mutual TLS; {@code null} when the connection has none. */
    @Nullable
    SpiffeId client();

    /** The client's identity without {@code spiffe://}; {@code null} when there is none. Kept, not built per call. */
    @Nullable
    String clientPrincipal();

    /** The client's own address: of the pod, not of the waypoint or proxy in between. */
    IpAddress source();

    /** The original client before trusted proxies; the source where nobody says otherwise. */
    default IpAddress remote() {
        return source();
    }

    /** The address that the client asked for or that was chosen, depending on the point of judgement. */
    IpAddress destination();

    /** The port that goes with {@link #destination()}. */
    int destinationPort();

    /** The server name of the client's own TLS; {@code null} if none is visible. */
    default @Nullable CharSequence serverName() {
        return null;
    }

    /** The request, or {@code null} where traffic is judged as a TCP connection. */
    default @Nullable HttpAttributes http() {
        return null;
    }
}

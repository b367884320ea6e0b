package io.periplus.dataplane.hbone;

import io.periplus.dataplane.tls.TlsFailures;
import java.net.SocketAddress;
import org.slf4j.LoggerFactory;

/** What a server does with the tunnels that clients ask for. Called on the event loop of the connection. */
@FunctionalInterface
public interface HboneAcceptor {
    /**
     * A client asks for a tunnel. Answer with {@link HboneRequest#accept} or {@link HboneRequest#reject}, now or
     * later, on the same event loop.
     */
    void onConnect(HboneRequest request);

    /**
     * A connection ended before HTTP/2 began: no certificate in time, or a failed handshake.
     *
     * @param remote the client's address
     * @param local the address that it connected to
     */
    default void onConnectionFailed(SocketAddress remote, SocketAddress local, Throwable why) {
        LoggerFactory.getLogger(HboneAcceptor.class)
                .warn("connection failed src.addr={} dst.addr={} error={}", remote, local, TlsFailures.describe(why));
    }
}

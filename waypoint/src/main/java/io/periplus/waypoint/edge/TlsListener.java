package io.periplus.waypoint.edge;

import io.periplus.wire.waypoint.ClientValidation;
import io.periplus.wire.waypoint.Listener;
import io.periplus.wire.waypoint.ListenerProtocol;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A listener that speaks TLS or passes it through.
 *
 * @param tls null if TLS is passed through, or if it cannot be terminated: then nobody is let in
 */
record TlsListener(Listener config, @Nullable ServerTls tls, OpenConnections open) {
    private static final Logger LOG = LoggerFactory.getLogger(TlsListener.class);

    /** What must stay for connections to go on: all but the certificates, which may change under them. */
    record Key(
            String name,
            ListenerProtocol protocol,
            String hostname,
            boolean passthrough,
            ClientValidation validation) {}

    /** @param before the listener with the same key, whose connections this takes over; null if there was none */
    static TlsListener of(Listener config, @Nullable TlsListener before) {
        if (before != null && before.config.getTls().equals(config.getTls())) {
            return new TlsListener(config, before.tls, before.open);
        }
        ServerTls tls = null;
        if (!config.getTls().getPassthrough()) {
            try {
                tls = ServerTls.of(config.getTls(), config.getProtocol() == ListenerProtocol.LISTENER_HTTPS);
            } catch (IllegalArgumentException e) {
                LOG.error("listener {} lets nobody in: {}", config.getName(), e.getMessage());
            }
        }
        return new TlsListener(config, tls, before == null ? new OpenConnections() : before.open);
    }

    static Key keyOf(Listener config) {
        return new Key(
                config.getName(),
                config.getProtocol(),
                config.getHostname(),
                config.getTls().getPassthrough(),
                config.getTls().getClientValidation());
    }
}

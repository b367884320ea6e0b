package io.periplus.waypoint.edge;

import io.periplus.wire.waypoint.Listener;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Compiles the listeners of a port. The control plane sends only such as can share one (Gateway API: conflicts). */
final class PortPlans {
    private PortPlans() {}

    /**
     * @param listeners at least one
     * @param before the plan that is replaced; null if there was none
     */
    static PortPlan of(EdgeContext context, int port, List<Listener> listeners, @Nullable PortPlan before) {
        return switch (listeners.getFirst().getProtocol()) {
            case LISTENER_HTTP -> new HttpPort(context, port, kept(before, HttpPort.KEY));
            case LISTENER_TCP -> new TcpPort(context, port, kept(before, TcpPort.KEY));
            case LISTENER_HTTPS, LISTENER_TLS -> TlsPort.of(context, port, listeners, before);
            case UNRECOGNIZED -> TlsPort.of(context, port, List.of(), before);
        };
    }

    private static OpenConnections kept(@Nullable PortPlan before, String key) {
        OpenConnections open = before == null ? null : before.connections().get(key);
        return open == null ? new OpenConnections() : open;
    }
}

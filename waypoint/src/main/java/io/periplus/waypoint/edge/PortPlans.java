package io.periplus.waypoint.edge;

import io.periplus.wire.waypoint.Listener;
import io.periplus.wire.waypoint.ListenerProtocol;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** Compiles the listeners of a port. The control plane sends only such as can share one (Gateway API: conflicts). */
final class PortPlans {
    private PortPlans() {}

    /**
     * @param listeners at least one
     * @param before connections of the plan that is replaced
     */
    static PortPlan of(EdgeContext context, int port, List<Listener> listeners, Map<?, OpenConnections> before) {
        ListenerProtocol protocol = listeners.getFirst().getProtocol();
        return switch (protocol) {
            case LISTENER_HTTP -> new HttpPort(context, port, kept(before, HttpPort.KEY));
            case LISTENER_TCP -> new TcpPort(context, port, kept(before, TcpPort.KEY));
            case LISTENER_HTTPS, LISTENER_TLS, UNRECOGNIZED ->
                throw new UnsupportedOperationException(protocol.toString());
        };
    }

    private static OpenConnections kept(Map<?, OpenConnections> before, Object key) {
        return Objects.requireNonNullElseGet(before.get(key), OpenConnections::new);
    }
}

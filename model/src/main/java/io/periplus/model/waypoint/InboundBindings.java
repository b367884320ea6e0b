package io.periplus.model.waypoint;

import io.periplus.api.Annotations;
import io.periplus.model.input.GatewayClassInput;
import io.periplus.model.input.GatewayInput;
import io.periplus.wire.workload.ApplicationTunnel;
import org.jspecify.annotations.Nullable;

/**
 * How ztunnel hands connections to a waypoint that it stands before ("sandwiched"): as they are, or with the PROXY protocol
 * in front; on the connection's own port or on another. For waypoints of others, whose pods are in the mesh.
 */
public final class InboundBindings {
    private static final int PORT_MAX = 65_535;

    private InboundBindings() {}

    /** What the Gateway's annotation says, or its class's; null when there is none or it cannot be read. */
    public static @Nullable ApplicationTunnel of(GatewayInput gateway, @Nullable GatewayClassInput gatewayClass) {
        String own = gateway.annotations().get(Annotations.INBOUND_BINDING);
        if (own != null) {
            return parse(own);
        }
        String ofClass =
                gatewayClass == null ? null : gatewayClass.annotations().get(Annotations.INBOUND_BINDING);
        return ofClass == null ? null : parse(ofClass);
    }

    private static @Nullable ApplicationTunnel parse(String text) {
        int slash = text.indexOf('/');
        String protocol = slash < 0 ? text : text.substring(0, slash);
        if (!protocol.equals("PROXY") && !protocol.equals("NONE")) {
            return null;
        }
        ApplicationTunnel.Builder tunnel =
                ApplicationTunnel.newBuilder().setProtocol(ApplicationTunnel.Protocol.valueOf(protocol));
        if (slash < 0) {
            return tunnel.build();
        }
        try {
            int port = Integer.parseInt(text.substring(slash + 1));
            return port > 0 && port <= PORT_MAX ? tunnel.setPort(port).build() : null;
        } catch (NumberFormatException e) {
            return null;
        }
    }
}

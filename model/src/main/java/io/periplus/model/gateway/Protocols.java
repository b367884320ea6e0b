package io.periplus.model.gateway;

import io.periplus.model.input.GatewayInput;
import io.periplus.model.input.GatewayInput.GroupKind;
import io.periplus.wire.waypoint.ListenerProtocol;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The protocols that Gateways at the edge serve, and the routes that fit them. */
final class Protocols {
    private static final String GROUP = "gateway.networking.k8s.io";
    private static final Set<String> CORE = Set.of("", "core");

    /** Ports that the proxy itself listens on: administration, metrics, readiness, statistics. */
    private static final Set<Integer> RESERVED = Set.of(15000, 15020, 15021, 15090);

    private Protocols() {}

    /** The protocol; null when it is not served. */
    static @Nullable ListenerProtocol of(GatewayInput.Listener listener) {
        return switch (listener.protocol()) {
            case "HTTP" -> ListenerProtocol.LISTENER_HTTP;
            case "HTTPS" -> ListenerProtocol.LISTENER_HTTPS;
            case "TLS" -> ListenerProtocol.LISTENER_TLS;
            case "TCP" -> ListenerProtocol.LISTENER_TCP;
            default -> null;
        };
    }

    static boolean isReserved(int port) {
        return RESERVED.contains(port);
    }

    /** Whether TLS is spoken on the listener. */
    static boolean isTls(ListenerProtocol protocol) {
        return protocol == ListenerProtocol.LISTENER_HTTPS || protocol == ListenerProtocol.LISTENER_TLS;
    }

    static boolean isPassthrough(GatewayInput.Listener listener) {
        return listener.tls() != null && listener.tls().mode().equals("Passthrough");
    }

    /** Kinds of routes that fit a protocol. */
    static List<GroupKind> kinds(ListenerProtocol protocol) {
        return switch (protocol) {
            case LISTENER_HTTP, LISTENER_HTTPS -> List.of(kind("HTTPRoute"), kind("GRPCRoute"));
            case LISTENER_TLS -> List.of(kind("TLSRoute"));
            case LISTENER_TCP -> List.of(kind("TCPRoute"));
            case UNRECOGNIZED -> List.of();
        };
    }

    /** Those of the kinds a listener names that fit its protocol; all that fit when it names none. */
    static List<GroupKind> supported(GatewayInput.Listener listener, ListenerProtocol protocol) {
        List<GroupKind> fitting = kinds(protocol);
        if (listener.kinds().isEmpty()) {
            return fitting;
        }
        List<GroupKind> supported = new ArrayList<>();
        for (GroupKind kind : listener.kinds()) {
            if (fitting.contains(kind) && !supported.contains(kind)) {
                supported.add(kind);
            }
        }
        return List.copyOf(supported);
    }

    /** Whether a reference is to a Secret. */
    static boolean isCore(String group) {
        return CORE.contains(group);
    }

    private static GroupKind kind(String name) {
        return new GroupKind(GROUP, name);
    }
}

package io.periplus.model.workload;

import io.periplus.model.input.ServiceInput;
import io.periplus.wire.workload.AppProtocol;
import java.util.Locale;
import java.util.Set;

/** The application protocol that a Service's port declares. */
final class AppProtocols {
    /** SMTP, DNS, MySQL and MongoDB: what speaks there, unless something else is declared, is never HTTP. */
    private static final Set<Integer> WELL_KNOWN = Set.of(25, 53, 3306, 27017);

    private AppProtocols() {}

    /** {@code appProtocol} if set, else the port's name up to the first dash, else what is well known of its number. */
    static AppProtocol of(ServiceInput.ServicePort port) {
        if (!port.protocol().equals("TCP")) {
            return AppProtocol.UNKNOWN;
        }
        AppProtocol declared = declared(port);
        return declared == AppProtocol.UNKNOWN && WELL_KNOWN.contains(port.port()) ? AppProtocol.TCP : declared;
    }

    private static AppProtocol declared(ServiceInput.ServicePort port) {
        if (port.appProtocol() != null) {
            return byName(port.appProtocol());
        }
        String name = port.name().toLowerCase(Locale.ROOT);
        if (name.startsWith("grpc-web")) {
            return AppProtocol.GRPC;
        }
        int dash = name.indexOf('-');
        return byName(dash < 0 ? name : name.substring(0, dash));
    }

    private static AppProtocol byName(String name) {
        return switch (name.toLowerCase(Locale.ROOT)) {
            case "http", "http-proxy", "kubernetes.io/ws" -> AppProtocol.HTTP11;
            case "http2", "kubernetes.io/h2c" -> AppProtocol.HTTP2;
            // What clients of gRPC-Web say is translated for the endpoint.
            case "grpc", "grpc-web" -> AppProtocol.GRPC;
            case "https", "tls", "kubernetes.io/wss" -> AppProtocol.TLS;
            case "tcp", "mongo", "redis", "mysql" -> AppProtocol.TCP;
            default -> AppProtocol.UNKNOWN;
        };
    }
}

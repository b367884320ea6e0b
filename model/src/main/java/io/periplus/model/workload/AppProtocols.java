package io.periplus.model.workload;

import io.periplus.model.input.ServiceInput;
import io.periplus.wire.workload.AppProtocol;
import java.util.Locale;

/** The application protocol that a Service's port declares. */
final class AppProtocols {
    private AppProtocols() {}

    /** {@code appProtocol} if set, else the port's name up to the first dash; unknown when that says nothing. */
    static AppProtocol of(ServiceInput.ServicePort port) {
        if (!port.protocol().equals("TCP")) {
            return AppProtocol.UNKNOWN;
        }
        String declared = port.appProtocol();
        if (declared != null) {
            return byName(declared);
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

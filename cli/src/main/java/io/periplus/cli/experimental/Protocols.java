package io.periplus.cli.experimental;

import com.fasterxml.jackson.databind.JsonNode;
import io.periplus.cli.text.Json;
import java.util.Locale;
import java.util.Set;

/** What a Service says that a port speaks. */
final class Protocols {
    private static final Set<String> KNOWN = Set.of("HTTP", "HTTPS", "HTTP2", "GRPC", "TCP", "TLS", "UDP");

    private Protocols() {}

    /** By {@code appProtocol}, else by the name before a dash; {@code auto-detect} where neither says. */
    static String of(JsonNode port) {
        String said = Json.text(port, "/appProtocol", "");
        String name = said.isEmpty() ? Json.text(port, "/name", "") : said;
        int dash = name.indexOf('-');
        String protocol = (dash > 0 ? name.substring(0, dash) : name).toUpperCase(Locale.ROOT);
        if (said.equals("kubernetes.io/h2c")) {
            return "HTTP2";
        }
        return KNOWN.contains(protocol) ? protocol : "auto-detect";
    }
}

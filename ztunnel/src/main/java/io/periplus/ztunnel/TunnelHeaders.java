package io.periplus.ztunnel;

import io.periplus.dataplane.address.IpAddress;
import io.periplus.wire.workload.Service;
import io.periplus.wire.workload.Workload;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/** The header fields of an outgoing CONNECT. */
final class TunnelHeaders {
    /** The network that a client is on, if it is not the server's. */
    static final String FORWARDED_NETWORK = "x-forwarded-network";

    private static final int TRACE_LENGTH = 55;

    private TunnelHeaders() {}

    static Map<String, String> of(Workload source, IpAddress client, int clientPort, @Nullable Service service) {
        return Map.of(
                Baggage.HEADER,
                Baggage.of(source),
                "forwarded",
                forwarded(client, clientPort, service),
                "traceparent",
                traceparent());
    }

    /** The same inside a tunnel to another network: says which network the client is on. */
    static Map<String, String> inside(Map<String, String> outer, String network) {
        Map<String, String> fields = new HashMap<>(outer);
        fields.put(FORWARDED_NETWORK, network);
        return fields;
    }

    /** RFC 7239; informs the other end's telemetry only. */
    static String forwarded(IpAddress client, int clientPort, @Nullable Service service) {
        String by = "for=\"" + Authority.of(client, clientPort) + "\"";
        return service == null ? by : by + ";host=" + service.getHostname();
    }

    /** A fresh W3C trace context, not sampled. */
    static String traceparent() {
        ThreadLocalRandom random = ThreadLocalRandom.current();
        StringBuilder text = new StringBuilder(TRACE_LENGTH).append("00-");
        hex(text, random.nextLong(), 16);
        hex(text, random.nextLong() | 1, 16);
        text.append('-');
        hex(text, random.nextLong() | 1, 16);
        return text.append("-00").toString();
    }

    private static void hex(StringBuilder text, long bits, int digits) {
        for (int shift = (digits - 1) * 4; shift >= 0; shift -= 4) {
            text.append(Character.forDigit((int) (bits >>> shift & 0xf), 16));
        }
    }
}

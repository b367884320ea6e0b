package io.periplus.waypoint.telemetry;

import io.netty.handler.codec.http.HttpHeaders;
import io.netty.util.NetUtil;
import io.periplus.dataplane.http.RequestHead;
import io.periplus.waypoint.mesh.Destination;
import io.periplus.waypoint.upstream.Backend;
import java.net.InetSocketAddress;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The operators of Envoy's access log formats (documentation of Envoy, "Access logging", command operators), as far as a
 * proxy of the mesh has something to say to them.
 */
final class LogOperators {
    /** Gives a string, a number, or null where there is nothing to say. */
    interface Operator {
        @Nullable
        Object valueOf(Report report);
    }

    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern(
                    "uuuu-MM-dd'T'HH:mm:ss.SSS'Z'", Locale.ROOT)
            .withZone(ZoneOffset.UTC);

    private static final Map<String, Operator> PLAIN = Map.ofEntries(
            Map.entry("START_TIME", report -> TIME.format(Instant.ofEpochMilli(report.startMillis()))),
            Map.entry("PROTOCOL", ofRequest(RequestReport::protocol)),
            Map.entry("RESPONSE_CODE", report -> report instanceof RequestReport request ? request.status() : 0),
            Map.entry("RESPONSE_FLAGS", report -> report.flags().isEmpty() ? "-" : report.flags()),
            Map.entry("RESPONSE_CODE_DETAILS", report -> isDeniedConnection(report) ? null : known(report.details())),
            Map.entry("CONNECTION_TERMINATION_DETAILS", report -> isDeniedConnection(report) ? report.details() : null),
            Map.entry("UPSTREAM_TRANSPORT_FAILURE_REASON", report -> known(report.transportFailure())),
            Map.entry("BYTES_RECEIVED", LogOperators::received),
            Map.entry("BYTES_SENT", LogOperators::sent),
            Map.entry("DURATION", report -> TimeUnit.NANOSECONDS.toMillis(report.durationNanos())),
            Map.entry("UPSTREAM_HOST", LogOperators::upstreamHost),
            Map.entry("UPSTREAM_CLUSTER", LogOperators::cluster),
            Map.entry("UPSTREAM_CLUSTER_RAW", LogOperators::cluster),
            Map.entry("UPSTREAM_LOCAL_ADDRESS", LogOperators::upstreamLocal),
            Map.entry("DOWNSTREAM_LOCAL_ADDRESS", LogOperators::addressed),
            Map.entry(
                    "DOWNSTREAM_REMOTE_ADDRESS",
                    report -> NetUtil.toSocketAddressString(report.parties().remoteAddress())),
            Map.entry(
                    "DOWNSTREAM_REMOTE_ADDRESS_WITHOUT_PORT",
                    report -> report.parties().remoteAddress().getAddress().getHostAddress()),
            Map.entry("DOWNSTREAM_PEER_URI_SAN", LogOperators::peer),
            Map.entry("REQUESTED_SERVER_NAME", LogOperators::serverName),
            Map.entry("ROUTE_NAME", ofRequest(RequestReport::routeName)),
            Map.entry("GRPC_STATUS_NUMBER", ofRequest(request -> known(request.grpcStatus()))));

    private LogOperators() {}

    /**
     * The operator with this name and argument.
     *
     * @param argument what stood between parentheses, null if nothing did
     * @throws IllegalArgumentException if there is no such operator
     */
    static Operator of(String name, @Nullable String argument) {
        if (name.equals("DYNAMIC_METADATA") && argument != null) {
            Operator metadata = MarkOperators.of(argument);
            if (metadata == null) {
                throw new IllegalArgumentException("access log format: nothing sets the metadata " + argument
                        + " (expected one of " + String.join(", ", MarkOperators.names()) + ")");
            }
            return metadata;
        }
        if (argument != null) {
            String[] names = argument.toLowerCase(Locale.ROOT).split("\\?", 2);
            String first = names[0];
            String otherwise = names.length > 1 ? names[1] : first;
            if (name.equals("REQ")) {
                return ofRequest(request -> either(requestField(request, first), requestField(request, otherwise)));
            }
            if (name.equals("RESP")) {
                return ofRequest(request -> either(responseField(request, first), responseField(request, otherwise)));
            }
        }
        Operator plain = argument == null ? PLAIN.get(name) : null;
        if (plain == null) {
            throw new IllegalArgumentException("access log format: unknown operator %" + name
                    + (argument == null ? "" : "(" + argument + ")")
                    + "% (expected one of REQ(…), RESP(…), DYNAMIC_METADATA(…), "
                    + String.join(", ", PLAIN.keySet().stream().sorted().toList()) + ")");
        }
        return plain;
    }

    private static Operator ofRequest(Function<RequestReport, @Nullable Object> value) {
        return report -> report instanceof RequestReport request ? value.apply(request) : null;
    }

    private static @Nullable Object either(@Nullable Object first, @Nullable Object otherwise) {
        return first == null ? otherwise : first;
    }

    private static @Nullable Object requestField(RequestReport report, String name) {
        RequestHead head = report.request();
        if (head == null) {
            return null;
        }
        return switch (name) {
            case ":method" -> head.method();
            case ":path" -> head.path();
            case ":authority", "host" -> known(head.authority());
            case ":scheme" -> head.scheme();
            default -> head.headers().get(name);
        };
    }

    private static @Nullable Object responseField(RequestReport report, String name) {
        if (name.equals("x-envoy-upstream-service-time")) {
            // A header field, though only the client sees it: a text also in JSON.
            return report.upstreamMillis() < 0 ? null : Long.toString(report.upstreamMillis());
        }
        HttpHeaders headers = report.responseHeaders();
        return headers == null ? null : headers.get(name);
    }

    private static Object received(Report report) {
        return switch (report) {
            case RequestReport request -> request.requestBytes();
            case ConnectionReport connection -> connection.receivedBytes();
        };
    }

    private static Object sent(Report report) {
        return switch (report) {
            case RequestReport request -> request.responseBytes();
            case ConnectionReport connection -> connection.sentBytes();
        };
    }

    private static @Nullable Object upstreamHost(Report report) {
        Backend backend = report.parties().backend();
        return backend == null ? null : backend.toString();
    }

    private static Object cluster(Report report) {
        String chain = report instanceof RequestReport ? "http" : "tcp";
        return switch (report.parties().target()) {
            case Destination.OfService service
            when !service.fronted() -> "outbound|" + service.port() + "||" + service.hostname();
            case Destination.OfService service ->
                "inbound-vip|" + service.port() + "|" + chain + "|" + service.hostname();
            case Destination.OfWorkload workload -> "inbound-direct|" + workload.port() + "|" + chain;
            case Destination.OfListener listener -> "listener|" + listener.port() + "|" + chain;
        };
    }

    private static Object addressed(Report report) {
        Destination destination = report.parties().destination();
        return NetUtil.toSocketAddressString(destination.address().toString(), destination.port());
    }

    private static @Nullable Object peer(Report report) {
        return report.parties().peer() == null
                ? null
                : String.valueOf(report.parties().peer());
    }

    private static @Nullable Object serverName(Report report) {
        return known(report.parties().serverName());
    }

    /** What Envoy says of a request that policies refuse in one place, it says of a connection in another. */
    private static boolean isDeniedConnection(Report report) {
        return report instanceof ConnectionReport && report.details().startsWith("rbac_");
    }

    private static @Nullable String upstreamLocal(Report report) {
        InetSocketAddress local = report.upstreamLocalAddress();
        return local == null ? null : NetUtil.toSocketAddressString(local);
    }

    private static @Nullable String known(String value) {
        return value.isEmpty() ? null : value;
    }
}

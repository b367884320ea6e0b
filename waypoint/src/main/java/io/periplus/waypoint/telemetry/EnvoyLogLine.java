package io.periplus.waypoint.telemetry;

import io.netty.util.NetUtil;
import io.periplus.dataplane.http.RequestHead;
import io.periplus.waypoint.mesh.Destination;
import io.periplus.waypoint.upstream.Backend;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The default text format of Istio's access log: one line, {@code -} for what is absent. */
final class EnvoyLogLine {
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern(
                    "uuuu-MM-dd'T'HH:mm:ss.SSS'Z'", Locale.ROOT)
            .withZone(ZoneOffset.UTC);

    private final StringBuilder line = new StringBuilder(512);

    private EnvoyLogLine() {}

    static String of(RequestReport report) {
        EnvoyLogLine out = new EnvoyLogLine();
        RequestHead request = report.request();
        out.time(report.startMillis());
        if (request == null) {
            out.line.append(" \"- - ").append(report.protocol()).append('"');
        } else {
            out.line.append(" \"").append(request.method()).append(' ').append(request.path());
            out.line.append(' ').append(report.protocol()).append('"');
        }
        out.plain(Integer.toString(report.status()));
        out.plain(report.flags());
        out.plain(report.details());
        out.plain("");
        out.quoted(report.transportFailure());
        out.plain(Long.toString(report.requestBytes()));
        out.plain(Long.toString(report.responseBytes()));
        out.plain(Long.toString(TimeUnit.NANOSECONDS.toMillis(report.durationNanos())));
        out.plain(report.upstreamMillis() < 0 ? "" : Long.toString(report.upstreamMillis()));
        out.quoted(header(request, "x-forwarded-for"));
        out.quoted(header(request, "user-agent"));
        out.quoted(header(request, "x-request-id"));
        out.quoted(request == null ? "" : request.authority());
        out.upstream(report.parties(), "http", report.upstreamLocalAddress());
        out.plain(report.routeName() == null ? "" : report.routeName());
        return out.line.append('\n').toString();
    }

    static String of(ConnectionReport report) {
        EnvoyLogLine out = new EnvoyLogLine();
        out.time(report.startMillis());
        out.line.append(" \"- - -\"");
        out.plain("0");
        out.plain(report.flags());
        out.plain(report.details());
        out.plain("");
        out.quoted(report.transportFailure());
        out.plain(Long.toString(report.receivedBytes()));
        out.plain(Long.toString(report.sentBytes()));
        out.plain(Long.toString(TimeUnit.NANOSECONDS.toMillis(report.durationNanos())));
        out.line.append(" - \"-\" \"-\" \"-\" \"-\"");
        out.upstream(report.parties(), "tcp", report.upstreamLocalAddress());
        out.plain("");
        return out.line.append('\n').toString();
    }

    private void time(long millis) {
        line.append('[').append(TIME.format(Instant.ofEpochMilli(millis))).append(']');
    }

    /** Endpoint, cluster, the addresses of both connections, the server name (never known inside a tunnel). */
    private void upstream(Parties parties, String chain, @Nullable String local) {
        Backend backend = parties.backend();
        quoted(backend == null ? "" : backend.toString());
        Destination destination = parties.destination();
        plain(
                destination instanceof Destination.OfService service
                        ? "inbound-vip|" + service.port() + "|" + chain + "|" + service.hostname()
                        : "inbound-direct|" + destination.port() + "|" + chain);
        plain(local == null ? "" : local);
        plain(NetUtil.toSocketAddressString(destination.address().toString(), destination.port()));
        plain(NetUtil.toSocketAddressString(parties.remoteAddress()));
        plain("");
    }

    private static String header(@Nullable RequestHead request, String name) {
        String value = request == null ? null : request.headers().get(name);
        return value == null ? "" : value;
    }

    private void plain(String value) {
        line.append(' ').append(value.isEmpty() ? "-" : value);
    }

    private void quoted(String value) {
        line.append(" \"")
                .append(value.isEmpty() ? "-" : value.replace("\"", "\\\""))
                .append('"');
    }
}

package io.periplus.waypoint.telemetry;

import io.periplus.dataplane.telemetry.Counter;
import io.periplus.dataplane.telemetry.Family;
import io.periplus.dataplane.telemetry.Histogram;
import io.periplus.dataplane.telemetry.MarkMetrics;
import io.periplus.dataplane.telemetry.MetricsRegistry;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Istio's standard metrics, of waypoints and of Gateways. */
public final class WaypointMetrics implements Telemetry {
    /** Envoy's buckets, in milliseconds and in bytes alike. */
    private static final double[] BUCKETS = {
        0.5, 1, 5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000, 10_000, 30_000, 60_000, 300_000, 600_000, 1_800_000,
        3_600_000
    };

    private static final double NANOS_PER_MILLI = 1e6;

    /** Series that are looked up quickly; when there are more, the look-up begins anew. */
    private static final int KNOWN_MAX = 5_000;

    private record HttpSeries(Counter requests, Histogram duration, Histogram request, Histogram response) {}

    private record GrpcSeries(Counter requestMessages, Counter responseMessages) {}

    private record TcpSeries(Counter opened, Counter closed, Counter sent, Counter received) {}

    private final Reporter reporter;
    private final Family<Counter> requests;
    private final Family<Histogram> durations;
    private final Family<Histogram> requestBytes;
    private final Family<Histogram> responseBytes;
    private final Family<Counter> requestMessages;
    private final Family<Counter> responseMessages;
    private final Family<Counter> opened;
    private final Family<Counter> closed;
    private final Family<Counter> sent;
    private final Family<Counter> received;
    private final MarkMetrics marks;
    private final Map<SeriesKey, HttpSeries> http = new ConcurrentHashMap<>();
    private final Map<SeriesKey, GrpcSeries> grpc = new ConcurrentHashMap<>();
    private final Map<SeriesKey, TcpSeries> tcp = new ConcurrentHashMap<>();

    public WaypointMetrics(MetricsRegistry metrics, Reporter reporter) {
        this.reporter = reporter;
        marks = new MarkMetrics(metrics);
        String[] labels = WaypointLabels.httpNames();
        requests = metrics.counter("istio_requests_total", "Requests", labels);
        durations = metrics.histogram(
                "istio_request_duration_milliseconds",
                "Time from the request's head to the end of its answer",
                BUCKETS,
                labels);
        requestBytes = metrics.histogram("istio_request_bytes", "Bytes of requests with their heads", BUCKETS, labels);
        responseBytes = metrics.histogram("istio_response_bytes", "Bytes of answers with their heads", BUCKETS, labels);
        requestMessages = metrics.counter("istio_request_messages_total", "gRPC messages of requests", labels);
        responseMessages = metrics.counter("istio_response_messages_total", "gRPC messages of answers", labels);
        String[] tcpLabels = WaypointLabels.tcpNames();
        opened = metrics.counter("istio_tcp_connections_opened_total", "TCP connections opened", tcpLabels);
        closed = metrics.counter("istio_tcp_connections_closed_total", "TCP connections closed", tcpLabels);
        sent = metrics.counter("istio_tcp_sent_bytes_total", "Bytes sent to clients", tcpLabels);
        received = metrics.counter("istio_tcp_received_bytes_total", "Bytes received from clients", tcpLabels);
    }

    @Override
    public void ended(RequestReport report) {
        SeriesKey key = SeriesKey.of(report, reporter);
        HttpSeries series = http(key);
        series.requests.increment();
        series.duration.record(report.durationNanos() / NANOS_PER_MILLI);
        series.request.record(report.requestHeadBytes() + report.requestBytes());
        series.response.record(report.responseHeadBytes() + report.responseBytes());
        marks.count(report.marks(), report.parties().destination().hostname());
        if (report.grpc()) {
            GrpcSeries messages = grpc(key);
            messages.requestMessages.add(report.requestMessages());
            messages.responseMessages.add(report.responseMessages());
        }
    }

    private GrpcSeries grpc(SeriesKey key) {
        GrpcSeries known = grpc.get(key);
        if (known != null) {
            return known;
        }
        if (grpc.size() >= KNOWN_MAX) {
            grpc.clear();
        }
        return grpc.computeIfAbsent(key, unknown -> {
            String[] labels = WaypointLabels.http(unknown, reporter);
            return new GrpcSeries(requestMessages.with(labels), responseMessages.with(labels));
        });
    }

    private HttpSeries http(SeriesKey key) {
        HttpSeries known = http.get(key);
        if (known != null) {
            return known;
        }
        if (http.size() >= KNOWN_MAX) {
            http.clear();
        }
        return http.computeIfAbsent(key, unknown -> {
            String[] labels = WaypointLabels.http(unknown, reporter);
            return new HttpSeries(
                    requests.with(labels),
                    durations.with(labels),
                    requestBytes.with(labels),
                    responseBytes.with(labels));
        });
    }

    @Override
    public void opened(ConnectionReport report) {
        tcp(SeriesKey.of(report, reporter)).opened.increment();
    }

    @Override
    public void moved(ConnectionReport report, long receivedBytes, long sentBytes) {
        TcpSeries series = tcp(SeriesKey.of(report, reporter));
        series.received.add(receivedBytes);
        series.sent.add(sentBytes);
    }

    @Override
    public void ended(ConnectionReport report) {
        tcp(SeriesKey.of(report, reporter)).closed.increment();
        marks.count(report.marks(), report.parties().destination().hostname());
    }

    private TcpSeries tcp(SeriesKey key) {
        TcpSeries known = tcp.get(key);
        if (known != null) {
            return known;
        }
        if (tcp.size() >= KNOWN_MAX) {
            tcp.clear();
        }
        return tcp.computeIfAbsent(key, unknown -> {
            String[] labels = WaypointLabels.tcp(unknown, reporter);
            return new TcpSeries(opened.with(labels), closed.with(labels), sent.with(labels), received.with(labels));
        });
    }
}

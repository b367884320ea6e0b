package io.periplus.ztunnel.dns;

import io.periplus.dataplane.telemetry.Counter;
import io.periplus.dataplane.telemetry.Family;
import io.periplus.dataplane.telemetry.Histogram;
import io.periplus.dataplane.telemetry.MetricsRegistry;
import io.periplus.wire.workload.Workload;
import org.jspecify.annotations.Nullable;

/** Counts queries; names and labels are upstream's. */
public final class DnsMetrics {
    private static final String[] LABELS = {
        "request_query_type", "request_protocol", "source_canonical_service", "source_canonical_revision"
    };
    private static final double[] SECONDS = {0.0005, 0.001, 0.01, 0.1, 1, 5};
    private static final String UNKNOWN = "unknown";

    private final Family<Counter> requests;
    private final Family<Counter> forwarded;
    private final Family<Counter> failed;
    private final Family<Histogram> duration;

    /** Registers the families. */
    public DnsMetrics(MetricsRegistry metrics) {
        this.requests = metrics.counter("istio_dns_requests_total", "Total number of DNS requests (unstable)", LABELS);
        this.forwarded = metrics.counter(
                "istio_dns_upstream_requests_total",
                "Total number of DNS requests forwarded to upstream (unstable)",
                LABELS);
        this.failed = metrics.counter(
                "istio_dns_upstream_failures_total",
                "Total number of DNS requests forwarded in vain (unstable)",
                LABELS);
        this.duration = metrics.histogram(
                "istio_dns_upstream_request_duration_seconds",
                "How long forwarded DNS requests took, in seconds (unstable)",
                SECONDS,
                LABELS);
    }

    void requested(DnsQuery query, Transport transport, @Nullable Workload client) {
        requests.with(labels(query, transport, client)).increment();
    }

    void forwarded(DnsQuery query, Transport transport, Workload client, long nanos, boolean answered) {
        String[] labels = labels(query, transport, client);
        forwarded.with(labels).increment();
        duration.with(labels).record(nanos / 1e9);
        if (!answered) {
            failed.with(labels).increment();
        }
    }

    private static String[] labels(DnsQuery query, Transport transport, @Nullable Workload client) {
        return new String[] {
            DnsCode.typeName(query.type()),
            transport.label(),
            client == null || client.getCanonicalName().isEmpty() ? UNKNOWN : client.getCanonicalName(),
            client == null || client.getCanonicalRevision().isEmpty() ? UNKNOWN : client.getCanonicalRevision()
        };
    }
}

package io.periplus.dataplane.xds;

import io.periplus.dataplane.telemetry.Counter;
import io.periplus.dataplane.telemetry.Family;
import io.periplus.dataplane.telemetry.MetricsRegistry;

/** The {@code istio_xds_*} metrics. */
public final class XdsMetrics implements XdsEvents {
    private final Family<Counter> terminations;
    private final Family<Counter> messages;
    private final Family<Counter> bytes;

    public XdsMetrics(MetricsRegistry metrics) {
        terminations = metrics.counter(
                "istio_xds_connection_terminations_total",
                "The total number of completed connections to xds server (unstable)",
                "reason");
        messages = metrics.counter("istio_xds_message_total", "Total number of messages received (unstable)", "url");
        bytes = metrics.counter("istio_xds_message_bytes_total", "Total number of bytes received (unstable)", "url");
    }

    @Override
    public void terminated(String reason) {
        terminations.with(reason).increment();
    }

    @Override
    public void received(String typeUrl, long size) {
        messages.with(typeUrl).increment();
        bytes.with(typeUrl).add(size);
    }
}

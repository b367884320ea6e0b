package io.periplus.ztunnel;

import static org.assertj.core.api.Assertions.assertThat;

import io.periplus.dataplane.telemetry.MetricsRegistry;
import io.periplus.dataplane.telemetry.ProcessMetrics;
import io.periplus.dataplane.telemetry.TcpMetrics;
import io.periplus.dataplane.xds.XdsMetrics;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Every metric that dashboards and alerts know by name: type, labels in their order, help. */
@Timeout(30)
final class StandardMetricsTest {
    private static final String SOURCE = "source_workload source_canonical_service source_canonical_revision "
            + "source_workload_namespace source_principal source_app source_version source_cluster";
    private static final String TCP = "reporter " + SOURCE
            + " destination_service destination_service_namespace destination_service_name"
            + " destination_workload destination_canonical_service destination_canonical_revision"
            + " destination_workload_namespace destination_principal destination_app destination_version"
            + " destination_cluster request_protocol response_flags connection_security_policy"
            + " source_region source_zone destination_region destination_zone";
    private static final String DNS =
            "request_query_type request_protocol source_canonical_service source_canonical_revision";

    @Test
    void allAreThereWithTheirLabelsAndHelp() {
        try (TestNode node = new TestNode()) {
            MetricsRegistry metrics = node.metrics;
            assertThat(new TcpMetrics(metrics)).isNotNull();
            assertThat(new RevocationMetrics(metrics)).isNotNull();
            assertThat(new XdsMetrics(metrics)).isNotNull();
            ProcessMetrics.register(metrics, "ztunnel", "1");
            PodMetrics.register(metrics, node.pods);

            String described = metrics.describe().stream()
                    .filter(metric -> !metric.name().startsWith("istio_dry_run_")
                            && !metric.name().startsWith("periplus_"))
                    .map(metric -> "%s %s [%s] %s"
                            .formatted(metric.type(), metric.name(), String.join(" ", metric.labels()), metric.help()))
                    .sorted()
                    .collect(Collectors.joining("\n", "", "\n"));

            assertThat(described).isEqualTo(EXPECTED.formatted(TCP, SOURCE, DNS));
        }
    }

    private static final String EXPECTED = """
            counter istio_crl_policy_rejections_total [reporter] The total number of connections rejected because a certificate was revoked (unstable)
            counter istio_crl_untracked_connections_total [reporter] The total number of connections that a later revocation would not end (unstable)
            counter istio_dns_requests_total [%3$s] Total number of DNS requests (unstable)
            counter istio_dns_upstream_failures_total [%3$s] Total number of DNS requests forwarded in vain (unstable)
            counter istio_dns_upstream_requests_total [%3$s] Total number of DNS requests forwarded to upstream (unstable)
            counter istio_on_demand_dns_total [%2$s hostname] The total number of requests that used on-demand DNS (unstable)
            counter istio_tcp_connections_closed_total [%1$s] The total number of TCP connections closed
            counter istio_tcp_connections_failed_total [%1$s] The total number of TCP connections that failed (unstable)
            counter istio_tcp_connections_opened_total [%1$s] The total number of TCP connections opened
            counter istio_tcp_received_bytes_total [%1$s] The size of total bytes received during request in case of a TCP connection
            counter istio_tcp_sent_bytes_total [%1$s] The size of total bytes sent during response in case of a TCP connection
            counter istio_xds_connection_terminations_total [reason] The total number of completed connections to xds server (unstable)
            counter istio_xds_message_bytes_total [url] Total number of bytes received (unstable)
            counter istio_xds_message_total [url] Total number of messages received (unstable)
            counter workload_manager_proxies_started_total [] The total number of proxies that were started (unstable)
            counter workload_manager_proxies_stopped_total [] The total number of proxies that were stopped (unstable)
            gauge istio_build [component tag] Istio component build info
            gauge istio_tcp_sockets_open [reporter] The current number of open TCP sockets (unstable)
            gauge process_max_fds [] Maximum number of open file descriptors
            gauge process_open_fds [] Number of open file descriptors
            gauge process_resident_memory_bytes [] Resident memory size in bytes
            gauge workload_manager_active_proxy_count [] The total number current workloads with active proxies (unstable)
            gauge workload_manager_pending_proxy_count [] The total number current workloads with pending proxies (unstable)
            histogram istio_dns_upstream_request_duration_seconds [%3$s] How long forwarded DNS requests took, in seconds (unstable)
            """;
}

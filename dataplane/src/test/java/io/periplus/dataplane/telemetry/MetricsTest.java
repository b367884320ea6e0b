package io.periplus.dataplane.telemetry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.periplus.api.SpiffeId;
import io.periplus.wire.workload.Locality;
import io.periplus.wire.workload.Service;
import io.periplus.wire.workload.Workload;
import java.io.IOException;
import org.junit.jupiter.api.Test;

/** Metrics and their text. */
class MetricsTest {
    private final MetricsRegistry metrics = new MetricsRegistry();

    @Test
    void countersGaugesAndHistogramsReadAsOpenMetrics() throws IOException {
        metrics.counter("requests_total", "Requests", "path").with("/a\"b\\").add(3);
        metrics.gauge("open", "Open", "reporter").with("source").increment();
        metrics.gauge("answer", "The answer", () -> 42.5);
        Family<Histogram> latency = metrics.histogram("latency", "Latency", new double[] {0.5, 1}, "code");
        latency.with("200").record(0.25);
        latency.with("200").record(1);
        latency.with("200").record(7);
        metrics.counter("unused_total", "Never shown");
        assertThat(text()).isEqualTo("""
                        # HELP requests Requests.
                        # TYPE requests counter
                        requests_total{path="/a\\"b\\\\"} 3
                        # HELP open Open.
                        # TYPE open gauge
                        open{reporter="source"} 1
                        # HELP latency Latency.
                        # TYPE latency histogram
                        latency_bucket{code="200",le="0.5"} 1
                        latency_bucket{code="200",le="1"} 2
                        latency_bucket{code="200",le="+Inf"} 3
                        latency_sum{code="200"} 8.25
                        latency_count{code="200"} 3
                        # HELP answer The answer.
                        # TYPE answer gauge
                        answer 42.5
                        # EOF
                        """);
    }

    @Test
    void aTcpConnectionIsCountedWithTheStandardLabels() throws IOException {
        SpiffeId client = new SpiffeId("cluster.local", "finance", "curl");
        Workload source = Workload.newBuilder()
                .setWorkloadName("curl")
                .setNamespace("finance")
                .setCanonicalName("curl")
                .setCanonicalRevision("v1")
                .setClusterId("cluster1")
                .setLocality(Locality.newBuilder().setZone("a"))
                .build();
        Service service = Service.newBuilder()
                .setName("accounts")
                .setNamespace("accounts")
                .setHostname("accounts.accounts.svc.cluster.local")
                .build();
        TcpMetrics tcp = new TcpMetrics(metrics);
        TcpMetrics.Connection connection =
                tcp.opened(new TcpLabels("source", source, client, null, null, service, true));
        connection.received(11);
        connection.sent(22);
        connection.closed("CONNECT");
        String labels = "{reporter=\"source\",source_workload=\"curl\",source_canonical_service=\"curl\","
                + "source_canonical_revision=\"v1\",source_workload_namespace=\"finance\","
                + "source_principal=\"spiffe://cluster.local/ns/finance/sa/curl\",source_app=\"curl\","
                + "source_version=\"v1\",source_cluster=\"cluster1\","
                + "destination_service=\"accounts.accounts.svc.cluster.local\","
                + "destination_service_namespace=\"accounts\",destination_service_name=\"accounts\","
                + "destination_workload=\"unknown\",destination_canonical_service=\"unknown\","
                + "destination_canonical_revision=\"unknown\",destination_workload_namespace=\"unknown\","
                + "destination_principal=\"unknown\",destination_app=\"unknown\",destination_version=\"unknown\","
                + "destination_cluster=\"unknown\",request_protocol=\"tcp\",response_flags=\"%s\","
                + "connection_security_policy=\"mutual_tls\",source_region=\"unknown\",source_zone=\"a\","
                + "destination_region=\"unknown\",destination_zone=\"unknown\"}";
        assertThat(text())
                .contains("istio_tcp_connections_opened_total" + labels.formatted("-") + " 1\n")
                .contains("istio_tcp_received_bytes_total" + labels.formatted("-") + " 11\n")
                .contains("istio_tcp_sent_bytes_total" + labels.formatted("-") + " 22\n")
                .contains("istio_tcp_connections_closed_total" + labels.formatted("CONNECT") + " 1\n")
                .contains("istio_tcp_connections_failed_total" + labels.formatted("CONNECT") + " 1\n");
    }

    @Test
    void betweenTwoOfWhomNothingIsKnownThereIsNoLocality() throws IOException {
        new TcpMetrics(metrics).opened(new TcpLabels("source", null, null, null, null, null, false));
        assertThat(text())
                .contains("connection_security_policy=\"unknown\"} 1\n")
                .doesNotContain("_zone", "_region");
    }

    @Test
    void theProcessTellsOfItself() throws IOException {
        ProcessMetrics.register(metrics, "ztunnel", "1.0");
        assertThat(text())
                .contains("istio_build{component=\"ztunnel\",tag=\"1.0\"} 1\n")
                .containsPattern("process_open_fds [1-9]")
                .containsPattern("process_max_fds [1-9]")
                .containsPattern("process_resident_memory_bytes [1-9]");
    }

    @Test
    void seriesBeyondTheBoundAreCountedTogether() {
        Family<Counter> family = metrics.counter("many_total", "Many", "id");
        for (int i = 0; i < Family.SERIES_MAX + 10; i++) {
            family.with("id" + i).increment();
        }
        assertThat(family.with("overflow").value()).isEqualTo(10);
    }

    @Test
    void longValuesLeaveRoomForFewerSeries() {
        Family<Counter> family = metrics.counter("long_total", "Long", "id", "who");
        String who = "w".repeat(4_000);
        for (int i = 0; i < Family.SERIES_MAX; i++) {
            family.with("id" + i, who).increment();
        }
        assertThat(family.with("overflow", "overflow").value())
                .isCloseTo(Family.SERIES_MAX - Family.VALUE_CHARS_MAX / who.length(), within(20L));
        assertThat(family.with("id0", who).value()).isEqualTo(1);
    }

    @Test
    void misuseIsNamed() {
        Family<Counter> family = metrics.counter("a_total", "A", "x");
        assertThatThrownBy(family::with).hasMessageContaining("0 label values");
        assertThatThrownBy(() -> metrics.counter("a_total", "A")).hasMessageContaining("registered already");
        assertThatThrownBy(() -> metrics.counter("a", "A")).hasMessageContaining("_total");
    }

    private String text() throws IOException {
        StringBuilder text = new StringBuilder();
        metrics.expose(text);
        return text.toString();
    }
}

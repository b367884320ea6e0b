package io.periplus.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** A Prometheus as people run it finds the mesh's pods by their annotations and understands what they say. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PrometheusTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    /** On the node: nothing outside the lab can reach its pods. */
    private static final String LISTEN = "127.0.0.1:9090";

    private static final Duration SCRAPED = Duration.ofSeconds(30);

    private final Cluster cluster = Lab.cluster1();
    private Process prometheus;
    private String network;

    @BeforeAll
    void scrape(@TempDir Path folder) throws IOException {
        Sample.deploy(cluster);
        Sample.applyWaypoint(cluster);
        Sample.awaitWaypoint(cluster);
        Path config = folder.resolve("prometheus.yml");
        Files.writeString(config, """
                global: {scrape_interval: 1s}
                scrape_configs:
                  - job_name: kubernetes-pods
                    file_sd_configs: [{files: ["%s"]}]
                """.formatted(targets(folder.resolve("targets.json"))));
        Path log = folder.resolve("prometheus.log");
        network = Lab.networkNamespace(cluster);
        prometheus = Command.of(
                        "ip",
                        "netns",
                        "exec",
                        network,
                        "prometheus",
                        "--config.file=" + config,
                        "--storage.tsdb.path=" + folder.resolve("data"),
                        "--web.listen-address=" + LISTEN)
                .start(log.toFile());
        await().atMost(SCRAPED).ignoreExceptions().until(() -> {
            assertThat(prometheus.isAlive()).as(Files.readString(log)).isTrue();
            return value("vector(1)") == 1;
        });
    }

    @AfterAll
    void stop() throws InterruptedException {
        if (prometheus != null) {
            prometheus.destroy();
            prometheus.waitFor();
        }
    }

    @Test
    void theProxiesAndTheControlPlaneAreUp() {
        await().atMost(SCRAPED).untilAsserted(() -> {
            assertThat(value("count(up{pod=~\"(istiod|ztunnel|waypoint)-.*\"} == 1)"))
                    .isGreaterThanOrEqualTo(3);
            assertThat(value("count(up == 0) or vector(0)")).isZero();
        });
    }

    @Test
    void requestsAreCountedByWhoAskedWhom() throws Exception {
        for (int i = 0; i < 5; i++) {
            assertThat(cluster.status("finance", "GET")).isEqualTo("200");
        }
        String requests = "sum(istio_requests_total{reporter=\"waypoint\",source_workload=\"curl\","
                + "source_workload_namespace=\"finance\",destination_service=\"accounts.accounts.svc.cluster.local\","
                + "source_principal=\"spiffe://cluster.local/ns/finance/sa/curl\",response_code=\"200\","
                + "connection_security_policy=\"mutual_tls\"})";
        await().atMost(SCRAPED).untilAsserted(() -> assertThat(value(requests)).isGreaterThanOrEqualTo(5));
        assertThat(value("histogram_quantile(0.5, sum by (le) (istio_request_duration_milliseconds_bucket))"))
                .isPositive();
        assertThat(value("sum(istio_response_bytes_sum)")).isPositive();
        assertThat(value("sum(istio_request_bytes_count)")).isGreaterThanOrEqualTo(5);
    }

    @Test
    void theTunnelsShowAsConnectionsOfTheNodeProxy() {
        assertThat(cluster.status("finance", "GET")).isEqualTo("200");
        await().atMost(SCRAPED)
                .untilAsserted(() -> assertThat(
                                value("sum(istio_tcp_connections_opened_total{reporter=~\"source|destination\"})"))
                        .isPositive());
    }

    /** The pods that ask to be scraped: Debian's Prometheus is built without discovery in Kubernetes. */
    private Path targets(Path file) throws IOException {
        JsonNode pods = JSON.readTree(cluster.kubectl("get", "pods", "-A", "-o", "json")
                        .run()
                        .succeeds()
                        .out())
                .path("items");
        ArrayNode targets = JSON.createArrayNode();
        for (JsonNode pod : pods) {
            JsonNode annotations = pod.path("metadata").path("annotations");
            if (annotations.path("prometheus.io/scrape").asText().equals("true")) {
                ObjectNode target = targets.addObject();
                target.putArray("targets")
                        .add(pod.path("status").path("podIP").asText() + ":"
                                + annotations.path("prometheus.io/port").asText());
                target.putObject("labels")
                        .put("pod", pod.path("metadata").path("name").asText())
                        .put(
                                "__metrics_path__",
                                annotations.path("prometheus.io/path").asText("/metrics"));
            }
        }
        Files.writeString(file, targets.toString());
        return file;
    }

    /** The first value of a query's result; -1 when there is none yet. */
    private double value(String query) throws IOException {
        String encoded = URLEncoder.encode(query, StandardCharsets.UTF_8);
        Command.Result answer = Command.of("ip", "netns", "exec", network, "curl", "-s")
                .plus("http://" + LISTEN + "/api/v1/query?query=" + encoded)
                .run()
                .succeeds();
        JsonNode result = JSON.readTree(answer.out()).path("data").path("result");
        return result.isEmpty() ? -1 : result.get(0).path("value").path(1).asDouble();
    }
}

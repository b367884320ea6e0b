package io.periplus.waypoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A gateway that runs alone, with its configuration in files. */
class LocalFilesTest {
    private static final String RESOURCES = """
            {"resources": [
              {"@type": "type.googleapis.com/istio.workload.Address", "service": {
                "name": "echo", "namespace": "default", "hostname": "echo.default.svc.cluster.local",
                "ports": [{"servicePort": 80, "targetPort": %1$d, "appProtocol": "HTTP11"}]}},
              {"@type": "type.googleapis.com/istio.workload.Address", "workload": {
                "uid": "echo-1", "name": "echo-1", "namespace": "default", "addresses": ["fwABAQ=="],
                "services": {"default/echo.default.svc.cluster.local": {"ports": [
                  {"servicePort": 80, "targetPort": %1$d}]}}}},
              {"@type": "type.googleapis.com/periplus.waypoint.v1.Route", "kind": "HTTP",
                "namespace": "default", "name": "echo",
                "parents": [{"listener": {"listener": "http"}}],
                "rules": [{"backends": [{"weight": 1, "service": {
                  "namespace": "default", "hostname": "echo.default.svc.cluster.local", "port": 80}}]}]}]}
            """;

    @TempDir
    Path files;

    private ProxyProcess start(Application application) throws IOException {
        Files.writeString(files.resolve("resources.json"), RESOURCES.formatted(application.port()));
        return start();
    }

    private ProxyProcess start() throws IOException {
        Map<String, String> env = Map.of("LOCAL_XDS_PATH", files.toString(), "TERMINATION_DRAIN_DURATION_SECONDS", "0");
        return new ProxyProcess(ProxyConfig.of(ProxyKind.GATEWAY, env), new Ports(0, 0, 0, 0, 0), () -> {});
    }

    private void gateway(int port) throws IOException {
        Files.writeString(files.resolve("gateway.json"), """
                {"resources": [{"@type": "type.googleapis.com/periplus.waypoint.v1.Gateway",
                  "namespace": "default", "name": "local", "listeners": [
                    {"name": "http", "port": %d, "protocol": "LISTENER_HTTP"}]}]}
                """.formatted(port));
    }

    @Test
    void isReadyWithWhatTheFilesSayAndFollowsThem() throws Exception {
        int first = EdgeRig.freePort();
        int second = EdgeRig.freePort();
        gateway(first);
        try (Application application = new Application("127.0.1.1", 0, "echo");
                ProxyProcess process = start(application);
                HttpClient http = HttpClient.newHttpClient()) {
            assertThat(process.front().ports()).containsExactly(first);
            assertThat(page(http, process, 2, "/healthz/ready")).isEqualTo("ready\n");
            assertThat(page(http, process, 0, "/config_dump")).contains("echo-1");
            try (RawClient client = new RawClient(EdgeRig.at(first))) {
                assertThat(client.get("/").body()).isEqualTo("echo");
            }
            gateway(second);
            await().untilAsserted(() -> assertThat(process.front().ports()).isEqualTo(List.of(second)));
        }
    }

    @Test
    void theDumpTellsListenersRoutesAndClustersAndKeepsKeys() throws Exception {
        Files.writeString(files.resolve("gateway.json"), """
                {"resources": [{"@type": "type.googleapis.com/periplus.waypoint.v1.Gateway",
                  "namespace": "default", "name": "local",
                  "listeners": [{"name": "http", "port": %d, "protocol": "LISTENER_HTTP"}],
                  "backendClientCertificate": {"certificateChain": "chain", "privateKey": "key"}}]}
                """.formatted(EdgeRig.freePort()));
        Files.writeString(files.resolve("backends.json"), """
                {"resources": [{"@type": "type.googleapis.com/periplus.waypoint.v1.BackendPolicy",
                  "namespace": "default", "hostname": "echo.default.svc.cluster.local",
                  "allPorts": {"connectionPool": {"connectTimeout": "1.500s"},
                    "tls": {"sni": "echo", "insecureSkipVerify": true, "clientCertificate": "c", "clientKey": "hush"}}}]}
                """);
        try (Application application = new Application("127.0.1.1", 0, "echo");
                ProxyProcess process = start(application);
                HttpClient http = HttpClient.newHttpClient()) {
            JsonNode dump = new ObjectMapper().readTree(page(http, process, 0, "/config_dump"));

            assertThat(dump.at("/bootstrap/kind").asText()).isEqualTo("gateway");
            assertThat(dump.at("/listeners/0/protocol").asText()).isEqualTo("LISTENER_HTTP");
            assertThat(dump.at("/routes/0/rules/0/backends/0/service/port").asInt())
                    .isEqualTo(80);
            assertThat(dump.at("/clusters/0/name").asText()).isEqualTo("outbound|80||echo.default.svc.cluster.local");
            assertThat(dump.at("/clusters/0/endpoints/0/address").asText())
                    .isEqualTo("127.0.1.1:" + application.port());
            assertThat(dump.at("/backendPolicies/0/allPorts/connectionPool/connectTimeout")
                            .asText())
                    .isEqualTo("1.5s");
            assertThat(dump.at("/backendPolicies/0/allPorts/tls/clientKey").asText())
                    .isEqualTo("[redacted]");
            assertThat(dump.toString()).doesNotContain("hush", "\"key\"");
        }
    }

    @Test
    void aFileThatCannotBeReadIsNamed() throws IOException {
        Files.writeString(files.resolve("gateway.json"), "{\"resources\": 1}");
        assertThatThrownBy(this::start)
                .isInstanceOf(IOException.class)
                .hasMessageContainingAll("gateway.json", "expected: {\"resources\": [{\"@type\"");
    }

    private static String page(HttpClient http, ProxyProcess process, int page, String path) throws Exception {
        URI uri = URI.create("http://127.0.0.1:" + process.pagePorts().get(page) + path);
        HttpResponse<String> answer =
                http.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString());
        assertThat(answer.statusCode()).isEqualTo(200);
        return answer.body();
    }
}

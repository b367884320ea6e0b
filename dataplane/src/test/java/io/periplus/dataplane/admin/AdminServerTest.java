package io.periplus.dataplane.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.protobuf.ByteString;
import com.google.protobuf.Empty;
import io.periplus.api.SpiffeId;
import io.periplus.dataplane.identity.CertificateState;
import io.periplus.dataplane.index.WorkloadIndex;
import io.periplus.dataplane.policy.AuthorizationCompiler;
import io.periplus.dataplane.policy.PolicySet;
import io.periplus.dataplane.telemetry.LogLevels;
import io.periplus.dataplane.telemetry.MetricsRegistry;
import io.periplus.dataplane.testing.TestCa;
import io.periplus.wire.authorization.Action;
import io.periplus.wire.authorization.Authorization;
import io.periplus.wire.authorization.Group;
import io.periplus.wire.authorization.Match;
import io.periplus.wire.authorization.Rules;
import io.periplus.wire.authorization.Scope;
import io.periplus.wire.authorization.StringMatch;
import io.periplus.wire.workload.GatewayAddress;
import io.periplus.wire.workload.NamespacedHostname;
import io.periplus.wire.workload.NetworkAddress;
import io.periplus.wire.workload.Port;
import io.periplus.wire.workload.PortList;
import io.periplus.wire.workload.Service;
import io.periplus.wire.workload.TunnelProtocol;
import io.periplus.wire.workload.Workload;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The pages that both proxies have, over real HTTP. */
class AdminServerTest {
    private final HttpClient http = HttpClient.newHttpClient();
    private final MetricsRegistry metrics = new MetricsRegistry();
    private final Readiness readiness = new Readiness();
    private final LogLevels levels = new LogLevels("info");
    private final AtomicInteger quits = new AtomicInteger();
    private AdminServer server;

    @BeforeEach
    void start() throws IOException {
        server = AdminServer.start(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                Map.of(
                        "/metrics", AdminPages.metrics(metrics),
                        "/healthz/ready", readiness.page(),
                        "/logging", AdminPages.logging(levels),
                        "/quitquitquit", AdminPages.quit(quits::incrementAndGet),
                        "/config_dump", AdminPages.json(AdminServerTest::dump),
                        "/", AdminPages.index(List.of("/metrics"))));
    }

    @AfterEach
    void stop() {
        levels.reset("");
        server.close();
    }

    @Test
    void aClientThatDoesNotReadTakesFewPlacesAtAPortThatEverybodyReaches() throws Exception {
        String large = "x".repeat(16 << 20);
        byte[] request = "GET /large HTTP/1.1\r\nHost: here\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
        List<Socket> slow = new ArrayList<>();
        try (AdminServer open =
                AdminServer.start(new InetSocketAddress(0), Map.of("/large", _ -> AdminResponse.text(200, large)))) {
            for (int i = 0; i < Visitors.MAX_EACH; i++) {
                Socket client = new Socket(InetAddress.getLoopbackAddress(), open.port());
                slow.add(client);
                client.getOutputStream().write(request);
                assertThat(new String(client.getInputStream().readNBytes(12), StandardCharsets.US_ASCII))
                        .isEqualTo("HTTP/1.1 200");
            }
            HttpRequest another = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + open.port() + "/large"))
                    .build();

            assertThat(http.send(another, HttpResponse.BodyHandlers.ofString()).statusCode())
                    .isEqualTo(503);

            slow.getFirst().close();
            await().untilAsserted(() -> assertThat(http.send(another, HttpResponse.BodyHandlers.ofString()))
                    .satisfies(answer -> assertThat(answer.statusCode()).isEqualTo(200))
                    .satisfies(answer -> assertThat(answer.body()).hasSameSizeAs(large)));
        } finally {
            for (Socket client : slow) {
                client.close();
            }
        }
    }

    @Test
    void readinessListsWhatIsPending() throws Exception {
        readiness.await("state manager");
        readiness.await("proxy");
        assertThat(get("/healthz/ready").statusCode()).isEqualTo(500);
        assertThat(get("/healthz/ready").body()).contains("proxy, state manager");
        readiness.done("state manager");
        readiness.done("proxy");
        assertThat(get("/healthz/ready").statusCode()).isEqualTo(200);
        assertThat(get("/healthz/ready").body()).isEqualTo("ready\n");
        assertThat(post("/healthz/ready").statusCode()).isEqualTo(405);
    }

    @Test
    void metricsAreNamedOpenMetricsToThoseWhoAsk() throws Exception {
        metrics.counter("a_total", "A").with().increment();
        HttpResponse<String> plain = get("/metrics");
        assertThat(plain.headers().firstValue("content-type").orElseThrow()).startsWith("text/plain");
        assertThat(plain.body()).contains("a_total 1\n").endsWith("# EOF\n");
        HttpResponse<String> open = http.send(
                request("/metrics")
                        .header("Accept", "application/openmetrics-text;version=1.0.0")
                        .build(),
                HttpResponse.BodyHandlers.ofString());
        assertThat(open.headers().firstValue("content-type").orElseThrow()).startsWith("application/openmetrics-text");
    }

    @Test
    void theIndexSaysWhatThereIs() throws Exception {
        assertThat(get("/").headers().firstValue("content-type").orElseThrow()).startsWith("text/html");
        assertThat(get("/").body()).contains("href=\"/metrics\"").contains("as Prometheus reads them");
    }

    @Test
    void levelsAreChangedByPostAlone() throws Exception {
        assertThat(get("/logging").statusCode()).isEqualTo(405);
        assertThat(post("/logging").body()).isEqualTo("current log level is info\n");
        assertThat(post("/logging?level=access=debug,warn").body())
                .isEqualTo("current log level is access=debug,warn\n");
        assertThat(post("/logging?level=").body()).isEqualTo("current log level is access=debug,warn\n");
        assertThat(post("/logging?level=loud").statusCode()).isEqualTo(400);
        assertThat(post("/logging?reset&level=loud").statusCode()).isEqualTo(400);
        assertThat(post("/logging?paths=xds:debug").body()).contains("Invalid parameters", "usage: POST /logging");
        assertThat(post("/logging").body()).isEqualTo("current log level is access=debug,warn\n");
        assertThat(post("/logging?reset&level=rbac=debug").body()).isEqualTo("current log level is rbac=debug,info\n");
        assertThat(post("/logging?reset").body()).isEqualTo("current log level is info\n");
    }

    @Test
    void quittingTakesAPost() throws Exception {
        assertThat(get("/quitquitquit").statusCode()).isEqualTo(405);
        assertThat(post("/quitquitquit").statusCode()).isEqualTo(200);
        assertThat(quits).hasValue(1);
        assertThat(get("/nothing").statusCode()).isEqualTo(404);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "GET /metr", "GET /metrics HTTP/1.1\r\nHost: local"})
    void whoIsTooSlowToAskIsSentAway(String said) throws Exception {
        try (Socket client = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
            client.setSoTimeout(20_000);
            client.getOutputStream().write(said.getBytes(StandardCharsets.US_ASCII));
            assertThat(client.getInputStream().read()).isEqualTo(-1);
        }
    }

    @Test
    void hundredsThatSayNothingKeepNobodyOutAndAreSentAway() throws Exception {
        List<Socket> silent = new ArrayList<>();
        try {
            for (int i = 0; i < 300; i++) {
                silent.add(new Socket(InetAddress.getLoopbackAddress(), server.port()));
            }

            assertThat(get("/healthz/ready").statusCode()).isEqualTo(200);
            for (Socket each : silent) {
                each.setSoTimeout(8_000);
                assertThat(each.getInputStream().read()).isEqualTo(-1);
            }
        } finally {
            for (Socket each : silent) {
                each.close();
            }
        }
    }

    @Test
    void theDumpHasTheNamesThatTheCommandLineReads() throws Exception {
        JsonNode dump = new ObjectMapper().readTree(get("/config_dump").body());
        JsonNode workload = dump.at("/workloads/0");
        assertThat(workload.at("/workloadIps/0").asText()).isEqualTo("10.1.0.5");
        assertThat(workload.at("/protocol").asText()).isEqualTo("HBONE");
        assertThat(workload.at("/serviceAccount").asText()).isEqualTo("default");
        assertThat(workload.at("/status").asText()).isEqualTo("Healthy");
        assertThat(workload.at("/services/0").asText()).isEqualTo("shop/api.shop");
        JsonNode service = dump.at("/services/0");
        assertThat(service.at("/vips/0").asText()).isEqualTo("network1/10.96.0.10");
        assertThat(service.at("/ports/80").asInt()).isEqualTo(8080);
        assertThat(service.at("/endpoints/a/workloadUid").asText()).isEqualTo("a");
        assertThat(service.at("/endpoints/a/port/80").asInt()).isEqualTo(8080);
        assertThat(service.at("/waypoint/destination").asText()).isEqualTo("shop/waypoint.shop");
        assertThat(service.at("/waypoint/hboneMtlsPort").asInt()).isEqualTo(15008);
        JsonNode policy = dump.at("/policies/0");
        assertThat(policy.at("/scope").asText()).isEqualTo("WorkloadSelector");
        assertThat(policy.at("/action").asText()).isEqualTo("Deny");
        assertThat(policy.at("/rules/0/0/0/notPrincipals/0/Presence").isArray()).isTrue();
        JsonNode certificate = dump.at("/certificates/0");
        assertThat(certificate.at("/identity").asText()).isEqualTo("spiffe://cluster.local/ns/shop/sa/api");
        assertThat(certificate.at("/state").asText()).isEqualTo("Available");
        assertThat(certificate.at("/certChain/0/serialNumber").asText()).matches("[0-9]+");
        assertThat(new String(java.util.Base64.getDecoder()
                        .decode(certificate.at("/rootCerts/0/pem").asText())))
                .startsWith("-----BEGIN CERTIFICATE-----\n");
        assertThat(dump.at("/certificates/1/state").asText()).isEqualTo("Unavailable: no");
    }

    private static JsonNode dump() {
        Workload workload = Workload.newBuilder()
                .setUid("a")
                .setNamespace("shop")
                .setTunnelProtocol(TunnelProtocol.HBONE)
                .addAddresses(ByteString.copyFrom(new byte[] {10, 1, 0, 5}))
                .putServices("shop/api.shop", ports())
                .build();
        Service service = Service.newBuilder()
                .setNamespace("shop")
                .setHostname("api.shop")
                .addAddresses(NetworkAddress.newBuilder()
                        .setNetwork("network1")
                        .setAddress(ByteString.copyFrom(new byte[] {10, 96, 0, 10})))
                .addAllPorts(ports().getPortsList())
                .setWaypoint(GatewayAddress.newBuilder()
                        .setHboneMtlsPort(15008)
                        .setHostname(NamespacedHostname.newBuilder()
                                .setNamespace("shop")
                                .setHostname("waypoint.shop")))
                .build();
        StringMatch present =
                StringMatch.newBuilder().setPresence(Empty.getDefaultInstance()).build();
        Authorization strict = Authorization.newBuilder()
                .setName("strict")
                .setNamespace("shop")
                .setScope(Scope.WORKLOAD_SELECTOR)
                .setAction(Action.DENY)
                .addGroups(Group.newBuilder()
                        .addRules(
                                Rules.newBuilder().addMatches(Match.newBuilder().addNotPrincipals(present))))
                .build();
        SpiffeId api = new SpiffeId("cluster.local", "shop", "api");
        return ConfigDump.of(
                WorkloadIndex.empty().edit().put(workload).put(service).build(),
                PolicySet.of(List.of(AuthorizationCompiler.compile(strict))),
                List.of(
                        new CertificateState(new SpiffeId("cluster.local", "shop", "x"), null, "no"),
                        new CertificateState(api, new TestCa("admin").issue("shop", "api"), null)),
                "test");
    }

    private static PortList ports() {
        return PortList.newBuilder()
                .addPorts(Port.newBuilder().setServicePort(80).setTargetPort(8080))
                .build();
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + path));
    }

    private HttpResponse<String> get(String path) throws Exception {
        return http.send(request(path).build(), HttpResponse.BodyHandlers.ofString());
    }

    private HttpResponse<String> post(String path) throws Exception {
        return http.send(
                request(path).POST(HttpRequest.BodyPublishers.noBody()).build(), HttpResponse.BodyHandlers.ofString());
    }
}

package io.periplus.waypoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.periplus.dataplane.telemetry.MetricsRegistry;
import io.periplus.waypoint.telemetry.AccessLogFile;
import io.periplus.waypoint.telemetry.LogLine;
import io.periplus.waypoint.telemetry.Reporter;
import io.periplus.waypoint.telemetry.TelemetryGroup;
import io.periplus.waypoint.telemetry.WaypointMetrics;
import io.periplus.wire.waypoint.Action;
import io.periplus.wire.waypoint.AuthorizationPolicy;
import io.periplus.wire.waypoint.EndpointScope;
import io.periplus.wire.waypoint.Operation;
import io.periplus.wire.waypoint.Rule;
import io.periplus.wire.waypoint.Source;
import io.periplus.wire.workload.AppProtocol;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the access log and the metrics say of requests. */
class TelemetryTest {
    private final ByteArrayOutputStream written = new ByteArrayOutputStream();
    private MetricsRegistry metrics;
    private AccessLogFile log;
    private Rig rig;
    private Application application;

    @BeforeEach
    void start() {
        start(LogLine.text(""));
    }

    private void start(LogLine format) {
        metrics = new MetricsRegistry();
        log = new AccessLogFile(format, written);
        rig = new Rig(new TelemetryGroup(List.of(new WaypointMetrics(metrics, Reporter.WAYPOINT), log)));
        application = new Application("127.0.1.1", 0, "hello");
        rig.service(AppProtocol.UNKNOWN, application.port(), "127.0.1.1");
    }

    private void restart(LogLine format) {
        stop();
        start(format);
    }

    @AfterEach
    void stop() {
        application.close();
        rig.close();
        log.close();
    }

    private String line() {
        await().until(() -> written.toString(StandardCharsets.UTF_8).endsWith("\n"));
        return written.toString(StandardCharsets.UTF_8).strip();
    }

    private String exposition() throws IOException {
        StringBuilder text = new StringBuilder();
        metrics.expose(text);
        return text.toString();
    }

    @Test
    void aRequestIsOneLineInEnvoysFormat() throws Exception {
        try (RawClient client = new RawClient(rig.client(Rig.FINANCE))) {
            client.send("POST /echo?x=1 HTTP/1.1\r\nHost: accounts:8080\r\nUser-Agent: me\r\nX-Request-Id: 42\r\n"
                            + "Content-Length: 5\r\n\r\nhello")
                    .answer();
        }
        assertThat(line())
                .matches("\\[\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z] \"POST /echo\\?x=1 HTTP/1.1\" 200 - "
                        + "via_upstream - \"-\" 5 5 \\d+ \\d+ \"-\" \"me\" \"42\" \"accounts:8080\" \"127.0.1.1:\\d+\" "
                        + "inbound-vip\\|8080\\|http\\|accounts.accounts.svc.cluster.local 127.0.0.1:\\d+ "
                        + "10.96.0.10:8080 127.0.0.1:\\d+ - default");
    }

    @Test
    void aRoutedRequestIsCountedForWhereItWentAndItsLineNamesTheRule() throws Exception {
        rig.backend("other", AppProtocol.HTTP11, application.port(), "127.0.1.1");
        rig.route("filters { rewrite { path { full_path: '/' } } } " + Rig.to("other", 1));
        try (RawClient client = new RawClient(rig.client(Rig.FINANCE))) {
            assertThat(client.get("/original").body()).isEqualTo("hello");
        }
        assertThat(line())
                .contains("\"GET /original HTTP/1.1\" 200")
                .contains(" outbound|8080||other.accounts.svc.cluster.local ")
                .endsWith(" accounts.r.0");
        assertThat(exposition()).contains("destination_service=\"other.accounts.svc.cluster.local\"");
    }

    @Test
    void theJsonFormHasIstiosKeysNumbersAsNumbersAndNullForWhatIsAbsent() throws Exception {
        restart(LogLine.json());
        try (RawClient client = new RawClient(rig.client(Rig.FINANCE))) {
            client.send("GET /a HTTP/1.1\r\nHost: accounts:8080\r\nUser-Agent: a\"b\r\n\r\n")
                    .answer();
        }
        JsonNode line = new ObjectMapper().readTree(line());
        assertThat(line.fieldNames())
                .toIterable()
                .contains("start_time", "route_name", "upstream_transport_failure_reason")
                .hasSize(24);
        assertThat(line.get("response_code").isInt()).isTrue();
        assertThat(line.get("response_code").intValue()).isEqualTo(200);
        assertThat(line.get("user_agent").textValue()).isEqualTo("a\"b");
        assertThat(line.get("response_flags").textValue()).isEqualTo("-");
        assertThat(line.get("duration").isNumber()).isTrue();
        assertThat(line.get("upstream_service_time").textValue()).matches("\\d+");
        assertThat(line.get("x_forwarded_for").isNull()).isTrue();
        assertThat(line.get("upstream_cluster").textValue())
                .isEqualTo("inbound-vip|8080|http|accounts.accounts.svc.cluster.local");
    }

    @Test
    void aFormatOfTheUsersOwnMayAskForAnyHeader() throws Exception {
        restart(LogLine.text("%REQ(X-TENANT?USER-AGENT)% %RESP(CONTENT-LENGTH)% 100%% %DOWNSTREAM_PEER_URI_SAN%\n"));
        try (RawClient client = new RawClient(rig.client(Rig.FINANCE))) {
            client.send("GET / HTTP/1.1\r\nHost: a\r\nUser-Agent: me\r\n\r\n").answer();
        }
        assertThat(line()).isEqualTo("me 5 100% spiffe://cluster.local/ns/finance/sa/curl");
    }

    @Test
    void anUnknownOperatorIsNamed() {
        assertThatThrownBy(() -> LogLine.text("%REQ(A)% %UPSTREAM_WEATHER%"))
                .hasMessageContaining("%UPSTREAM_WEATHER%")
                .hasMessageContaining("UPSTREAM_HOST");
    }

    @Test
    void aDenialNamesPolicyRuleAndField() throws Exception {
        rig.policies(AuthorizationPolicy.newBuilder()
                .setNamespace("accounts")
                .setName("allow-get-only")
                .setEndpointScope(EndpointScope.NAMESPACE)
                .addRules(Rule.newBuilder().addTo(Operation.newBuilder().addMethods("GET")))
                .build());
        try (RawClient client = new RawClient(rig.client(Rig.FINANCE))) {
            client.send("DELETE / HTTP/1.1\r\nHost: a\r\n\r\n").answer();
        }
        assertThat(line())
                .contains("\"DELETE / HTTP/1.1\" 403 - rbac_access_denied_matched_policy[none]")
                .contains("accounts/allow-get-only", "rule[0]", "methods");
    }

    @Test
    void requestsAreCountedWithTheStandardLabels() throws Exception {
        try (RawClient client = new RawClient(rig.client(Rig.FINANCE))) {
            client.get("/");
            client.get("/");
            client.get("/status/500");
        }
        String labels = "reporter=\"waypoint\",source_workload=\"unknown\",source_canonical_service=\"unknown\","
                + "source_canonical_revision=\"latest\",source_workload_namespace=\"finance\","
                + "source_principal=\"spiffe://cluster.local/ns/finance/sa/curl\",source_app=\"unknown\","
                + "source_version=\"latest\",source_cluster=\"unknown\",destination_workload=\"accounts\","
                + "destination_workload_namespace=\"accounts\","
                + "destination_principal=\"spiffe://cluster.local/ns/accounts/sa/accounts\",destination_app=\"accounts\","
                + "destination_version=\"latest\",destination_service=\"accounts.accounts.svc.cluster.local\","
                + "destination_canonical_service=\"accounts\",destination_canonical_revision=\"latest\","
                + "destination_service_name=\"accounts\",destination_service_namespace=\"accounts\","
                + "destination_cluster=\"unknown\",request_protocol=\"http\",response_code=\"%s\","
                + "response_flags=\"-\",connection_security_policy=\"mutual_tls\"";
        await().untilAsserted(() -> assertThat(exposition())
                .contains("istio_requests_total{" + labels.formatted(200) + "} 2\n")
                .contains("istio_requests_total{" + labels.formatted(500) + "} 1\n")
                .contains("istio_request_duration_milliseconds_count{" + labels.formatted(200) + "} 2\n"));
    }

    @Test
    void aTcpConnectionIsCountedAndLoggedAtItsEnd() throws Exception {
        try (RawClient client = new RawClient(rig.client(Rig.FINANCE))) {
            client.send("\u0000binary");
            client.socket.shutdownOutput();
            client.socket.getInputStream().readAllBytes();
        }
        assertThat(line()).contains("\"- - -\" 0 - ", "inbound-vip|8080|tcp|accounts.accounts.svc.cluster.local");
        assertThat(exposition())
                .containsPattern("istio_tcp_connections_opened_total\\{reporter=\"waypoint\".*} 1\n")
                .containsPattern("istio_tcp_received_bytes_total\\{.*request_protocol=\"tcp\".*} 7\n");
    }

    @Test
    void aConnectionThatIsDeniedIsOpenedAndClosedAndNamesThePolicy() throws Exception {
        restart(LogLine.text("%RESPONSE_CODE_DETAILS% %CONNECTION_TERMINATION_DETAILS%"));
        rig.policies(AuthorizationPolicy.newBuilder()
                .setNamespace("accounts")
                .setName("no-finance")
                .setAction(Action.DENY)
                .setEndpointScope(EndpointScope.NAMESPACE)
                .addRules(Rule.newBuilder().addFrom(Source.newBuilder().addNamespaces("finance")))
                .build());
        try (RawClient client = new RawClient(rig.client(Rig.FINANCE))) {
            client.send("\u0000binary");
            assertThat(client.ended()).isTrue();
        }
        assertThat(line())
                .isEqualTo("- rbac_access_denied_matched_policy[ns[accounts]-policy[no-finance]-rule[0]]"
                        + "-field[namespaces]");
        assertThat(exposition())
                .containsPattern("istio_tcp_connections_opened_total\\{.*} 1\n")
                .containsPattern("istio_tcp_connections_closed_total\\{.*} 1\n");
    }

    @Test
    void aConnectionThatNothingAllowsNamesNoPolicyAsMatched() throws Exception {
        restart(LogLine.text("%CONNECTION_TERMINATION_DETAILS%"));
        rig.policies(AuthorizationPolicy.newBuilder()
                .setNamespace("accounts")
                .setName("nobody")
                .setEndpointScope(EndpointScope.NAMESPACE)
                .build());
        try (RawClient client = new RawClient(rig.client(Rig.FINANCE))) {
            client.send("\u0000binary");
            assertThat(client.ended()).isTrue();
        }
        assertThat(line()).startsWith("rbac_access_denied_matched_policy[none]");
    }

    @Test
    void theServerNameOfTheClientsOwnTlsIsLogged() throws Exception {
        restart(LogLine.text("%REQUESTED_SERVER_NAME%"));
        rig.service(AppProtocol.TLS, application.port(), "127.0.1.1");
        try (SSLSocket client = EdgeCa.connect(
                new EdgeCa("nobody").client(null), rig.client(Rig.FINANCE).getPort(), "db.example.com")) {
            assertThatThrownBy(client::startHandshake).isInstanceOf(IOException.class);
        }
        assertThat(line()).isEqualTo("db.example.com");
    }

    @Test
    void whatARouteLeadsToIsNamedByWhetherThisWaypointFrontsIt() throws Exception {
        restart(LogLine.text("%UPSTREAM_CLUSTER%"));
        rig.backend("other", AppProtocol.HTTP11, application.port(), "127.0.1.1");
        rig.route(Rig.to("other", 1));
        try (RawClient client = new RawClient(rig.client(Rig.FINANCE))) {
            client.get("/");
            rig.bind("other");
            client.get("/");
        }
        await().untilAsserted(() -> assertThat(written.toString(StandardCharsets.UTF_8))
                .isEqualTo("outbound|8080||other.accounts.svc.cluster.local\n"
                        + "inbound-vip|8080|http|other.accounts.svc.cluster.local\n"));
    }
}

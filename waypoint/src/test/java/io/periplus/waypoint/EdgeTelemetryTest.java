package io.periplus.waypoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.periplus.dataplane.telemetry.MetricsRegistry;
import io.periplus.waypoint.telemetry.Reporter;
import io.periplus.waypoint.telemetry.WaypointMetrics;
import io.periplus.wire.waypoint.Action;
import io.periplus.wire.waypoint.AuthorizationPolicy;
import io.periplus.wire.waypoint.Listener;
import io.periplus.wire.waypoint.ListenerProtocol;
import io.periplus.wire.waypoint.RouteKind;
import io.periplus.wire.waypoint.Rule;
import io.periplus.wire.waypoint.Target;
import io.periplus.wire.waypoint.WholeGateway;
import io.periplus.wire.workload.AppProtocol;
import io.periplus.wire.workload.Workload;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a Gateway counts: it is the source of what it sends on, as dashboards for Gateways expect. */
class EdgeTelemetryTest {
    private static final String SOURCE = "{reporter=\"source\",source_workload=\"gateway-istio\","
            + "source_canonical_service=\"gateway-istio\",source_canonical_revision=\"latest\","
            + "source_workload_namespace=\"edge\",source_principal=\"spiffe://cluster.local/ns/edge/sa/gateway-istio\","
            + "source_app=\"gateway-istio\",source_version=\"latest\",source_cluster=\"cluster1\","
            + "destination_workload=\"unknown\",";

    private final int port = EdgeRig.freePort();
    private final MetricsRegistry metrics = new MetricsRegistry();
    private EdgeRig rig;
    private Application application;

    @BeforeEach
    void start() {
        Workload self = Workload.newBuilder()
                .setNamespace("edge")
                .setServiceAccount("gateway-istio")
                .setWorkloadName("gateway-istio")
                .setCanonicalName("gateway-istio")
                .setCanonicalRevision("latest")
                .setClusterId("cluster1")
                .build();
        rig = new EdgeRig(new WaypointMetrics(metrics, new Reporter.Gateway(self)));
        application = new Application("127.0.1.1", 0, "accounts");
        rig.service("accounts", AppProtocol.UNKNOWN, "127.0.1.1", application.port());
    }

    @AfterEach
    void stop() {
        application.close();
        rig.close();
    }

    private void listens(ListenerProtocol protocol, RouteKind kind) {
        rig.gateway(Listener.newBuilder()
                .setName("main")
                .setPort(port)
                .setProtocol(protocol)
                .build());
        rig.route(kind, "main", List.of(), "accounts");
    }

    private String exposition() throws IOException {
        StringBuilder text = new StringBuilder();
        metrics.expose(text);
        return text.toString();
    }

    @Test
    void requestsHaveTheGatewayAsTheirSource() throws Exception {
        listens(ListenerProtocol.LISTENER_HTTP, RouteKind.HTTP);
        try (RawClient client = new RawClient(EdgeRig.at(port))) {
            client.get("/");
        }
        await().untilAsserted(() -> assertThat(exposition())
                .contains("istio_requests_total" + SOURCE)
                .contains("destination_service=\"accounts.accounts.svc.cluster.local\"")
                .contains("destination_service_name=\"accounts\",destination_service_namespace=\"accounts\"")
                .contains("response_code=\"200\"")
                .contains("connection_security_policy=\"unknown\"} 1\n")
                .contains("istio_request_duration_milliseconds_count" + SOURCE));
    }

    @Test
    void connectionsHaveTheGatewayAsTheirSource() throws Exception {
        listens(ListenerProtocol.LISTENER_TCP, RouteKind.TCP);
        try (RawClient client = new RawClient(EdgeRig.at(port))) {
            client.get("/");
        }
        await().untilAsserted(() -> assertThat(exposition())
                .contains("istio_tcp_connections_opened_total" + SOURCE)
                .contains("istio_tcp_connections_closed_total" + SOURCE)
                .contains("istio_tcp_sent_bytes_total" + SOURCE)
                .contains("istio_tcp_received_bytes_total" + SOURCE));
    }

    @Test
    void aConnectionThatIsDeniedIsCountedTwiceOrNotAtAll() throws Exception {
        listens(ListenerProtocol.LISTENER_TCP, RouteKind.TCP);
        rig.policies.apply(
                List.of(io.periplus.dataplane.policy.WaypointPolicyCompiler.compile(AuthorizationPolicy.newBuilder()
                        .setNamespace("edge")
                        .setName("nobody")
                        .setAction(Action.DENY)
                        .addTargets(Target.newBuilder().setGateway(WholeGateway.getDefaultInstance()))
                        .addRules(Rule.getDefaultInstance())
                        .build())),
                List.of());
        try (RawClient client = new RawClient(EdgeRig.at(port))) {
            assertThat(client.ended()).isTrue();
        }
        await().untilAsserted(() -> assertThat(exposition())
                .containsPattern("istio_tcp_connections_opened_total\\{.*} 1\n")
                .containsPattern("istio_tcp_connections_closed_total\\{.*} 1\n"));
    }
}

package io.periplus.waypoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

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
import io.periplus.wire.waypoint.Target;
import io.periplus.wire.waypoint.WholeGateway;
import io.periplus.wire.workload.AppProtocol;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Policies that decide nothing: those in dry run are counted as a shadow engine counts, AUDIT ones mark. */
class DryRunTest {
    private static final Rule.Builder POSTS =
            Rule.newBuilder().addTo(Operation.newBuilder().addMethods("POST"));
    private static final String POST = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nhi";

    private final ByteArrayOutputStream written = new ByteArrayOutputStream();
    private final MetricsRegistry metrics = new MetricsRegistry();
    private AccessLogFile log;
    private Rig rig;
    private Application application;

    @BeforeEach
    void start() {
        log = new AccessLogFile(
                LogLine.text(
                        "%REQ(:METHOD)% %DYNAMIC_METADATA(envoy.common:access_log_hint)% "
                                + "%DYNAMIC_METADATA(envoy.filters.http.rbac:istio_dry_run_deny_shadow_engine_result)% "
                                + "%DYNAMIC_METADATA(envoy.filters.http.rbac:istio_dry_run_deny_shadow_effective_policy_id)%\n"),
                written);
        rig = new Rig(new TelemetryGroup(List.of(new WaypointMetrics(metrics, Reporter.WAYPOINT), log)));
        application = new Application("127.0.1.1", 0, "accounts");
        rig.service(AppProtocol.UNKNOWN, application.port(), "127.0.1.1");
    }

    @AfterEach
    void stop() {
        application.close();
        rig.close();
        log.close();
    }

    private static AuthorizationPolicy.Builder policy(String name, Action action) {
        return AuthorizationPolicy.newBuilder()
                .setNamespace("accounts")
                .setName(name)
                .setAction(action)
                .addTargets(Target.newBuilder().setGateway(WholeGateway.getDefaultInstance()));
    }

    private void sendGetAndPost() throws Exception {
        try (RawClient client = new RawClient(rig.client(Rig.FINANCE))) {
            assertThat(client.get("/").status()).isEqualTo(200);
            assertThat(client.send(POST).answer().status()).isEqualTo(200);
        }
    }

    private String exposition() {
        StringBuilder text = new StringBuilder();
        try {
            metrics.expose(text);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        return text.toString();
    }

    private static String counter(String name, String policy) {
        String label = policy.isEmpty() ? "" : ",policy=\"" + policy + "\"";
        return name + "{destination=\"" + Rig.HOSTNAME + "\"" + label + "} 1\n";
    }

    @Test
    void aDenyPolicyInDryRunIsCountedLoggedAndNotEnforced() throws Exception {
        rig.policies(
                policy("no-posts", Action.DENY).setDryRun(true).addRules(POSTS).build());
        sendGetAndPost();
        await().untilAsserted(() -> assertThat(exposition())
                .contains(counter("istio_dry_run_deny_shadow_denied_total", "accounts/no-posts"))
                .contains(counter("istio_dry_run_deny_shadow_allowed_total", ""))
                .doesNotContain("istio_dry_run_allow_shadow_denied_total{"));
        await().untilAsserted(() -> assertThat(written.toString(StandardCharsets.UTF_8))
                .contains("GET - allowed -\n")
                .contains("POST - denied ns[accounts]-policy[no-posts]-rule[0]\n"));
    }

    @Test
    void anAllowPolicyInDryRunRefusesNothing() throws Exception {
        rig.policies(policy("only-posts", Action.ALLOW)
                .setDryRun(true)
                .addRules(POSTS)
                .build());
        sendGetAndPost();
        await().untilAsserted(() -> assertThat(exposition())
                .contains(counter("istio_dry_run_allow_shadow_allowed_total", "accounts/only-posts"))
                .contains(counter("istio_dry_run_allow_shadow_denied_total", "")));
    }

    @Test
    void policiesOfEndpointsAreJudgedInDryRunToo() throws Exception {
        rig.policies(policy("no-posts", Action.DENY)
                .clearTargets()
                .setEndpointScope(EndpointScope.NAMESPACE)
                .setDryRun(true)
                .addRules(POSTS)
                .build());
        sendGetAndPost();
        await().untilAsserted(() -> assertThat(exposition())
                .contains(counter("istio_dry_run_deny_shadow_denied_total", "accounts/no-posts")));
    }

    @Test
    void anAuditPolicyMarksTheRequest() throws Exception {
        rig.policies(policy("posts", Action.AUDIT).addRules(POSTS).build());
        sendGetAndPost();
        await().untilAsserted(() ->
                assertThat(exposition()).contains(counter("periplus_policy_audited_total", "accounts/posts")));
        await().untilAsserted(() -> assertThat(written.toString(StandardCharsets.UTF_8))
                .contains("GET - - -\n")
                .contains("POST true - -\n"));
    }

    @Test
    void aConnectionIsJudgedInDryRunWithoutItsHttpConditions() throws Exception {
        rig.policies(
                policy("no-posts", Action.DENY).setDryRun(true).addRules(POSTS).build());
        try (RawClient client = new RawClient(rig.client(Rig.FINANCE))) {
            client.send("\u0001\u0002binary");
        }
        await().untilAsserted(() -> assertThat(exposition())
                .contains(counter("istio_dry_run_deny_shadow_denied_total", "accounts/no-posts")));
    }
}

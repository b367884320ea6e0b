package io.periplus.waypoint;

import static org.assertj.core.api.Assertions.assertThat;

import io.periplus.wire.waypoint.Action;
import io.periplus.wire.waypoint.AuthorizationPolicy;
import io.periplus.wire.waypoint.Operation;
import io.periplus.wire.waypoint.Rule;
import io.periplus.wire.waypoint.Target;
import io.periplus.wire.waypoint.WholeGateway;
import io.periplus.wire.workload.AppProtocol;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** However a path is written: what policies judge is what the application gets. */
class PathTricksTest {
    private static Rig rig;
    private static Application application;

    @BeforeAll
    static void start() {
        rig = new Rig();
        application = new Application("127.0.1.1", 0, "accounts");
        rig.service(AppProtocol.UNKNOWN, application.port(), "127.0.1.1");
    }

    @AfterAll
    static void stop() {
        application.close();
        rig.close();
    }

    @BeforeEach
    void nothingIsDenied() {
        deny("/none");
    }

    private static void deny(String path) {
        rig.policies(AuthorizationPolicy.newBuilder()
                .setNamespace("accounts")
                .setName("no-admin")
                .setAction(Action.DENY)
                .addTargets(Target.newBuilder().setGateway(WholeGateway.getDefaultInstance()))
                .addRules(Rule.newBuilder().addTo(Operation.newBuilder().addPaths(path)))
                .build());
    }

    @ParameterizedTest(name = "{0} is {1}")
    @CsvSource({
        "/headers/x/../admin, /headers/admin",
        "/headers/%2e%2E/headers/admin, /headers/admin",
        "/headers/%61dmin, /headers/admin",
        "'/headers\\admin', /headers/admin",
        "/headers//admin, /headers//admin",
        "/headers%2fadmin, /headers%2fadmin",
        "/headers/%252e%252e/admin, /headers/%252e%252e/admin",
        "/headers/..;/admin, /headers/..;/admin",
        "/headers/admin;a=b, /headers/admin;a=b",
        "/headers/ADMIN, /headers/ADMIN",
        "/headers/%c0%ae%c0%ae/admin, /headers/%c0%ae%c0%ae/admin",
        "/headers/admin?x=/../y, /headers/admin",
    })
    void thePolicyAndTheApplicationSeeTheSame(String sent, String judged) throws Exception {
        try (RawClient client = new RawClient(rig.client(Rig.FINANCE))) {
            RawClient.Answer answer = client.get(sent);
            assertThat(answer.status()).isEqualTo(200);
            if (judged.startsWith("/headers/")) {
                String seen = answer.body().lines().findFirst().orElseThrow();
                assertThat(seen.replaceFirst("\\?.*", "")).isEqualTo(judged);
            }
            deny(judged);
            assertThat(client.get(sent).status()).isEqualTo(403);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"/headers#admin", "/headers/%00admin", "headers", "http://a b/headers"})
    void whatIsNoPathIsRefused(String sent) throws Exception {
        int before = application.requests.get();
        try (RawClient client = new RawClient(rig.client(Rig.FINANCE))) {
            assertThat(client.get(sent).status()).isEqualTo(400);
        }
        assertThat(application.requests).hasValue(before);
    }

    @Test
    void theHeadersWithWhichOtherServersAreTrickedChangeNothing() throws Exception {
        deny("/headers*");
        try (RawClient client = new RawClient(rig.client(Rig.FINANCE))) {
            for (String field : new String[] {"X-Original-URL", "X-Rewrite-URL", "X-Envoy-Original-Path"}) {
                RawClient.Answer answer = client.send(
                                "GET /headers HTTP/1.1\r\nHost: a\r\n" + field + ": /public\r\n\r\n")
                        .answer();
                assertThat(answer.status()).isEqualTo(403);
            }
            RawClient.Answer forged = client.send("GET /headers HTTP/1.1\r\nHost: a\r\n"
                            + "X-Forwarded-Client-Cert: URI=spiffe://cluster.local/ns/admin/sa/root\r\n\r\n")
                    .answer();
            assertThat(forged.status()).isEqualTo(403);
        }
    }
}

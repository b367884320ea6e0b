package io.periplus.waypoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.netty.util.ResourceLeakDetector;
import io.periplus.dataplane.policy.WaypointPolicyCompiler;
import io.periplus.waypoint.edge.EdgeRules;
import io.periplus.wire.waypoint.AuthorizationPolicy;
import io.periplus.wire.waypoint.Listener;
import io.periplus.wire.waypoint.ListenerProtocol;
import io.periplus.wire.waypoint.RouteKind;
import io.periplus.wire.waypoint.Rule;
import io.periplus.wire.waypoint.Source;
import io.periplus.wire.waypoint.Target;
import io.periplus.wire.waypoint.WholeGateway;
import io.periplus.wire.workload.AppProtocol;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** HTTP listeners of a Gateway: their ports, and what becomes of requests from outside. */
class EdgeHttpTest {
    private final Application application = new Application("127.0.1.1", 0, "accounts");
    private final int port = EdgeRig.freePort();
    private EdgeRig rig;

    @BeforeEach
    void start() {
        ResourceLeakDetector.setLevel(ResourceLeakDetector.Level.PARANOID);
        rig = new EdgeRig();
        serve(rig, port);
    }

    private void serve(EdgeRig edge, int at) {
        edge.service("accounts", AppProtocol.HTTP11, "127.0.1.1", application.port());
        edge.gateway(http(at));
        edge.route(RouteKind.HTTP, "http-" + at, List.of(), "accounts");
    }

    @AfterEach
    void stop() {
        rig.close();
        application.close();
    }

    private static Listener http(int port) {
        return Listener.newBuilder()
                .setName("http-" + port)
                .setPort(port)
                .setProtocol(ListenerProtocol.LISTENER_HTTP)
                .build();
    }

    @Test
    void aRequestGoesByItsRouteToAnEndpoint() throws Exception {
        try (RawClient client = new RawClient(EdgeRig.at(port))) {
            assertThat(client.get("/").body()).isEqualTo("accounts");
            assertThat(client.get("/").header("server")).isEqualTo("istio-envoy");
        }
    }

    @Test
    void withoutARouteForTheHostTheAnswerIs404() throws Exception {
        rig.route(RouteKind.HTTP, "http-" + port, List.of("other.example.com"), "accounts");
        try (RawClient client = new RawClient(EdgeRig.at(port))) {
            assertThat(client.get("/").status()).isEqualTo(404);
        }
    }

    @Test
    void whatTheClientSaysOfItselfIsReplacedByWhatTheGatewayKnows() throws Exception {
        try (RawClient client = new RawClient(EdgeRig.at(port))) {
            String seen = client.send(
                            "GET /headers HTTP/1.1\r\nHost: accounts\r\nX-Forwarded-For: 1.2.3.4\r\n"
                                    + "X-Forwarded-Proto: https\r\nX-Forwarded-Client-Cert: By=me\r\nX-Request-Id: mine\r\n"
                                    + "X-Envoy-External-Address: 1.2.3.4\r\nX-Envoy-Retry-On: 5xx\r\nx-envoy-internal: true\r\n\r\n")
                    .answer()
                    .body();
            assertThat(seen)
                    .contains("x-forwarded-for: 1.2.3.4,127.0.0.1\n")
                    .contains("x-forwarded-proto: http\n")
                    .contains("x-envoy-external-address: 127.0.0.1\n")
                    .contains("x-envoy-attempt-count: 1\n")
                    .containsPattern("x-request-id: [0-9a-f]{8}-[0-9a-f-]{27}\n")
                    .doesNotContain("client-cert", "retry-on", "x-envoy-internal", "mine");
        }
    }

    @Test
    void aClientCannotHaveTheGatewaysOwnFieldsTakenOut() throws Exception {
        for (String named : List.of("x-forwarded-for", "x-envoy-external-address", "X-Forwarded-Client-Cert", "host")) {
            try (RawClient client = new RawClient(EdgeRig.at(port))) {
                RawClient.Answer answer = client.send("GET /headers HTTP/1.1\r\nHost: accounts\r\n"
                                + "X-Forwarded-For: 1.2.3.4\r\nConnection: keep-alive, " + named + "\r\n\r\n")
                        .answer();
                assertThat(answer.status()).as(named).isEqualTo(400);
            }
        }
        assertThat(application.requests).hasValue(0);
    }

    @Test
    void behindTrustedProxiesTheClientIsTheOneThatTheFirstOfThemSaw() throws Exception {
        try (EdgeRig trusting = new EdgeRig(new EdgeRules(2), InetAddress.getLoopbackAddress())) {
            int other = EdgeRig.freePort();
            serve(trusting, other);
            try (RawClient client = new RawClient(EdgeRig.at(other))) {
                String seen = client.send("GET /headers HTTP/1.1\r\nHost: accounts\r\n"
                                + "X-Forwarded-For: 9.9.9.9, 1.2.3.4\r\nX-Forwarded-For: 10.0.0.1\r\n"
                                + "X-Forwarded-Proto: https\r\n\r\n")
                        .answer()
                        .body();
                assertThat(seen)
                        .contains("x-envoy-external-address: 1.2.3.4\n")
                        .contains("x-forwarded-for: 9.9.9.9, 1.2.3.4,10.0.0.1,127.0.0.1\n")
                        .contains("x-forwarded-proto: https\n");
            }
        }
    }

    @Test
    void policiesJudgeTheClientThatTheFirstTrustedProxySaw() throws Exception {
        try (EdgeRig trusting = new EdgeRig(new EdgeRules(1), InetAddress.getLoopbackAddress())) {
            int other = EdgeRig.freePort();
            serve(trusting, other);
            trusting.policies.apply(
                    List.of(WaypointPolicyCompiler.compile(AuthorizationPolicy.newBuilder()
                            .setNamespace("edge")
                            .setName("from-office")
                            .addTargets(Target.newBuilder().setGateway(WholeGateway.getDefaultInstance()))
                            .addRules(Rule.newBuilder()
                                    .addFrom(Source.newBuilder().addRemoteIpBlocks("203.0.113.0/24")))
                            .build())),
                    List.of());
            try (RawClient client = new RawClient(EdgeRig.at(other))) {
                assertThat(forwardedFor(client, "203.0.113.9").status()).isEqualTo(200);
                assertThat(forwardedFor(client, "203.0.113.9, 198.51.100.1").status())
                        .as("what the client itself claims does not count")
                        .isEqualTo(403);
                assertThat(client.get("/").status()).isEqualTo(403);
            }
        }
    }

    private static RawClient.Answer forwardedFor(RawClient client, String hops) throws Exception {
        return client.send("GET / HTTP/1.1\r\nHost: accounts\r\nX-Forwarded-For: " + hops + "\r\n\r\n")
                .answer();
    }

    @Test
    void portsComeAndGoWithTheListeners() throws Exception {
        int second = EdgeRig.freePort();
        rig.gateway(http(port), http(second));
        rig.route(RouteKind.HTTP, "http-" + second, List.of(), "accounts");
        rig.route(RouteKind.HTTP, "http-" + port, List.of(), "accounts", "accounts");
        assertThat(rig.proxy.ports()).containsExactlyInAnyOrder(port, second);
        try (RawClient kept = new RawClient(EdgeRig.at(port));
                RawClient leaving = new RawClient(EdgeRig.at(second))) {
            assertThat(kept.get("/").status()).isEqualTo(200);
            assertThat(leaving.get("/").status()).isEqualTo(200);
            rig.gateway(http(port));
            assertThatThrownBy(() -> new RawClient(EdgeRig.at(second))).isInstanceOf(ConnectException.class);
            assertThat(leaving.ended())
                    .as("an idle connection of a removed port")
                    .isTrue();
            assertThat(kept.get("/").status()).isEqualTo(200);
        }
    }

    @Test
    void aPortInUseIsOpenedOnceItIsFree() throws Exception {
        int taken = EdgeRig.freePort();
        try (java.net.ServerSocket _ = new java.net.ServerSocket(taken, 1, InetAddress.getLoopbackAddress())) {
            rig.gateway(http(port), http(taken));
            assertThat(rig.proxy.ports()).containsExactly(port);
        }
        await().untilAsserted(() -> assertThat(rig.proxy.ports()).contains(taken));
    }

    @Test
    void bothAddressFamiliesAreServedByOneSocket() throws Exception {
        try (EdgeRig dual = new EdgeRig(EdgeRules.DEFAULT, InetAddress.ofLiteral("::"))) {
            int both = EdgeRig.freePort();
            serve(dual, both);
            try (RawClient four = new RawClient(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), both));
                    RawClient six = new RawClient(new InetSocketAddress(InetAddress.ofLiteral("::1"), both))) {
                assertThat(four.get("/headers").body()).contains("x-forwarded-for: 127.0.0.1\n");
                assertThat(six.get("/headers").body()).contains("x-forwarded-for: ::1\n");
            }
        }
    }
}

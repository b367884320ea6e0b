package io.periplus.waypoint;

import static org.assertj.core.api.Assertions.assertThat;

import io.periplus.wire.waypoint.Action;
import io.periplus.wire.waypoint.AuthorizationPolicy;
import io.periplus.wire.waypoint.Condition;
import io.periplus.wire.waypoint.EndpointScope;
import io.periplus.wire.waypoint.Operation;
import io.periplus.wire.waypoint.Rule;
import io.periplus.wire.waypoint.ServiceTarget;
import io.periplus.wire.waypoint.Source;
import io.periplus.wire.waypoint.Target;
import io.periplus.wire.waypoint.WholeGateway;
import io.periplus.wire.workload.AppProtocol;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Policies, judged with the client's identity and the request's attributes. */
class PolicyTest {
    private static final String POST = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nhi";
    private Rig rig;
    private Application application;

    @BeforeEach
    void start() {
        rig = new Rig();
        application = new Application("127.0.1.1", 0, "accounts-cluster-1");
        rig.service(AppProtocol.UNKNOWN, application.port(), "127.0.1.1");
    }

    @AfterEach
    void stop() {
        application.close();
        rig.close();
    }

    private static AuthorizationPolicy.Builder policy(String name) {
        return AuthorizationPolicy.newBuilder().setNamespace("accounts").setName(name);
    }

    private static Rule.Builder fromFinance() {
        return Rule.newBuilder().addFrom(Source.newBuilder().addNamespaces("finance"));
    }

    private static AuthorizationPolicy allowGetOnly() {
        return policy("allow-get-only")
                .addTargets(Target.newBuilder()
                        .setService(ServiceTarget.newBuilder()
                                .setNamespace("accounts")
                                .setHostname(Rig.HOSTNAME)))
                .addRules(fromFinance().addTo(Operation.newBuilder().addMethods("GET")))
                .build();
    }

    @Test
    void getIsAllowedAndPostIsDeniedWithTheBodyThatUsersKnow() throws Exception {
        rig.policies(allowGetOnly());
        try (RawClient client = new RawClient(rig.client(Rig.FINANCE))) {
            assertThat(client.get("/").body()).isEqualTo("accounts-cluster-1");
            RawClient.Answer denied = client.send(POST).answer();
            assertThat(denied.status()).isEqualTo(403);
            assertThat(denied.body()).isEqualTo("RBAC: access denied");
            assertThat(denied.header("content-type")).isEqualTo("text/plain");
            assertThat(denied.header("server")).isEqualTo("istio-envoy");
            assertThat(client.get("/").status()).isEqualTo(200);
        }
        assertThat(application.requests).hasValue(2);
    }

    @Test
    void theRemoteClientIsTheOneThatTheProxyBeforeSpeaksOf() throws Exception {
        rig.policies(policy("from-outside")
                .addTargets(Target.newBuilder().setGateway(WholeGateway.getDefaultInstance()))
                .addRules(Rule.newBuilder().addFrom(Source.newBuilder().addRemoteIpBlocks("203.0.113.0/24")))
                .build());
        try (RawClient client = new RawClient(rig.client(Rig.FINANCE))) {
            assertThat(forwardedFor(client, "203.0.113.9")).isEqualTo(200);
            assertThat(forwardedFor(client, "198.51.100.1, 203.0.113.9")).isEqualTo(200);
            assertThat(forwardedFor(client, "203.0.113.9, 198.51.100.1")).isEqualTo(403);
            assertThat(forwardedFor(client, "203.0.113.9, unknown")).isEqualTo(403);
            assertThat(client.get("/").status()).isEqualTo(403);
        }
    }

    private static int forwardedFor(RawClient client, String hops) throws Exception {
        return client.send("GET / HTTP/1.1\r\nHost: a\r\nX-Forwarded-For: " + hops + "\r\n\r\n")
                .answer()
                .status();
    }

    @Test
    void aClientOfAnotherNamespaceIsDenied() throws Exception {
        rig.policies(allowGetOnly());
        try (RawClient client = new RawClient(rig.client(Rig.OTHER))) {
            assertThat(client.get("/").status()).isEqualTo(403);
        }
    }

    @Test
    void policiesOfTheEndpointsNamespaceFollowTheTrafficThroughTheWaypoint() throws Exception {
        AuthorizationPolicy denyAll =
                policy("deny-all").setEndpointScope(EndpointScope.NAMESPACE).build();
        AuthorizationPolicy allowFinance = policy("allow-from-finance")
                .setEndpointScope(EndpointScope.NAMESPACE)
                .addRules(fromFinance())
                .build();
        rig.policies(denyAll, allowFinance, allowGetOnly());
        try (RawClient finance = new RawClient(rig.client(Rig.FINANCE));
                RawClient other = new RawClient(rig.client(Rig.OTHER))) {
            assertThat(finance.get("/").status()).isEqualTo(200);
            assertThat(finance.send(POST).answer().status()).isEqualTo(403);
            assertThat(other.get("/").status()).isEqualTo(403);
        }
    }

    @Test
    void aPolicyForTheWholeGatewayDenies() throws Exception {
        rig.policies(policy("no-admin")
                .setAction(Action.DENY)
                .addTargets(Target.newBuilder().setGateway(WholeGateway.getDefaultInstance()))
                .addRules(Rule.newBuilder().addTo(Operation.newBuilder().addPaths("/admin*")))
                .build());
        try (RawClient client = new RawClient(rig.client(Rig.FINANCE))) {
            assertThat(client.get("/x/../admin/users?y=1").status()).isEqualTo(403);
            assertThat(client.get("/%61dmin").status()).isEqualTo(403);
            assertThat(client.get("/adm").status()).isEqualTo(200);
        }
    }

    @Test
    void aPolicyThatAWorkloadNamesAndThatHasNotArrivedCloses() throws Exception {
        rig.workload(
                "127.0.1.1",
                application.port(),
                io.periplus.wire.workload.TunnelProtocol.HBONE,
                List.of("accounts/not-yet"));
        try (RawClient client = new RawClient(rig.client(Rig.FINANCE))) {
            assertThat(client.get("/").status()).isEqualTo(403);
            rig.policies(policy("not-yet")
                    .setEndpointScope(EndpointScope.SELECTED)
                    .addRules(fromFinance())
                    .build());
            assertThat(client.get("/").status()).isEqualTo(200);
        }
    }

    @Test
    void aPolicyWithMethodsClosesWhatIsNotHttp() throws Exception {
        rig.policies(allowGetOnly());
        try (RawClient client = new RawClient(rig.client(Rig.FINANCE))) {
            client.send("\u0001\u0002binary");
            assertThat(client.ended()).isTrue();
        }
    }

    @Test
    void aConnectionAboutWhichAnAuthorizerWouldHaveToBeAskedIsRefused() throws Exception {
        rig.policies(policy("ask")
                .setAction(Action.CUSTOM)
                .setProvider("opa")
                .addTargets(Target.newBuilder().setGateway(WholeGateway.getDefaultInstance()))
                .addRules(Rule.newBuilder().addTo(Operation.newBuilder().addPorts("8080")))
                .build());
        try (RawClient client = new RawClient(rig.client(Rig.FINANCE))) {
            client.send("\u0001\u0002binary");
            assertThat(client.ended()).isTrue();
        }
    }

    @Test
    void headersAreComparedAndPseudoHeadersAreThereToo() throws Exception {
        rig.policies(policy("by-header")
                .addTargets(Target.newBuilder().setGateway(WholeGateway.getDefaultInstance()))
                .addRules(Rule.newBuilder()
                        .addWhen(when("request.headers[x-team]", "blue*"))
                        .addWhen(when("request.headers[:method]", "GET"))
                        .addWhen(when("request.headers[:path]", "/?x=*"))
                        .addWhen(when("request.headers[host]", "accounts")))
                .build());
        try (RawClient client = new RawClient(rig.client(Rig.FINANCE))) {
            assertThat(statusOf(client, "/?x=1", "X-Team: blue\r\nx-team: red\r\n"))
                    .isEqualTo(403);
            assertThat(statusOf(client, "/?x=1", "X-Team: blue\r\nx-team: bluest\r\n"))
                    .isEqualTo(200);
            assertThat(statusOf(client, "/?x=1", "X-Team: blue,red\r\n")).isEqualTo(200);
            assertThat(statusOf(client, "/?x=1", "X-Team: red\r\n")).isEqualTo(403);
            assertThat(statusOf(client, "/", "X-Team: blue\r\n")).isEqualTo(403);
        }
    }

    @Test
    void aHeaderThatIsSentTwiceDoesNotGetPastADeny() throws Exception {
        rig.policies(policy("no-admins")
                .setAction(Action.DENY)
                .addTargets(Target.newBuilder().setGateway(WholeGateway.getDefaultInstance()))
                .addRules(Rule.newBuilder().addWhen(when("request.headers[x-role]", "admin")))
                .build());
        try (RawClient client = new RawClient(rig.client(Rig.FINANCE))) {
            assertThat(statusOf(client, "/", "X-Role: guest\r\n")).isEqualTo(200);
            assertThat(statusOf(client, "/", "X-Role: guest\r\nX-Role: user\r\n"))
                    .isEqualTo(200);
            assertThat(statusOf(client, "/", "X-Role: guest\r\nX-Role: admin\r\n"))
                    .isEqualTo(403);
            assertThat(statusOf(client, "/", "X-Role: admin\r\nX-Role: guest\r\n"))
                    .isEqualTo(403);
        }
    }

    private static Condition.Builder when(String key, String value) {
        return Condition.newBuilder().setKey(key).addValues(value);
    }

    private static int statusOf(RawClient client, String path, String fields) throws Exception {
        return client.send("GET " + path + " HTTP/1.1\r\nHost: accounts\r\n" + fields + "\r\n")
                .answer()
                .status();
    }
}

package io.periplus.waypoint;

import static io.periplus.waypoint.CustomPolicies.custom;
import static io.periplus.waypoint.CustomPolicies.http;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.util.Durations;
import io.periplus.dataplane.http.Http2Windows;
import io.periplus.waypoint.Scripted.Request;
import io.periplus.wire.waypoint.Action;
import io.periplus.wire.waypoint.AdditionalHeader;
import io.periplus.wire.waypoint.AuthorizationPolicy;
import io.periplus.wire.waypoint.ClientAttribute;
import io.periplus.wire.waypoint.ExtensionProvider;
import io.periplus.wire.waypoint.HttpAuthorizer;
import io.periplus.wire.waypoint.Operation;
import io.periplus.wire.waypoint.RequestBodyInCheck;
import io.periplus.wire.waypoint.RequestField;
import io.periplus.wire.waypoint.Rule;
import io.periplus.wire.waypoint.ValuePart;
import io.periplus.wire.workload.AppProtocol;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Authorizers that speak HTTP, over real tunnels. */
class ExternalHttpTest {
    private static final String ALLOW = Scripted.ok("");
    private volatile Function<Request, String> script = _ -> ALLOW;
    private final Lines lines = new Lines();
    private Rig rig;
    private Scripted application;
    private Scripted authorizer;

    @BeforeEach
    void start() throws IOException {
        rig = new Rig(lines);
        application = new Scripted("127.0.1.1", 0, request -> Scripted.ok(request.path() + "\n" + request.head()));
        authorizer = new Scripted("127.0.1.2", 0, request -> script.apply(request));
        rig.service(AppProtocol.UNKNOWN, application.port(), "127.0.1.1");
        rig.backend("authorizer", AppProtocol.UNKNOWN, authorizer.port(), "127.0.1.2");
        rig.policies(custom());
        provide(HttpAuthorizer.newBuilder());
    }

    @AfterEach
    void stop() throws Exception {
        application.close();
        authorizer.close();
        rig.close();
    }

    private void provide(HttpAuthorizer.Builder settings) {
        CustomPolicies.apply(rig, http("ext", settings));
    }

    private RawClient client() throws IOException {
        return new RawClient(rig.client(Rig.FINANCE));
    }

    private RawClient.Answer get(String path, String fields) throws IOException {
        try (RawClient client = client()) {
            return client.send("GET " + path + " HTTP/1.1\r\nHost: accounts:8080\r\n" + fields + "\r\n")
                    .answer();
        }
    }

    private RawClient.Answer post(String body, String fields) throws IOException {
        try (RawClient client = client()) {
            return client.send("POST /private HTTP/1.1\r\nHost: a\r\nContent-Length: " + body.length() + "\r\n" + fields
                            + "\r\n" + body)
                    .answer();
        }
    }

    // ---- asking

    @Test
    void onlyRequestsThatTheRulesMatchAreAskedAbout() throws Exception {
        assertThat(get("/public", "").status()).isEqualTo(200);
        assertThat(authorizer.requests).isEmpty();
        assertThat(get("/private/x", "").status()).isEqualTo(200);
        assertThat(authorizer.requests).hasSize(1);
        assertThat(rig.tunnelsToEndpoints).hasValue(2);
        assertThat(rig.seenByEndpoints).containsExactly(Rig.WAYPOINT);
    }

    @Test
    void theAuthorizerSeesMethodPathHostAndAuthorizationAndNothingElse() throws Exception {
        provide(HttpAuthorizer.newBuilder().setPathPrefix("/check"));
        assertThat(get("/private/a?b=c", "Authorization: Bearer x\r\nCookie: secret\r\nX-Other: y\r\n")
                        .status())
                .isEqualTo(200);
        Request asked = authorizer.requests.getFirst();
        assertThat(asked.head()).startsWith("GET /check/private/a?b=c HTTP/1.1\r\n");
        assertThat(asked.header("host")).isEqualTo("accounts:8080");
        assertThat(asked.header("authorization")).isEqualTo("Bearer x");
        assertThat(asked.header("content-length")).isEqualTo("0");
        assertThat(asked.header("cookie")).isEmpty();
        assertThat(asked.header("x-other")).isEmpty();
    }

    @Test
    void fieldsAreChosenByPatternsAndAddedByTemplates() throws Exception {
        provide(HttpAuthorizer.newBuilder()
                .addRequestHeaders("X-Ext-*")
                .addRequestHeaders("*-token")
                .addRequestHeaders("te")
                .addAdditionalHeaders(
                        field("x-ext-fixed", ValuePart.newBuilder().setLiteral("mesh")))
                .addAdditionalHeaders(field(
                        "x-uri",
                        ValuePart.newBuilder().setLiteral("http://"),
                        ValuePart.newBuilder()
                                .setRequest(RequestField.newBuilder().addNames(":authority")),
                        ValuePart.newBuilder()
                                .setRequest(RequestField.newBuilder()
                                        .addNames("x-none")
                                        .addNames(":path")
                                        .setMaxLength(8))))
                .addAdditionalHeaders(
                        field("x-who", ValuePart.newBuilder().setClient(ClientAttribute.PEER_PRINCIPAL))));
        get("/private/abc", "X-Ext-A: 1\r\nx-ext-fixed: mine\r\nA-Token: 2\r\nX-B: 3\r\nTE: trailers\r\n");
        Request asked = authorizer.requests.getFirst();
        assertThat(asked.header("x-ext-a")).isEqualTo("1");
        assertThat(asked.header("a-token")).isEqualTo("2");
        assertThat(asked.header("x-ext-fixed")).isEqualTo("mesh");
        assertThat(asked.header("x-b")).isEmpty();
        assertThat(asked.header("te")).isEmpty();
        assertThat(asked.header("x-uri")).isEqualTo("http://accounts:8080/private");
        assertThat(asked.header("x-who")).isEqualTo("spiffe://cluster.local/ns/finance/sa/curl");
    }

    private static AdditionalHeader field(String name, ValuePart.Builder... parts) {
        AdditionalHeader.Builder field = AdditionalHeader.newBuilder().setName(name);
        for (ValuePart.Builder part : parts) {
            field.addValue(part);
        }
        return field.build();
    }

    // ---- allowing

    @Test
    void fieldsOfTheAnswerReachTheApplicationAndTheClientAsThePatternsSay() throws Exception {
        script = _ -> Scripted.answer(
                200,
                "X-User: ann\r\nX-Group: a\r\nX-Group: b\r\nSet-Cookie: s=1\r\nX-Hidden: h\r\n"
                        + "x-envoy-auth-headers-to-remove: authorization, host, :path\r\n",
                "ok");
        provide(HttpAuthorizer.newBuilder()
                .addToUpstreamOnAllow("x-user")
                .addToUpstreamOnAllow("x-group")
                .addToUpstreamOnAllow("content-length")
                .addToUpstreamOnAllow("connection")
                .addToDownstreamOnAllow("set-*"));
        RawClient.Answer answer =
                get("/private", "X-User: forged\r\nX-User: twice\r\nX-Group: z\r\nAuthorization: b\r\n");
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.header("set-cookie")).isEqualTo("s=1");
        assertThat(answer.header("x-user")).isEmpty();
        assertThat(answer.body())
                .startsWith("/private\n")
                .containsIgnoringCase("x-user: ann\r\n")
                .containsIgnoringCase("x-group: a\r\n")
                .containsIgnoringCase("x-group: b\r\n")
                .doesNotContainIgnoringCase("forged")
                .doesNotContainIgnoringCase("twice")
                .doesNotContainIgnoringCase("x-group: z")
                .doesNotContainIgnoringCase("authorization")
                .doesNotContainIgnoringCase("x-hidden")
                .containsIgnoringCase("host: accounts:8080");
    }

    @Test
    void whatTheAuthorizerLeavesUnsaidNoClientSaysInItsPlace() throws Exception {
        provide(HttpAuthorizer.newBuilder()
                .addToUpstreamOnAllow("x-user")
                .addToUpstreamOnAllow("X-Auth-*")
                .addToUpstreamOnAllow("x-forwarded-*")
                .addToUpstreamOnAllow("authorization"));
        String forged = "X-User: root\r\nX-Auth-Role: admin\r\nX-Forwarded-For: 1.2.3.4\r\nAuthorization: Bearer x\r\n";
        assertThat(get("/private", forged).body())
                .contains("authorization: Bearer x", "x-forwarded-for: 1.2.3.4")
                .doesNotContain("root", "admin");
        CustomPolicies.apply(
                rig,
                http("ext", HttpAuthorizer.newBuilder().addToUpstreamOnAllow("x-user"))
                        .setFailOpen(true));
        script = _ -> Scripted.answer(500, "", "");
        assertThat(get("/private", forged).body()).contains("admin").doesNotContain("root");
    }

    @Test
    void policiesThatDecideAreJudgedAfterwards() throws Exception {
        AuthorizationPolicy deny = AuthorizationPolicy.newBuilder()
                .setNamespace("accounts")
                .setName("deny")
                .setAction(Action.DENY)
                .addTargets(CustomPolicies.service())
                .addRules(Rule.newBuilder().addTo(Operation.newBuilder().addPaths("/private/never")))
                .build();
        rig.policies(custom(), deny);
        assertThat(get("/private/never", "").body()).isEqualTo("RBAC: access denied");
        assertThat(authorizer.requests).hasSize(1);
    }

    @Test
    void twoProvidersBothHaveToAllow() throws Exception {
        rig.policies(custom(), custom("second", "other"));
        CustomPolicies.apply(rig, http("other", HttpAuthorizer.newBuilder().setPathPrefix("/other")));
        script = asked -> asked.path().startsWith("/other/private/no") ? Scripted.answer(401, "", "no") : ALLOW;
        assertThat(get("/private/yes", "").status()).isEqualTo(200);
        assertThat(authorizer.requests).extracting(Request::path).containsExactly("/private/yes", "/other/private/yes");
        assertThat(get("/private/no", "").status()).isEqualTo(401);
    }

    @Test
    void aSecondProviderThatIsNotThereDenies() throws Exception {
        rig.policies(custom(), custom("second", "nobody"));
        assertThat(get("/private", "").status()).isEqualTo(403);
        assertThat(application.requests).isEmpty();
    }

    // ---- denying

    @Test
    void aDenialIsRelayedWithStatusFieldsAndBody() throws Exception {
        script = _ -> Scripted.answer(
                302,
                "Location: https://login.example/\r\nSet-Cookie: a=1\r\nSet-Cookie: b=2\r\nContent-Type: text/html\r\n"
                        + "Connection: x-secret\r\nX-Secret: s\r\nKeep-Alive: 5\r\nServer: nginx\r\n",
                "<p>\u00ff");
        try (RawClient client = client()) {
            RawClient.Answer answer = client.get("/private");
            assertThat(answer.status()).isEqualTo(302);
            assertThat(answer.header("location")).isEqualTo("https://login.example/");
            assertThat(answer.head())
                    .containsIgnoringCase("set-cookie: a=1\r\n")
                    .containsIgnoringCase("set-cookie: b=2\r\n");
            assertThat(answer.header("content-type")).isEqualTo("text/html");
            assertThat(answer.header("x-secret")).isEmpty();
            assertThat(answer.header("keep-alive")).isEmpty();
            assertThat(answer.header("server")).isEqualTo("istio-envoy");
            assertThat(answer.header("content-length")).isEqualTo("4");
            assertThat(client.get("/public").status()).isEqualTo(200);
        }
        assertThat(lines.of("/private")).isEqualTo("302 UAEX ext_authz_denied");
        assertThat(application.requests).hasSize(1);
    }

    @Test
    void fieldsOfADenialAreChosenByPatterns() throws Exception {
        provide(HttpAuthorizer.newBuilder().addToDownstreamOnDeny("x-ext-*"));
        script = _ -> Scripted.answer(
                401, "X-Ext-Why: late\r\nX-Other: o\r\nWWW-Authenticate: Basic\r\nLocation: /l\r\n", "denied");
        RawClient.Answer answer = get("/private", "");
        assertThat(answer.status()).isEqualTo(401);
        assertThat(answer.header("x-ext-why")).isEqualTo("late");
        assertThat(answer.header("www-authenticate")).isEqualTo("Basic");
        assertThat(answer.header("location")).isEqualTo("/l");
        assertThat(answer.header("x-other")).isEmpty();
        assertThat(answer.body()).isEqualTo("denied");
    }

    @Test
    void otherStatusesOf2xxDeny() throws Exception {
        script = _ -> "HTTP/1.1 204 X\r\n\r\n";
        assertThat(get("/private", "").status()).isEqualTo(204);
        assertThat(application.requests).isEmpty();
    }

    // ---- failing

    @ParameterizedTest
    @ValueSource(
            strings = {
                "HTTP/1.1 500 X\r\nContent-Length: 0\r\n\r\n",
                "HTTP/1.1 200 X\r\nContent-Length: 5\r\n\r\nhal",
                "HTTP/1.1 2x0 X\r\n\r\n",
                "no HTTP at all\r\n\r\n",
                "HTTP/1.1 200 X\r\nContent-Length: 0\r\nA b: c\r\n\r\n",
                "HTTP/1.1 101 X\r\nUpgrade: websocket\r\nConnection: upgrade\r\n\r\n",
                "HTTP/1.1 200 X\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
                Scripted.END,
            })
    void whatIsNoAnswerDeniesUnlessTheProviderFailsOpen(String nonsense) throws Exception {
        script = _ -> nonsense;
        CustomPolicies.apply(rig, http("ext", HttpAuthorizer.newBuilder()).setTimeout(Durations.fromMillis(500)));
        assertThat(get("/private", "").status()).isEqualTo(403);
        assertThat(lines.of("/private")).isEqualTo("403 UAEX ext_authz_error");
        assertThat(application.requests).isEmpty();
        CustomPolicies.apply(
                rig, http("ext", HttpAuthorizer.newBuilder()).setFailOpen(true).setTimeout(Durations.fromMillis(500)));
        assertThat(get("/private", "").status()).isEqualTo(200);
    }

    @Test
    void giantFieldsAreNoAnswer() throws Exception {
        script = _ -> Scripted.answer(200, "X-User: " + "a".repeat(100_000) + "\r\n", "");
        assertThat(get("/private", "").status()).isEqualTo(403);
        assertThat(lines.of("/private")).isEqualTo("403 UAEX ext_authz_error");
    }

    @Test
    void aGiantBodyIsNoAnswer() throws Exception {
        script = _ -> Scripted.answer(401, "", "a".repeat(2 << 20));
        assertThat(get("/private", "").status()).isEqualTo(403);
        assertThat(lines.of("/private")).isEqualTo("403 UAEX ext_authz_error");
    }

    @Test
    void anAuthorizerThatHangsIsGivenUpInTimeWithTheStatusThatIsWanted() throws Exception {
        CustomPolicies.apply(
                rig,
                http("ext", HttpAuthorizer.newBuilder())
                        .setTimeout(Durations.fromMillis(500))
                        .setStatusOnError(503));
        script = _ -> Scripted.SILENCE;
        RawClient.Answer answer = get("/private", "");
        assertThat(answer.status()).isEqualTo(503);
        assertThat(answer.body()).isEmpty();
        assertThat(lines.of("/private")).isEqualTo("503 UAEX ext_authz_error");
    }

    @Test
    void anAuthorizerThatIsNotThereDenies() throws Exception {
        authorizer.close();
        CustomPolicies.apply(rig, http("ext", HttpAuthorizer.newBuilder()).setTimeout(Durations.fromMillis(300)));
        assertThat(get("/private", "").status()).isEqualTo(403);
        assertThat(lines.of("/private")).isEqualTo("403 UAEX ext_authz_error");
    }

    @Test
    void aProviderThatIsNotThereOrCannotBeUsedDeniesAlsoWhenItWasToFailOpen() throws Exception {
        rig.policies(custom("ext", "nobody"));
        assertThat(get("/private", "").body()).isEqualTo("RBAC: access denied");
        assertThat(lines.of("/private")).startsWith("403 - rbac_access_denied_matched_policy[ns[accounts]-policy[ext]");
        CustomPolicies.apply(
                rig,
                ExtensionProvider.newBuilder()
                        .setName("nobody")
                        .setUnusable("no port")
                        .setFailOpen(true));
        assertThat(get("/private", "").status()).isEqualTo(403);
        assertThat(application.requests).isEmpty();
    }

    @Test
    void aClientThatLeavesTakesItsQuestionAlong() throws Exception {
        CountDownLatch asked = new CountDownLatch(1);
        script = _ -> {
            asked.countDown();
            return Scripted.SILENCE;
        };
        RawClient client = client();
        client.send("GET /private HTTP/1.1\r\nHost: a\r\n\r\n");
        assertThat(asked.await(5, TimeUnit.SECONDS)).isTrue();
        client.socket.setSoLinger(true, 0);
        client.close();
        await().atMost(5, TimeUnit.SECONDS)
                .untilAsserted(
                        () -> assertThat(rig.waypoint.requestsInProgress()).isZero());
        assertThat(lines.of("/private")).isEqualTo("0 DC downstream_remote_disconnect");
        assertThat(rig.exposition()).contains("outcome=\"abandoned\"");
    }

    @Test
    void anOldConnectionThatTheAuthorizerHasGivenUpIsNoReasonToDeny() throws Exception {
        script = asked -> asked.number() == 2 ? Scripted.END : ALLOW;
        assertThat(get("/private", "").status()).isEqualTo(200);
        assertThat(get("/private", "").status()).isEqualTo(200);
        assertThat(authorizer.requests).hasSize(3);
    }

    // ---- bodies

    private void withBody(int max, boolean partial) {
        CustomPolicies.apply(
                rig,
                http("ext", HttpAuthorizer.newBuilder())
                        .setBody(RequestBodyInCheck.newBuilder()
                                .setMaxRequestBytes(max)
                                .setAllowPartialMessage(partial)));
    }

    @Test
    void aBodyIsShownAndStillReachesTheApplication() throws Exception {
        withBody(10, false);
        assertThat(post("0123456789", "").status()).isEqualTo(200);
        assertThat(authorizer.requests.getFirst().body()).isEqualTo("0123456789");
        assertThat(authorizer.requests.getFirst().header("x-envoy-auth-partial-body"))
                .isEqualTo("false");
        assertThat(application.requests.getFirst().body()).isEqualTo("0123456789");
    }

    @Test
    void aLargerBodyIsRefusedEvenByAProviderThatFailsOpen() throws Exception {
        CustomPolicies.apply(
                rig,
                http("ext", HttpAuthorizer.newBuilder())
                        .setFailOpen(true)
                        .setBody(RequestBodyInCheck.newBuilder().setMaxRequestBytes(10)));
        RawClient.Answer answer = post("0123456789a", "");
        assertThat(answer.status()).isEqualTo(413);
        assertThat(answer.body()).isEqualTo("Payload Too Large");
        assertThat(lines.of("/private")).isEqualTo("413 - request_payload_too_large");
        try (RawClient client = client()) {
            assertThat(client.send("POST /private HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
                                    + "6\r\n012345\r\n6\r\n012345\r\n0\r\n\r\n")
                            .answer()
                            .status())
                    .isEqualTo(413);
        }
        assertThat(authorizer.requests).isEmpty();
        assertThat(application.requests).isEmpty();
    }

    @Test
    void aLargerBodyIsShownInPartWhereThatIsAllowedAndPassesWhole() throws Exception {
        withBody(10, true);
        String body = "0123456789".repeat(50_000);
        assertThat(post(body, "").status()).isEqualTo(200);
        assertThat(authorizer.requests.getFirst().body()).isEqualTo("0123456789");
        assertThat(authorizer.requests.getFirst().header("x-envoy-auth-partial-body"))
                .isEqualTo("true");
        assertThat(application.requests.getFirst().body()).isEqualTo(body);
    }

    @Test
    void aBodyThatTricklesIsWaitedForUpToTheLimitOnly() throws Exception {
        withBody(3, true);
        try (RawClient client = client()) {
            client.send("POST /private HTTP/1.1\r\nHost: a\r\nContent-Length: 6\r\n\r\nab");
            client.send("cd");
            await().atMost(5, TimeUnit.SECONDS).until(() -> authorizer.requests.size() == 1);
            assertThat(authorizer.requests.getFirst().body()).isEqualTo("abc");
            assertThat(client.send("ef").answer().status()).isEqualTo(200);
        }
        assertThat(application.requests.getFirst().body()).isEqualTo("abcdef");
    }

    @Test
    void aBodyOfHttp2IsReadBeyondTheWindowOfItsStream() throws Exception {
        withBody(1 << 20, false);
        rig.service(AppProtocol.HTTP11, application.port(), "127.0.1.1");
        String body = "0123456789".repeat(80_000);
        try (H2Client client = H2Client.open(rig.client(Rig.FINANCE))) {
            client.request(1, 0, "POST", "/private").flush();
            int window = Http2Windows.OF_ONE_CLIENT.streamBytes();
            for (int at = 0; at < body.length(); ) {
                int length = Math.min(10_000, body.length() - at);
                while (window < length) {
                    H2Client.Frame update = client.next(H2Client.WINDOW_UPDATE);
                    window += update.stream() == 1
                            ? ByteBuffer.wrap(update.payload()).getInt()
                            : 0;
                }
                window -= length;
                int flags = at + length == body.length() ? H2Client.END_STREAM : 0;
                client.frame(
                                H2Client.DATA,
                                flags,
                                1,
                                body.substring(at, at + length).getBytes(StandardCharsets.US_ASCII))
                        .flush();
                at += length;
            }
            assertThat(client.answer()).startsWith("200|/private");
        }
        assertThat(authorizer.requests.getFirst().body()).isEqualTo(body);
        assertThat(application.requests.getFirst().body()).isEqualTo(body);
    }

    @Test
    void aClientThatWaitsToBeToldToGoOnIsTold() throws Exception {
        withBody(10, false);
        try (RawClient client = client()) {
            client.send("POST /private HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n");
            assertThat(client.head()).startsWith("HTTP/1.1 100 ");
            assertThat(client.send("hi").answer().status()).isEqualTo(200);
        }
        assertThat(application.requests.getFirst().body()).isEqualTo("hi");
    }

    @Test
    void aClientThatLeavesInTheMiddleOfItsBodyAsksNobody() throws Exception {
        withBody(10, false);
        RawClient client = client();
        client.send("POST /private HTTP/1.1\r\nHost: a\r\nContent-Length: 8\r\nExpect: 100-continue\r\n\r\n");
        assertThat(client.head()).startsWith("HTTP/1.1 100 ");
        client.send("ab");
        client.socket.setSoLinger(true, 0);
        client.close();
        await().atMost(5, TimeUnit.SECONDS).until(() -> !lines.of("/private").isEmpty());
        assertThat(authorizer.requests).isEmpty();
        assertThat(application.requests).isEmpty();
    }

    @Test
    void aBodyThatIsDeniedIsNotRead() throws Exception {
        withBody(5, true);
        script = _ -> Scripted.answer(403, "", "no");
        assertThat(post("x".repeat(200_000), "").status()).isEqualTo(403);
        assertThat(application.requests).isEmpty();
    }

    // ---- dry run

    @Test
    void inDryRunTheAuthorizerIsAskedAndNobodyWaits() throws Exception {
        rig.policies(custom().toBuilder().setDryRun(true).build());
        CountDownLatch answer = new CountDownLatch(1);
        script = _ -> {
            try {
                answer.await();
            } catch (InterruptedException _) {
                Thread.currentThread().interrupt();
            }
            return Scripted.answer(403, "", "no");
        };
        try (RawClient client = client()) {
            assertThat(client.get("/private").status()).isEqualTo(200);
            await().atMost(5, TimeUnit.SECONDS).until(() -> authorizer.requests.size() == 1);
            assertThat(client.get("/private").status()).isEqualTo(200);
        } finally {
            answer.countDown();
        }
        await().atMost(5, TimeUnit.SECONDS)
                .until(() -> rig.exposition().contains("outcome=\"denied\",dry_run=\"true\""));
    }

    @Test
    void whatWasAskedIsCounted() throws Exception {
        script = asked -> asked.path().equals("/private/no") ? Scripted.answer(403, "", "") : ALLOW;
        get("/private/yes", "");
        get("/private/no", "");
        assertThat(rig.exposition())
                .contains("periplus_ext_authz_requests_total{provider=\"ext\",protocol=\"http\",outcome=\"allowed\","
                        + "dry_run=\"false\"} 1")
                .contains("outcome=\"denied\",dry_run=\"false\"} 1")
                .contains("periplus_ext_authz_duration_milliseconds_count{provider=\"ext\",protocol=\"http\"} 2");
    }
}

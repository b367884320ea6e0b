package io.periplus.waypoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.periplus.waypoint.authn.AuthenticationStore;
import io.periplus.waypoint.authn.TestIssuer;
import io.periplus.waypoint.authn.TokenGates;
import io.periplus.waypoint.exchange.Gates;
import io.periplus.waypoint.exchange.HttpSettings;
import io.periplus.waypoint.telemetry.AccessLogFile;
import io.periplus.waypoint.telemetry.LogLine;
import io.periplus.wire.waypoint.Action;
import io.periplus.wire.waypoint.AuthorizationPolicy;
import io.periplus.wire.waypoint.ClaimHeader;
import io.periplus.wire.waypoint.Condition;
import io.periplus.wire.waypoint.HttpAuthorizer;
import io.periplus.wire.waypoint.RequestAuthentication;
import io.periplus.wire.waypoint.Rule;
import io.periplus.wire.waypoint.ServiceTarget;
import io.periplus.wire.waypoint.Source;
import io.periplus.wire.waypoint.Target;
import io.periplus.wire.waypoint.TokenHeader;
import io.periplus.wire.waypoint.TokenRule;
import io.periplus.wire.waypoint.WholeGateway;
import io.periplus.wire.workload.AppProtocol;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tokens of requests on their way through a waypoint. */
class TokenTest {
    private static final String US = "https://us.example";
    private static final String THEM = "https://them.example";
    private static final String ALICE = "{\"iss\":\"" + US + "\",\"sub\":\"alice\",\"exp\":9999999999}";
    private final TestIssuer us = new TestIssuer("us", "ES256");
    private final TestIssuer them = new TestIssuer("them", "RS256");
    private final AuthenticationStore store = new AuthenticationStore();
    private final TokenGates gates = new TokenGates(store);
    private final ByteArrayOutputStream written = new ByteArrayOutputStream();
    private final AccessLogFile log =
            new AccessLogFile(LogLine.text("%RESPONSE_CODE% %RESPONSE_FLAGS% %RESPONSE_CODE_DETAILS%\n"), written);
    private Rig rig;
    private Application application;
    private RawClient client;

    @BeforeEach
    void start() throws IOException {
        rig = new Rig(
                log,
                HttpSettings.DEFAULT,
                loop -> new Gates(Gates.DEFAULT.custom(), gates.of(loop), Gates.DEFAULT.limits()));
        application = new Application("127.0.1.1", 0, "accounts");
        rig.service(AppProtocol.UNKNOWN, application.port(), "127.0.1.1");
        client = new RawClient(rig.client(Rig.FINANCE));
        accept(rule(US, us));
    }

    @AfterEach
    void stop() throws IOException {
        client.close();
        application.close();
        rig.close();
        gates.close();
        log.close();
    }

    @Test
    void aRequestWithoutATokenPassesAndOneWithAGoodTokenToo() throws IOException {
        assertThat(client.get("/").status()).isEqualTo(200);
        assertThat(bearer(us.token(ALICE)).status()).isEqualTo(200);
    }

    @Test
    void aTokenThatDoesNotHoldIsRefusedAsUsersOfEnvoyKnowIt() throws IOException {
        RawClient.Answer answer = bearer(us.token("{\"iss\":\"" + US + "\",\"exp\":1000000000}"));
        assertThat(answer.status()).isEqualTo(401);
        assertThat(answer.body()).isEqualTo("Jwt is expired");
        assertThat(answer.header("www-authenticate"))
                .isEqualTo("Bearer realm=\"http://a/headers\", error=\"invalid_token\"");
        assertThat(application.requests).hasValue(0);
        await().atMost(Duration.ofSeconds(5))
                .until(
                        () -> written.toString(StandardCharsets.UTF_8),
                        text -> text.equals("401 - jwt_authn_access_denied{Jwt_is_expired}\n"));
    }

    @Test
    void everyKindOfBadTokenIsRefused() throws IOException {
        String good = us.token(ALICE);
        Map<String, String> bad = Map.of(
                "nonsense",
                "Jwt is not in the form of Header.Payload.Signature with two dots and 3 sections",
                them.token(ALICE),
                "Jwks doesn't have key to match kid or alg from Jwt",
                new TestIssuer("other", "ES256").token("{\"alg\":\"ES256\",\"kid\":\"us\"}", ALICE),
                "Jwt verification fails",
                us.token("{\"iss\":\"https://nobody.example\"}"),
                "Jwt issuer is not configured",
                us.token("{}"),
                "Jwt issuer is not configured",
                us.token("{\"iss\":\"" + US + "\",\"nbf\":9999999999}"),
                "Jwt not yet valid",
                good.substring(0, good.lastIndexOf('.') + 1) + "AA",
                "Jwt verification fails",
                us.token("{\"alg\":\"none\"}", ALICE),
                "Jwt header [alg] is not supported");
        for (Map.Entry<String, String> entry : bad.entrySet()) {
            RawClient.Answer answer = bearer(entry.getKey());
            assertThat(answer.body()).isEqualTo(entry.getValue());
            assertThat(answer.status()).isEqualTo(401);
        }
        assertThat(application.requests).hasValue(0);
        assertThat(bearer(good).status()).isEqualTo(200);
    }

    @Test
    void aTokenForAnotherAudienceIsForbidden() throws IOException {
        accept(rule(US, us).addAudiences("https://shop.example/").addAudiences("b"));
        RawClient.Answer answer = bearer(us.token("{\"iss\":\"" + US + "\",\"aud\":[\"c\"]}"));
        assertThat(answer.status()).isEqualTo(403);
        assertThat(answer.body()).isEqualTo("Audiences in Jwt are not allowed");
        assertThat(bearer(us.token("{\"iss\":\"" + US + "\"}")).status()).isEqualTo(403);
        assertThat(bearer(us.token("{\"iss\":\"" + US + "\",\"aud\":\"b\"}")).status())
                .isEqualTo(200);
        assertThat(bearer(us.token("{\"iss\":\"" + US + "\",\"aud\":[\"x\",\"shop.example\"]}"))
                        .status())
                .isEqualTo(200);
    }

    @Test
    void theTokenIsTakenOutOfTheRequestUnlessTheRuleSaysOtherwise() throws IOException {
        String token = us.token(ALICE);
        assertThat(bearer(token).body()).doesNotContain("authorization");
        assertThat(client.get("/headers?a=1&access_token=" + token + "&b=%20").body())
                .startsWith("/headers?a=1&b=%20\n");
        assertThat(client.get("/headers?access%5Ftoken=" + token).body()).startsWith("/headers\n");
        accept(rule(US, us).setForwardOriginalToken(true));
        assertThat(bearer(token).body()).contains("authorization: Bearer " + token);
        assertThat(client.get("/headers?access_token=" + token).body())
                .startsWith("/headers?access_token=" + token + "\n");
    }

    @Test
    void placesOfARulesOwnReplaceTheUsualOnes() throws IOException {
        accept(rule(US, us)
                .addFromHeaders(TokenHeader.newBuilder().setName("x-token").setPrefix("JWT "))
                .addFromParams("t")
                .addFromCookies("session"));
        String good = us.token(ALICE);
        assertThat(bearer("nonsense").body()).contains("authorization: Bearer nonsense");
        assertThat(get("X-Token: JWT nonsense").status()).isEqualTo(401);
        assertThat(get("X-Token: nonsense").status()).isEqualTo(200);
        assertThat(get("X-Token: JWT " + good).body()).doesNotContain("x-token");
        assertThat(client.get("/?t=nonsense").status()).isEqualTo(401);
        assertThat(get("Cookie: a=b; session=nonsense").status()).isEqualTo(401);
        assertThat(get("Cookie: a=b; session=" + good).body()).contains("session=" + good);
        assertThat(get("Cookie: session=" + good + "\r\nCookie: session=nonsense")
                        .status())
                .isEqualTo(401);
    }

    @Test
    void whatAnEndpointMightTakeForATokenIsVerifiedToo() throws IOException {
        String good = us.token(ALICE);
        assertThat(get("Authorization: bearer nonsense").status()).isEqualTo(401);
        assertThat(get("authorization: BEARER  nonsense").status()).isEqualTo(401);
        assertThat(get("Authorization: Bearer " + good + "\r\nAuthorization: Bearer nonsense")
                        .status())
                .isEqualTo(401);
        assertThat(get("Authorization: Bearer " + good + ", Bearer nonsense").status())
                .isEqualTo(401);
        assertThat(get("Authorization: Bearer").status()).isEqualTo(200);
        assertThat(get("Authorization: Basic dXNlcjpwYXNz").status()).isEqualTo(200);
        assertThat(client.get("/?access_token=" + good + "&access_token=nonsense")
                        .status())
                .isEqualTo(401);
        assertThat(client.send("GET /?access_token=nonsense HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer " + good
                                + "\r\n\r\n")
                        .answer()
                        .status())
                .isEqualTo(401);
        String many = ("Authorization: Bearer " + good + "\r\n").repeat(9).strip();
        assertThat(get(many).body()).isEqualTo("Found multiple Jwt tokens");
    }

    @Test
    void severalIssuersAreAlternatives() throws IOException {
        accept(rule(US, us), rule(THEM, them));
        String theirs = them.token("{\"iss\":\"" + THEM + "\",\"sub\":\"bob\"}");
        assertThat(bearer(us.token(ALICE)).status()).isEqualTo(200);
        assertThat(bearer(theirs).status()).isEqualTo(200);
        assertThat(bearer(them.token(ALICE)).status()).isEqualTo(401);
        assertThat(bearer(us.token("{\"iss\":\"" + THEM + "\"}")).status()).isEqualTo(401);
    }

    @Test
    void theSameIssuerMayHaveSeveralRulesAndOneIsEnough() throws IOException {
        accept(
                rule(US, them).addAudiences("a"),
                rule(US, us).addAudiences("b"),
                rule(US, us).addAudiences("c"));
        assertThat(bearer(us.token("{\"iss\":\"" + US + "\",\"aud\":\"c\"}")).status())
                .isEqualTo(200);
        assertThat(bearer(us.token("{\"iss\":\"" + US + "\",\"aud\":\"a\"}")).status())
                .isEqualTo(401);
        assertThat(bearer(us.token("{\"iss\":\"" + US + "\",\"aud\":\"d\"}")).status())
                .isEqualTo(403);
    }

    @Test
    void policiesAskWhoATokenIsOfAndWhatItSays() throws IOException {
        rig.policies(allow(Rule.newBuilder()
                .addFrom(Source.newBuilder().addRequestPrincipals(US + "/*"))
                .addWhen(Condition.newBuilder()
                        .setKey("request.auth.claims[groups]")
                        .addValues("staff"))
                .addWhen(Condition.newBuilder()
                        .setKey("request.auth.claims[scope]")
                        .addValues("read"))
                .addWhen(Condition.newBuilder()
                        .setKey("request.auth.claims[realm][role]")
                        .addValues("admin"))
                .addWhen(Condition.newBuilder().setKey("request.auth.audiences").addValues("shop"))
                .addWhen(Condition.newBuilder().setKey("request.auth.presenter").addValues("app"))));
        String claims =
                "{\"iss\":\"" + US + "\",\"sub\":\"alice\",\"groups\":[\"a\",\"staff\"],\"scope\":\"write read\","
                        + "\"realm\":{\"role\":\"admin\"},\"aud\":\"shop\",\"azp\":\"app\"}";
        assertThat(bearer(us.token(claims)).status()).isEqualTo(200);
        assertThat(client.get("/").status()).isEqualTo(403);
        for (String part : List.of("staff", "read", "admin", "shop", "app", "alice")) {
            String without = us.token(claims.replace(part, part.equals("alice") ? "" : "x"));
            assertThat(bearer(without).status()).as(part).isEqualTo(403);
        }
    }

    @Test
    void claimsThatTheRuleCallsSpaceDelimitedAreSeveralValues() throws IOException {
        rig.policies(allow(Rule.newBuilder()
                .addWhen(Condition.newBuilder()
                        .setKey("request.auth.claims[roles]")
                        .addValues("reader"))));
        String token = us.token("{\"iss\":\"" + US + "\",\"roles\":\"writer  reader\"}");
        assertThat(bearer(token).status()).isEqualTo(403);
        accept(rule(US, us).addSpaceDelimitedClaims("roles"));
        assertThat(bearer(token).status()).isEqualTo(200);
        assertThat(bearer(us.token("{\"iss\":\"" + US + "\",\"roles\":\"writer readers\"}"))
                        .status())
                .isEqualTo(403);
        assertThat(bearer(us.token("{\"iss\":\"" + US + "\",\"roles\":[\"writer reader\"]}"))
                        .status())
                .isEqualTo(403);
    }

    @Test
    void aTokenWithoutASubjectHasNoPrincipal() throws IOException {
        rig.policies(allow(Rule.newBuilder().addFrom(Source.newBuilder().addRequestPrincipals("*"))));
        assertThat(bearer(us.token("{\"iss\":\"" + US + "\"}")).status()).isEqualTo(403);
        assertThat(bearer(us.token(ALICE)).status()).isEqualTo(200);
    }

    @Test
    void claimsGoIntoHeadersThatNobodyElseCanSet() throws IOException {
        accept(rule(US, us)
                .setOutputPayloadToHeader("x-payload")
                .addOutputClaimToHeaders(claim("x-sub", "sub"))
                .addOutputClaimToHeaders(claim("x-n", "n"))
                .addOutputClaimToHeaders(claim("x-truth", "truth"))
                .addOutputClaimToHeaders(claim("x-role", "realm.role"))
                .addOutputClaimToHeaders(claim("x-dotted", "https://a.example/b"))
                .addOutputClaimToHeaders(claim("x-groups", "groups"))
                .addOutputClaimToHeaders(claim("x-evil", "evil"))
                .addOutputClaimToHeaders(claim("x-name", "name"))
                .addOutputClaimToHeaders(claim("x-absent", "absent")));
        String claims = "{\"iss\":\"" + US + "\",\"sub\":\"alice\",\"n\":42,\"truth\":true,\"realm\":{\"role\":\"r\"},"
                + "\"https://a.example/b\":\"c\",\"groups\":[\"a\",\"b\"],\"evil\":\"a\\r\\nx-admin: yes\","
                + "\"name\":\"Ren\\u00e9\"}";
        String forged = "X-Sub: root\r\nx-sub: root\r\nX-PAYLOAD: x\r\nX-Absent: forged\r\nX-Evil: forged";
        String answer =
                get(forged + "\r\nAuthorization: Bearer " + us.token(claims)).body();
        assertThat(answer)
                .contains(
                        "x-sub: alice\n",
                        "x-n: 42\n",
                        "x-truth: true\n",
                        "x-role: r\n",
                        "x-dotted: c\n",
                        "x-groups: WyJhIiwiYiJd\n",
                        "x-payload: " + TestIssuer.base64(claims) + "\n")
                .doesNotContain("root", "x-admin", "x-absent", "x-evil", "forged");
        // Neither without a token, nor where browsers ask first.
        assertThat(get(forged).body()).doesNotContain("root", "forged");
        assertThat(client.send("OPTIONS /headers HTTP/1.1\r\nHost: a\r\nOrigin: https://b\r\n"
                                + "Access-Control-Request-Method: PUT\r\nAuthorization: Bearer nonsense\r\n" + forged
                                + "\r\n\r\n")
                        .answer()
                        .body())
                .contains("nonsense")
                .doesNotContain("root", "forged");
    }

    @Test
    void authorizersDoNotSeeWhatClientsSayInTheRulesName() throws Exception {
        accept(rule(US, us)
                .addFromHeaders(TokenHeader.newBuilder().setName("x-token"))
                .setOutputPayloadToHeader("x-token")
                .addOutputClaimToHeaders(claim("X-Role", "role")));
        try (Scripted authorizer = new Scripted("127.0.1.2", 0, _ -> Scripted.ok(""))) {
            rig.backend("authorizer", AppProtocol.UNKNOWN, authorizer.port(), "127.0.1.2");
            rig.policies(CustomPolicies.custom());
            CustomPolicies.apply(
                    rig, CustomPolicies.http("ext", HttpAuthorizer.newBuilder().addRequestHeaders("x-*")));
            String token = us.token("{\"iss\":\"" + US + "\",\"role\":\"user\"}");
            RawClient.Answer answer = client.send("GET /private HTTP/1.1\r\nHost: a\r\nX-Role: root\r\nX-Token: "
                            + token + "\r\nX-Other: y\r\n\r\n")
                    .answer();
            assertThat(answer.status()).isEqualTo(200);
            assertThat(authorizer.requests.getFirst().head())
                    .as("a header that holds a token is the client's to say")
                    .contains("x-other: y", "x-token: " + token)
                    .doesNotContain("x-role");
        }
    }

    @Test
    void aHeaderMayHoldATokenAndBeSetByAnother() throws IOException {
        accept(rule(US, us)
                .addFromHeaders(TokenHeader.newBuilder().setName("x-token"))
                .setOutputPayloadToHeader("x-token"));
        assertThat(get("X-Token: nonsense").status()).isEqualTo(401);
        assertThat(get("X-Token: " + us.token(ALICE)).body()).contains("x-token: " + TestIssuer.base64(ALICE) + "\n");
    }

    @Test
    void keysThatRotateRefuseWhatWasVerifiedBefore() throws IOException {
        String old = us.token(ALICE);
        assertThat(bearer(old).status()).isEqualTo(200);
        TestIssuer next = new TestIssuer("next", "ES256");
        accept(rule(US, us).setJwks(TestIssuer.jwks(us.jwk(), next.jwk())));
        assertThat(bearer(old).status()).isEqualTo(200);
        assertThat(bearer(next.token(ALICE)).status()).isEqualTo(200);
        accept(rule(US, next));
        assertThat(bearer(next.token(ALICE)).status()).isEqualTo(200);
        assertThat(bearer(old).status()).isEqualTo(401);
    }

    @Test
    void withoutKeysNoTokenOfTheIssuerHolds() throws IOException {
        accept(rule(US, us).setUnavailable("connection refused"), rule(THEM, them));
        RawClient.Answer answer = bearer(us.token(ALICE));
        assertThat(answer.status()).isEqualTo(401);
        assertThat(answer.body()).isEqualTo("Jwks remote fetch is failed");
        assertThat(client.get("/").status()).isEqualTo(200);
        assertThat(bearer(them.token("{\"iss\":\"" + THEM + "\"}")).status()).isEqualTo(200);
        accept(rule(US, us).setJwks("<html>"));
        assertThat(bearer(us.token(ALICE)).body()).isEqualTo("Jwks is an invalid JSON");
        accept(rule(US, us).clearKeys());
        assertThat(bearer(us.token(ALICE)).status()).isEqualTo(401);
    }

    @Test
    void keysThatAControlPlaneHadAndCannotFetchAfterARestartStay() throws IOException {
        accept(rule(US, us).setKeysFrom("https://us.example/keys"));
        accept(rule(US, us).setUnavailable("not fetched yet").setKeysFrom("https://us.example/keys"));
        assertThat(bearer(us.token(ALICE)).status()).isEqualTo(200);
        accept(rule(US, us).setUnavailable("not fetched yet").setKeysFrom("https://elsewhere.example/keys"));
        assertThat(bearer(us.token(ALICE)).status()).isEqualTo(401);
        accept(rule(US, us).setUnavailable("not fetched yet").setKeysFrom("https://us.example/keys"));
        assertThat(bearer(us.token(ALICE)).status()).isEqualTo(401);
    }

    @Test
    void rulesForEverythingHoldBesideThoseForTheService() throws IOException {
        Target whole = Target.newBuilder()
                .setGateway(WholeGateway.getDefaultInstance())
                .build();
        store.apply(
                Map.of(
                        "accounts/whole",
                        policy(whole, rule(THEM, them)),
                        "accounts/p",
                        policy(service(), rule(US, us))),
                List.of());
        assertThat(bearer(us.token(ALICE)).status()).isEqualTo(200);
        assertThat(bearer(them.token("{\"iss\":\"" + THEM + "\"}")).status()).isEqualTo(200);
        store.apply(Map.of(), List.of("accounts/p"));
        assertThat(bearer(us.token(ALICE)).status()).isEqualTo(401);
        store.apply(Map.of(), List.of("accounts/whole"));
        assertThat(bearer("nonsense").status()).isEqualTo(200);
    }

    @Test
    void pagesNameTheKeysAndDoNotTellThem() {
        String secret = "{\"kty\":\"oct\",\"kid\":\"shared\",\"k\":\"c2VjcmV0\"}";
        accept(
                rule(US, us).setJwks(TestIssuer.jwks(us.jwk(), secret)),
                rule(THEM, them).setUnavailable("away"));
        RequestAuthentication page = store.described().get("accounts/p");
        assertThat(page.getRules(0).getJwks()).isEqualTo("[EC us, oct shared]");
        assertThat(page.getRules(1).getUnavailable()).isEqualTo("away");
        assertThat(page.toString()).doesNotContain("c2VjcmV0");
    }

    @Test
    void aRuleForAnotherServiceIsNobodysBusiness() throws IOException {
        store.apply(
                Map.of(
                        "accounts/p",
                        policy(
                                Target.newBuilder()
                                        .setService(ServiceTarget.newBuilder()
                                                .setNamespace("accounts")
                                                .setHostname("other.accounts.svc.cluster.local"))
                                        .build(),
                                rule(US, us))),
                List.of());
        assertThat(bearer("nonsense").body()).contains("authorization: Bearer nonsense");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/\"><x", "/a\\b", "/%0d%0a"})
    void theChallengeCannotBeBrokenOutOf(String path) throws IOException {
        RawClient.Answer answer = client.send("GET " + path + " HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer x\r\n\r\n")
                .answer();
        if (answer.status() == 401) {
            assertThat(answer.header("www-authenticate"))
                    .matches("Bearer realm=\"[^\"\\\\]*\", error=\"invalid_token\"");
        } else {
            assertThat(answer.status()).isEqualTo(400);
        }
    }

    @Test
    void callsOfGrpcAreToldInTheirOwnWay() throws IOException {
        RawClient.Answer answer = client.send("POST /a.B/C HTTP/1.1\r\nHost: a\r\nContent-Type: application/grpc\r\n"
                        + "Content-Length: 0\r\nAuthorization: Bearer nonsense\r\n\r\n")
                .answer();
        assertThat(answer.header("grpc-status")).isEqualTo("16");
        assertThat(answer.header("grpc-message")).startsWith("Jwt is not in the form");
    }

    @Test
    void requestsThatComeTogetherWithOneNewTokenAreAllAnswered() throws Exception {
        String slow = new TestIssuer("slow", "ES512").token(ALICE);
        accept(rule(US, new TestIssuer("slow", "ES512")));
        for (String token : List.of(slow, slow.substring(0, slow.length() - 8) + "AAAAAAAA")) {
            List<RawClient> clients = new ArrayList<>();
            for (int i = 0; i < 12; i++) {
                clients.add(new RawClient(rig.client(Rig.FINANCE)));
            }
            for (RawClient each : clients) {
                each.send("GET / HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer " + token + "\r\n\r\n");
            }
            for (RawClient each : clients) {
                assertThat(each.answer().status()).isEqualTo(token.equals(slow) ? 200 : 401);
                each.close();
            }
        }
        assertThat(application.requests).hasValue(12);
    }

    @Test
    void aClientThatLeavesWhileItsTokenIsVerifiedHarmsNobody() throws Exception {
        String slow = new TestIssuer("slow", "ES512").token(ALICE);
        accept(rule(US, new TestIssuer("slow", "ES512")));
        for (int i = 0; i < 20; i++) {
            RawClient leaving = new RawClient(rig.client(Rig.FINANCE));
            leaving.send("GET / HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer " + slow + "\r\n\r\n");
            leaving.close();
        }
        assertThat(bearer(slow).status()).isEqualTo(200);
        assertThat(bearer(slow.substring(0, slow.length() - 8) + "AAAAAAAA").status())
                .isEqualTo(401);
    }

    @Test
    void bodiesWaitUntilTheTokenIsVerified() throws IOException {
        String body = "x".repeat(100_000);
        RawClient.Answer answer = client.send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: " + body.length()
                        + "\r\nAuthorization: Bearer " + us.token(ALICE) + "\r\n\r\n" + body)
                .answer();
        assertThat(answer.body()).isEqualTo(body);
    }

    private RawClient.Answer bearer(String token) throws IOException {
        return get("Authorization: Bearer " + token);
    }

    private RawClient.Answer get(String fields) throws IOException {
        return client.send("GET /headers HTTP/1.1\r\nHost: a\r\n" + fields + "\r\n\r\n")
                .answer();
    }

    private void accept(TokenRule.Builder... rules) {
        store.apply(Map.of("accounts/p", policy(service(), rules)), List.of());
    }

    private static RequestAuthentication policy(Target target, TokenRule.Builder... rules) {
        RequestAuthentication.Builder policy = RequestAuthentication.newBuilder()
                .setNamespace("accounts")
                .setName("p")
                .addTargets(target);
        for (TokenRule.Builder rule : rules) {
            policy.addRules(rule);
        }
        return policy.build();
    }

    private static Target service() {
        return Target.newBuilder()
                .setService(ServiceTarget.newBuilder().setNamespace("accounts").setHostname(Rig.HOSTNAME))
                .build();
    }

    private static TokenRule.Builder rule(String name, TestIssuer issuer) {
        return TokenRule.newBuilder().setIssuer(name).setJwks(issuer.jwks());
    }

    private static ClaimHeader claim(String header, String claim) {
        return ClaimHeader.newBuilder().setHeader(header).setClaim(claim).build();
    }

    private static AuthorizationPolicy allow(Rule.Builder rule) {
        return AuthorizationPolicy.newBuilder()
                .setNamespace("accounts")
                .setName("allow")
                .setAction(Action.ALLOW)
                .addTargets(service())
                .addRules(rule)
                .build();
    }
}

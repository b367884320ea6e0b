package io.periplus.waypoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.periplus.wire.workload.AppProtocol;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a route does to requests that really pass: where they go, and what becomes of their heads and their answers'. */
class RouteTest {
    private Rig rig;
    private Scripted one;
    private Scripted two;
    private volatile boolean twoSleeps;

    @BeforeEach
    void start() throws IOException {
        rig = new Rig();
        one = new Scripted("127.0.1.1", 0, request -> Scripted.answer(200, "X-From: one\r\n", "one"));
        two = new Scripted(
                "127.0.1.2",
                one.port(),
                request -> twoSleeps ? Scripted.SILENCE : Scripted.answer(200, "X-From: two\r\n", "two"));
        rig.service(AppProtocol.HTTP11, one.port(), "127.0.1.1");
        rig.backend("one", AppProtocol.HTTP11, one.port(), "127.0.1.1");
        rig.backend("two", AppProtocol.HTTP11, one.port(), "127.0.1.2");
    }

    @AfterEach
    void stop() throws IOException {
        one.close();
        two.close();
        rig.close();
    }

    private RawClient client() throws IOException {
        return new RawClient(rig.client(Rig.FINANCE));
    }

    private static RawClient.Answer get(RawClient client, String path, String fields) throws IOException {
        return client.send("GET " + path + " HTTP/1.1\r\nHost: accounts:8080\r\n" + fields + "\r\n")
                .answer();
    }

    // ---- where it goes

    @Test
    void aCanaryIsReachedByAHeader() throws Exception {
        rig.route(
                "matches { headers { name: 'x-canary' value { value: 'yes' } } } " + Rig.to("two", 1),
                Rig.to("one", 1));
        try (RawClient client = client()) {
            assertThat(get(client, "/", "X-Canary: yes\r\n").body()).isEqualTo("two");
            assertThat(get(client, "/", "").body()).isEqualTo("one");
        }
    }

    @Test
    void sharesAreExactToAFewRequests() throws Exception {
        rig.route(Rig.to("one", 9) + Rig.to("two", 1));
        Map<String, Integer> answers = new TreeMap<>();
        try (RawClient client = client()) {
            for (int i = 0; i < 200; i++) {
                answers.merge(client.get("/").body(), 1, Integer::sum);
            }
        }
        assertThat(answers.get("two")).isBetween(17, 23);
    }

    @Test
    void aWeightOfZeroGetsNothing() throws Exception {
        rig.route(Rig.to("one", 0) + Rig.to("two", 1));
        try (RawClient client = client()) {
            for (int i = 0; i < 10; i++) {
                assertThat(client.get("/").body()).isEqualTo("two");
            }
        }
    }

    @Test
    void noMatchIs404AndNoBackendIs500() throws Exception {
        rig.route(
                "matches { path { value: '/none' } }",
                "matches { path { value: '/zero' } } " + Rig.to("one", 0),
                "matches { path { value: '/invalid' } } backends { invalid: 'no such service' weight: 1 }",
                "matches { path { value: '/unusable' } } unusable: 'filter ExtensionRef' " + Rig.to("one", 1),
                "matches { path { value: '/unknown' } } " + Rig.to("three", 1));
        try (RawClient client = client()) {
            assertThat(client.get("/else").status()).isEqualTo(404);
            assertThat(client.get("/none").status()).isEqualTo(500);
            assertThat(client.get("/zero").status()).isEqualTo(500);
            assertThat(client.get("/invalid").status()).isEqualTo(500);
            assertThat(client.get("/unusable").status()).isEqualTo(500);
            assertThat(client.get("/unknown").status()).isEqualTo(503);
        }
        assertThat(one.requests).isEmpty();
    }

    @Test
    void anInvalidBackendFailsItsShareOnly() throws Exception {
        rig.route("backends { invalid: 'no such service' weight: 1 } " + Rig.to("one", 1));
        Map<Integer, Integer> answers = new TreeMap<>();
        try (RawClient client = client()) {
            for (int i = 0; i < 40; i++) {
                answers.merge(client.get("/").status(), 1, Integer::sum);
            }
        }
        assertThat(answers).containsOnlyKeys(200, 500);
        assertThat(answers.get(500)).isBetween(18, 22);
    }

    @Test
    void consumerRoutesAreForTheirOwnNamespace() throws Exception {
        rig.route(Rig.to("one", 1));
        io.periplus.waypoint.route.RoutesOf.put(
                rig.routes,
                "namespace: 'other' name: 'c' parents { service { service { namespace: 'accounts' hostname: '"
                        + Rig.HOSTNAME + "' } } } rules { " + Rig.to("two", 1) + " }");
        try (RawClient finance = client();
                RawClient other = new RawClient(rig.client(Rig.OTHER))) {
            assertThat(finance.get("/").body()).isEqualTo("one");
            assertThat(other.get("/").body()).isEqualTo("two");
        }
    }

    @Test
    void aPushOfRoutesFailsNoRequest() throws Exception {
        AtomicBoolean done = new AtomicBoolean();
        AtomicInteger pushes = new AtomicInteger();
        rig.route(Rig.to("one", 1));
        Thread pusher = Thread.startVirtualThread(() -> {
            while (!done.get()) {
                int push = pushes.incrementAndGet();
                rig.route(push % 2 == 0 ? Rig.to("one", 1) : Rig.to("two", 1) + Rig.to("one", push % 7));
                Thread.yield();
            }
        });
        try (RawClient client = client()) {
            for (int i = 0; i < 500; i++) {
                assertThat(client.get("/").status()).isEqualTo(200);
            }
        } finally {
            done.set(true);
            pusher.join();
        }
        assertThat(pushes.get()).isPositive();
    }

    // ---- what becomes of it

    @Test
    void headersAreEditedBothWaysByTheRuleAndByTheBackendThatWasChosen() throws Exception {
        String ofRule =
                "filters { request_headers { set { name: 'X-Rule' value: 'r' } add { name: 'X-List' value: 'b' } "
                        + "remove: 'X-Secret' } } filters { response_headers { add { name: 'x-order' value: 'rule' } remove: 'x-from' } } ";
        String ofOne = "filters { request_headers { set { name: 'X-Backend' value: 'one' } } } "
                + "filters { response_headers { add { name: 'x-order' value: 'backend' } } }";
        String ofTwo = "filters { request_headers { set { name: 'X-Backend' value: 'two' } } }";
        rig.route(ofRule + Rig.to("one", 1, ofOne) + Rig.to("two", 0, ofTwo));
        try (RawClient client = client()) {
            RawClient.Answer answer = get(client, "/", "X-List: a\r\nX-Secret: s\r\nX-Rule: old\r\nX-Rule: older\r\n");
            assertThat(answer.head()).doesNotContainIgnoringCase("x-from");
            assertThat(answer.head().toLowerCase(java.util.Locale.ROOT))
                    .containsSubsequence("x-order: backend", "x-order: rule");
        }
        String head = one.requests.getFirst().head().toLowerCase(java.util.Locale.ROOT);
        assertThat(head).contains("x-rule: r\r\n", "x-backend: one\r\n").doesNotContain("x-secret", "old");
        assertThat(head).containsSubsequence("x-list: a\r\n", "x-list: b\r\n");
    }

    @Test
    void hostThatIsSetIsTheAuthorityOfTheRequest() throws Exception {
        rig.route("filters { request_headers { set { name: 'Host' value: 'other.example' } } } " + Rig.to("one", 1));
        try (RawClient client = client()) {
            get(client, "/", "");
        }
        assertThat(one.requests.getFirst().head())
                .containsOnlyOnce("ost: ")
                .containsIgnoringCase("host: other.example\r\n");
    }

    @Test
    void aRuleThatWouldWriteMessagesOfItsOwnIsNotUsed() throws Exception {
        rig.route(
                "matches { path { value: '/lines' } } filters { response_headers { set { name: 'x' value: 'a\\r\\nb: c' } } } "
                        + Rig.to("one", 1),
                "matches { path { value: '/length' } } filters { request_headers { set { name: 'Content-Length' value: '9' } } } "
                        + Rig.to("one", 1),
                "matches { path { value: '/kind' } } filters { } " + Rig.to("one", 1));
        try (RawClient client = client()) {
            for (String path : java.util.List.of("/lines", "/length", "/kind")) {
                assertThat(client.get(path).status()).as(path).isEqualTo(500);
            }
        }
        assertThat(one.requests).isEmpty();
    }

    @Test
    void aRewriteChangesHostAndPathAndTellsTheOriginal() throws Exception {
        rig.route("matches { path { type: PATH_PREFIX value: '/api' } } "
                + "filters { rewrite { hostname: 'backend.example' path { prefix: '/v2' } } } " + Rig.to("one", 1));
        try (RawClient client = client()) {
            get(client, "/api/items?q=1", "");
        }
        Scripted.Request seen = one.requests.getFirst();
        assertThat(seen.path()).isEqualTo("/v2/items?q=1");
        assertThat(seen.header("host")).isEqualTo("backend.example");
        assertThat(seen.header("x-envoy-original-path")).isEqualTo("/api/items?q=1");
    }

    @Test
    void aBackendMayRewriteWhatTheRuleRewrote() throws Exception {
        rig.route("filters { rewrite { path { full_path: '/rule' } } } "
                + Rig.to("one", 1, "filters { rewrite { path { full_path: '/backend' } } }"));
        try (RawClient client = client()) {
            get(client, "/client", "");
        }
        assertThat(one.requests.getFirst().path()).isEqualTo("/backend");
        assertThat(one.requests.getFirst().header("x-envoy-original-path")).isEqualTo("/client");
    }

    @Test
    void aRedirectIsAnsweredHere() throws Exception {
        rig.route(
                "matches { path { type: PATH_PREFIX value: '/old' } } "
                        + "filters { redirect { status: 301 path { prefix: '/new' } } }",
                "filters { redirect { scheme: 'https' hostname: 'example.org' } } "
                        + "filters { response_headers { set { name: 'x-added' value: 'too' } } }");
        try (RawClient client = client()) {
            RawClient.Answer moved = get(client, "/old/x?y=1", "");
            assertThat(moved.status()).isEqualTo(301);
            assertThat(moved.header("location")).isEqualTo("http://accounts:8080/new/x?y=1");
            RawClient.Answer found = get(client, "/else", "");
            assertThat(found.status()).isEqualTo(302);
            assertThat(found.header("location")).isEqualTo("https://example.org/else");
            assertThat(found.header("x-added")).isEqualTo("too");
        }
        assertThat(one.requests).isEmpty();
    }

    @Test
    void corsIsAnsweredForPreflightsAndAddedToAnswersEvenToErrors() throws Exception {
        String cors = "filters { cors { allow_origins: 'https://app.example' allow_methods: 'PUT' } } ";
        rig.route(
                "matches { path { value: '/ok' } } " + cors + Rig.to("one", 1),
                "matches { path { value: '/bad' } } " + cors + "backends { invalid: 'x' weight: 1 }");
        try (RawClient client = client()) {
            RawClient.Answer preflight = client.send(
                            "OPTIONS /ok HTTP/1.1\r\nHost: a\r\nOrigin: https://app.example\r\n"
                                    + "Access-Control-Request-Method: PUT\r\n\r\n")
                    .answer();
            assertThat(preflight.status()).isEqualTo(200);
            assertThat(preflight.header("access-control-allow-origin")).isEqualTo("https://app.example");
            assertThat(preflight.header("access-control-allow-methods")).isEqualTo("PUT,GET,HEAD,POST");
            assertThat(one.requests).isEmpty();
            assertThat(get(client, "/ok", "Origin: https://app.example\r\n").header("access-control-allow-origin"))
                    .isEqualTo("https://app.example");
            assertThat(get(client, "/bad", "Origin: https://app.example\r\n").header("access-control-allow-origin"))
                    .isEqualTo("https://app.example");
            assertThat(get(client, "/ok", "Origin: https://evil.example\r\n").header("access-control-allow-origin"))
                    .isEmpty();
        }
        assertThat(one.requests).hasSize(2);
    }

    @Test
    void aMatchThatCannotBeUnderstoodMatchesNothing() throws Exception {
        rig.route(
                "matches { path { type: REGEX value: '/admin(' } } " + Rig.to("two", 1),
                "matches { path { type: REGEX value: '(' } } matches { path { value: '/x' } } " + Rig.to("one", 1),
                "matches { path { value: '/y' } headers { name: 'a' value { type: REGEX value: '(' } } } "
                        + Rig.to("two", 1));
        try (RawClient client = client()) {
            assertThat(client.get("/x").body()).isEqualTo("one");
            for (String path : List.of("/", "/admin", "/admin(", "/y")) {
                assertThat(client.get(path).status()).as(path).isEqualTo(404);
            }
        }
        assertThat(two.requests).isEmpty();
    }

    // ---- mirrors

    private static String mirror(String to) {
        return "filters { mirror { backend { service { namespace: 'accounts' hostname: '%s.accounts.svc.cluster.local' port: 8080 } } } } "
                .formatted(to);
    }

    @Test
    void aMirrorGetsACopyOfHeadAndBody() throws Exception {
        rig.route("filters { request_headers { set { name: 'x-edited' value: '1' } } } " + mirror("two")
                + Rig.to("one", 1));
        try (RawClient client = client()) {
            assertThat(client.send("POST /p HTTP/1.1\r\nHost: a:8080\r\nContent-Length: 5\r\n\r\nhello")
                            .answer()
                            .body())
                    .isEqualTo("one");
        }
        await().until(() -> !two.requests.isEmpty());
        Scripted.Request copy = two.requests.getFirst();
        assertThat(copy.body()).isEqualTo("hello");
        assertThat(copy.path()).isEqualTo("/p");
        assertThat(copy.header("host")).isEqualTo("a-shadow:8080");
        assertThat(copy.header("x-edited")).isEqualTo("1");
        assertThat(one.requests).hasSize(1);
    }

    @Test
    void aMirrorThatFailsOrSleepsIsNotNoticed() throws Exception {
        twoSleeps = true;
        rig.backend("gone", AppProtocol.HTTP11, 1, "127.0.1.2");
        rig.route(mirror("two") + mirror("gone") + mirror("absent") + Rig.to("one", 1));
        String body = "x".repeat(1 << 20);
        try (RawClient client = client()) {
            for (int i = 0; i < 5; i++) {
                assertThat(client.send("POST /p HTTP/1.1\r\nHost: a\r\nContent-Length: " + body.length() + "\r\n\r\n"
                                        + body)
                                .answer()
                                .body())
                        .isEqualTo("one");
            }
        }
        assertThat(one.requests).hasSize(5).allMatch(request -> request.body().equals(body));
    }

    @Test
    void aShareOfNothingIsMirroredToNobody() throws Exception {
        rig.route(
                "filters { mirror { backend { service { namespace: 'accounts' hostname: 'two.accounts.svc.cluster.local' "
                        + "port: 8080 } } numerator: 0 denominator: 100 } } " + Rig.to("one", 1));
        try (RawClient client = client()) {
            for (int i = 0; i < 20; i++) {
                client.get("/");
            }
        }
        assertThat(two.requests).isEmpty();
    }

    // ---- sessions

    private static final String SESSION = " session_persistence { type: COOKIE name: 'sid' }";

    @Test
    void aCookieKeepsAClientAtItsEndpoint() throws Exception {
        rig.route(Rig.to("one", 1) + Rig.to("two", 1) + SESSION);
        try (RawClient client = client()) {
            RawClient.Answer first = client.get("/");
            String cookie = first.header("set-cookie");
            assertThat(cookie).matches("sid=[\\w-]{22}\\.\\w+\\.\\w+; Path=/; HttpOnly; SameSite=Lax");
            String bring = "Cookie: other=1; " + cookie.substring(0, cookie.indexOf(';')) + "\r\n";
            for (int i = 0; i < 10; i++) {
                RawClient.Answer again = get(client, "/", bring);
                assertThat(again.body()).isEqualTo(first.body());
                assertThat(again.header("set-cookie")).isEmpty();
            }
            String moved = first.body().equals("one")
                    ? Rig.to("one", 0) + Rig.to("two", 1)
                    : Rig.to("one", 1) + Rig.to("two", 0);
            rig.route(moved + SESSION);
            assertThat(get(client, "/", bring).body())
                    .as("a session beats weights")
                    .isEqualTo(first.body());
            assertThat(get(client, "/", "").body()).isNotEqualTo(first.body());
        }
    }

    @Test
    void aSessionWhoseEndpointIsGoneBeginsAnew() throws Exception {
        rig.route(Rig.to("one", 1) + SESSION);
        try (RawClient client = client()) {
            String cookie = client.get("/").header("set-cookie");
            String bring = "Cookie: " + cookie.substring(0, cookie.indexOf(';')) + "\r\n";
            rig.index.apply(Map.of(), java.util.List.of("pod-one-127.0.1.1"));
            rig.backend("one", AppProtocol.HTTP11, one.port(), "127.0.1.2");
            RawClient.Answer answer = get(client, "/", bring);
            assertThat(answer.body()).isEqualTo("two");
            assertThat(answer.header("set-cookie")).startsWith("sid=");
        }
    }

    @Test
    void aHeaderCanCarryTheSession() throws Exception {
        rig.route(Rig.to("one", 1) + Rig.to("two", 1) + " session_persistence { type: HEADER name: 'X-Session' }");
        try (RawClient client = client()) {
            RawClient.Answer first = client.get("/");
            String session = first.header("x-session");
            assertThat(session).isNotEmpty();
            for (int i = 0; i < 6; i++) {
                assertThat(get(client, "/", "X-Session: " + session + "\r\n").body())
                        .isEqualTo(first.body());
            }
            assertThat(get(client, "/", "X-Session: nonsense\r\n").header("x-session"))
                    .isNotEmpty();
        }
    }

    @Test
    void aSessionEndsAtItsAgeOrForWantOfUse() throws Exception {
        rig.route(
                Rig.to("one", 1)
                        + " session_persistence { type: HEADER name: 'X-Session' absolute_timeout { seconds: 3600 } idle_timeout { seconds: 60 } }");
        try (RawClient client = client()) {
            String value = client.get("/").header("x-session");
            String hash = value.substring(0, value.indexOf('.'));
            assertThat(session(client, hash, 3000, 2)).as("in use").isEmpty();
            assertThat(session(client, hash, 3000, 20))
                    .as("the same, used anew")
                    .matches(hash + "\\." + secondsAgo(3000).substring(0, 4) + ".*");
            assertThat(begun(session(client, hash, 3700, 2))).as("too old").isLessThan(100);
            assertThat(begun(session(client, hash, 3000, 70))).as("idle").isLessThan(100);
            assertThat(session(client, hash, -3000, -3000))
                    .as("from the future, which is now")
                    .isEmpty();
        }
    }

    /** What the proxy answers to a session that began and was used so many seconds ago. */
    private static String session(RawClient client, String hash, long begun, long used) throws IOException {
        return get(client, "/", "X-Session: " + hash + "." + secondsAgo(begun) + "." + secondsAgo(used) + "\r\n")
                .header("x-session");
    }

    private static String secondsAgo(long seconds) {
        return Long.toString(System.currentTimeMillis() / 1000 - seconds, 36);
    }

    /** How many seconds ago a session began. */
    private static long begun(String value) {
        String[] parts = value.split("\\.");
        return System.currentTimeMillis() / 1000 - Long.parseLong(parts[1], 36);
    }

    @Test
    void aPermanentCookieSaysHowLongItLives() throws Exception {
        rig.route(
                Rig.to("one", 1)
                        + " session_persistence { type: COOKIE name: 'sid' permanent: true absolute_timeout { seconds: 3600 } path: '/app' }");
        try (RawClient client = client()) {
            assertThat(client.get("/").header("set-cookie")).contains("; Path=/app;", "; Max-Age=3600");
        }
    }
}

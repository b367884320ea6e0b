package io.periplus.waypoint;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.TextFormat;
import io.periplus.dataplane.telemetry.MetricsRegistry;
import io.periplus.waypoint.exchange.Gate;
import io.periplus.waypoint.exchange.Gates;
import io.periplus.waypoint.exchange.HttpSettings;
import io.periplus.waypoint.exchange.ValidatedToken;
import io.periplus.waypoint.limit.LimitGate;
import io.periplus.waypoint.limit.LimitStore;
import io.periplus.wire.waypoint.RateLimitPolicy;
import io.periplus.wire.workload.AppProtocol;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Limits that the proxy counts itself, through real sockets, on a clock of the test's own. */
@Timeout(60)
class RateLimitTest {
    private static final String SERVICE =
            "targets { service { namespace: 'accounts' hostname: '" + Rig.HOSTNAME + "' } } ";
    private static final String GATEWAY = "targets { gateway {} } ";
    private static final String ROUTE = "targets { route { kind: HTTP namespace: 'accounts' name: 'r' %s } } ";
    private static final String ONE_A_MINUTE = "requests: 1 burst: 1 per { seconds: 60 } ";

    private final AtomicLong clock = new AtomicLong();
    private final MetricsRegistry metrics = new MetricsRegistry();
    private final LimitStore limits = new LimitStore(metrics);
    private final Reports reports = new Reports();
    private Map<String, Object> claims = Map.of();
    private Rig rig;
    private Application application;

    @BeforeEach
    void start() {
        Gate tokens = (request, passage) -> {
            if (!claims.isEmpty()) {
                request.token(new ValidatedToken("issuer/subject", claims));
            }
            passage.pass();
        };
        rig = new Rig(
                reports, HttpSettings.DEFAULT, _ -> new Gates(Gate.OPEN, tokens, new LimitGate(limits, clock::get)));
        application = new Application("127.0.1.1", 0, "accounts-cluster-1");
        rig.service(AppProtocol.UNKNOWN, application.port(), "127.0.1.1");
    }

    @AfterEach
    void stop() {
        application.close();
        rig.close();
        limits.close();
    }

    private void policy(String name, String text) throws Exception {
        RateLimitPolicy.Builder policy =
                RateLimitPolicy.newBuilder().setNamespace("accounts").setName(name);
        TextFormat.merge(text, policy);
        limits.apply(Map.of("accounts/" + name, policy.build()), List.of());
    }

    private void pass(long seconds) {
        clock.addAndGet(TimeUnit.SECONDS.toNanos(seconds));
    }

    private String metric(String series) throws IOException {
        StringBuilder text = new StringBuilder();
        metrics.expose(text);
        return text.toString()
                .lines()
                .filter(line -> line.startsWith(series + " "))
                .map(line -> line.substring(series.length() + 1))
                .findFirst()
                .orElse("0");
    }

    private String outcome(String policy, String limit, String outcome) throws IOException {
        return metric("periplus_rate_limit_requests_total{policy=\"accounts/%s\",limit=\"%s\",outcome=\"%s\"}"
                .formatted(policy, limit, outcome));
    }

    @Test
    void whatIsBeyondTheLimitIsRefusedWithWhatClientsHaveToKnow() throws Exception {
        policy(
                "p",
                SERVICE
                        + "response { headers: ALWAYS } limits { name: 'all' requests: 2 burst: 2 per { seconds: 10 } }");
        try (RawClient client = new RawClient(rig.client(Rig.FINANCE))) {
            RawClient.Answer first = client.get("/");
            assertThat(first.status()).isEqualTo(200);
            assertThat(first.header("ratelimit-policy")).isEqualTo("\"all\";q=2;w=10");
            assertThat(first.header("ratelimit")).isEqualTo("\"all\";r=1;t=5");
            assertThat(client.get("/").header("ratelimit")).isEqualTo("\"all\";r=0;t=10");
            RawClient.Answer refused = client.get("/");
            assertThat(refused.status()).isEqualTo(429);
            assertThat(refused.body()).isEqualTo("rate limit exceeded");
            assertThat(refused.header("retry-after")).isEqualTo("5");
            assertThat(refused.header("ratelimit")).isEqualTo("\"all\";r=0;t=5");
            pass(5);
            assertThat(client.get("/").status()).isEqualTo(200);
        }
        assertThat(application.requests).hasValue(3);
        assertThat(outcome("p", "all", "allowed")).isEqualTo("3");
        assertThat(outcome("p", "all", "limited")).isEqualTo("1");
        assertThat(reports.requests).anySatisfy(report -> {
            assertThat(report.flags()).isEqualTo("RL");
            assertThat(report.details()).isEqualTo("request_rate_limited[ns[accounts]-policy[p]-limit[all]]");
        });
    }

    @Test
    void byDefaultOnlyRefusalsTell() throws Exception {
        policy("p", SERVICE + "limits { name: 'all' " + ONE_A_MINUTE + "}");
        try (RawClient client = new RawClient(rig.client(Rig.FINANCE))) {
            assertThat(client.get("/").header("ratelimit")).isEmpty();
            assertThat(client.get("/").header("ratelimit")).isEqualTo("\"all\";r=0;t=60");
        }
        policy("p", SERVICE + "response { headers: NEVER body: 'slowly!' } limits { name: 'all' " + ONE_A_MINUTE + "}");
        try (RawClient client = new RawClient(rig.client(Rig.FINANCE))) {
            RawClient.Answer refused = client.get("/");
            assertThat(refused.header("ratelimit")).isEmpty();
            assertThat(refused.body()).isEqualTo("slowly!");
            assertThat(refused.header("retry-after")).isEqualTo("60");
        }
    }

    @Test
    void everyIdentityHasItsOwnCounter() throws Exception {
        policy("p", SERVICE + "limits { name: 'x' key { kind: IDENTITY } " + ONE_A_MINUTE + "}");
        try (RawClient finance = new RawClient(rig.client(Rig.FINANCE));
                RawClient other = new RawClient(rig.client(Rig.OTHER))) {
            assertThat(statuses(finance, "/", 2)).containsExactly(200, 429);
            assertThat(statuses(other, "/", 2)).containsExactly(200, 429);
        }
    }

    @Test
    void aClientOfTheMeshCannotChooseItsAddress() throws Exception {
        policy("p", SERVICE + "limits { name: 'x' key { kind: CLIENT_ADDRESS } " + ONE_A_MINUTE + "}");
        try (RawClient client = new RawClient(rig.client(Rig.FINANCE))) {
            String request = "GET / HTTP/1.1\r\nHost: a\r\nX-Forwarded-For: ";
            assertThat(client.send(request + "10.9.9.1\r\n\r\n").answer().status())
                    .isEqualTo(200);
            assertThat(client.send(request + "10.9.9.2\r\n\r\n").answer().status())
                    .isEqualTo(429);
        }
    }

    @Test
    void headersPathsMethodsClaimsAndExpressionsAreKeys() throws Exception {
        Map<String, String[]> keys = new HashMap<>();
        keys.put("kind: HEADER argument: 'x-user'", new String[] {
            "GET / HTTP/1.1\r\nHost: a\r\nX-User: one\r\n\r\n", "GET / HTTP/1.1\r\nHost: a\r\nX-User: two\r\n\r\n"
        });
        keys.put(
                "kind: PATH",
                new String[] {"GET /one?a=1 HTTP/1.1\r\nHost: a\r\n\r\n", "GET /two?a=1 HTTP/1.1\r\nHost: a\r\n\r\n"});
        keys.put(
                "kind: METHOD",
                new String[] {"GET / HTTP/1.1\r\nHost: a\r\n\r\n", "DELETE / HTTP/1.1\r\nHost: a\r\n\r\n"});
        keys.put("kind: HOST", new String[] {"GET / HTTP/1.1\r\nHost: a:80\r\n\r\n", "GET / HTTP/1.1\r\nHost: b\r\n\r\n"
        });
        keys.put(
                "kind: CEL argument: 'request.path.startsWith(\"/one\") ? \"one\" : \"two\"'",
                new String[] {"GET /one HTTP/1.1\r\nHost: a\r\n\r\n", "GET /two HTTP/1.1\r\nHost: a\r\n\r\n"});
        int number = 0;
        for (Map.Entry<String, String[]> key : keys.entrySet()) {
            policy(
                    "p",
                    SERVICE + "limits { name: 'x" + number++ + "' key { " + key.getKey() + " } " + ONE_A_MINUTE + "}");
            try (RawClient client = new RawClient(rig.client(Rig.FINANCE))) {
                for (String request : key.getValue()) {
                    assertThat(client.send(request).answer().status())
                            .as(request)
                            .isEqualTo(200);
                    assertThat(client.send(request).answer().status())
                            .as(request)
                            .isEqualTo(429);
                }
            }
        }
    }

    @Test
    void aClaimIsAKeyAndMayChooseWhatIsCounted() throws Exception {
        policy(
                "p",
                SERVICE + "limits { name: 'x' key { kind: CLAIM argument: 'org.id' } " + ONE_A_MINUTE
                        + "match { cel: 'request.auth.claims.level >= 3' } }");
        claims = Map.of("org", Map.of("id", 7), "level", 3);
        try (RawClient client = new RawClient(rig.client(Rig.FINANCE))) {
            assertThat(statuses(client, "/", 2)).containsExactly(200, 429);
            claims = Map.of("org", Map.of("id", 8), "level", 3);
            assertThat(statuses(client, "/", 2)).containsExactly(200, 429);
            claims = Map.of("org", Map.of("id", 8), "level", 2);
            assertThat(statuses(client, "/", 2)).containsExactly(200, 200);
            claims = Map.of();
            assertThat(statuses(client, "/", 2))
                    .as("nobody escapes by leaving the claim out")
                    .containsExactly(200, 429);
        }
    }

    @Test
    void aMatchChoosesByMethodPathAndHeader() throws Exception {
        policy(
                "p",
                SERVICE + "limits { name: 'x' " + ONE_A_MINUTE
                        + "match { methods: 'GET' paths: '/a/*' paths: '*.png' headers { name: 'x-a' value: '*' } } }");
        try (RawClient client = new RawClient(rig.client(Rig.FINANCE))) {
            assertThat(statuses(client, "/a/b", 3)).containsOnly(200);
            String matching = "GET /a/b HTTP/1.1\r\nHost: a\r\nX-A: 1\r\n\r\n";
            assertThat(client.send(matching).answer().status()).isEqualTo(200);
            assertThat(client.send(matching).answer().status()).isEqualTo(429);
            assertThat(client.send("GET /c.png HTTP/1.1\r\nHost: a\r\nX-A: 1\r\n\r\n")
                            .answer()
                            .status())
                    .isEqualTo(429);
            assertThat(client.send("GET /b HTTP/1.1\r\nHost: a\r\nX-A: 1\r\n\r\n")
                            .answer()
                            .status())
                    .isEqualTo(200);
        }
    }

    @Test
    void aHeaderThatIsSentTwiceIsCountedByEitherValue() throws Exception {
        policy(
                "p",
                SERVICE + "limits { name: 'x' " + ONE_A_MINUTE
                        + "match { headers { name: 'x-plan' value: 'free' } } }");
        try (RawClient client = new RawClient(rig.client(Rig.FINANCE))) {
            String twice = "GET / HTTP/1.1\r\nHost: a\r\nX-Plan: paid\r\nX-Plan: free\r\n\r\n";
            assertThat(client.send(twice).answer().status()).isEqualTo(200);
            assertThat(client.send(twice).answer().status()).isEqualTo(429);
            assertThat(client.send("GET / HTTP/1.1\r\nHost: a\r\nX-Plan: paid\r\n\r\n")
                            .answer()
                            .status())
                    .isEqualTo(200);
        }
    }

    @Test
    void differentNamesAddUpAndARefusedRequestCountsNowhere() throws Exception {
        policy("g", GATEWAY + "limits { name: 'total' requests: 3 burst: 3 per { seconds: 60 } }");
        policy("s", SERVICE + "limits { name: 'mine' requests: 1 burst: 1 per { seconds: 10 } }");
        try (RawClient client = new RawClient(rig.client(Rig.FINANCE))) {
            assertThat(statuses(client, "/", 5)).containsExactly(200, 429, 429, 429, 429);
            pass(10);
            assertThat(statuses(client, "/", 1)).containsExactly(200);
            pass(10);
            assertThat(statuses(client, "/", 1)).containsExactly(200);
        }
        assertThat(outcome("g", "total", "allowed")).isEqualTo("3");
        assertThat(outcome("s", "mine", "limited")).isEqualTo("4");
    }

    @Test
    void ofTheSameNameTheMostSpecialHoldsUnlessAboveItIsAnOverride() throws Exception {
        rig.route("name: 'first' matches { path { type: PATH_PREFIX value: '/first' } } " + toItself(), toItself());
        policy("g", GATEWAY + "limits { name: 'x' " + ONE_A_MINUTE + "}");
        try (RawClient client = new RawClient(rig.client(Rig.FINANCE))) {
            assertThat(statuses(client, "/", 2)).containsExactly(200, 429);
            policy("s", SERVICE + "limits { name: 'x' requests: 2 burst: 2 per { seconds: 60 } }");
            assertThat(statuses(client, "/", 3)).containsExactly(200, 200, 429);
            policy("r", ROUTE.formatted("") + "limits { name: 'x' requests: 3 burst: 3 per { seconds: 60 } }");
            assertThat(statuses(client, "/", 4)).containsExactly(200, 200, 200, 429);
            policy("rule", ROUTE.formatted("rule: 'first'") + "limits { name: 'x' unlimited: true }");
            assertThat(statuses(client, "/first", 5)).containsOnly(200);
            assertThat(statuses(client, "/", 1)).containsExactly(429);
            policy("g", GATEWAY + "limits { name: 'x' override: true requests: 1 burst: 1 per { seconds: 30 } }");
            assertThat(statuses(client, "/first", 2)).containsExactly(200, 429);
        }
    }

    private static String toItself() {
        return "backends { service { namespace: 'accounts' hostname: '" + Rig.HOSTNAME + "' port: 8080 } weight: 1 }";
    }

    @Test
    void whatIsCountedStaysWhenOtherPoliciesChangeAndStartsAfreshWithOtherNumbers() throws Exception {
        policy("p", SERVICE + "limits { name: 'x' " + ONE_A_MINUTE + "}");
        try (RawClient client = new RawClient(rig.client(Rig.FINANCE))) {
            assertThat(statuses(client, "/", 2)).containsExactly(200, 429);
            policy("q", GATEWAY + "limits { name: 'y' requests: 100 burst: 100 per { seconds: 1 } }");
            assertThat(statuses(client, "/", 1)).containsExactly(429);
            policy("p", SERVICE + "limits { name: 'x' requests: 1 burst: 1 per { seconds: 30 } }");
            assertThat(statuses(client, "/", 2)).containsExactly(200, 429);
            limits.apply(Map.of(), List.of("accounts/p"));
            assertThat(statuses(client, "/", 3)).containsOnly(200);
        }
    }

    @Test
    void aDryRunCountsAndRefusesNothing() throws Exception {
        policy("p", SERVICE + "dry_run: true limits { name: 'x' " + ONE_A_MINUTE + "}");
        try (RawClient client = new RawClient(rig.client(Rig.FINANCE))) {
            assertThat(statuses(client, "/", 3)).containsOnly(200);
        }
        assertThat(outcome("p", "x", "allowed")).isEqualTo("1");
        assertThat(outcome("p", "x", "dry_run_limited")).isEqualTo("2");
    }

    @Test
    void whatCannotBeAppliedClosesItsPlace() throws Exception {
        policy("p", SERVICE + "unusable: 'spec.rateLimits[0].per: is no time'");
        try (RawClient client = new RawClient(rig.client(Rig.FINANCE))) {
            assertThat(client.get("/").status()).isEqualTo(500);
            policy("p", SERVICE + "limits { name: 'x' match { cel: 'no such thing' } " + ONE_A_MINUTE + "}");
            assertThat(client.get("/").status()).isEqualTo(500);
            policy("p", SERVICE + "limits { name: 'x' key { kind: UNKNOWN_KEY } " + ONE_A_MINUTE + "}");
            assertThat(client.get("/").status()).isEqualTo(500);
            policy("p", SERVICE + "dry_run: true unusable: 'whatever'");
            assertThat(client.get("/").status()).isEqualTo(200);
        }
        assertThat(reports.requests)
                .anySatisfy(report -> assertThat(report.details()).isEqualTo("rate_limit_policy_unusable"));
    }

    @Test
    void aCostlyRequestTakesMore() throws Exception {
        policy("p", SERVICE + "limits { name: 'x' cost: 5 requests: 10 burst: 10 per { seconds: 60 } }");
        try (RawClient client = new RawClient(rig.client(Rig.FINANCE))) {
            assertThat(statuses(client, "/", 3)).containsExactly(200, 200, 429);
        }
    }

    @Test
    void grpcClientsGetTheStatusThatIsAskedFor() throws Exception {
        String call = "POST /s/m HTTP/1.1\r\nHost: a\r\nContent-Type: application/grpc\r\nContent-Length: 0\r\n\r\n";
        policy("p", SERVICE + "limits { name: 'x' " + ONE_A_MINUTE + "}");
        try (RawClient client = new RawClient(rig.client(Rig.FINANCE))) {
            client.send(call).answer();
            RawClient.Answer unavailable = client.send(call).answer();
            assertThat(unavailable.status()).isEqualTo(200);
            assertThat(unavailable.header("grpc-status")).isEqualTo("14");
            policy("p", SERVICE + "response { resource_exhausted: true } limits { name: 'x' " + ONE_A_MINUTE + "}");
            RawClient.Answer exhausted = client.send(call).answer();
            assertThat(exhausted.header("grpc-status")).isEqualTo("8");
            assertThat(exhausted.header("grpc-message")).isEqualTo("rate limit exceeded");
        }
    }

    private static List<Integer> statuses(RawClient client, String path, int requests) throws IOException {
        java.util.ArrayList<Integer> statuses = new java.util.ArrayList<>();
        for (int i = 0; i < requests; i++) {
            statuses.add(client.get(path).status());
        }
        return statuses;
    }
}

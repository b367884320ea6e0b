package io.periplus.waypoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.google.protobuf.TextFormat;
import io.periplus.dataplane.telemetry.MetricsRegistry;
import io.periplus.waypoint.exchange.Gate;
import io.periplus.waypoint.exchange.Gates;
import io.periplus.waypoint.exchange.HttpSettings;
import io.periplus.waypoint.limit.LimitGate;
import io.periplus.waypoint.limit.LimitStore;
import io.periplus.wire.waypoint.RateLimitPolicy;
import io.periplus.wire.workload.AppProtocol;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Limits that two proxies count together by a real Redis, which is stopped, started again and made to hang. */
@Timeout(120)
class GlobalRateLimitTest {
    private static final String SERVICE =
            "targets { service { namespace: 'accounts' hostname: '" + Rig.HOSTNAME + "' } } ";
    private static final String HOUR = "per { seconds: 3600 } ";

    /** A proxy with limits of its own. */
    private static final class Proxy implements AutoCloseable {
        final MetricsRegistry metrics = new MetricsRegistry();
        final LimitStore limits = new LimitStore(metrics);
        final Reports reports = new Reports();
        final Rig rig = new Rig(
                reports,
                HttpSettings.DEFAULT,
                _ -> new Gates(Gate.OPEN, Gate.OPEN, new LimitGate(limits, LimitGate.processClock())));
        final Application application = new Application("127.0.1.1", 0, "accounts");

        Proxy() {
            rig.service(AppProtocol.UNKNOWN, application.port(), "127.0.1.1");
        }

        void policy(String name, String text) throws Exception {
            RateLimitPolicy.Builder policy =
                    RateLimitPolicy.newBuilder().setNamespace("accounts").setName(name);
            TextFormat.merge(text, policy);
            limits.apply(Map.of("accounts/" + name, policy.build()), List.of());
        }

        RawClient client() throws IOException {
            return new RawClient(rig.client(Rig.FINANCE));
        }

        int status() throws IOException {
            try (RawClient client = client()) {
                return client.get("/").status();
            }
        }

        @Override
        public void close() {
            application.close();
            rig.close();
            limits.close();
        }
    }

    private RedisServer redis;

    @BeforeEach
    void start() {
        assumeTrue(RedisServer.isInstalled(), "redis-server is not installed");
        redis = new RedisServer();
    }

    @AfterEach
    void stop() {
        if (redis != null) {
            redis.close();
        }
    }

    private String backend(String more) {
        return backend(redis, more);
    }

    private static String backend(RedisServer redis, String more) {
        return "backend { redis { " + more + " } address: '" + redis.address() + "' timeout { seconds: 1 } } ";
    }

    /** Until the connection is made, a policy that fails closed answers 500. */
    private static void awaitConnected(Proxy proxy) throws Exception {
        proxy.policy(
                "warm",
                "targets { gateway {} } " + "limits { name: 'warm' requests: 1000000 burst: 1000000 "
                        + "per { seconds: 1 } } " + "dry_run: true ");
        await().atMost(Duration.ofSeconds(20)).until(() -> proxy.status() != 500);
    }

    @Test
    void twoProxiesTogetherLetThroughWhatOneMay() throws Exception {
        String policy = SERVICE + backend("") + "response { headers: ALWAYS } "
                + "limits { name: 'x' key { kind: HEADER argument: 'x-user' } requests: 10 burst: 10 " + HOUR + "}";
        try (Proxy one = new Proxy();
                Proxy other = new Proxy()) {
            one.policy("p", policy);
            other.policy("p", policy);
            awaitConnected(one);
            awaitConnected(other);
            AtomicInteger passed = new AtomicInteger();
            AtomicInteger refused = new AtomicInteger();
            List<Thread> threads = new ArrayList<>();
            for (Proxy proxy : List.of(one, other, one, other)) {
                threads.add(Thread.startVirtualThread(() -> {
                    try (RawClient client = proxy.client()) {
                        for (int i = 0; i < 10; i++) {
                            int status = client.send("GET / HTTP/1.1\r\nHost: a\r\nX-User: u\r\n\r\n")
                                    .answer()
                                    .status();
                            (status == 200 ? passed : refused).incrementAndGet();
                        }
                    } catch (IOException e) {
                        refused.addAndGet(1_000);
                    }
                }));
            }
            for (Thread thread : threads) {
                thread.join();
            }
            assertThat(passed).hasValue(10);
            assertThat(refused).hasValue(30);
            try (RawClient client = one.client()) {
                RawClient.Answer answer = client.send("GET / HTTP/1.1\r\nHost: a\r\nX-User: other\r\n\r\n")
                        .answer();
                assertThat(answer.status()).isEqualTo(200);
                assertThat(answer.header("ratelimit-policy")).isEqualTo("\"x\";q=10;w=3600");
                assertThat(answer.header("ratelimit")).isEqualTo("\"x\";r=9;t=360");
                RawClient.Answer limited = client.send("GET / HTTP/1.1\r\nHost: a\r\nX-User: u\r\n\r\n")
                        .answer();
                assertThat(limited.status()).isEqualTo(429);
                assertThat(Integer.parseInt(limited.header("retry-after"))).isBetween(300, 360);
            }
        }
    }

    @Test
    void aRefusedRequestCountsNowhereNeitherHereNorThere() throws Exception {
        try (Proxy proxy = new Proxy()) {
            proxy.policy(
                    "global",
                    SERVICE + backend("") + "limits { name: 'a' requests: 3 burst: 3 " + HOUR
                            + "} limits { name: 'b' key { kind: METHOD } requests: 2 burst: 2 " + HOUR + "}");
            proxy.policy("local", "targets { gateway {} } limits { name: 'c' requests: 4 burst: 4 " + HOUR + "}");
            await().atMost(Duration.ofSeconds(20)).until(() -> proxy.status() == 200);
            try (RawClient client = proxy.client()) {
                assertThat(client.get("/").status()).isEqualTo(200);
                assertThat(client.get("/").status()).as("b: no third GET").isEqualTo(429);
                String post = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n";
                assertThat(client.send(post).answer().status())
                        .as("a: its third")
                        .isEqualTo(200);
                assertThat(client.send(post).answer().status())
                        .as("a: no fourth")
                        .isEqualTo(429);
            }
            proxy.limits.apply(Map.of(), List.of("accounts/global"));
            assertThat(proxy.status()).as("c: its fourth").isEqualTo(200);
            assertThat(proxy.status()).as("c: no fifth").isEqualTo(429);
        }
    }

    @Test
    void whileRedisIsAwayTheModeDecidesAtOnceAndAfterwardsItCountsAgain() throws Exception {
        String limits = "limits { name: 'x' requests: 2 burst: 2 " + HOUR + "}";
        try (Proxy closed = new Proxy();
                Proxy open = new Proxy()) {
            closed.policy("closed", SERVICE + backend("") + limits);
            open.policy("open", SERVICE + backend("") + "fail_open: true " + limits);
            await().atMost(Duration.ofSeconds(20)).until(() -> closed.status() == 200);
            await().atMost(Duration.ofSeconds(20)).until(() -> {
                open.status();
                return open.status() == 429;
            });
            redis.stop();
            await().atMost(Duration.ofSeconds(5)).until(() -> closed.status() == 500);
            await().atMost(Duration.ofSeconds(5)).until(() -> open.status() == 200);
            long start = System.nanoTime();
            for (int i = 0; i < 5; i++) {
                assertThat(closed.status()).isEqualTo(500);
                assertThat(open.status()).isEqualTo(200);
            }
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(3));
            assertThat(closed.reports.requests.getLast().flags()).isEqualTo("RLSE");
            assertThat(closed.reports.requests.getLast().details())
                    .isEqualTo("rate_limiter_error[ns[accounts]-policy[closed]-limit[x]]");
            redis.restart();
            await().atMost(Duration.ofSeconds(20)).until(() -> closed.status() == 200);
            await().atMost(Duration.ofSeconds(20)).until(() -> open.status() == 429);
            assertThat(closed.status()).isEqualTo(200);
            assertThat(closed.status()).isEqualTo(429);
        }
    }

    @Test
    void aRedisThatHangsIsWaitedForOnlyAFewTimes() throws Exception {
        String limits = "limits { name: 'x' requests: 1000 burst: 1000 " + HOUR + "}";
        try (Proxy proxy = new Proxy()) {
            proxy.policy(
                    "p",
                    SERVICE + "fail_open: true " + limits + "backend { redis {} address: '" + redis.address()
                            + "' timeout { nanos: 200000000 } } ");
            await().atMost(Duration.ofSeconds(20)).until(() -> {
                proxy.status();
                return metric(proxy, "allowed") > 0;
            });
            redis.hang();
            long start = System.nanoTime();
            for (int i = 0; i < 30; i++) {
                assertThat(proxy.status()).isEqualTo(200);
            }
            // Five are waited for, and then one in a second.
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(4));
            redis.goOn();
            double before = metric(proxy, "allowed");
            await().atMost(Duration.ofSeconds(20)).until(() -> {
                proxy.status();
                return metric(proxy, "allowed") > before;
            });
        }
    }

    @Test
    void aDryRunAsksAndRefusesNothing() throws Exception {
        try (Proxy proxy = new Proxy()) {
            proxy.policy(
                    "p", SERVICE + backend("") + "dry_run: true limits { name: 'x' requests: 1 burst: 1 " + HOUR + "}");
            await().atMost(Duration.ofSeconds(20)).until(() -> {
                assertThat(proxy.status()).isEqualTo(200);
                return metric(proxy, "dry_run_limited") > 0;
            });
            assertThat(metric(proxy, "allowed")).isEqualTo(1);
        }
    }

    @Test
    void aPasswordIsGivenAndAWrongOneIsNoAnswer() throws Exception {
        try (RedisServer secured = new RedisServer("--requirepass", "s3cret");
                Proxy proxy = new Proxy()) {
            String limits = "limits { name: 'x' requests: 1000 burst: 1000 " + HOUR + "}";
            proxy.policy("p", SERVICE + backend(secured, "password: 's3cret'") + limits);
            await().atMost(Duration.ofSeconds(20)).until(() -> proxy.status() == 200);
            proxy.policy("p", SERVICE + backend(secured, "password: 'wrong'") + limits);
            assertThat(proxy.status()).isEqualTo(500);
        }
    }

    @Test
    void tlsIsSpokenWithTheNameThatIsAskedFor(@TempDir Path files) throws Exception {
        EdgeCa ca = new EdgeCa("redis-ca");
        EdgeCa.Issued server = ca.issue("EC", "redis.example.com");
        Path certificate =
                Files.writeString(files.resolve("tls.crt"), server.pem().getCertificateChain());
        Path key = Files.writeString(files.resolve("tls.key"), server.pem().getPrivateKey());
        Path authority = Files.writeString(files.resolve("ca.crt"), ca.pem());
        try (RedisServer secured = new RedisServer(
                        "--port",
                        "0",
                        "--tls-cert-file",
                        certificate.toString(),
                        "--tls-key-file",
                        key.toString(),
                        "--tls-ca-cert-file",
                        authority.toString(),
                        "--tls-auth-clients",
                        "no");
                Proxy proxy = new Proxy()) {
            String limits = "limits { name: 'x' requests: 1000 burst: 1000 " + HOUR + "}";
            String tls = "backend { redis {} address: '" + secured.address() + "' timeout { seconds: 1 } tls { "
                    + "server_name: '%s' ca_certificates: '" + ca.pem().replace("\n", "\\n") + "' } } ";
            proxy.policy("p", SERVICE + tls.formatted("redis.example.com") + limits);
            await().atMost(Duration.ofSeconds(20)).until(() -> proxy.status() == 200);
            proxy.policy("p", SERVICE + tls.formatted("other.example.com") + limits);
            assertThat(proxy.status()).isEqualTo(500);
        }
    }

    private static double metric(Proxy proxy, String outcome) throws IOException {
        StringBuilder text = new StringBuilder();
        proxy.metrics.expose(text);
        return text.toString()
                .lines()
                .filter(line -> line.startsWith("periplus_rate_limit_requests_total{")
                        && line.contains("outcome=\"" + outcome + "\""))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                .sum();
    }
}

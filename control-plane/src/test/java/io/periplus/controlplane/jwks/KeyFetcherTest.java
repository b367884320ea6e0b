package io.periplus.controlplane.jwks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.periplus.api.NamespacedName;
import io.periplus.controlplane.Metrics;
import io.periplus.model.authn.FetchedKeys;
import io.periplus.model.authn.KeySource;
import io.periplus.model.authn.WantedKeys;
import io.periplus.model.collection.Change;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Keys from real servers, good and bad ones. */
class KeyFetcherTest {
    private static final String KEYS = "{\"keys\":[{\"kty\":\"RSA\",\"kid\":\"a\",\"n\":\"AQAB\",\"e\":\"AQAB\"}]}";
    private static final NamespacedName POLICY = new NamespacedName("shop", "jwt");
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private final Map<KeySource, FetchedKeys> results = new ConcurrentHashMap<>();
    private final Map<String, String> pages = new ConcurrentHashMap<>();
    private final AtomicInteger requests = new AtomicInteger();
    private final AtomicInteger status = new AtomicInteger(200);
    private final Metrics metrics = new Metrics();
    private HttpServer server;
    private KeyFetcher fetcher;

    @BeforeEach
    void serve() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext("/", this::answer);
        server.start();
        fetcher = fetcher("");
    }

    @AfterEach
    void stop() {
        fetcher.close();
        server.stop(0);
    }

    @Test
    void whatProxiesNeedOfTheKeysIsTakenAndNothingElse() {
        pages.put("/keys", """
                {"keys": [{"kty": "RSA", "kid": "a", "n": "AQAB", "e": "AQAB", "d": "private", "x5c": ["certificate"]},
                          {"nonsense": true}, 7]}
                """);
        assertThat(fetched("/keys")).isEqualTo(new FetchedKeys(KEYS, ""));
    }

    @Test
    void theIssuersDocumentSaysWhereTheKeysAre() {
        pages.put("/realm/.well-known/openid-configuration", "{\"jwks_uri\": \"" + url("/realm/keys") + "\"}");
        pages.put("/realm/keys", KEYS);
        assertThat(fetched(new KeySource(url("/realm/"), true)).jwks()).isEqualTo(KEYS);
    }

    @Test
    void redirectionsAreFollowedButNotForever() {
        pages.put("/old", "> /keys");
        pages.put("/keys", KEYS);
        assertThat(fetched("/old").jwks()).isEqualTo(KEYS);
        pages.put("/circle", "> /circle");
        assertThat(fetched("/circle").problem()).endsWith("redirected more than 3 times");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "<html>                                | answered with something other than a set of keys",
                "[]                                    | answered with something other than a set of keys",
                "{}                                    | answered with JSON that has no list \"keys\"",
                "{\"keys\": {}}                        | answered with JSON that has no list \"keys\"",
                "{\"keys\": []}                        | answered with a set that holds no key",
                "{\"keys\": [1]}                       | answered with a set that holds no key",
                "{\"keys\": [], \"keys\": []}          | Duplicate field 'keys'",
                "{\"keys\": [[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]} | nesting depth"
            })
    void anAnswerThatIsNoSetOfKeysIsSaidToBeNone(String body, String problem) {
        pages.put("/keys", body);
        FetchedKeys fetched = fetched("/keys");
        assertThat(fetched.jwks()).isEmpty();
        assertThat(fetched.problem()).startsWith(url("/keys") + ": ").contains(problem);
    }

    @Test
    void anAnswerThatIsTooLargeIsNotRead() {
        pages.put("/keys", "{\"keys\": [{\"kty\": \"" + "x".repeat(HttpFetch.MOST_BYTES) + "\"}]}");
        assertThat(fetched("/keys").problem()).endsWith("answered with more than 1048576 bytes");
    }

    @Test
    void aServerThatIsNotThereIsNamed() throws IOException {
        int free;
        try (ServerSocket socket = new ServerSocket(0)) {
            free = socket.getLocalPort();
        }
        assertThat(fetched(new KeySource("http://127.0.0.1:" + free + "/keys", false))
                        .problem())
                .isEqualTo("http://127.0.0.1:" + free + "/keys: Connection refused");
    }

    @Test
    void aServerThatHangsHoldsUpNobody() throws IOException {
        try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            KeySource hanging = new KeySource("http://127.0.0.1:" + silent.getLocalPort() + "/keys", false);
            want(hanging, Duration.ofSeconds(5));
            for (int i = 0; i < 20; i++) {
                pages.put("/keys/" + i, KEYS);
                assertThat(fetched("/keys/" + i).jwks()).isEqualTo(KEYS);
            }
            assertThat(results).doesNotContainKey(hanging);
            await().atMost(PATIENCE).until(() -> results.containsKey(hanging));
            assertThat(results.get(hanging))
                    .isEqualTo(new FetchedKeys("", hanging.url() + ": no answer within 5000 ms"));
        }
    }

    @Test
    void aServerThatDripsIsNotWaitedForEither() throws IOException {
        try (ServerSocket dripping = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            Thread drip = Thread.ofVirtual().start(() -> {
                try (var socket = dripping.accept()) {
                    while (!Thread.currentThread().isInterrupted()) {
                        socket.getOutputStream().write('H');
                        socket.setSoTimeout(50);
                        try {
                            socket.getInputStream().readNBytes(10_000);
                        } catch (java.net.SocketTimeoutException _) {
                            // the pause between two drops
                        }
                    }
                } catch (IOException _) {
                    // given up on, as it should be
                }
            });
            KeySource source = new KeySource("http://127.0.0.1:" + dripping.getLocalPort() + "/keys", false);
            want(source, Duration.ofMillis(500));
            await().atMost(PATIENCE).until(() -> results.containsKey(source));
            assertThat(results.get(source).problem()).endsWith("no answer within 500 ms");
            drip.interrupt();
        }
    }

    @Test
    void keysThatRotateAreFollowedAndStayWhileTheServerFails() {
        fetcher.close();
        fetcher = fetcher("", Duration.ofMillis(50), Duration.ofDays(7));
        pages.put("/keys", KEYS);
        KeySource source = new KeySource(url("/keys"), false);
        assertThat(fetched(source).jwks()).isEqualTo(KEYS);
        status.set(500);
        await().atMost(PATIENCE).until(() -> !results.get(source).problem().isEmpty());
        assertThat(results.get(source).jwks()).isEqualTo(KEYS);
        assertThat(results.get(source).problem()).endsWith("answered with status 500");
        pages.put("/keys", KEYS.replace("\"a\"", "\"b\""));
        status.set(200);
        await().atMost(PATIENCE).until(() -> results.get(source).jwks().contains("\"b\""));
        assertThat(results.get(source).problem()).isEmpty();
        assertThat(metrics.exposition()).contains("pilot_jwks_resolver_network_fetch_fail_total");
    }

    @Test
    void whatNothingNeedsForLongIsForgotten() {
        fetcher.close();
        fetcher = fetcher("", Duration.ofMillis(20), Duration.ofMillis(100));
        pages.put("/keys", KEYS);
        KeySource source = new KeySource(url("/keys"), false);
        fetched(source);
        WantedKeys.Key key = new WantedKeys.Key(POLICY, source);
        fetcher.changed(Map.of(key, new Change<>(new WantedKeys(key, PATIENCE), null)));
        await().atMost(PATIENCE).until(() -> !results.containsKey(source));
        int then = requests.get();
        assertThat(fetched(source).jwks()).isEqualTo(KEYS);
        assertThat(requests.get()).isGreaterThan(then);
    }

    @Test
    void addressesThatAreBlockedAreNotConnectedTo() {
        fetcher.close();
        fetcher = fetcher("10.0.0.0/8, 127.0.0.0/8");
        pages.put("/keys", KEYS);
        assertThat(fetched("/keys").problem())
                .endsWith("127.0.0.1 is 127.0.0.1, which is blocked (127.0.0.0/8 in BLOCKED_CIDRS_IN_JWKS_URIS)");
        assertThat(requests).hasValue(0);
    }

    @ParameterizedTest
    @CsvSource({
        "http://169.254.169.254/latest/meta-data",
        "http://[::ffff:169.254.169.254]/",
        "http://[64:ff9b::a9fe:a9fe]/",
        "http://[fe80::1]/",
        "http://[::]/",
        "http://0.0.0.0/"
    })
    void addressesOfTheMachineItselfNeverAre(String url) {
        assertThat(fetched(new KeySource(url, false)).problem()).contains("which is blocked");
    }

    @ParameterizedTest
    @CsvSource({"127.0.0.1", "127.1.2.3", "localhost", "[::1]", "[::ffff:127.0.0.1]", "[64:ff9b::7f00:1]"})
    void portsThatTheMachineServesToItselfAreNotAskedUnlessAnOperatorSaysSo(String host) {
        fetcher.close();
        fetcher = fetcher("", Duration.ofMinutes(20), Duration.ofDays(7), false);
        pages.put("/keys", KEYS);
        String url = "http://" + host + ":" + server.getAddress().getPort() + "/keys";
        assertThat(fetched(new KeySource(url, false)).problem())
                .contains("which is blocked", "PERIPLUS_JWKS_FROM_LOOPBACK");
        assertThat(requests).hasValue(0);
    }

    @Test
    void aRedirectionLeadsToNoBlockedAddress() {
        pages.put("/keys", "> http://169.254.169.254/keys");
        assertThat(fetched("/keys").problem()).contains("169.254.169.254, which is blocked");
        pages.put("/file", "> file:///etc/passwd");
        assertThat(fetched("/file").problem()).contains("which is no http or https URL");
    }

    private void answer(HttpExchange exchange) throws IOException {
        requests.incrementAndGet();
        String page = pages.getOrDefault(exchange.getRequestURI().getPath(), "");
        try (exchange) {
            if (page.startsWith("> ")) {
                exchange.getResponseHeaders().set("location", page.substring(2));
                exchange.sendResponseHeaders(302, -1);
            } else {
                byte[] body = page.getBytes(StandardCharsets.UTF_8);
                // Of unknown length, so that it is sent in chunks.
                exchange.sendResponseHeaders(status.get(), 0);
                exchange.getResponseBody().write(body);
            }
        }
    }

    private FetchedKeys fetched(String path) {
        return fetched(new KeySource(url(path), false));
    }

    private FetchedKeys fetched(KeySource source) {
        want(source, Duration.ofSeconds(5));
        await().atMost(PATIENCE).until(() -> results.containsKey(source));
        return results.get(source);
    }

    private void want(KeySource source, Duration timeout) {
        WantedKeys.Key key = new WantedKeys.Key(POLICY, source);
        fetcher.changed(Map.of(key, new Change<>(null, new WantedKeys(key, timeout))));
    }

    private String url(String path) {
        return "http://127.0.0.1:" + server.getAddress().getPort() + path;
    }

    private KeyFetcher fetcher(String blocked) {
        return fetcher(blocked, Duration.ofMinutes(20), Duration.ofDays(7));
    }

    private KeyFetcher fetcher(String blocked, Duration refresh, Duration unused) {
        return fetcher(blocked, refresh, unused, true);
    }

    private KeyFetcher fetcher(String blocked, Duration refresh, Duration unused, boolean loopback) {
        List<io.periplus.api.Cidr> cidrs =
                JwksSettings.of(refresh, blocked, loopback).blocked();
        return new KeyFetcher(
                new JwksSettings(refresh, refresh, Duration.ofHours(1), unused, cidrs, loopback, Path.of("none")),
                (source, keys) -> {
                    if (keys == null) {
                        results.remove(source);
                    } else {
                        results.put(source, keys);
                    }
                },
                metrics);
    }
}

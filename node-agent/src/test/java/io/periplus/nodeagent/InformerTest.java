package io.periplus.nodeagent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The copy of a collection, against an HTTP server that answers as told. */
class InformerTest {
    private static final String END = "";

    @TempDir
    Path files;

    private final BlockingQueue<String> requests = new LinkedBlockingQueue<>();
    private final BlockingQueue<String> lists = new LinkedBlockingQueue<>();
    /** Lines of watches; {@link #END} ends one. */
    private final BlockingQueue<String> events = new LinkedBlockingQueue<>();

    private final BlockingQueue<String> changes = new LinkedBlockingQueue<>();
    private HttpServer server;
    private KubeAccess access;
    private KubeApi api;
    private Informer<NodePod> informer;

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext("/", this::serve);
        server.start();
        Path token = Files.writeString(files.resolve("token"), "secret\n");
        URI uri = URI.create("http://127.0.0.1:" + server.getAddress().getPort());
        access = new KubeAccess(uri, token, token);
        api = new KubeApi(access);
        informer = new Informer<>(
                api,
                "/api/v1/pods",
                "fieldSelector=x",
                NodePod::of,
                pod -> changes.add(pod.name() + " " + pod.phase()));
    }

    @AfterEach
    void stop() {
        informer.close();
        server.stop(0);
    }

    @Test
    void listsWatchesAndResumesWhereTheWatchEnded() throws Exception {
        lists.add(list("7", pod("a", "Running", "5")));
        informer.start();
        assertThat(taken(requests)).isEqualTo("GET /api/v1/pods?fieldSelector=x Bearer secret");
        assertThat(taken(changes)).isEqualTo("a Running");
        assertThat(informer.get("uid-a")).isNotNull();
        assertThat(taken(requests)).contains("watch=true").contains("resourceVersion=7&fieldSelector=x");

        events.add(event("ADDED", pod("b", "Pending", "8")));
        events.add(event("MODIFIED", pod("b", "Running", "9")));
        events.add(event("DELETED", pod("a", "Failed", "10")));
        assertThat(taken(changes)).isEqualTo("b Pending");
        assertThat(taken(changes)).isEqualTo("b Running");
        assertThat(taken(changes)).isEqualTo("a Failed");
        assertThat(informer.get("uid-a")).isNull();
        events.add("{\"type\":\"BOOKMARK\",\"object\":{\"metadata\":{\"resourceVersion\":\"20\"}}}");
        events.add(END);
        assertThat(taken(requests)).contains("resourceVersion=20");
    }

    @Test
    void aWatchOnWhichBookmarksCeaseIsTakenForDead() throws Exception {
        lists.add(list("7", pod("a", "Running", "5")));
        try (Informer<NodePod> impatient =
                new Informer<>(api, "/api/v1/pods", "", NodePod::of, pod -> {}, Duration.ofMillis(300))) {
            impatient.start();
            assertThat(taken(requests)).startsWith("GET /api/v1/pods Bearer");
            assertThat(taken(requests)).contains("resourceVersion=7");
            events.add("{\"type\":\"BOOKMARK\",\"object\":{\"metadata\":{\"resourceVersion\":\"20\"}}}");
            assertThat(taken(requests)).as("again").contains("resourceVersion=20");
        }
    }

    @Test
    void listsAgainWhenItsVersionIsGoneAndTellsWhatVanishedMeanwhile() throws Exception {
        lists.add(list("7", pod("a", "Running", "5")));
        informer.start();
        assertThat(taken(changes)).isEqualTo("a Running");
        lists.add(list("30", pod("b", "Running", "29")));
        events.add("{\"type\":\"ERROR\",\"object\":{\"code\":410,\"message\":\"too old\"}}");
        assertThat(taken(changes)).isEqualTo("a Running");
        assertThat(taken(changes)).isEqualTo("b Running");
        assertThat(informer.get("uid-a")).isNull();
        assertThat(informer.get("uid-b")).isNotNull();
    }

    @Test
    void aServerThatEndsEveryWatchAtOnceIsNotAskedAllTheTime() throws Exception {
        lists.add(list("7", pod("a", "Running", "5")));
        informer.start();
        assertThat(taken(requests)).startsWith("GET /api/v1/pods?fieldSelector=x Bearer");
        long begun = System.nanoTime();
        for (int i = 0; i < 3; i++) {
            assertThat(taken(requests)).contains("watch=true");
            events.add(END);
        }
        assertThat(taken(requests)).contains("watch=true");
        // 0.2 s, 0.4 s, 0.8 s
        assertThat(Duration.ofNanos(System.nanoTime() - begun)).isGreaterThan(Duration.ofSeconds(1));
    }

    @Test
    void aServerWhoseListsAreTooOldIsNotAskedAllTheTime() throws Exception {
        long begun = System.nanoTime();
        lists.add(list("7", pod("a", "Running", "5")));
        informer.start();
        for (int i = 0; i < 3; i++) {
            assertThat(taken(requests)).startsWith("GET /api/v1/pods?fieldSelector=x Bearer");
            assertThat(taken(requests)).contains("watch=true");
            lists.add(list("7", pod("a", "Running", "5")));
            events.add("{\"type\":\"ERROR\",\"object\":{\"code\":410,\"message\":\"too old\"}}");
        }
        assertThat(taken(requests)).startsWith("GET /api/v1/pods?fieldSelector=x Bearer");
        // None, 0.2 s, 0.4 s
        assertThat(Duration.ofNanos(System.nanoTime() - begun)).isGreaterThan(Duration.ofMillis(600));
    }

    @Test
    void anAnswerThatStopsInTheMiddleIsGivenUp() throws Exception {
        KubeApi impatient = new KubeApi(access, Duration.ofMillis(300));
        assertThatThrownBy(() -> impatient.get("/stalls"))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("GET /stalls: ");
        assertThatThrownBy(() -> impatient.get("/silent"))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("GET /silent: ");
    }

    @Test
    void aRefusalNamesRequestAndAnswer() {
        assertThatThrownBy(() -> api.patch("/forbidden", "{}"))
                .isInstanceOf(KubeApi.StatusException.class)
                .hasMessageContaining("PATCH http://127.0.0.1:")
                .hasMessageContaining("/forbidden: 403 no");
    }

    @Test
    void aPatchIsAMergePatch() throws Exception {
        api.patch("/api/v1/namespaces/n/pods/p/status", "{\"a\":null}");
        assertThat(taken(requests)).startsWith("PATCH /api/v1/namespaces/n/pods/p/status");
        assertThat(taken(requests)).isEqualTo("application/merge-patch+json {\"a\":null}");
    }

    private void serve(HttpExchange exchange) throws IOException {
        try (exchange) {
            requests.add(exchange.getRequestMethod() + " " + exchange.getRequestURI() + " "
                    + exchange.getRequestHeaders().getFirst("Authorization"));
            String path = exchange.getRequestURI().toString();
            if (path.startsWith("/s")) {
                exchange.sendResponseHeaders(200, 1000);
                exchange.getResponseBody().write(path.equals("/stalls") ? new byte[] {'{'} : new byte[0]);
                exchange.getResponseBody().flush();
                events.take();
            } else if (path.startsWith("/forbidden")) {
                answer(exchange, 403, "no");
            } else if (exchange.getRequestMethod().equals("PATCH")) {
                requests.add(exchange.getRequestHeaders().getFirst("Content-Type") + " "
                        + new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
                answer(exchange, 200, "{}");
            } else if (path.contains("watch=true")) {
                exchange.sendResponseHeaders(200, 0);
                exchange.getResponseBody().flush();
                for (String line = events.take(); !line.equals(END); line = events.take()) {
                    exchange.getResponseBody().write((line + "\n").getBytes(StandardCharsets.UTF_8));
                    exchange.getResponseBody().flush();
                    if (line.contains("\"ERROR\"")) {
                        return;
                    }
                }
            } else {
                answer(exchange, 200, lists.take());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void answer(HttpExchange exchange, int status, String text) throws IOException {
        byte[] body = text.getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(status, body.length);
        exchange.getResponseBody().write(body);
    }

    private static String taken(BlockingQueue<String> queue) throws InterruptedException {
        String next = queue.poll(5, TimeUnit.SECONDS);
        assertThat(next).as("within 5 s").isNotNull();
        return next;
    }

    private static String list(String version, String... pods) {
        return "{\"metadata\":{\"resourceVersion\":\"%s\"},\"items\":[%s]}".formatted(version, String.join(",", pods));
    }

    private static String event(String type, String pod) {
        return "{\"type\":\"%s\",\"object\":%s}".formatted(type, pod);
    }

    private static String pod(String name, String phase, String version) {
        return """
                {"metadata":{"name":"%1$s","namespace":"n","uid":"uid-%1$s","resourceVersion":"%3$s"},\
                "spec":{"serviceAccountName":"s"},"status":{"phase":"%2$s","podIPs":[{"ip":"10.0.0.1"}]}}""".formatted(name, phase, version);
    }
}

package io.periplus.nodeagent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

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
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whether a pod that starts belongs to the mesh, with an API server whose watches are late. */
class KubernetesClusterTest {
    private static final String POD = "/api/v1/namespaces/finance/pods/curl";
    private static final String NAMESPACE = "/api/v1/namespaces/finance";

    @TempDir
    Path files;

    /** What a read of a path returns; a missing one is 404. */
    private final Map<String, String> objects = new ConcurrentHashMap<>();

    private final Map<String, BlockingQueue<String>> events =
            Map.of("/api/v1/pods", new LinkedBlockingQueue<>(), "/api/v1/namespaces", new LinkedBlockingQueue<>());
    private final BlockingQueue<String> reads = new LinkedBlockingQueue<>();
    private HttpServer server;
    private KubernetesCluster cluster;

    @BeforeEach
    void start() throws Exception {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext("/", this::serve);
        server.start();
        Path token = Files.writeString(files.resolve("token"), "secret\n");
        URI uri = URI.create("http://127.0.0.1:" + server.getAddress().getPort());
        objects.put("/api/v1/namespaces", list(namespace("none")));
        objects.put("/api/v1/pods", list(pod("u1")));
        objects.put(POD, pod("u1"));
        objects.put(NAMESPACE, namespace("none"));
        cluster = new KubernetesCluster(
                new KubeApi(new KubeAccess(uri, token, token)),
                "node1",
                new EnrolmentRules(Set.of("kube-system"), EnrolmentSelector.DEFAULT));
        cluster.start(uid -> {});
    }

    @AfterEach
    void stop() {
        cluster.close();
        server.stop(0);
    }

    @Test
    void aNoIsBelievedOnlyAfterTheServerItselfWasAsked() throws IOException {
        assertThat(cluster.toEnrol(startOf("u1"), soon())).isNull();
        assertThat(reads).containsExactly(POD, NAMESPACE);
    }

    @Test
    void aYesNeedsNoQuestion() throws Exception {
        watch("/api/v1/namespaces", namespace("ambient"));
        await().until(() -> cluster.toEnrol(startOf("u1"), soon()) != null);
        reads.clear();
        assertThat(cluster.toEnrol(startOf("u1"), soon())).isNotNull();
        assertThat(reads).isEmpty();
    }

    @Test
    void aLabelThatTheWatchesHaveNotToldOfIsWaitedFor() throws Exception {
        objects.put(NAMESPACE, namespace("ambient"));
        CompletableFuture<NodePod> answer = CompletableFuture.supplyAsync(() -> {
            try {
                return cluster.toEnrol(startOf("u1"), soon());
            } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
        });
        assertThat(reads.poll(10, TimeUnit.SECONDS)).isEqualTo(POD);
        assertThat(reads.poll(10, TimeUnit.SECONDS)).isEqualTo(NAMESPACE);
        assertThat(answer).isNotDone();
        watch("/api/v1/namespaces", namespace("ambient"));
        assertThat(answer.get(10, TimeUnit.SECONDS).uid()).isEqualTo("u1");
    }

    @Test
    void aPodThatTheWatchHasNotToldOfIsWaitedForAndNotLetInWithoutIt() throws Exception {
        objects.put(NAMESPACE, namespace("ambient"));
        objects.put(POD, pod("u2"));
        watch("/api/v1/namespaces", namespace("ambient"));
        assertThatThrownBy(() -> cluster.toEnrol(
                        startOf("u2"), System.nanoTime() + Duration.ofMillis(50).toNanos()))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("watch has not told");
        watch("/api/v1/pods", pod("u2"));
        NodePod pod = cluster.toEnrol(startOf(""), soon());
        assertThat(pod).isNotNull();
        assertThat(pod.uid()).isEqualTo("u2");
    }

    @Test
    void aPodThatIsGoneOrAnotherOneByNowDoesNotStart() {
        assertThatThrownBy(() -> cluster.toEnrol(startOf("u0"), soon())).hasMessageContaining("another pod");
        objects.remove(POD);
        assertThatThrownBy(() -> cluster.toEnrol(startOf("u1"), soon())).hasMessageContaining("404");
    }

    @Test
    void aPodThatIsBeingDeletedIsOfTheMeshUntilItHasEnded() {
        watch("/api/v1/pods", dying("Running"));
        await().until(() -> cluster.annotatedUids().contains("u1"));
        watch("/api/v1/pods", dying("Failed"));
        await().until(() -> cluster.annotatedUids().isEmpty());
    }

    private static String dying(String phase) {
        return """
                {"metadata":{"uid":"u1","namespace":"finance","name":"curl","resourceVersion":"3",\
                "deletionTimestamp":"2026-01-01T00:00:00Z","annotations":{"ambient.istio.io/redirection":"enabled"}},\
                "status":{"phase":"%s"}}""".formatted(phase);
    }

    private static PodStart startOf(String uid) {
        return new PodStart("/run/netns/x", "finance", "curl", uid, List.of());
    }

    private static long soon() {
        return System.nanoTime() + Duration.ofSeconds(10).toNanos();
    }

    private void watch(String path, String object) {
        events.get(path).add("{\"type\":\"MODIFIED\",\"object\":" + object + "}\n");
    }

    private static String list(String item) {
        return "{\"metadata\":{\"resourceVersion\":\"1\"},\"items\":[" + item + "]}";
    }

    private static String pod(String uid) {
        return """
                {"metadata":{"uid":"%s","namespace":"finance","name":"curl","resourceVersion":"2"},"status":{"phase":"Pending"}}""".formatted(uid);
    }

    private static String namespace(String mode) {
        return """
                {"metadata":{"uid":"n","name":"finance","resourceVersion":"2","labels":{"istio.io/dataplane-mode":"%s"}}}""".formatted(mode);
    }

    private void serve(HttpExchange exchange) throws IOException {
        try (exchange) {
            String path = exchange.getRequestURI().getPath();
            String query = String.valueOf(exchange.getRequestURI().getQuery());
            if (query.contains("watch=true")) {
                exchange.sendResponseHeaders(200, 0);
                while (true) {
                    exchange.getResponseBody().write(events.get(path).take().getBytes(StandardCharsets.UTF_8));
                    exchange.getResponseBody().flush();
                }
            }
            String object = objects.get(path);
            if (!events.containsKey(path)) {
                reads.add(path);
            }
            byte[] body = (object == null ? "none" : object).getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(object == null ? 404 : 200, body.length);
            exchange.getResponseBody().write(body);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}

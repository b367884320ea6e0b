package io.periplus.nodeagent;

import static org.assertj.core.api.Assertions.assertThat;
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
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** When the plugin goes, and when it has to stay. */
class UninstallationTest {
    private static final String SET = "{\"metadata\":{\"uid\":\"d1\",\"resourceVersion\":\"3\"}}";
    private static final String DELETING =
            "{\"metadata\":{\"uid\":\"d1\",\"resourceVersion\":\"4\",\"deletionTimestamp\":\"2026-01-01T00:00:00Z\"}}";
    private static final String ORPHANING = DELETING.replace("}}", ",\"finalizers\":[\"orphan\"]}}");

    @TempDir
    Path files;

    private final BlockingQueue<String> events = new LinkedBlockingQueue<>();
    private final AtomicInteger removals = new AtomicInteger();
    private final AtomicInteger watches = new AtomicInteger();
    private volatile int status = 200;
    private volatile String set = SET;
    private HttpServer server;
    private Uninstallation uninstallation;

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext("/apis/apps/v1/namespaces/istio-system/daemonsets", this::serve);
        server.start();
        Path token = Files.writeString(files.resolve("token"), "secret\n");
        URI uri = URI.create("http://127.0.0.1:" + server.getAddress().getPort());
        uninstallation = new Uninstallation(
                new KubeApi(new KubeAccess(uri, token, token)), "istio-system", removals::incrementAndGet);
        uninstallation.start();
        await().until(() -> watches.get() > 0);
    }

    @AfterEach
    void stop() {
        uninstallation.close();
        server.stop(0);
    }

    @Test
    void thePluginGoesWithTheDaemonSet() {
        assertThat(removals).hasValue(0);
        events.add("{\"type\":\"DELETED\",\"object\":" + SET + "}\n");
        await().until(() -> removals.get() > 0);
    }

    @Test
    void itStaysWhenTheDaemonSetLeavesItsPodsToAnother() {
        events.add("{\"type\":\"MODIFIED\",\"object\":" + ORPHANING + "}\n");
        events.add("{\"type\":\"DELETED\",\"object\":" + SET + "}\n");
        events.add("{\"type\":\"ADDED\",\"object\":" + SET.replace("d1", "d2") + "}\n");
        events.add("{\"type\":\"DELETED\",\"object\":" + SET.replace("d1", "d2") + "}\n");
        await().until(() -> removals.get() > 0);
        assertThat(removals).as("for d2 alone").hasValue(1);
    }

    @ParameterizedTest
    @CsvSource({"200, there, 0", "200, deleting, 1", "200, orphaning, 0", "404, gone, 1", "403, forbidden, 0"})
    void atTheEndOfTheAgentTheServerIsAskedOnceMore(int answer, String what, int removed) {
        status = answer;
        set = what.equals("deleting") ? DELETING : what.equals("orphaning") ? ORPHANING : SET;
        uninstallation.atEnd();
        assertThat(removals).hasValue(removed);
    }

    private void serve(HttpExchange exchange) throws IOException {
        try (exchange) {
            String query = String.valueOf(exchange.getRequestURI().getQuery());
            if (query.contains("watch=true")) {
                exchange.sendResponseHeaders(200, 0);
                watches.incrementAndGet();
                while (true) {
                    exchange.getResponseBody().write(events.take().getBytes(StandardCharsets.UTF_8));
                    exchange.getResponseBody().flush();
                }
            }
            boolean list = !exchange.getRequestURI().getPath().endsWith("/" + AgentSet.NAME);
            byte[] body = (list ? "{\"metadata\":{\"resourceVersion\":\"3\"},\"items\":[" + SET + "]}" : set)
                    .getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(list ? 200 : status, body.length);
            exchange.getResponseBody().write(body);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}

package io.periplus.nodeagent;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
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
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The taint by which a new node is closed to pods. */
class StartupTaintTest {
    @TempDir
    Path files;

    private final BlockingQueue<String> patches = new LinkedBlockingQueue<>();
    private volatile String taints = "";
    private HttpServer server;
    private StartupTaint taint;

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/api/v1/nodes/node1", this::serve);
        server.start();
        Path token = Files.writeString(files.resolve("token"), "secret\n");
        URI uri = URI.create("http://127.0.0.1:" + server.getAddress().getPort());
        taint = new StartupTaint(new KubeApi(new KubeAccess(uri, token, token)), "node1");
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    @Test
    void isRemovedAndTheOthersStay() throws IOException {
        taints = """
                {"key": "a", "effect": "NoExecute"}, {"key": "cni.istio.io/not-ready", "effect": "NoSchedule"}""";
        taint.remove();
        assertThat(new ObjectMapper().readTree(patches.poll())).isEqualTo(new ObjectMapper().readTree("""
                {"metadata": {"resourceVersion": "9"}, "spec": {"taints": [{"key": "a", "effect": "NoExecute"}]}}
                """));
    }

    @Test
    void aNodeWithoutItStaysAsItIs() throws IOException {
        taint.remove();
        taints = "{\"key\": \"a\", \"effect\": \"NoExecute\"}";
        taint.remove();
        assertThat(patches).isEmpty();
    }

    private void serve(HttpExchange exchange) throws IOException {
        try (exchange) {
            if (exchange.getRequestMethod().equals("PATCH")) {
                patches.add(new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
            }
            byte[] node = "{\"metadata\":{\"resourceVersion\":\"9\"},\"spec\":{\"taints\":[%s]}}"
                    .formatted(taints)
                    .getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(200, node.length);
            exchange.getResponseBody().write(node);
        }
    }
}

package io.periplus.controlplane.training;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** An API server with a few objects that never change: lists, watches that stay silent, and writes that change nothing. */
final class TrainingApi implements AutoCloseable {
    private static final String REVIEW = """
            {"apiVersion":"authentication.k8s.io/v1","kind":"TokenReview","metadata":{},"spec":{},"status":{
            "authenticated":true,"audiences":["istio-ca"],"user":{"username":"system:serviceaccount:a:s",
            "groups":["system:serviceaccounts"],"extra":{}}}}""";

    private final Map<String, List<String>> objects = new HashMap<>();
    private final CountDownLatch end = new CountDownLatch(1);
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final HttpServer server;

    TrainingApi() throws IOException {
        try (InputStream in = TrainingApi.class.getResourceAsStream("objects.txt")) {
            if (in == null) {
                throw new IOException("objects.txt is missing beside " + TrainingApi.class.getName());
            }
            List<String> lines = new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .toList();
            for (int i = 0; i + 1 < lines.size(); i += 2) {
                objects.computeIfAbsent(lines.get(i), path -> new ArrayList<>()).add(lines.get(i + 1));
            }
        }
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(threads);
        server.createContext("/", this::handle);
        server.start();
    }

    String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    @Override
    public void close() {
        end.countDown();
        server.stop(0);
        threads.shutdownNow();
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            String path = exchange.getRequestURI().getPath();
            String query = String.valueOf(exchange.getRequestURI().getQuery());
            byte[] body = exchange.getRequestBody().readAllBytes();
            if (path.endsWith("/tokenreviews")) {
                answer(exchange, 201, REVIEW);
            } else if (!exchange.getRequestMethod().equals("GET")) {
                answer(exchange, 200, new String(body, StandardCharsets.UTF_8));
            } else if (query.contains("watch=true")) {
                exchange.sendResponseHeaders(200, 0);
                exchange.getResponseBody().flush();
                end.await();
            } else if (path.endsWith("/gateways/waypoint")) {
                answer(exchange, 200, first("/apis/gateway.networking.k8s.io/v1/gateways"));
            } else if (path.endsWith("/httproutes/r")) {
                answer(exchange, 200, first("/apis/gateway.networking.k8s.io/v1/httproutes"));
            } else if (path.equals("/api/v1/namespaces/a") || path.equals("/api/v1/namespaces/istio-system")) {
                answer(exchange, 200, first("/api/v1/namespaces"));
            } else if (path.contains("/namespaces/") || path.contains("/gatewayclasses/")) {
                answer(
                        exchange,
                        404,
                        "{\"apiVersion\":\"v1\",\"kind\":\"Status\",\"code\":404,\"reason\":\"NotFound\"}");
            } else {
                answer(
                        exchange,
                        200,
                        "{\"apiVersion\":\"v1\",\"kind\":\"List\",\"metadata\":{\"resourceVersion\":\"1\"},\"items\":["
                                + String.join(",", objects.getOrDefault(path, List.of())) + "]}");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void answer(HttpExchange exchange, int status, String body) throws IOException {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", "application/json");
        exchange.sendResponseHeaders(status, bytes.length);
        exchange.getResponseBody().write(bytes);
    }

    private String first(String path) {
        return objects.getOrDefault(path, List.of()).getFirst();
    }
}

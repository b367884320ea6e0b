package io.periplus.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.periplus.cli.text.Json;
import io.periplus.cli.text.Yaml;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CopyOnWriteArrayList;

/** An API server that keeps objects by path in memory, and answers as a real one does for the requests that commands make. */
public final class ScriptedApi implements AutoCloseable {
    /** What a command line did. */
    public record Result(int code, String out, String err) {}

    private final Map<String, JsonNode> objects = new ConcurrentSkipListMap<>();
    private final List<String> collections = new CopyOnWriteArrayList<>();
    private final Map<String, JsonNode> reviews = new ConcurrentSkipListMap<>();
    private final List<String> forbidden = new CopyOnWriteArrayList<>();
    private final List<String> requests = new CopyOnWriteArrayList<>();
    private final HttpServer server;
    private final Path kubeconfig;

    public ScriptedApi() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", this::answer);
        server.start();
        kubeconfig = Files.createTempFile("scripted", ".yaml");
        Files.writeString(kubeconfig, """
                current-context: test
                clusters: [{name: test, cluster: {server: "http://127.0.0.1:%d"}}]
                contexts: [{name: test, context: {cluster: test, user: test, namespace: shop}}]
                users: [{name: test, user: {token: secret-token}}]
                """.formatted(server.getAddress().getPort()));
        serve("/api/v1/namespaces");
    }

    /** Makes a collection known; others answer that the server has no such resource. */
    public ScriptedApi serve(String collection) {
        collections.add(collection);
        return this;
    }

    /** Refuses to list a collection. */
    public ScriptedApi forbid(String collection) {
        forbidden.add(collection);
        return this;
    }

    /** Answers what is posted to a path with an object. */
    public ScriptedApi answer(String path, String yaml) {
        reviews.put(path, Yaml.documents(yaml).getFirst());
        return this;
    }

    /** Puts an object, in YAML, at a path. */
    public ScriptedApi put(String path, String yaml) {
        objects.put(path, Yaml.documents(yaml).getFirst());
        return this;
    }

    public JsonNode object(String path) {
        return objects.getOrDefault(path, Json.MAPPER.missingNode());
    }

    public List<String> requests() {
        return requests;
    }

    public Path kubeconfig() {
        return kubeconfig;
    }

    /** Runs a command line as {@code istioctl} against this server. */
    public Result istioctl(String... words) {
        List<String> line = new ArrayList<>(List.of("--kubeconfig", kubeconfig.toString()));
        line.addAll(List.of(words));
        return run(line);
    }

    /** Runs a command line against this server, with another one as a second context. */
    public Result istioctlBeside(String context, ScriptedApi other, String... words) throws IOException {
        Path both = Files.createTempFile("scripted", ".yaml");
        try {
            Files.writeString(both, """
                    current-context: test
                    clusters:
                      - {name: test, cluster: {server: "http://127.0.0.1:%d"}}
                      - {name: other, cluster: {server: "http://127.0.0.1:%d"}}
                    contexts:
                      - {name: test, context: {cluster: test, user: test, namespace: shop}}
                      - {name: %s, context: {cluster: other, user: test, namespace: shop}}
                    users: [{name: test, user: {token: secret-token}}]
                    """.formatted(
                    server.getAddress().getPort(), other.server.getAddress().getPort(), context));
            List<String> line = new ArrayList<>(List.of("--kubeconfig", both.toString()));
            line.addAll(List.of(words));
            return run(line);
        } finally {
            Files.delete(both);
        }
    }

    /** Runs a command line as {@code istioctl}. */
    public static Result run(List<String> line) {
        var out = new ByteArrayOutputStream();
        var err = new ByteArrayOutputStream();
        var utf8 = StandardCharsets.UTF_8;
        var console = new Console("istioctl", new PrintStream(out, true, utf8), new PrintStream(err, true, utf8));
        int code = CliMain.run(console, line);
        return new Result(code, out.toString(utf8), err.toString(utf8));
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            String path = exchange.getRequestURI().getPath();
            String query = exchange.getRequestURI().getRawQuery();
            requests.add(exchange.getRequestMethod() + " " + path + (query == null ? "" : "?" + query));
            byte[] body = exchange.getRequestBody().readAllBytes();
            if (!"Bearer secret-token".equals(exchange.getRequestHeaders().getFirst("Authorization"))) {
                status(exchange, 401, "Unauthorized", "Unauthorized");
                return;
            }
            if (forbidden.contains(path)) {
                status(exchange, 403, "Forbidden", path + " is forbidden");
                return;
            }
            if (reviews.containsKey(path)) {
                send(exchange, 201, reviews.get(path));
                return;
            }
            switch (exchange.getRequestMethod()) {
                case "GET" -> get(exchange, path);
                case "PATCH" -> apply(exchange, path, body);
                case "PUT" -> write(exchange, path, Json.parse(body));
                case "POST" -> {
                    JsonNode object = Json.parse(body);
                    write(exchange, path + "/" + Json.text(object, "/metadata/name", ""), object);
                }
                default -> {
                    objects.remove(path);
                    status(exchange, 200, "", "");
                }
            }
        }
    }

    private void get(HttpExchange exchange, String path) throws IOException {
        if (objects.containsKey(path)) {
            send(exchange, 200, objects.get(path));
        } else if (isKnown(path.substring(path.lastIndexOf('/') + 1), path)) {
            send(exchange, 200, list(path));
        } else {
            status(exchange, 404, "NotFound", path.substring(path.lastIndexOf('/') + 1) + " not found");
        }
    }

    private boolean isKnown(String plural, String path) {
        return collections.stream()
                .anyMatch(c -> c.endsWith("/" + plural) && path.startsWith(c.substring(0, c.lastIndexOf('/'))));
    }

    /** The objects below a collection; below {@code /apis/g/v/plural} those of all namespaces. */
    private JsonNode list(String path) {
        String plural = path.substring(path.lastIndexOf('/') + 1);
        String base = path.substring(0, path.lastIndexOf('/'));
        Map<String, JsonNode> found = new TreeMap<>(objects);
        found.keySet().removeIf(p -> !p.startsWith(base) || !p.matches(".*/" + plural + "/[^/]+"));
        ObjectNode list = Json.MAPPER.createObjectNode().put("kind", "List");
        var items = list.putArray("items");
        found.values().forEach(items::add);
        return list;
    }

    private void apply(HttpExchange exchange, String path, byte[] body) throws IOException {
        String[] parts = path.split("/");
        if (!isKnown(parts[parts.length - 2], path)) {
            status(exchange, 404, "NotFound", "the server could not find the requested resource");
            return;
        }
        write(exchange, path, Json.parse(body));
    }

    private void write(HttpExchange exchange, String path, JsonNode object) throws IOException {
        objects.put(path, object);
        send(exchange, 200, object);
    }

    private static void status(HttpExchange exchange, int code, String reason, String message) throws IOException {
        send(exchange, code, Json.tree(Map.of("kind", "Status", "code", code, "reason", reason, "message", message)));
    }

    private static void send(HttpExchange exchange, int code, JsonNode body) throws IOException {
        byte[] bytes = Json.MAPPER.writeValueAsBytes(body);
        exchange.getResponseHeaders().add("Content-Type", "application/json");
        exchange.sendResponseHeaders(code, bytes.length);
        exchange.getResponseBody().write(bytes);
    }

    @Override
    public void close() throws IOException {
        server.stop(0);
        Files.deleteIfExists(kubeconfig);
    }
}

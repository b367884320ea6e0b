package io.periplus.controlplane;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import org.jspecify.annotations.Nullable;

/**
 * As much of a Kubernetes API server as the control plane uses, over real HTTP: get, list, watch, create, update and a
 * server-side apply that merges maps. Kinds that are not registered answer 404, as those of missing CRDs do.
 */
final class FakeApiServer implements AutoCloseable {
    private record Watcher(String collection, @Nullable String label, BlockingQueue<String> events) {}

    final KubernetesSerialization json = new KubernetesSerialization();
    final List<String> writes = new CopyOnWriteArrayList<>();
    /** By path: runs once, just before the object is updated. */
    final Map<String, Runnable> beforeWrite = new ConcurrentHashMap<>();

    private final Map<String, Map<String, Object>> objects = new TreeMap<>();
    private final List<String> collections = new ArrayList<>();
    private final List<Watcher> watchers = new CopyOnWriteArrayList<>();
    private final HttpServer server;
    private long version = 1;

    FakeApiServer(String... collections) throws IOException {
        this.collections.addAll(List.of(collections));
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext("/", this::handle);
        server.start();
    }

    Config access() {
        return new ConfigBuilder(Config.empty())
                .withMasterUrl("http://127.0.0.1:" + server.getAddress().getPort())
                .withNamespace("istio-system")
                .withAutoConfigure(false)
                .build();
    }

    /** Registers a kind, as a CRD does: {@code /apis/<group>/<version>/<plural>}. */
    synchronized void register(String collection) {
        collections.add(collection);
    }

    /** Creates or replaces an object given as YAML or JSON. */
    @SuppressWarnings("unchecked")
    void put(String path, String object) {
        store(path, json.unmarshal(object, Map.class));
    }

    synchronized @Nullable Map<String, Object> get(String path) {
        return objects.get(path);
    }

    synchronized void delete(String path) {
        Map<String, Object> gone = objects.remove(path);
        if (gone != null) {
            version++;
            emit("DELETED", path, gone);
        }
    }

    /** Removes an object without telling those who watch. */
    synchronized void forget(String path) {
        objects.remove(path);
    }

    @Override
    public void close() {
        watchers.forEach(watcher -> watcher.events().add(""));
        server.stop(0);
    }

    @SuppressWarnings("unchecked")
    private synchronized Map<String, Object> store(String path, Map<String, Object> object) {
        boolean known = objects.containsKey(path);
        Map<String, Object> meta = (Map<String, Object>) object.computeIfAbsent("metadata", k -> new LinkedHashMap<>());
        String[] parts = path.split("/");
        meta.put("name", parts[parts.length - 1]);
        int namespaces = List.of(parts).indexOf("namespaces");
        if (namespaces >= 0 && parts.length > namespaces + 2) {
            meta.put("namespace", parts[namespaces + 1]);
        }
        meta.put("resourceVersion", String.valueOf(++version));
        meta.putIfAbsent("uid", "uid-" + parts[parts.length - 1]);
        meta.putIfAbsent("creationTimestamp", "2026-01-01T00:00:00Z");
        objects.put(path, object);
        emit(known ? "MODIFIED" : "ADDED", path, object);
        return object;
    }

    private void emit(String type, String path, Map<String, Object> object) {
        String event = json.asJson(Map.of("type", type, "object", object)) + "\n";
        for (Watcher watcher : watchers) {
            if (watcher.collection().equals(collectionOf(path)) && matches(object, watcher.label())) {
                watcher.events().add(event);
            }
        }
    }

    // /api/v1/namespaces/a/pods/b -> /api/v1/pods
    private static String collectionOf(String path) {
        String up = path.substring(0, path.lastIndexOf('/'));
        return up.replaceFirst("/namespaces/[^/]+/", "/");
    }

    @SuppressWarnings("unchecked")
    private static boolean matches(Map<String, Object> object, @Nullable String label) {
        if (label == null) {
            return true;
        }
        Map<String, Object> meta = (Map<String, Object>) object.get("metadata");
        Map<String, Object> labels = (Map<String, Object>) meta.getOrDefault("labels", Map.of());
        String[] pair = label.split("=", 2);
        return pair.length == 1 ? labels.containsKey(pair[0]) : pair[1].equals(labels.get(pair[0]));
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            String path = exchange.getRequestURI().getPath();
            Map<String, String> query = query(exchange);
            String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
            switch (exchange.getRequestMethod()) {
                case "GET" -> read(exchange, path, query);
                case "POST" -> create(exchange, path, body);
                default -> write(exchange, path, body);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void read(HttpExchange exchange, String path, Map<String, String> query)
            throws IOException, InterruptedException {
        boolean collection;
        synchronized (this) {
            collection = collections.contains(path);
        }
        if (!collection) {
            Map<String, Object> found = get(path);
            answer(exchange, found == null ? 404 : 200, found == null ? status(404) : json.asJson(found));
        } else if ("true".equals(query.get("watch"))) {
            watch(exchange, path, query);
        } else {
            answer(exchange, 200, list(path, query.get("labelSelector")));
        }
    }

    private synchronized String list(String path, @Nullable String label) {
        List<Object> items = new ArrayList<>();
        objects.forEach((key, object) -> {
            if (collectionOf(key).equals(path) && matches(object, label)) {
                items.add(object);
            }
        });
        return json.asJson(Map.of(
                "kind",
                "List",
                "apiVersion",
                "v1",
                "metadata",
                Map.of("resourceVersion", String.valueOf(version)),
                "items",
                items));
    }

    private void watch(HttpExchange exchange, String path, Map<String, String> query)
            throws IOException, InterruptedException {
        Watcher watcher = new Watcher(path, query.get("labelSelector"), new LinkedBlockingQueue<>());
        long since = Long.parseLong(query.getOrDefault("resourceVersion", "0"));
        synchronized (this) {
            watchers.add(watcher);
            objects.forEach((key, object) -> {
                Map<?, ?> meta = (Map<?, ?>) object.get("metadata");
                boolean newer = Long.parseLong(String.valueOf(meta.get("resourceVersion"))) > since;
                if (newer && collectionOf(key).equals(path) && matches(object, watcher.label())) {
                    watcher.events().add(json.asJson(Map.of("type", "MODIFIED", "object", object)) + "\n");
                }
            });
        }
        exchange.sendResponseHeaders(200, 0);
        try (OutputStream out = exchange.getResponseBody()) {
            out.flush();
            for (String event = watcher.events().take();
                    !event.isEmpty();
                    event = watcher.events().take()) {
                out.write(event.getBytes(StandardCharsets.UTF_8));
                out.flush();
            }
        } finally {
            watchers.remove(watcher);
        }
    }

    @SuppressWarnings("unchecked")
    private void create(HttpExchange exchange, String path, String body) throws IOException {
        Map<String, Object> object = json.unmarshal(body, Map.class);
        if (path.endsWith("/tokenreviews")) {
            Map<String, Object> spec = (Map<String, Object>) object.get("spec");
            object.put("status", review(String.valueOf(spec.get("token"))));
            answer(exchange, 201, json.asJson(object));
            return;
        }
        String name = String.valueOf(((Map<String, Object>) object.get("metadata")).get("name"));
        String key = path + "/" + name;
        if (get(key) != null) {
            answer(exchange, 409, status(409));
            return;
        }
        writes.add("POST " + key);
        answer(exchange, 201, json.asJson(store(key, object)));
    }

    @SuppressWarnings("unchecked")
    private void write(HttpExchange exchange, String path, String body) throws IOException {
        writes.add(exchange.getRequestMethod() + " " + path);
        String key = path.endsWith("/status") ? path.substring(0, path.length() - "/status".length()) : path;
        Map<String, Object> patch = json.unmarshal(body, Map.class);
        Runnable before = beforeWrite.remove(path);
        if (before != null) {
            before.run();
        }
        // Between the reading and the storing nobody else writes or takes the object away.
        synchronized (this) {
            Map<String, Object> present = get(key);
            if (present == null && path.endsWith("/status")) {
                answer(exchange, 404, status(404));
                return;
            }
            Object expected = ((Map<String, Object>) patch.getOrDefault("metadata", Map.of())).get("resourceVersion");
            if (present != null
                    && expected != null
                    && !expected.equals(((Map<String, Object>) present.get("metadata")).get("resourceVersion"))) {
                answer(exchange, 409, status(409));
                return;
            }
            // Only an apply of the object itself makes one.
            String type = String.valueOf(exchange.getRequestHeaders().getFirst("Content-Type"));
            if (present == null && (!key.equals(path) || type.contains("merge-patch"))) {
                answer(exchange, 404, status(404));
                return;
            }
            Map<String, Object> merged = present == null ? new LinkedHashMap<>() : copy(present);
            merge(merged, patch);
            answer(exchange, 200, json.asJson(store(key, merged)));
        }
    }

    @SuppressWarnings("unchecked")
    private Map<String, Object> copy(Map<String, Object> object) {
        return json.unmarshal(json.asJson(object), Map.class);
    }

    @SuppressWarnings("unchecked")
    private static void merge(Map<String, Object> into, Map<String, Object> patch) {
        patch.forEach((key, value) -> {
            if (value instanceof Map<?, ?> && into.get(key) instanceof Map<?, ?>) {
                merge((Map<String, Object>) into.get(key), (Map<String, Object>) value);
            } else if (value != null) {
                into.put(key, value);
            }
        });
    }

    private static Map<String, Object> review(String token) {
        String[] parts = token.split("/");
        if (parts.length != 4) {
            return Map.of("authenticated", false);
        }
        return Map.of(
                "authenticated",
                true,
                "audiences",
                List.of("istio-ca"),
                "user",
                Map.of(
                        "username", "system:serviceaccount:" + parts[0] + ":" + parts[1],
                        "groups", List.of("system:serviceaccounts"),
                        "extra",
                                Map.of(
                                        "authentication.kubernetes.io/pod-name", List.of(parts[2]),
                                        "authentication.kubernetes.io/pod-uid", List.of(parts[3]))));
    }

    private String status(int code) {
        return json.asJson(Map.of(
                "kind",
                "Status",
                "apiVersion",
                "v1",
                "status",
                "Failure",
                "code",
                code,
                "reason",
                code == 404 ? "NotFound" : "AlreadyExists",
                "message",
                "the server says " + code));
    }

    private static Map<String, String> query(HttpExchange exchange) {
        Map<String, String> result = new LinkedHashMap<>();
        String raw = exchange.getRequestURI().getQuery();
        if (raw != null) {
            for (String pair : raw.split("&")) {
                String[] parts = pair.split("=", 2);
                result.put(parts[0], parts.length == 1 ? "" : parts[1]);
            }
        }
        return result;
    }

    private static void answer(HttpExchange exchange, int code, String body) throws IOException {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", "application/json");
        exchange.sendResponseHeaders(code, bytes.length);
        exchange.getResponseBody().write(bytes);
    }
}

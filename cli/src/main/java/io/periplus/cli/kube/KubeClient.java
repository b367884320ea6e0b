package io.periplus.cli.kube;

import com.fasterxml.jackson.databind.JsonNode;
import io.periplus.cli.CliException;
import io.periplus.cli.text.Json;
import java.io.Closeable;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * A Kubernetes API server, for one thread at a time ({@link #another()} gives a second connection). Objects are JSON trees.
 * A refusal is a {@link KubeException}; a server that cannot be reached is a {@link CliException}.
 */
public final class KubeClient implements Closeable {
    private final ClusterAccess access;
    private final Duration timeout;
    private @Nullable HttpConnection connection;

    /** @param timeout for connecting, and for each wait for bytes */
    public KubeClient(ClusterAccess access, Duration timeout) {
        this.access = access;
        this.timeout = timeout;
    }

    /** A client of the same server with a connection of its own. */
    public KubeClient another() {
        return new KubeClient(access, timeout);
    }

    /** The context's namespace. */
    public String namespace() {
        return access.namespace();
    }

    /** The kubeconfig context's name, for messages. */
    public String context() {
        return access.context();
    }

    /** Where requests go. */
    public ClusterAccess access() {
        return access;
    }

    /** One object. */
    public JsonNode get(Resource resource, @Nullable String namespace, String name) throws KubeException {
        return request("GET", resource.path(namespace, name), null, null);
    }

    /** One object, or null if it does not exist. */
    public @Nullable JsonNode find(Resource resource, @Nullable String namespace, String name) throws KubeException {
        try {
            return get(resource, namespace, name);
        } catch (KubeException e) {
            if (e.isNotFound()) {
                return null;
            }
            throw e;
        }
    }

    /** The objects of a namespace (null: of all), optionally those with certain labels. */
    public List<JsonNode> list(Resource resource, @Nullable String namespace, @Nullable String labelSelector)
            throws KubeException {
        String query = labelSelector == null ? "" : "?labelSelector=" + encode(labelSelector);
        List<JsonNode> items = new ArrayList<>();
        request("GET", resource.path(namespace) + query, null, null)
                .path("items")
                .forEach(items::add);
        return items;
    }

    /** Creates an object. */
    public JsonNode create(Resource resource, @Nullable String namespace, JsonNode object) throws KubeException {
        return request("POST", resource.path(namespace), "application/json", object);
    }

    /** Replaces an object; a stale {@code resourceVersion} is a conflict. */
    public JsonNode update(Resource resource, @Nullable String namespace, JsonNode object) throws KubeException {
        String path = resource.path(namespace, Json.text(object, "/metadata/name", ""));
        return request("PUT", path, "application/json", object);
    }

    /** Server-side apply. */
    public JsonNode apply(
            Resource resource, @Nullable String namespace, JsonNode object, String fieldManager, boolean force)
            throws KubeException {
        String path = resource.path(namespace, Json.text(object, "/metadata/name", ""));
        String query = "?fieldManager=" + encode(fieldManager) + "&force=" + force;
        return request("PATCH", path + query, "application/apply-patch+yaml", object);
    }

    /** Deletes an object; whatever depends on it goes in the background. */
    public void delete(Resource resource, @Nullable String namespace, String name) throws KubeException {
        var options = Json.tree(Map.of("apiVersion", "v1", "kind", "DeleteOptions", "propagationPolicy", "Background"));
        request("DELETE", resource.path(namespace, name), "application/json", options);
    }

    /** Any request below the server's URL. */
    public JsonNode request(String method, String target, @Nullable String contentType, @Nullable JsonNode body)
            throws KubeException {
        try {
            HttpAnswer response = exchange(method, target, contentType, body);
            if (response.status() >= 300) {
                throw failure(method, target, response);
            }
            return Json.parse(response.body());
        } catch (KubeException e) {
            throw e;
        } catch (IOException e) {
            throw unreachable(e);
        }
    }

    /** A port-forward to a pod's port, as one two-way stream. */
    public PortForward forward(String namespace, String pod, int port) throws KubeException {
        HttpConnection tunnel;
        try {
            tunnel = HttpConnection.open(access, timeout);
        } catch (IOException e) {
            throw unreachable(e);
        }
        try {
            String target = Resource.PODS.path(namespace, pod) + "/portforward?ports=" + port;
            Map<String, String> headers = new LinkedHashMap<>(access.headers());
            headers.putAll(WebSocket.upgradeHeaders(PortForward.PROTOCOL));
            HttpAnswer response = tunnel.exchange("GET", target, headers, null);
            if (response.status() != 101) {
                tunnel.close();
                throw failure("GET", target, response);
            }
            return new PortForward(new WebSocket(tunnel));
        } catch (KubeException e) {
            throw e;
        } catch (IOException e) {
            throw new CliException("port-forward to pod " + namespace + "/" + pod + " failed: " + e.getMessage());
        }
    }

    private HttpAnswer exchange(String method, String target, @Nullable String contentType, @Nullable JsonNode body)
            throws IOException {
        Map<String, String> headers = new LinkedHashMap<>(access.headers());
        headers.put("Accept", "application/json");
        headers.put("User-Agent", "periplus-cli");
        if (contentType != null) {
            headers.put("Content-Type", contentType);
        }
        byte[] bytes = body == null ? null : Json.MAPPER.writeValueAsBytes(body);
        HttpConnection open = connection;
        if (open == null || !open.reusable()) {
            close();
            open = HttpConnection.open(access, timeout);
            connection = open;
            return open.exchange(method, target, headers, bytes);
        }
        try {
            return open.exchange(method, target, headers, bytes);
        } catch (java.io.EOFException | java.net.SocketException _) {
            // an idle connection that the server has closed meanwhile
            close();
            HttpConnection fresh = HttpConnection.open(access, timeout);
            connection = fresh;
            return fresh.exchange(method, target, headers, bytes);
        }
    }

    private static KubeException failure(String method, String target, HttpAnswer response) {
        String text = new String(response.body(), StandardCharsets.UTF_8).strip();
        try {
            JsonNode status = Json.parse(response.body());
            if (status.path("kind").asText().equals("Status")) {
                return new KubeException(
                        response.status(), Json.text(status, "/reason", ""), Json.text(status, "/message", text));
            }
        } catch (IOException _) {
            // not JSON: the text itself is the message
        }
        String message = method + " " + target + ": HTTP " + response.status() + (text.isEmpty() ? "" : ": " + text);
        return new KubeException(response.status(), "", message);
    }

    private CliException unreachable(IOException e) {
        String what = "cannot reach the API server " + access.server() + " of context \"" + access.context() + "\": ";
        String reason = e instanceof java.net.SocketTimeoutException
                ? "no answer within " + timeout.toSeconds() + " s (--kubeclient-timeout)"
                : String.valueOf(e.getMessage());
        String hint = e instanceof SSLException
                ? "; check the kubeconfig's certificate authority and credentials"
                : "; is the cluster running?";
        return new CliException(what + reason + hint);
    }

    private static String encode(String value) {
        return URLEncoder.encode(value, StandardCharsets.UTF_8);
    }

    @Override
    public void close() {
        HttpConnection open = connection;
        connection = null;
        if (open != null) {
            try {
                open.close();
            } catch (IOException _) {
                // it is of no more use either way
            }
        }
    }
}

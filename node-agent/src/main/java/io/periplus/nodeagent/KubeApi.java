package io.periplus.nodeagent;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.Executors;

/**
 * The three requests that the agent makes of the Kubernetes API: list, watch and merge patch. A client library with a
 * class for every field of every kind would be most of the memory of a process that runs on every node.
 */
final class KubeApi {
    private static final Duration REQUEST_MAX = Duration.ofSeconds(10);
    /** From the headers of an answer to its end: of a connection that dies in between nothing else tells. */
    private static final Duration BODY_MAX = Duration.ofSeconds(30);

    private static final int ERROR_TEXT_MAX = 500;
    private static final int HTTP_ERROR = 400;

    private final ObjectMapper json = new ObjectMapper();
    private final KubeAccess access;
    private final Duration bodyMax;
    private final HttpClient http;

    KubeApi(KubeAccess access) throws IOException {
        this(access, BODY_MAX);
    }

    /** @param bodyMax within which an answer that has begun ends, watches apart */
    KubeApi(KubeAccess access, Duration bodyMax) throws IOException {
        this.access = access;
        this.bodyMax = bodyMax;
        HttpClient.Builder builder = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(REQUEST_MAX)
                .executor(Executors.newVirtualThreadPerTaskExecutor());
        this.http = "https".equals(access.server().getScheme())
                ? builder.sslContext(access.tls()).build()
                : builder.build();
    }

    /** An answer that is not 2xx. */
    static final class StatusException extends IOException {
        private static final long serialVersionUID = 1L;

        private final int status;

        StatusException(int status, String message) {
            super(message);
            this.status = status;
        }

        int status() {
            return status;
        }
    }

    /** Reads a JSON document. */
    JsonNode get(String path) throws IOException {
        HttpRequest request = request(path).timeout(REQUEST_MAX).GET().build();
        try (InputStream body = send(request);
                WatchDeadline deadline = new WatchDeadline(body, bodyMax, bodyMax)) {
            JsonNode document = json.readTree(body);
            deadline.heard(false);
            if (document.isMissingNode()) {
                throw new IOException("an answer without a document");
            }
            return document;
        } catch (StatusException e) {
            throw e;
        } catch (IOException e) {
            throw new IOException("GET " + path + ": " + e.getMessage(), e);
        }
    }

    /** Opens a stream of JSON documents, one a line; it ends when the server or the caller closes it. */
    InputStream stream(String path) throws IOException {
        return send(request(path).timeout(REQUEST_MAX).GET().build());
    }

    /** Changes what the JSON merge patch (RFC 7396) names. */
    void patch(String path, String mergePatch) throws IOException {
        HttpRequest request = request(path)
                .timeout(REQUEST_MAX)
                .header("Content-Type", "application/merge-patch+json")
                .method("PATCH", BodyPublishers.ofString(mergePatch))
                .build();
        send(request).close();
    }

    JsonNode parse(String line) throws IOException {
        return json.readTree(line);
    }

    private HttpRequest.Builder request(String path) throws IOException {
        return HttpRequest.newBuilder(access.server().resolve(path))
                .header("Accept", "application/json")
                .header("Authorization", "Bearer " + access.bearerToken());
    }

    private InputStream send(HttpRequest request) throws IOException {
        HttpResponse<InputStream> response;
        try {
            response = http.send(request, BodyHandlers.ofInputStream());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        } catch (IOException e) {
            throw new IOException(request.method() + " " + request.uri() + ": " + e, e);
        }
        if (response.statusCode() < HTTP_ERROR) {
            return response.body();
        }
        try (InputStream body = response.body();
                WatchDeadline deadline = new WatchDeadline(body, bodyMax, bodyMax)) {
            String text = new String(body.readNBytes(ERROR_TEXT_MAX), StandardCharsets.UTF_8);
            deadline.heard(false);
            throw new StatusException(
                    response.statusCode(),
                    "%s %s: %d %s".formatted(request.method(), request.uri(), response.statusCode(), text.strip()));
        }
    }
}

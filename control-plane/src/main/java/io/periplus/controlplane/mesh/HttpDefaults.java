package io.periplus.controlplane.mesh;

import com.google.protobuf.Duration;
import io.periplus.api.http.HttpText;
import java.util.List;
import java.util.Map;

/** What the mesh configuration says of HTTP at waypoints and Gateways, as the environment of their pods. */
final class HttpDefaults {
    private static final String RETRIES = "defaultHttpRetryPolicy";
    private static final int ATTEMPTS_MAX = 10;

    private HttpDefaults() {}

    /** Retries of requests whose route says nothing about them. Without a number of attempts there are none, as upstream. */
    static void read(Section root, Map<String, String> environment, List<String> findings) throws MeshConfigException {
        if (!root.has(RETRIES)) {
            return;
        }
        Section policy = root.section(RETRIES);
        Long attempts = policy.number("attempts");
        if (attempts != null && (attempts < 0 || attempts > ATTEMPTS_MAX)) {
            throw new MeshConfigException(
                    policy.at("attempts") + ": " + attempts + " (expected: 0 to " + ATTEMPTS_MAX + ")");
        }
        environment.put("HTTP_RETRY_ATTEMPTS", String.valueOf(attempts == null ? 0 : attempts));
        String on = policy.text("retryOn");
        if (on != null) {
            environment.put("HTTP_RETRY_ON", on);
        }
        Duration backoff = policy.duration("backoff");
        if (backoff != null) {
            environment.put(
                    "HTTP_RETRY_BACKOFF_MS",
                    String.valueOf(backoff.getSeconds() * 1000 + backoff.getNanos() / 1_000_000));
        }
        MeshConfigReader.ignored(policy, findings);
    }

    /** What proxies say of themselves in answers. */
    static void headers(Section headers, Map<String, String> environment, List<String> findings)
            throws MeshConfigException {
        Section server = headers.section("server");
        String value = server.text("value");
        if (value != null) {
            if (!HttpText.isValue(value)) {
                throw new MeshConfigException(server.at("value") + ": " + value + " (expected: a value for a header)");
            }
            environment.put("SERVER_HEADER", value);
        }
        if (server.flag("disabled")) {
            environment.put("SERVER_HEADER_DISABLED", "true");
        }
        Section debug = headers.section("envoyDebugHeaders");
        if (debug.flag("disabled")) {
            environment.put("ENVOY_DEBUG_HEADERS_DISABLED", "true");
        }
        for (Section section : List.of(server, debug, headers)) {
            MeshConfigReader.ignored(section, findings);
        }
    }
}

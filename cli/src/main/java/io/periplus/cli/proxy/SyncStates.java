package io.periplus.cli.proxy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.periplus.api.Labels;
import io.periplus.cli.CliException;
import io.periplus.cli.kube.KubeClient;
import io.periplus.cli.kube.PortForward;
import io.periplus.cli.kube.Resource;
import io.periplus.cli.text.Json;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What the control plane's replicas say of the proxies that are connected to them ({@code /debug/syncz}). */
final class SyncStates {
    private static final int MONITORING_PORT = 15014;
    private static final String PAGE = "/debug/syncz";

    private static final Map<String, String> SHORT_NAMES = Map.of(
            "istio.workload.Address", "WDS",
            "istio.security.Authorization", "WADS",
            "periplus.waypoint.v1.AuthorizationPolicy", "AUTHZ",
            "periplus.waypoint.v1.RequestAuthentication", "AUTHN",
            "periplus.waypoint.v1.ExtensionProvider", "EXTAUTHZ",
            "periplus.waypoint.v1.RateLimitPolicy", "LIMITS",
            "periplus.waypoint.v1.BackendPolicy", "CDS",
            "periplus.waypoint.v1.Route", "RDS",
            "periplus.waypoint.v1.Gateway", "LDS");

    private SyncStates() {}

    /** One element per proxy: name, cluster, istiod, version, types. */
    static ArrayNode read(KubeClient client, String systemNamespace, String revision) throws IOException {
        String selector = revision.isEmpty() ? "app=istiod" : "app=istiod," + Labels.REVISION + "=" + revision;
        List<JsonNode> replicas = running(client.list(Resource.PODS, systemNamespace, selector));
        if (replicas.isEmpty()) {
            throw new CliException("no running istiod in namespace \"" + systemNamespace
                    + "\": is the mesh installed in this cluster?");
        }
        Map<String, String> versions = versions(client, systemNamespace);
        ArrayNode all = Json.MAPPER.createArrayNode();
        for (JsonNode replica : replicas) {
            String name = Json.text(replica, "/metadata/name", "");
            try (PortForward forward = client.forward(systemNamespace, name, MONITORING_PORT)) {
                for (JsonNode proxy : Json.parse(forward.http("GET", PAGE))) {
                    all.add(proxy(proxy, name, versions));
                }
            }
        }
        return all;
    }

    /** The elements of a saved page. */
    static ArrayNode parse(byte[] page) throws IOException {
        ArrayNode all = Json.MAPPER.createArrayNode();
        Json.parse(page).forEach(proxy -> all.add(proxy(proxy, "", Map.of())));
        return all;
    }

    private static ObjectNode proxy(JsonNode from, String istiod, Map<String, String> versions) {
        ObjectNode proxy = Json.MAPPER.createObjectNode();
        String name = Json.text(from, "/proxy", "");
        proxy.put("name", name);
        proxy.put("cluster", Json.text(from, "/cluster_id", ""));
        proxy.put("istiod", istiod);
        proxy.put("version", versions.getOrDefault(name, Json.text(from, "/istio_version", "unknown")));
        proxy.put("type", Json.text(from, "/proxy_type", ""));
        ArrayNode types = proxy.putArray("types");
        from.path("resources").properties().forEach(entry -> {
            JsonNode state = entry.getValue();
            String sent = Json.text(state, "/sentTime", "");
            String error = Json.text(state, "/lastError", "");
            types.addObject()
                    .put("type", shortName(entry.getKey()))
                    .put("typeUrl", entry.getKey())
                    .put("status", status(state, sent, error))
                    .put("sent", sent.equals("null") ? "" : sent)
                    .put("error", error);
        });
        return proxy;
    }

    private static String status(JsonNode state, String sent, String error) {
        if (!error.isEmpty()) {
            return "ERROR";
        }
        return sent.isEmpty() || sent.equals("null")
                ? "NOT SENT"
                : state.path("synced").asBoolean() ? "SYNCED" : "STALE";
    }

    private static String shortName(String typeUrl) {
        String type = typeUrl.substring(typeUrl.indexOf('/') + 1);
        return SHORT_NAMES.getOrDefault(type, type.substring(type.lastIndexOf('.') + 1));
    }

    /** By {@code <pod>.<namespace>}, from the images: one image holds every role. */
    private static Map<String, String> versions(KubeClient client, String systemNamespace) throws IOException {
        List<JsonNode> pods = new ArrayList<>(client.list(Resource.PODS, systemNamespace, "app=ztunnel"));
        pods.addAll(client.list(Resource.PODS, null, Labels.GATEWAY_NAME));
        Map<String, String> versions = new HashMap<>();
        for (JsonNode pod : pods) {
            String image = Json.text(pod, "/spec/containers/0/image", "");
            int colon = image.lastIndexOf(':');
            if (colon > image.lastIndexOf('/')) {
                String name = Json.text(pod, "/metadata/name", "") + "." + Json.text(pod, "/metadata/namespace", "");
                versions.put(name, image.substring(colon + 1));
            }
        }
        return versions;
    }

    private static List<JsonNode> running(List<JsonNode> pods) {
        return pods.stream()
                .filter(pod -> Json.text(pod, "/status/phase", "").equals("Running"))
                .toList();
    }
}

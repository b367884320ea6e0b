package io.periplus.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import io.periplus.api.Labels;
import io.periplus.cli.kube.KubeClient;
import io.periplus.cli.kube.KubeException;
import io.periplus.cli.kube.Resource;
import io.periplus.cli.text.Json;
import java.util.List;
import java.util.Map;

/**
 * The versions that run in a cluster, read from the images of the mesh's own pods: one image holds every role, so its tag
 * is the version, and no pod has to be entered to learn it.
 */
record MeshVersions(List<JsonNode> controlPlane, List<JsonNode> proxies) {
    static MeshVersions read(KubeClient client, String systemNamespace, String revision) throws KubeException {
        String selector = revision.isEmpty() ? "app=istiod" : "app=istiod," + Labels.REVISION + "=" + revision;
        List<JsonNode> controlPlane = running(client.list(Resource.PODS, systemNamespace, selector));
        if (controlPlane.isEmpty()) {
            return new MeshVersions(List.of(), List.of());
        }
        List<JsonNode> proxies = new java.util.ArrayList<>(client.list(Resource.PODS, systemNamespace, "app=ztunnel"));
        proxies.addAll(client.list(Resource.PODS, null, Labels.GATEWAY_NAME));
        return new MeshVersions(controlPlane, running(proxies));
    }

    ArrayNode meshVersion() {
        ArrayNode list = Json.MAPPER.createArrayNode();
        controlPlane.forEach(pod -> list.add(Json.tree(Map.of(
                "Component", "pilot",
                "Revision", Json.label(pod, Labels.REVISION, "default"),
                "Info", Map.of("version", version(pod))))));
        return list;
    }

    ArrayNode dataPlaneVersion() {
        ArrayNode list = Json.MAPPER.createArrayNode();
        proxies.forEach(pod -> list.add(Json.tree(Map.of(
                "ID",
                Json.text(pod, "/metadata/name", "") + "." + Json.text(pod, "/metadata/namespace", ""),
                "IstioVersion",
                version(pod)))));
        return list;
    }

    private static List<JsonNode> running(List<JsonNode> pods) {
        return pods.stream()
                .filter(pod -> Json.text(pod, "/status/phase", "").equals("Running"))
                .toList();
    }

    private static String version(JsonNode pod) {
        String image = Json.text(pod, "/spec/containers/0/image", "");
        int colon = image.lastIndexOf(':');
        return colon > image.lastIndexOf('/') ? image.substring(colon + 1) : "unknown";
    }
}

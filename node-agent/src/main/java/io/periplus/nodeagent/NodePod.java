package io.periplus.nodeagent;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the agent has to know of a pod.
 *
 * @param deleting whether its deletion has begun
 */
record NodePod(
        String uid,
        String namespace,
        String name,
        Map<String, String> labels,
        Map<String, String> annotations,
        String serviceAccount,
        boolean hostNetwork,
        String phase,
        boolean deleting,
        List<InetAddress> addresses) {
    static NodePod of(JsonNode pod) {
        JsonNode metadata = pod.path("metadata");
        List<InetAddress> addresses = new ArrayList<>();
        for (JsonNode address : pod.path("status").path("podIPs")) {
            addresses.add(InetAddress.ofLiteral(address.path("ip").asText()));
        }
        return new NodePod(
                metadata.path("uid").asText(),
                metadata.path("namespace").asText(),
                metadata.path("name").asText(),
                strings(metadata.path("labels")),
                strings(metadata.path("annotations")),
                pod.path("spec").path("serviceAccountName").asText("default"),
                pod.path("spec").path("hostNetwork").asBoolean(),
                pod.path("status").path("phase").asText(),
                metadata.hasNonNull("deletionTimestamp"),
                List.copyOf(addresses));
    }

    static Map<String, String> strings(JsonNode object) {
        Map<String, String> strings = new HashMap<>();
        object.properties()
                .forEach(entry -> strings.put(entry.getKey(), entry.getValue().asText()));
        return Map.copyOf(strings);
    }

    /**
     * The uid that the kubelet, the runtime and cgroups know it by, if that is another: the API's object of a static pod is only
     * its mirror. Null if it is none. Of a form that no uid of the API has, so that no pod can name another.
     */
    @Nullable
    String staticUid() {
        String uid = annotations.getOrDefault("kubernetes.io/config.mirror", "");
        return uid.matches("[0-9a-f]{32}") ? uid : null;
    }

    /** Whether the pod's processes run, so that it has a network namespace worth entering. */
    boolean runs() {
        return phase.equals("Running") && !deleting;
    }

    /** Whether it is on its way: nothing runs yet, or only what prepares it. */
    boolean starts() {
        return phase.equals("Pending") && !deleting;
    }

    /** Whether its processes have ended for good. */
    boolean hasEnded() {
        return phase.equals("Succeeded") || phase.equals("Failed");
    }

    @Override
    public String toString() {
        return namespace + "/" + name;
    }
}

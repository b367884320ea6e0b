package io.periplus.cli.analyze.snapshot;

import com.fasterxml.jackson.databind.JsonNode;
import io.periplus.api.Labels;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What policies may select: a pod, the pods that a Deployment makes, or a WorkloadEntry.
 *
 * @param template path of the pod's own fields in the object, for a Deployment {@code /spec/template}, else empty
 */
public record Workload(KubeObject object, String template, Map<String, String> labels) {
    /** The kinds to read for {@link #all}. */
    public static final Set<ObjectKind> KINDS =
            Set.of(ObjectKind.POD, ObjectKind.DEPLOYMENT, ObjectKind.WORKLOAD_ENTRY);

    /** All workloads that are not over. */
    public static List<Workload> all(Snapshot snapshot) {
        List<Workload> all = new ArrayList<>();
        snapshot.all(ObjectKind.POD).stream()
                .filter(pod -> !isOver(pod))
                .forEach(pod -> all.add(new Workload(pod, "", pod.labels())));
        snapshot.all(ObjectKind.DEPLOYMENT)
                .forEach(deployment -> all.add(new Workload(
                        deployment,
                        "/spec/template",
                        KubeObject.texts(deployment.at("/spec/template/metadata/labels")))));
        snapshot.all(ObjectKind.WORKLOAD_ENTRY).forEach(entry -> {
            Map<String, String> labels = new java.util.HashMap<>(KubeObject.texts(entry.at("/spec/labels")));
            labels.putAll(entry.labels());
            all.add(new Workload(entry, "", labels));
        });
        return all;
    }

    /** Where it lives. */
    public String namespace() {
        return object.namespace();
    }

    /** A label, or empty. */
    public String label(String name) {
        return labels.getOrDefault(name, "");
    }

    /** The containers. */
    public JsonNode containers() {
        return object.at(template + "/spec/containers");
    }

    /** Whether it is a proxy that was deployed for a Gateway. */
    public boolean isGatewayProxy() {
        return labels.containsKey(Labels.GATEWAY_NAME);
    }

    /** Whether every wanted label is there with the wanted value. */
    public boolean matches(Map<String, String> wanted) {
        return wanted.entrySet().stream().allMatch(e -> e.getValue().equals(labels.get(e.getKey())));
    }

    private static boolean isOver(KubeObject pod) {
        String phase = pod.text("/status/phase");
        return phase.equals("Succeeded") || phase.equals("Failed");
    }
}

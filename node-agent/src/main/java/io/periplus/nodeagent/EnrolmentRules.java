package io.periplus.nodeagent;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.Pod;
import io.periplus.api.Labels;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Which pods belong to the mesh: the pod's own label decides, otherwise its namespace's. */
record EnrolmentRules(Set<String> excludedNamespaces) {
    private static final String SIDECAR = "sidecar.istio.io/status";

    boolean wants(Pod pod, @Nullable Namespace namespace) {
        if (excludedNamespaces.contains(pod.getMetadata().getNamespace())
                || Boolean.TRUE.equals(pod.getSpec().getHostNetwork())
                || annotations(pod).containsKey(SIDECAR)) {
            return false;
        }
        String own = labels(pod).get(Labels.DATAPLANE_MODE);
        if ("ambient".equals(own)) {
            return true;
        }
        return !"none".equals(own)
                && namespace != null
                && "ambient".equals(labels(namespace).get(Labels.DATAPLANE_MODE));
    }

    /** Whether the pod's processes run, so that it has a network namespace worth entering. */
    static boolean runs(Pod pod) {
        return pod.getStatus() != null
                && "Running".equals(pod.getStatus().getPhase())
                && pod.getMetadata().getDeletionTimestamp() == null;
    }

    static Map<String, String> annotations(HasMetadata object) {
        Map<String, String> annotations = object.getMetadata().getAnnotations();
        return annotations == null ? Map.of() : annotations;
    }

    private static Map<String, String> labels(HasMetadata object) {
        Map<String, String> labels = object.getMetadata().getLabels();
        return labels == null ? Map.of() : labels;
    }
}

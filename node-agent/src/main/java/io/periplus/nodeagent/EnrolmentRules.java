package io.periplus.nodeagent;

import io.periplus.api.Labels;
import java.util.Map;
import java.util.Set;

/** Which pods belong to the mesh: the pod's own label decides, otherwise its namespace's. */
record EnrolmentRules(Set<String> excludedNamespaces) {
    private static final String SIDECAR = "sidecar.istio.io/status";

    /** @param namespaceLabels of the pod's namespace */
    boolean wants(NodePod pod, Map<String, String> namespaceLabels) {
        if (excludedNamespaces.contains(pod.namespace())
                || pod.hostNetwork()
                || pod.annotations().containsKey(SIDECAR)) {
            return false;
        }
        String own = pod.labels().get(Labels.DATAPLANE_MODE);
        if ("ambient".equals(own)) {
            return true;
        }
        return !"none".equals(own) && "ambient".equals(namespaceLabels.get(Labels.DATAPLANE_MODE));
    }
}

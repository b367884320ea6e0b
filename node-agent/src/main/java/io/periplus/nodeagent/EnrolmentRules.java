package io.periplus.nodeagent;

import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Which pods belong to the mesh.
 *
 * @param selectors one of which has to fit
 */
record EnrolmentRules(Set<String> excludedNamespaces, List<EnrolmentSelector> selectors) {
    private static final String SIDECAR = "sidecar.istio.io/status";

    /** @param namespaceLabels of the pod's namespace */
    boolean wants(NodePod pod, Map<String, String> namespaceLabels) {
        if (excludedNamespaces.contains(pod.namespace())
                || pod.hostNetwork()
                || pod.annotations().containsKey(SIDECAR)) {
            return false;
        }
        return selectors.stream().anyMatch(selector -> selector.fits(pod.labels(), namespaceLabels));
    }
}

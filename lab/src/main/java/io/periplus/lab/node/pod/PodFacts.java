package io.periplus.lab.node.pod;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.periplus.lab.node.Json;

/**
 * A pod and what only its node knows of it.
 *
 * @param podIp address of the pod
 * @param hostIp address of its node
 */
public record PodFacts(ObjectNode pod, String podIp, String hostIp) {
    public String name() {
        return Json.name(pod);
    }

    public String namespace() {
        return Json.namespace(pod);
    }

    public String uid() {
        return Json.uid(pod);
    }

    public PodFacts with(ObjectNode changed) {
        return new PodFacts(changed, podIp, hostIp);
    }
}

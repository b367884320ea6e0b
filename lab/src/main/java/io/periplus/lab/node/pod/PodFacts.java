package io.periplus.lab.node.pod;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.periplus.lab.store.Meta;

/**
 * A pod and what only its node knows of it.
 *
 * @param podIp address of the pod
 * @param hostIp address of its node
 */
public record PodFacts(ObjectNode pod, String podIp, String hostIp) {
    public String name() {
        return Meta.name(pod);
    }

    public String namespace() {
        return Meta.namespace(pod);
    }

    public String uid() {
        return Meta.uid(pod);
    }

    public PodFacts with(ObjectNode changed) {
        return new PodFacts(changed, podIp, hostIp);
    }
}

package io.periplus.nodeagent;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * The DaemonSet that this agent's pod belongs to: as long as it is there, an agent that ends will be followed by another.
 *
 * @param orphaning whether it is being deleted in a way that leaves its pods, for another one to adopt
 */
record AgentSet(String uid, boolean deleting, boolean orphaning) {
    static final String NAME = "istio-cni-node";

    static AgentSet of(JsonNode daemonSet) {
        JsonNode metadata = daemonSet.path("metadata");
        boolean orphaning = false;
        for (JsonNode finalizer : metadata.path("finalizers")) {
            orphaning |= finalizer.asText().equals("orphan");
        }
        return new AgentSet(metadata.path("uid").asText(), metadata.hasNonNull("deletionTimestamp"), orphaning);
    }
}

package io.periplus.lab.node;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.periplus.lab.store.ApiException;
import io.periplus.lab.store.Json;
import io.periplus.lab.store.ObjectStore;
import io.periplus.lab.store.ResourceType;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A node's Lease in {@code kube-node-lease}, by which the cluster knows that its kubelet lives. */
final class NodeLease {
    private static final Logger LOG = LoggerFactory.getLogger(NodeLease.class);
    private static final String NAMESPACE = "kube-node-lease";
    private static final int DURATION_SECONDS = 10;
    /** {@code metav1.MicroTime}. */
    private static final DateTimeFormatter MICRO_TIME =
            DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSSSSS'Z'").withZone(ZoneOffset.UTC);

    private final String node;
    private final ObjectStore store;

    NodeLease(String node, ObjectStore store) {
        this.node = node;
        this.store = store;
    }

    /** Says that the node lives now. One that cannot be written is no reason to end: the next one may. */
    void renew() {
        String now = MICRO_TIME.format(Instant.now());
        try {
            if (store.get(ResourceType.LEASE, NAMESPACE, node) == null) {
                create(now);
            } else {
                store.update(ResourceType.LEASE, NAMESPACE, node, lease -> {
                    lease.withObject("spec").put("renewTime", now);
                    return lease;
                });
            }
        } catch (ApiException e) {
            LOG.warn("node {}: its Lease was not renewed: {}", node, e.getMessage());
        }
    }

    private void create(String now) {
        ObjectNode lease =
                Json.object().put("apiVersion", ResourceType.LEASE.apiVersion()).put("kind", ResourceType.LEASE.kind());
        lease.putObject("metadata").put("name", node).put("namespace", NAMESPACE);
        lease.putObject("spec")
                .put("holderIdentity", node)
                .put("leaseDurationSeconds", DURATION_SECONDS)
                .put("renewTime", now);
        store.create(ResourceType.LEASE, lease);
    }
}

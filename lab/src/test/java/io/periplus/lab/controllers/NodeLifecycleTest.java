package io.periplus.lab.controllers;

import static io.periplus.lab.store.ResourceType.LEASE;
import static io.periplus.lab.store.ResourceType.NODE;
import static io.periplus.lab.store.ResourceType.POD;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.periplus.lab.store.ResourceType;
import java.time.Instant;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What becomes of a node whose kubelet falls silent, and of its pods. */
class NodeLifecycleTest {
    private final Cluster cluster = new Cluster();

    @BeforeEach
    void nodesWithLeases() {
        cluster.store.create(NODE, Meta.object(NODE, null, "node2"));
        renew("node1");
        post("node1", "True");
        renew("node1");
    }

    @AfterEach
    void close() {
        cluster.close();
    }

    @Test
    void a_silent_node_is_unknown_and_unreachable_and_its_pods_are_not_ready() {
        pod("patient", "node1", "");
        pod("elsewhere", "node2", "");
        Cluster.eventually(() -> isReady("patient") && isReady("elsewhere"));

        Cluster.eventually(() -> ready("node1").equals("Unknown") && !isReady("patient"));

        Cluster.eventually(() -> taints("node1")
                .equals("node.kubernetes.io/unreachable:NoSchedule node.kubernetes.io/unreachable:NoExecute"));
        assertThat(isReady("elsewhere")).isTrue();
        assertThat(taints("node2")).isEmpty();
        assertThat(cluster.list(ResourceType.EVENT))
                .extracting(e -> e.path("reason").asText())
                .contains("NodeNotReady");
        // A pod bears it for five minutes, unless it says otherwise.
        assertThat(cluster.get(POD, "patient")).isNotNull();
    }

    @Test
    void a_pod_leaves_a_lost_node_when_its_tolerations_say_so() {
        pod("hasty", "node1", """
                tolerations:
                - {key: node.kubernetes.io/unreachable, operator: Exists, effect: NoExecute, tolerationSeconds: 0}
                - {key: node.kubernetes.io/not-ready, operator: Exists, effect: NoExecute, tolerationSeconds: 0}
                """);
        pod("daemon", "node1", "tolerations: [{operator: Exists}]");
        Cluster.eventually(() -> cluster.get(POD, "hasty") == null);
        assertThat(cluster.get(POD, "daemon")).isNotNull();
    }

    @Test
    void a_node_that_speaks_again_loses_its_taints() {
        Cluster.eventually(() -> taints("node1").contains("unreachable"));
        Cluster.eventually(() -> {
            renew("node1");
            post("node1", "True");
            return taints("node1").isEmpty();
        });
    }

    @Test
    void a_taint_of_a_user_drives_out_pods_that_do_not_tolerate_it() {
        pod("guest", "node2", "");
        pod("resident", "node2", "tolerations: [{key: repair, operator: Exists}]");
        cluster.store.update(NODE, null, "node2", node -> {
            node.withObject("/spec")
                    .putArray("taints")
                    .addObject()
                    .put("key", "repair")
                    .put("effect", "NoExecute");
            return node;
        });
        Cluster.eventually(() -> cluster.get(POD, "guest") == null);
        assertThat(cluster.get(POD, "resident")).isNotNull();
    }

    private void pod(String name, String node, String spec) {
        cluster.create("""
                apiVersion: v1
                kind: Pod
                metadata: {name: %s, namespace: default}
                spec:
                  nodeName: %s
                  containers: [{name: main, image: busybox}]
                """.formatted(name, node) + spec.indent(2));
    }

    private boolean isReady(String pod) {
        ObjectNode object = cluster.get(POD, pod);
        return object != null && Pods.ready(object);
    }

    private String ready(String node) {
        @Nullable
        JsonNode condition = Conditions.find(Objects.requireNonNull(cluster.store.get(NODE, null, node)), "Ready");
        return condition == null ? "" : condition.path("status").asText();
    }

    private String taints(String node) {
        return Meta.stream(Objects.requireNonNull(cluster.store.get(NODE, null, node))
                        .path("spec")
                        .path("taints"))
                .map(t -> t.path("key").asText() + ":" + t.path("effect").asText())
                .collect(Collectors.joining(" "));
    }

    /** What a kubelet writes into its node. */
    private void post(String node, String ready) {
        cluster.store.updateStatus(NODE, null, node, copy -> {
            copy.withObject("/status")
                    .putArray("conditions")
                    .addObject()
                    .put("type", "Ready")
                    .put("status", ready)
                    .put("lastTransitionTime", Meta.time(Instant.now()));
            return copy;
        });
    }

    private void renew(String node) {
        if (cluster.store.get(LEASE, "kube-node-lease", node) == null) {
            ObjectNode lease = Meta.object(LEASE, "kube-node-lease", node);
            lease.putObject("spec").put("renewTime", Instant.now().toString());
            cluster.store.create(LEASE, lease);
        } else {
            cluster.store.update(LEASE, "kube-node-lease", node, lease -> {
                lease.withObject("/spec").put("renewTime", Instant.now().toString());
                return lease;
            });
        }
    }
}

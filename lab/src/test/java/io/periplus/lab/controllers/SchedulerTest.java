package io.periplus.lab.controllers;

import static io.periplus.lab.controllers.Cluster.eventually;
import static io.periplus.lab.store.ResourceType.NODE;
import static io.periplus.lab.store.ResourceType.POD;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** On which of three nodes, two of them in zone a, pods come to be. */
class SchedulerTest {
    private final Cluster cluster = new Cluster();

    @BeforeEach
    void nodes() {
        for (int i = 1; i <= 3; i++) {
            String name = "node" + i;
            if (i > 1) {
                cluster.store.create(NODE, Meta.object(NODE, null, name));
            }
            String zone = i == 3 ? "b" : "a";
            cluster.store.update(NODE, null, name, node -> {
                node.withObject("/metadata/labels")
                        .put("kubernetes.io/hostname", name)
                        .put("topology.kubernetes.io/zone", zone);
                return node;
            });
        }
    }

    @AfterEach
    void close() {
        cluster.close();
    }

    @Test
    void pods_of_one_owner_are_spread_over_the_nodes() {
        pod("lonely", "nodeName: node1");
        replicas("web", 6, "");
        assertThat(perNode("web")).isEqualTo(Map.of("node1", 2, "node2", 2, "node3", 2));
    }

    @Test
    void pods_that_repel_each_other_get_a_node_each_and_the_rest_waits() {
        replicas("web", 4, """
                affinity:
                  podAntiAffinity:
                    requiredDuringSchedulingIgnoredDuringExecution:
                    - {topologyKey: kubernetes.io/hostname, labelSelector: {matchLabels: {app: web}}}
                """, 3);
        assertThat(perNode("web")).isEqualTo(Map.of("node1", 1, "node2", 1, "node3", 1));
        eventually(() ->
                waitingBecause().equals("0/3 nodes are available: 3 node(s) didn't match pod anti-affinity rules."));
    }

    @Test
    void a_pod_that_is_repelled_by_one_that_is_there_goes_elsewhere() {
        pod("hermit", """
                nodeName: node1
                affinity:
                  podAntiAffinity:
                    requiredDuringSchedulingIgnoredDuringExecution:
                    - {topologyKey: topology.kubernetes.io/zone, labelSelector: {matchLabels: {app: web}}}
                """);
        replicas("web", 2, "");
        assertThat(perNode("web")).isEqualTo(Map.of("node3", 2));
    }

    @Test
    void pods_that_want_company_stay_together_and_the_first_one_may_begin() {
        replicas("web", 3, """
                affinity:
                  podAffinity:
                    requiredDuringSchedulingIgnoredDuringExecution:
                    - {topologyKey: kubernetes.io/hostname, labelSelector: {matchLabels: {app: web}}}
                """);
        assertThat(perNode("web").values()).containsExactly(3);
    }

    @Test
    void a_spread_over_zones_counts_zones() {
        replicas("web", 4, """
                topologySpreadConstraints:
                - {topologyKey: topology.kubernetes.io/zone, maxSkew: 1, whenUnsatisfiable: DoNotSchedule,
                   labelSelector: {matchLabels: {app: web}}}
                """);
        assertThat(perNode("web").get("node3")).isEqualTo(2);
    }

    @Test
    void requests_have_to_fit_beside_those_of_other_pods_and_room_that_is_freed_is_used() {
        for (String node : new String[] {"node1", "node2", "node3"}) {
            cluster.store.updateStatus(NODE, null, node, copy -> {
                copy.withObject("/status/allocatable")
                        .put("cpu", "1")
                        .put("memory", "1Gi")
                        .put("pods", "10");
                return copy;
            });
        }
        replicas("web", 4, "", 3, "resources: {requests: {cpu: 600m}}");
        eventually(() -> waitingBecause().equals("0/3 nodes are available: 3 Insufficient cpu."));
        cluster.remove(cluster.activePods().stream()
                .filter(Pods::scheduled)
                .findFirst()
                .orElseThrow());
        eventually(() -> perNode("web").size() == 3);
    }

    @Test
    void preferences_decide_among_nodes_that_fit() {
        pod("chooser", """
                affinity:
                  nodeAffinity:
                    preferredDuringSchedulingIgnoredDuringExecution:
                    - weight: 10
                      preference: {matchExpressions: [{key: topology.kubernetes.io/zone, operator: In, values: [b]}]}
                """);
        eventually(() ->
                nodeOf(Objects.requireNonNull(cluster.get(POD, "chooser"))).equals("node3"));
    }

    @Test
    void a_port_of_the_host_can_be_had_once() {
        replicas("web", 3, "", 3, "ports: [{containerPort: 80, hostPort: 80}]");
        assertThat(perNode("web")).hasSize(3);
    }

    private String waitingBecause() {
        return cluster.list(POD).stream()
                .map(pod -> Conditions.find(pod, "PodScheduled"))
                .filter(condition ->
                        condition != null && condition.path("reason").asText().equals("Unschedulable"))
                .map(condition -> condition.path("message").asText())
                .findFirst()
                .orElse("");
    }

    private void pod(String name, String spec) {
        cluster.create("""
                apiVersion: v1
                kind: Pod
                metadata: {name: %s, namespace: default}
                spec:
                  containers: [{name: main, image: busybox}]
                """.formatted(name) + spec.indent(2));
    }

    private void replicas(String name, int count, String spec) {
        replicas(name, count, spec, count);
    }

    private void replicas(String name, int count, String spec, int placed) {
        replicas(name, count, spec, placed, "env: []");
    }

    /** Makes pods of one owner and waits until as many as can be are placed. */
    private void replicas(String name, int count, String spec, int placed, String container) {
        cluster.create("""
                apiVersion: apps/v1
                kind: ReplicaSet
                metadata: {name: %1$s, namespace: default}
                spec:
                  replicas: %2$d
                  selector: {matchLabels: {app: %1$s}}
                  template:
                    metadata: {labels: {app: %1$s}}
                    spec:
                      containers: [{name: main, image: busybox, %3$s}]
                """.formatted(name, count, container) + spec.indent(6));
        eventually(() -> cluster.list(POD).stream()
                        .filter(pod -> name.equals(Meta.labels(pod).get("app")))
                        .count()
                == count);
        eventually(() ->
                perNode(name).values().stream().mapToInt(Integer::intValue).sum() == placed);
    }

    private Map<String, Integer> perNode(String app) {
        var counts = new TreeMap<String, Integer>();
        for (ObjectNode pod : cluster.activePods()) {
            if (app.equals(Meta.labels(pod).get("app")) && Pods.scheduled(pod)) {
                counts.merge(nodeOf(pod), 1, Integer::sum);
            }
        }
        return counts;
    }

    private static String nodeOf(JsonNode pod) {
        return pod.path("spec").path("nodeName").asText();
    }
}

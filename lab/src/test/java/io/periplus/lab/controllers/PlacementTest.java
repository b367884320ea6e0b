package io.periplus.lab.controllers;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class PlacementTest {
    private static final String NODE = "{metadata: {name: n1, labels: {zone: a, cpus: '8'}}, spec: {%s}}";

    @Test
    void a_pod_that_asks_for_nothing_fits_everywhere() {
        assertThat(obstacle("{}", "")).isNull();
    }

    @Test
    void a_node_selector_needs_every_label() {
        assertThat(obstacle("{nodeSelector: {zone: a}}", "")).isNull();
        assertThat(obstacle("{nodeSelector: {zone: a, disk: ssd}}", "")).contains("node affinity/selector");
    }

    @Test
    void of_the_terms_of_an_affinity_one_is_enough_and_of_its_expressions_all_count() {
        assertThat(obstacle(
                        affinity("{matchExpressions: [{key: zone, operator: In, values: [b]}]}, "
                                + "{matchFields: [{key: metadata.name, operator: In, values: [n1]}]}"),
                        ""))
                .isNull();
        assertThat(obstacle(
                        affinity("{matchExpressions: [{key: cpus, operator: Gt, values: ['4']}, "
                                + "{key: gpu, operator: DoesNotExist}]}"),
                        ""))
                .isNull();
        assertThat(obstacle(
                        affinity("{matchExpressions: [{key: cpus, operator: Gt, values: ['4']}, "
                                + "{key: zone, operator: NotIn, values: [a]}]}"),
                        ""))
                .isNotNull();
        assertThat(obstacle(affinity("{}"), "")).isNotNull();
    }

    @Test
    void a_taint_needs_a_toleration_of_its_key_value_and_effect() {
        String taints = "taints: [{key: gpu, value: big, effect: NoSchedule}]";
        assertThat(obstacle("{}", taints)).isEqualTo("had untolerated taint {gpu: big}");
        assertThat(obstacle("{tolerations: [{key: gpu, value: big}]}", taints)).isNull();
        assertThat(obstacle("{tolerations: [{key: gpu, value: small}]}", taints))
                .isNotNull();
        assertThat(obstacle("{tolerations: [{key: gpu, operator: Exists, effect: NoExecute}]}", taints))
                .isNotNull();
        assertThat(obstacle("{tolerations: [{operator: Exists}]}", taints)).isNull();
        assertThat(obstacle("{}", "taints: [{key: gpu, effect: PreferNoSchedule}]"))
                .isNull();
    }

    @Test
    void a_cordoned_node_takes_only_those_who_tolerate_it() {
        assertThat(obstacle("{}", "unschedulable: true")).isEqualTo("were unschedulable");
        assertThat(obstacle(
                        "{tolerations: [{key: node.kubernetes.io/unschedulable, operator: Exists}]}",
                        "unschedulable: true"))
                .isNull();
    }

    private static String affinity(String terms) {
        return "{affinity: {nodeAffinity: {requiredDuringSchedulingIgnoredDuringExecution: {nodeSelectorTerms: ["
                + terms + "]}}}}";
    }

    private static @Nullable String obstacle(String podSpec, String nodeSpec) {
        ObjectNode node = Cluster.yaml(NODE.formatted(nodeSpec));
        return Placement.obstacle(Cluster.yaml(podSpec), node);
    }
}

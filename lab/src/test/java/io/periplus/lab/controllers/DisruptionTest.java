package io.periplus.lab.controllers;

import static io.periplus.lab.controllers.Cluster.eventually;
import static io.periplus.lab.store.Types.POD_DISRUPTION_BUDGET;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a PodDisruptionBudget says of four pods of a Deployment. */
class DisruptionTest {
    private final Cluster cluster = new Cluster();

    @BeforeEach
    void deploy() {
        cluster.create("""
                apiVersion: apps/v1
                kind: Deployment
                metadata: {name: web, namespace: default}
                spec:
                  replicas: 4
                  selector: {matchLabels: {app: web}}
                  template:
                    metadata: {labels: {app: web}}
                    spec: {containers: [{name: web, image: "web:1"}]}
                """);
        eventually(() -> cluster.activePods().stream().filter(Pods::ready).count() == 4);
    }

    @AfterEach
    void close() {
        cluster.close();
    }

    @ParameterizedTest
    @CsvSource({"minAvailable: 3, 1", "minAvailable: 50%, 2", "maxUnavailable: 1, 1", "maxUnavailable: 0, 0"})
    void it_allows_what_its_owners_replicas_leave(String limit, int allowed) {
        budget(limit);
        eventually(() -> status("expectedPods") == 4 && status("currentHealthy") == 4);
        assertThat(status("disruptionsAllowed")).isEqualTo(allowed);
    }

    @Test
    void a_pod_that_is_not_ready_counts_as_disrupted() {
        budget("maxUnavailable: 2");
        eventually(() -> status("disruptionsAllowed") == 2);
        cluster.setReady(cluster.activePods().getFirst(), false);
        eventually(() -> status("disruptionsAllowed") == 1);
    }

    private void budget(String limit) {
        cluster.create("""
                apiVersion: policy/v1
                kind: PodDisruptionBudget
                metadata: {name: web, namespace: default}
                spec: {selector: {matchLabels: {app: web}}, %s}
                """.formatted(limit));
    }

    private int status(String field) {
        return cluster.status(POD_DISRUPTION_BUDGET, "web").path(field).asInt(-1);
    }
}

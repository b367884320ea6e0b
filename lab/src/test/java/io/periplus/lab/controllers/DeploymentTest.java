package io.periplus.lab.controllers;

import static io.periplus.lab.controllers.Cluster.eventually;
import static io.periplus.lab.store.ResourceType.DEPLOYMENT;
import static io.periplus.lab.store.ResourceType.POD;
import static io.periplus.lab.store.ResourceType.REPLICA_SET;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.periplus.lab.store.ObjectStore;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class DeploymentTest {
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
                  strategy: {rollingUpdate: {maxSurge: 1, maxUnavailable: 1}}
                  template:
                    metadata: {labels: {app: web}}
                    spec: {containers: [{name: web, image: "web:1"}]}
                """);
    }

    @AfterEach
    void close() {
        cluster.close();
    }

    @Test
    void a_deployment_becomes_available_with_all_its_pods() {
        eventually(this::complete);
        JsonNode status = cluster.status(DEPLOYMENT, "web");
        assertThat(status.path("availableReplicas").asInt()).isEqualTo(4);
        assertThat(status.path("observedGeneration").asInt()).isEqualTo(1);
        ObjectNode deployment = cluster.get(DEPLOYMENT, "web");
        assertThat(deployment).isNotNull();
        assertThat(Conditions.isTrue(deployment, "Available")).isTrue();
        assertThat(Meta.annotation(deployment, ReplicaSets.REVISION)).isEqualTo("1");
        String hash = Meta.labels(cluster.list(REPLICA_SET).getFirst()).get(ReplicaSets.HASH_LABEL);
        assertThat(cluster.activePods())
                .allSatisfy(pod -> assertThat(Meta.labels(pod)).containsEntry(ReplicaSets.HASH_LABEL, hash))
                .allSatisfy(pod -> assertThat(Meta.name(pod)).startsWith("web-" + hash + "-"));
    }

    @Test
    void an_autoscaler_keeps_its_target_within_its_bounds() {
        cluster.create("""
                apiVersion: autoscaling/v2
                kind: HorizontalPodAutoscaler
                metadata: {name: web, namespace: default}
                spec: {minReplicas: 5, maxReplicas: 6, scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: web}}
                """);
        eventually(() -> cluster.activePods().size() == 5);
        cluster.change(DEPLOYMENT, "web", copy -> {
            copy.withObject("/spec").put("replicas", 9);
            return copy;
        });
        eventually(() ->
                cluster.status(Types.AUTOSCALER, "web").path("desiredReplicas").asInt() == 6
                        && cluster.activePods().size() == 6);
        assertThat(Conditions.isTrue(cluster.get(Types.AUTOSCALER, "web"), "ScalingActive"))
                .isFalse();
    }

    @Test
    void a_new_template_replaces_the_pods_within_surge_and_unavailability() {
        eventually(this::complete);
        var most = new AtomicInteger();
        var fewest = new AtomicInteger(Integer.MAX_VALUE);
        try (var watch = cluster.store.watch(POD, new ObjectStore.Watcher() {
            @Override
            public void added(ObjectNode object) {
                count();
            }

            @Override
            public void modified(ObjectNode object) {
                count();
            }

            @Override
            public void deleted(ObjectNode last) {
                count();
            }

            private void count() {
                var active = cluster.activePods();
                most.accumulateAndGet(active.size(), Math::max);
                fewest.accumulateAndGet(
                        (int) active.stream().filter(Pods::ready).count(), Math::min);
            }
        })) {
            assertThat(watch).isNotNull();
            image("web:2");
            eventually(() -> complete() && imagesAre("web:2"));
        }
        assertThat(most.get()).isLessThanOrEqualTo(5);
        assertThat(fewest.get()).isGreaterThanOrEqualTo(3);
        assertThat(cluster.list(REPLICA_SET)).hasSize(2);
        assertThat(revision()).isEqualTo("2");
    }

    @Test
    void going_back_to_an_earlier_template_reuses_its_replica_set() {
        eventually(this::complete);
        image("web:2");
        eventually(() -> complete() && imagesAre("web:2"));
        image("web:1");
        eventually(() -> complete() && imagesAre("web:1"));
        assertThat(cluster.list(REPLICA_SET)).hasSize(2);
        assertThat(revision()).isEqualTo("3");
    }

    @Test
    void a_template_that_never_gets_ready_leaves_the_old_pods_serving() {
        eventually(this::complete);
        cluster.podsStart = false;
        image("web:broken");
        eventually(
                () -> cluster.status(DEPLOYMENT, "web").path("updatedReplicas").asInt() == 2);
        long ready = cluster.activePods().stream().filter(Pods::ready).count();
        assertThat(ready).isEqualTo(3);
        assertThat(progress()).isEqualTo("ReplicaSetUpdated");
    }

    @Test
    void a_progress_deadline_that_passes_is_reported() {
        eventually(this::complete);
        cluster.podsStart = false;
        cluster.change(DEPLOYMENT, "web", copy -> {
            copy.withObject("/spec").put("progressDeadlineSeconds", 1);
            return copy;
        });
        image("web:broken");
        eventually(() -> {
            JsonNode condition = Conditions.find(cluster.get(DEPLOYMENT, "web"), "Progressing");
            return condition != null
                    && condition.path("reason").asText().equals("ProgressDeadlineExceeded")
                    && condition.path("status").asText().equals("False");
        });
    }

    @Test
    void recreate_starts_new_pods_only_when_the_last_old_one_is_gone() {
        eventually(this::complete);
        cluster.podsStart = false;
        cluster.change(DEPLOYMENT, "web", copy -> {
            copy.withObject("/spec").putObject("strategy").put("type", "Recreate");
            return copy;
        });
        image("web:2");
        eventually(() -> cluster.activePods().isEmpty());
        assertThat(cluster.list(POD)).hasSize(4);
        cluster.podsStart = true;
        cluster.list(POD).forEach(cluster::remove);
        eventually(() -> complete() && imagesAre("web:2"));
    }

    @Test
    void scaling_changes_the_number_of_pods_and_no_revision() {
        eventually(this::complete);
        cluster.change(DEPLOYMENT, "web", copy -> {
            copy.withObject("/spec").put("replicas", 1);
            return copy;
        });
        eventually(() -> complete() && cluster.activePods().size() == 1);
        assertThat(revision()).isEqualTo("1");
    }

    @Test
    void while_paused_a_new_template_waits() {
        eventually(this::complete);
        cluster.change(DEPLOYMENT, "web", copy -> {
            copy.withObject("/spec").put("paused", true);
            return copy;
        });
        image("web:2");
        eventually(() -> observed() && "DeploymentPaused".equals(progress()));
        assertThat(cluster.list(REPLICA_SET)).hasSize(1);
        cluster.change(DEPLOYMENT, "web", copy -> {
            copy.withObject("/spec").remove("paused");
            return copy;
        });
        eventually(() -> complete() && imagesAre("web:2"));
    }

    @Test
    void only_the_latest_empty_replica_sets_are_kept() {
        cluster.change(DEPLOYMENT, "web", copy -> {
            copy.withObject("/spec").put("revisionHistoryLimit", 1);
            return copy;
        });
        eventually(this::complete);
        for (int i = 2; i <= 4; i++) {
            String image = "web:" + i;
            image(image);
            eventually(() -> complete() && imagesAre(image));
        }
        eventually(() -> cluster.list(REPLICA_SET).size() == 2);
    }

    @Test
    void deleting_the_deployment_takes_replica_sets_and_pods_with_it() {
        eventually(this::complete);
        cluster.store.delete(DEPLOYMENT, "default", "web", null, null);
        eventually(
                () -> cluster.list(REPLICA_SET).isEmpty() && cluster.list(POD).isEmpty());
    }

    private boolean complete() {
        JsonNode status = cluster.status(DEPLOYMENT, "web");
        ObjectNode deployment = cluster.get(DEPLOYMENT, "web");
        return deployment != null
                && observed()
                && DeploymentStatus.complete(deployment, ReplicaSets.sort(deployment, cluster.list(REPLICA_SET)))
                && status.path("updatedReplicas").asInt() == ReplicaSetController.replicas(deployment)
                && "NewReplicaSetAvailable".equals(progress());
    }

    private boolean observed() {
        ObjectNode deployment = cluster.get(DEPLOYMENT, "web");
        return deployment != null
                && deployment.path("status").path("observedGeneration").asLong() == Meta.generation(deployment);
    }

    private String progress() {
        JsonNode condition = Conditions.find(cluster.get(DEPLOYMENT, "web"), "Progressing");
        return condition == null ? "" : condition.path("reason").asText();
    }

    private boolean imagesAre(String image) {
        return cluster.activePods().stream()
                .allMatch(p -> p.at("/spec/containers/0/image").asText().equals(image));
    }

    private String revision() {
        return String.valueOf(Meta.annotation(cluster.get(DEPLOYMENT, "web"), ReplicaSets.REVISION));
    }

    private void image(String image) {
        cluster.change(DEPLOYMENT, "web", copy -> {
            ((ObjectNode) copy.at("/spec/template/spec/containers/0")).put("image", image);
            return copy;
        });
    }
}

package io.periplus.lab.controllers;

import static io.periplus.lab.controllers.Cluster.eventually;
import static io.periplus.lab.store.ResourceType.DAEMON_SET;
import static io.periplus.lab.store.ResourceType.JOB;
import static io.periplus.lab.store.ResourceType.NODE;
import static io.periplus.lab.store.ResourceType.POD;
import static io.periplus.lab.store.ResourceType.REPLICA_SET;
import static io.periplus.lab.store.ResourceType.STATEFUL_SET;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** ReplicaSet, DaemonSet, StatefulSet and Job. */
class WorkloadsTest {
    private final Cluster cluster = new Cluster();

    @AfterEach
    void close() {
        cluster.close();
    }

    @Test
    void a_replica_set_replaces_a_pod_that_is_deleted() {
        replicaSet(2);
        eventually(
                () -> cluster.status(REPLICA_SET, "web").path("readyReplicas").asInt() == 2);
        ObjectNode victim = cluster.activePods().getFirst();
        cluster.store.delete(POD, "default", Meta.name(victim), null, null);
        eventually(() -> cluster.activePods().size() == 2
                && cluster.activePods().stream().noneMatch(p -> Meta.uid(p).equals(Meta.uid(victim))));
    }

    @Test
    void a_replica_set_adopts_a_matching_pod_and_releases_one_whose_label_is_taken_away() {
        cluster.create("""
                apiVersion: v1
                kind: Pod
                metadata: {name: stray, namespace: default, labels: {app: web}}
                spec: {containers: [{name: web, image: web}]}
                """);
        replicaSet(1);
        eventually(() -> cluster.status(REPLICA_SET, "web").path("replicas").asInt() == 1);
        assertThat(cluster.activePods())
                .singleElement()
                .satisfies(p -> assertThat(Meta.name(p)).isEqualTo("stray"));
        cluster.change(POD, "stray", copy -> {
            copy.withObject("/metadata/labels").put("app", "other");
            return copy;
        });
        eventually(() -> cluster.activePods().size() == 2);
        assertThat(Meta.owners(cluster.get(POD, "stray"))).isEmpty();
    }

    @Test
    void a_smaller_replica_set_first_loses_the_pods_that_are_not_ready() {
        replicaSet(3);
        eventually(
                () -> cluster.status(REPLICA_SET, "web").path("readyReplicas").asInt() == 3);
        ObjectNode unready = cluster.activePods().getFirst();
        cluster.setReady(unready, false);
        scale(2);
        eventually(() -> cluster.activePods().size() == 2);
        assertThat(cluster.activePods()).allMatch(Pods::ready);
    }

    @Test
    void a_daemon_set_has_one_pod_on_every_node_that_suits_it() {
        ObjectNode tainted = Meta.object(NODE, null, "node2");
        tainted.putObject("spec")
                .putArray("taints")
                .addObject()
                .put("key", "only")
                .put("value", "gpu")
                .put("effect", "NoSchedule");
        cluster.store.create(NODE, tainted);
        daemonSet();
        eventually(() ->
                cluster.status(DAEMON_SET, "agent").path("numberAvailable").asInt() == 1);
        assertThat(cluster.status(DAEMON_SET, "agent")
                        .path("desiredNumberScheduled")
                        .asInt())
                .isEqualTo(1);
        cluster.store.create(NODE, Meta.object(NODE, null, "node3"));
        eventually(() ->
                cluster.status(DAEMON_SET, "agent").path("numberAvailable").asInt() == 2);
        assertThat(cluster.activePods())
                .extracting(p -> p.path("spec").path("nodeName").asText())
                .containsExactlyInAnyOrder("node1", "node3");
    }

    @Test
    void a_changed_daemon_set_replaces_its_pods_and_reports_the_update() {
        daemonSet();
        eventually(() ->
                cluster.status(DAEMON_SET, "agent").path("numberAvailable").asInt() == 1);
        String before = Meta.uid(cluster.activePods().getFirst());
        cluster.change(DAEMON_SET, "agent", copy -> {
            copy.withObject("/spec/template/metadata").putObject("annotations").put("restartedAt", "now");
            return copy;
        });
        eventually(() -> {
            var status = cluster.status(DAEMON_SET, "agent");
            return status.path("observedGeneration").asInt() == 2
                    && status.path("updatedNumberScheduled").asInt() == 1
                    && status.path("numberAvailable").asInt() == 1
                    && !Meta.uid(cluster.activePods().getFirst()).equals(before);
        });
        assertThat(cluster.list(Types.CONTROLLER_REVISION))
                .extracting(r -> r.path("revision").asInt())
                .containsExactlyInAnyOrder(1, 2);
    }

    @Test
    void a_daemon_set_that_may_surge_keeps_the_old_pod_until_the_new_one_is_ready() {
        daemonSet();
        cluster.change(DAEMON_SET, "agent", copy -> {
            copy.withObject("/spec/updateStrategy/rollingUpdate")
                    .put("maxSurge", 1)
                    .put("maxUnavailable", 0);
            return copy;
        });
        eventually(() ->
                cluster.status(DAEMON_SET, "agent").path("numberAvailable").asInt() == 1);
        ObjectNode old = cluster.activePods().getFirst();
        cluster.podsStart = false;
        cluster.change(DAEMON_SET, "agent", copy -> {
            copy.withObject("/spec/template/metadata/labels").put("version", "2");
            return copy;
        });
        eventually(() -> cluster.activePods().size() == 2);
        assertThat(cluster.activePods()).anyMatch(pod -> Meta.uid(pod).equals(Meta.uid(old)));
        cluster.activePods().stream().filter(pod -> !Pods.ready(pod)).forEach(cluster::start);
        eventually(() -> cluster.activePods().size() == 1);
        ObjectNode current = cluster.activePods().getFirst();
        assertThat(Meta.uid(current)).isNotEqualTo(Meta.uid(old));
        assertThat(Pods.ready(current)).isTrue();
    }

    @Test
    void a_failed_daemon_pod_is_replaced() {
        daemonSet();
        eventually(() ->
                cluster.status(DAEMON_SET, "agent").path("numberAvailable").asInt() == 1);
        ObjectNode failed = cluster.activePods().getFirst();
        cluster.finish(failed, "Failed");
        eventually(() -> cluster.activePods().size() == 1
                && !Meta.uid(cluster.activePods().getFirst()).equals(Meta.uid(failed)));
    }

    @Test
    void a_stateful_set_starts_its_pods_in_order_and_stops_the_last_first() {
        cluster.podsStart = false;
        cluster.create("""
                apiVersion: apps/v1
                kind: StatefulSet
                metadata: {name: db, namespace: default}
                spec:
                  replicas: 2
                  serviceName: db
                  selector: {matchLabels: {app: db}}
                  template:
                    metadata: {labels: {app: db}}
                    spec: {containers: [{name: db, image: db}]}
                """);
        eventually(() -> cluster.get(POD, "db-0") != null);
        assertThat(cluster.get(POD, "db-1")).isNull();
        cluster.podsStart = true;
        cluster.start(cluster.get(POD, "db-0"));
        eventually(
                () -> cluster.status(STATEFUL_SET, "db").path("readyReplicas").asInt() == 2);
        assertThat(cluster.get(POD, "db-1").path("spec").path("subdomain").asText())
                .isEqualTo("db");
        assertThat(Meta.labels(cluster.get(POD, "db-1"))).containsEntry("apps.kubernetes.io/pod-index", "1");
        cluster.change(STATEFUL_SET, "db", copy -> {
            copy.withObject("/spec").put("replicas", 1);
            return copy;
        });
        eventually(() -> cluster.get(POD, "db-1") == null);
        assertThat(cluster.get(POD, "db-0")).isNotNull();
    }

    @Test
    void a_job_is_complete_when_its_pod_has_succeeded() {
        job("{}");
        eventually(() -> cluster.activePods().size() == 1);
        cluster.finish(cluster.activePods().getFirst(), "Succeeded");
        eventually(() -> Conditions.isTrue(cluster.get(JOB, "task"), "Complete"));
        assertThat(cluster.status(JOB, "task").path("succeeded").asInt()).isEqualTo(1);
        assertThat(cluster.status(JOB, "task").path("completionTime").isTextual())
                .isTrue();
    }

    @Test
    void a_job_fails_when_more_pods_failed_than_it_allows() {
        job("{backoffLimit: 0}");
        eventually(() -> cluster.activePods().size() == 1);
        cluster.finish(cluster.activePods().getFirst(), "Failed");
        eventually(() -> Conditions.isTrue(cluster.get(JOB, "task"), "Failed"));
        assertThat(Conditions.find(cluster.get(JOB, "task"), "Failed")
                        .path("reason")
                        .asText())
                .isEqualTo("BackoffLimitExceeded");
    }

    @Test
    void a_finished_job_goes_when_its_time_is_up() {
        job("{ttlSecondsAfterFinished: 0}");
        eventually(() -> cluster.activePods().size() == 1);
        cluster.finish(cluster.activePods().getFirst(), "Succeeded");
        eventually(() -> cluster.get(JOB, "task") == null && cluster.list(POD).isEmpty());
    }

    @Test
    void a_pod_that_no_node_suits_says_so_and_is_bound_when_one_comes() {
        cluster.create("""
                apiVersion: v1
                kind: Pod
                metadata: {name: picky, namespace: default}
                spec: {nodeSelector: {disk: ssd}, containers: [{name: c, image: i}]}
                """);
        eventually(() -> Conditions.find(cluster.get(POD, "picky"), "PodScheduled") != null);
        assertThat(Conditions.find(cluster.get(POD, "picky"), "PodScheduled")
                        .path("message")
                        .asText())
                .startsWith("0/1 nodes are available");
        ObjectNode node = Meta.object(NODE, null, "node9");
        node.withObject("/metadata/labels").put("disk", "ssd");
        cluster.store.create(NODE, node);
        eventually(() ->
                cluster.get(POD, "picky").path("spec").path("nodeName").asText().equals("node9"));
        assertThat(Conditions.isTrue(cluster.get(POD, "picky"), "PodScheduled")).isTrue();
    }

    private void replicaSet(int replicas) {
        cluster.create("""
                apiVersion: apps/v1
                kind: ReplicaSet
                metadata: {name: web, namespace: default}
                spec:
                  replicas: %d
                  selector: {matchLabels: {app: web}}
                  template:
                    metadata: {labels: {app: web}}
                    spec: {containers: [{name: web, image: web}]}
                """.formatted(replicas));
    }

    private void scale(int replicas) {
        cluster.change(REPLICA_SET, "web", copy -> {
            copy.withObject("/spec").put("replicas", replicas);
            return copy;
        });
    }

    private void daemonSet() {
        cluster.create("""
                apiVersion: apps/v1
                kind: DaemonSet
                metadata: {name: agent, namespace: default}
                spec:
                  selector: {matchLabels: {app: agent}}
                  template:
                    metadata: {labels: {app: agent}}
                    spec: {containers: [{name: agent, image: agent}]}
                """);
    }

    private void job(String extra) {
        ObjectNode job = Cluster.yaml("""
                apiVersion: batch/v1
                kind: Job
                metadata: {name: task, namespace: default}
                spec:
                  parallelism: 1
                  completions: 1
                  selector: {matchLabels: {job-name: task}}
                  template:
                    spec: {restartPolicy: Never, containers: [{name: task, image: task}]}
                """);
        job.withObject("/spec").setAll(Cluster.yaml(extra));
        cluster.store.create(JOB, job);
    }
}

package io.periplus.lab.controllers;

import static io.periplus.lab.controllers.Cluster.eventually;
import static io.periplus.lab.store.ResourceType.CONFIG_MAP;
import static io.periplus.lab.store.ResourceType.NAMESPACE;
import static io.periplus.lab.store.ResourceType.POD;
import static io.periplus.lab.store.ResourceType.REPLICA_SET;
import static io.periplus.lab.store.ResourceType.SERVICE_ACCOUNT;
import static io.periplus.lab.store.ResourceType.STATEFUL_SET;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.periplus.lab.store.Deletion;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Namespaces, garbage collection by owner, pods without a node. */
class DeletionTest {
    private final Cluster cluster = new Cluster();

    @AfterEach
    void close() {
        cluster.close();
    }

    @Test
    void a_new_namespace_has_a_service_account_and_the_root_certificate() {
        cluster.store.create(NAMESPACE, Meta.object(NAMESPACE, null, "shop"));
        eventually(() -> cluster.store.get(SERVICE_ACCOUNT, "shop", "default") != null
                && cluster.store.get(CONFIG_MAP, "shop", "kube-root-ca.crt") != null);
        cluster.store.delete(CONFIG_MAP, "shop", "kube-root-ca.crt", null, null);
        eventually(() -> cluster.store.get(CONFIG_MAP, "shop", "kube-root-ca.crt") != null);
    }

    @Test
    void a_deleted_namespace_goes_after_everything_in_it() {
        cluster.store.create(NAMESPACE, Meta.object(NAMESPACE, null, "shop"));
        cluster.podsStart = false;
        ObjectNode pod = pod("shop", "p");
        pod.withObject("/spec").put("nodeName", "node1");
        cluster.store.create(POD, pod);
        cluster.store.delete(NAMESPACE, null, "shop", null, null);
        eventually(() -> Meta.deleting(cluster.store.get(POD, "shop", "p")));
        ObjectNode namespace = cluster.store.get(NAMESPACE, null, "shop");
        assertThat(namespace).isNotNull();
        eventually(() -> Conditions.isTrue(cluster.store.get(NAMESPACE, null, "shop"), "NamespaceContentRemaining"));
        cluster.remove(cluster.store.get(POD, "shop", "p"));
        eventually(() -> cluster.store.get(NAMESPACE, null, "shop") == null);
        assertThat(cluster.store.list(CONFIG_MAP, "shop")).isEmpty();
    }

    @Test
    void an_object_stays_while_one_of_its_owners_does() {
        ObjectNode first = owner("first");
        ObjectNode second = owner("second");
        ObjectNode child = Meta.object(CONFIG_MAP, "default", "child");
        OwnerReference.controller(CONFIG_MAP, first).addTo(child);
        new OwnerReference("v1", "ConfigMap", "second", Meta.uid(second), false, false).addTo(child);
        cluster.store.create(CONFIG_MAP, child);
        ObjectNode other = Meta.object(CONFIG_MAP, "default", "other");
        OwnerReference.controller(CONFIG_MAP, first).addTo(other);
        cluster.store.create(CONFIG_MAP, other);
        cluster.store.delete(CONFIG_MAP, "default", "first", null, null);
        eventually(() -> cluster.get(CONFIG_MAP, "other") == null);
        assertThat(cluster.get(CONFIG_MAP, "child")).isNotNull();
        cluster.store.delete(CONFIG_MAP, "default", "second", null, null);
        eventually(() -> cluster.get(CONFIG_MAP, "child") == null);
    }

    @Test
    void an_object_whose_owner_never_existed_goes() {
        ObjectNode child = Meta.object(CONFIG_MAP, "default", "child");
        new OwnerReference("v1", "ConfigMap", "nobody", "no-such-uid", true, false).addTo(child);
        cluster.store.create(CONFIG_MAP, child);
        eventually(() -> cluster.get(CONFIG_MAP, "child") == null);
    }

    @Test
    void with_foreground_deletion_the_owner_goes_last() {
        replicaSet();
        cluster.podsStart = false;
        delete(Deletion.Propagation.FOREGROUND);
        eventually(() -> cluster.activePods().isEmpty());
        assertThat(cluster.get(REPLICA_SET, "web")).isNotNull();
        cluster.list(POD).forEach(cluster::remove);
        eventually(() -> cluster.get(REPLICA_SET, "web") == null);
    }

    @Test
    void orphans_stay_without_an_owner() {
        replicaSet();
        delete(Deletion.Propagation.ORPHAN);
        eventually(() -> cluster.get(REPLICA_SET, "web") == null);
        assertThat(cluster.activePods())
                .singleElement()
                .satisfies(p -> assertThat(Meta.owners(p)).isEmpty());
    }

    @Test
    void a_stateful_set_that_comes_back_takes_its_orphans_in_again() {
        String statefulSet = """
                apiVersion: apps/v1
                kind: StatefulSet
                metadata: {name: db, namespace: default}
                spec:
                  serviceName: db
                  replicas: 2
                  selector: {matchLabels: {app: db}}
                  template:
                    metadata: {labels: {app: db}}
                    spec: {containers: [{name: db, image: db}]}
                """;
        cluster.create(statefulSet);
        eventually(
                () -> cluster.status(STATEFUL_SET, "db").path("readyReplicas").asInt() == 2);
        String uid = Meta.uid(cluster.get(POD, "db-1"));
        cluster.store.delete(
                STATEFUL_SET, "default", "db", new Deletion(null, Deletion.Propagation.ORPHAN, null, null, false));
        eventually(() -> cluster.get(STATEFUL_SET, "db") == null);
        cluster.create(statefulSet);
        eventually(
                () -> cluster.status(STATEFUL_SET, "db").path("readyReplicas").asInt() == 2);
        assertThat(Meta.uid(cluster.get(POD, "db-1"))).isEqualTo(uid);
    }

    @Test
    void a_deleted_pod_that_never_got_a_node_goes() {
        ObjectNode waiting = pod("default", "waiting");
        waiting.withObject("/metadata").putArray("finalizers").add("test/hold");
        waiting.withObject("/spec").putObject("nodeSelector").put("no", "where");
        cluster.store.create(POD, waiting);
        cluster.store.delete(POD, "default", "waiting", 30L, null);
        cluster.change(POD, "waiting", copy -> {
            Meta.removeFinalizer(copy, "test/hold");
            return copy;
        });
        eventually(() -> cluster.get(POD, "waiting") == null);
    }

    @Test
    void a_pod_of_a_node_that_is_gone_goes() {
        ObjectNode pod = pod("default", "left-behind");
        pod.withObject("/spec").put("nodeName", "gone");
        cluster.store.create(POD, pod);
        eventually(() -> cluster.get(POD, "left-behind") == null);
    }

    private void delete(Deletion.Propagation propagation) {
        cluster.store.delete(REPLICA_SET, "default", "web", new Deletion(null, propagation, null, null, false));
    }

    private static ObjectNode pod(String namespace, String name) {
        ObjectNode pod = Meta.object(POD, namespace, name);
        pod.withObject("/spec")
                .putArray("containers")
                .addObject()
                .put("name", "c")
                .put("image", "i");
        return pod;
    }

    private ObjectNode owner(String name) {
        return cluster.store.create(CONFIG_MAP, Meta.object(CONFIG_MAP, "default", name));
    }

    private void replicaSet() {
        cluster.create("""
                apiVersion: apps/v1
                kind: ReplicaSet
                metadata: {name: web, namespace: default}
                spec:
                  replicas: 1
                  selector: {matchLabels: {app: web}}
                  template:
                    metadata: {labels: {app: web}}
                    spec: {containers: [{name: web, image: web}]}
                """);
        eventually(
                () -> cluster.status(REPLICA_SET, "web").path("readyReplicas").asInt() == 1);
    }
}

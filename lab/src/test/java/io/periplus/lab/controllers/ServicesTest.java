package io.periplus.lab.controllers;

import static io.periplus.lab.controllers.Cluster.eventually;
import static io.periplus.lab.store.ResourceType.ENDPOINT_SLICE;
import static io.periplus.lab.store.ResourceType.POD;
import static io.periplus.lab.store.ResourceType.SERVICE;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** EndpointSlices, Endpoints and the cluster's own Services. */
class ServicesTest {
    private final Cluster cluster = new Cluster();

    @AfterEach
    void close() {
        cluster.close();
    }

    @Test
    void an_endpoint_names_its_pod_and_node_and_the_number_behind_a_named_port() {
        pod("a", 8081);
        service("web", "http");
        eventually(() -> endpoints("web").size() == 1);
        ObjectNode slice = slices("web").getFirst();
        ObjectNode pod = cluster.get(POD, "a");
        assertThat(slice.path("ports").path(0).path("port").asInt()).isEqualTo(8081);
        assertThat(slice.path("ports").path(0).path("name").asText()).isEqualTo("web");
        JsonNode endpoint = endpoints("web").getFirst();
        assertThat(endpoint.path("addresses").path(0))
                .isEqualTo(pod.path("status").path("podIP"));
        assertThat(endpoint.path("nodeName").asText()).isEqualTo("node1");
        assertThat(endpoint.path("targetRef").path("uid").asText()).isEqualTo(Meta.uid(pod));
        assertThat(endpoint.path("conditions").path("ready").asBoolean()).isTrue();
        assertThat(Meta.labels(slice)).containsEntry("kubernetes.io/service-name", "web");
        assertThat(Meta.owners(slice))
                .singleElement()
                .satisfies(o -> assertThat(o.name()).isEqualTo("web"));
    }

    @Test
    void a_pod_that_gets_unready_stays_listed_but_not_ready() {
        pod("a", 8080);
        service("web", "http");
        eventually(() -> endpoints("web").size() == 1);
        cluster.setReady(cluster.get(POD, "a"), false);
        eventually(() ->
                !endpoints("web").getFirst().path("conditions").path("ready").asBoolean());
        eventually(() ->
                cluster.get(Types.ENDPOINTS, "web").path("subsets").path(0).has("notReadyAddresses"));
    }

    @Test
    void a_terminating_pod_that_still_answers_is_serving_but_not_ready() {
        pod("a", 8080);
        service("web", "http");
        eventually(() -> endpoints("web").size() == 1);
        cluster.podsStart = false;
        cluster.store.delete(POD, "default", "a", null, null);
        eventually(() -> endpoints("web")
                .getFirst()
                .path("conditions")
                .path("terminating")
                .asBoolean());
        JsonNode conditions = endpoints("web").getFirst().path("conditions");
        assertThat(conditions.path("serving").asBoolean()).isTrue();
        assertThat(conditions.path("ready").asBoolean()).isFalse();
    }

    @Test
    void pods_with_different_numbers_behind_one_name_are_in_different_slices() {
        pod("a", 8081);
        pod("b", 8082);
        service("web", "http");
        eventually(() -> slices("web").size() == 2 && endpoints("web").size() == 2);
        assertThat(slices("web"))
                .extracting(s -> s.path("ports").path(0).path("port").asInt())
                .containsExactlyInAnyOrder(8081, 8082);
        cluster.store.delete(POD, "default", "b", 0L, null);
        eventually(() -> slices("web").size() == 1 && endpoints("web").size() == 1);
    }

    @Test
    void a_changed_selector_takes_the_endpoints_away() {
        pod("a", 8080);
        service("web", "http");
        eventually(() -> endpoints("web").size() == 1);
        cluster.change(SERVICE, "web", copy -> {
            copy.withObject("/spec/selector").put("app", "other");
            return copy;
        });
        eventually(() -> slices("web").size() == 1 && endpoints("web").isEmpty());
    }

    @Test
    void the_slices_of_a_deleted_service_go() {
        pod("a", 8080);
        service("web", "http");
        eventually(() -> endpoints("web").size() == 1);
        cluster.store.delete(SERVICE, "default", "web", null, null);
        eventually(() -> slices("web").isEmpty() && cluster.get(Types.ENDPOINTS, "web") == null);
    }

    @Test
    void the_api_server_is_behind_the_kubernetes_service_and_comes_back_when_deleted() {
        ObjectNode service = cluster.get(SERVICE, "kubernetes");
        assertThat(service.path("spec").path("clusterIP").asText()).isEqualTo("10.96.0.1");
        ObjectNode slice = cluster.get(ENDPOINT_SLICE, "kubernetes");
        assertThat(slice.at("/endpoints/0/addresses/0").asText()).isEqualTo("10.0.0.1");
        cluster.store.delete(SERVICE, "default", "kubernetes", null, null);
        eventually(() -> cluster.get(SERVICE, "kubernetes") != null);
        assertThat(cluster.store
                        .get(SERVICE, "kube-system", "kube-dns")
                        .path("spec")
                        .path("clusterIP")
                        .asText())
                .isEqualTo("10.96.0.10");
    }

    private List<ObjectNode> slices(String service) {
        return cluster.list(ENDPOINT_SLICE).stream()
                .filter(s -> service.equals(Meta.labels(s).get(EndpointSliceController.SERVICE_NAME)))
                .toList();
    }

    private List<JsonNode> endpoints(String service) {
        return slices(service).stream()
                .flatMap(s -> Meta.stream(s.path("endpoints")))
                .toList();
    }

    private void pod(String name, int port) {
        cluster.create("""
                apiVersion: v1
                kind: Pod
                metadata: {name: %s, namespace: default, labels: {app: web}}
                spec: {containers: [{name: c, image: i, ports: [{name: http, containerPort: %d}]}]}
                """.formatted(name, port));
        eventually(() -> Pods.ready(cluster.get(POD, name)));
    }

    private void service(String name, String targetPort) {
        cluster.create("""
                apiVersion: v1
                kind: Service
                metadata: {name: %s, namespace: default}
                spec: {type: ClusterIP, selector: {app: web}, ports: [{name: web, port: 80, targetPort: %s}]}
                """.formatted(name, targetPort));
    }
}

package io.periplus.controlplane;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.grpc.ManagedChannel;
import io.periplus.controlplane.jwks.JwksSettings;
import io.periplus.controlplane.kube.KubeClients;
import io.periplus.controlplane.xds.TypeUrls;
import io.periplus.model.MeshSettings;
import io.periplus.wire.waypoint.Route;
import io.periplus.wire.xds.DeltaDiscoveryResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Routes, from the API server to their status and to the waypoint. */
class RouteStatusTest {
    private static final String GROUP = "/apis/gateway.networking.k8s.io/v1";
    private static final String ROUTE = GROUP + "/namespaces/shop/httproutes/web";
    private static final Duration PATIENCE = Duration.ofSeconds(40);
    private static final String FOREIGN = """
            {"parentRef": {"name": "theirs"}, "controllerName": "other.test/controller", "extra": "kept",
             "conditions": [{"type": "Accepted", "status": "True", "reason": "Mine", "message": "",
                             "lastTransitionTime": "2020-01-01T00:00:00Z"}]}""";

    @TempDir
    Path noCa;

    private FakeApiServer api;
    private ControlPlane controlPlane;

    @BeforeEach
    void start() throws Exception {
        api = new FakeApiServer(
                "/api/v1/namespaces",
                "/api/v1/services",
                "/api/v1/configmaps",
                GROUP + "/gateways",
                GROUP + "/gatewayclasses",
                GROUP + "/httproutes");
        api.put("/api/v1/namespaces/shop", "kind: Namespace\nmetadata: {labels: {istio.io/use-waypoint: waypoint}}");
        api.put("/api/v1/namespaces/shop/services/web", """
                apiVersion: v1
                kind: Service
                spec: {clusterIP: 10.96.0.7, ports: [{name: http, port: 80}]}
                """);
        api.put(GROUP + "/namespaces/shop/gateways/waypoint", """
                apiVersion: gateway.networking.k8s.io/v1
                kind: Gateway
                metadata: {annotations: {gateway.istio.io/controller-version: '9'}}
                spec: {gatewayClassName: istio-waypoint, listeners: [{name: mesh, port: 15008, protocol: HBONE}]}
                status: {addresses: [{type: Hostname, value: waypoint.shop.svc.cluster.local}]}
                """);
        controlPlane = new ControlPlane(
                new ControlPlaneConfig(
                        MeshSettings.defaults("cluster1"),
                        "istiod",
                        "istio-system",
                        Set.of(Fixture.ZTUNNEL),
                        noCa,
                        List.of("istio-ca"),
                        Duration.ofHours(24),
                        Duration.ofDays(90),
                        "periplus/periplus:test",
                        "network1",
                        Map.of(),
                        Duration.ofMillis(5),
                        JwksSettings.of(Duration.ofMinutes(20), "", true),
                        new ControlPlaneConfig.Ports(0, 0, 0, 0)),
                KubeClients.client(KubeClients.tuned(api.access())));
        controlPlane.start();
        await().atMost(PATIENCE).until(controlPlane::isReady);
    }

    @AfterEach
    void stop() {
        controlPlane.close();
        api.close();
    }

    private void route(int generation, String backend, String status) {
        api.put(ROUTE, """
                apiVersion: gateway.networking.k8s.io/v1
                kind: HTTPRoute
                metadata: {generation: %d}
                spec:
                  parentRefs: [{group: '', kind: Service, name: web, port: 80}, {name: theirs}]
                  rules: [{backendRefs: [{name: %s, port: 80}]}]
                status: %s
                """.formatted(generation, backend, status));
    }

    // ST-1, ST-2, ST-3
    @Test
    void theStatusFollowsTheRouteAndLeavesTheEntriesOfOthersAlone() {
        route(1, "missing", "{parents: [" + FOREIGN + "]}");
        await().atMost(PATIENCE).untilAsserted(() -> {
            assertThat(ours("Accepted"))
                    .containsEntry("status", "True")
                    .containsEntry("observedGeneration", 1)
                    .containsEntry("message", "Route was valid");
            assertThat(ours("ResolvedRefs"))
                    .containsEntry("status", "False")
                    .containsEntry("reason", "BackendNotFound");
            assertThat(ours("ResolvedWaypoints")).containsEntry("status", "True");
        });
        assertThat(parents()).hasSize(2);
        assertThat(parents().getFirst()).isEqualTo(api.json.unmarshal(FOREIGN, Map.class));
        assertThat(parents().getLast())
                .containsEntry("controllerName", "istio.io/gateway-controller")
                .containsEntry("parentRef", Map.of("group", "", "kind", "Service", "name", "web", "port", 80));

        Object since = ours("Accepted").get("lastTransitionTime");
        int writes = api.writes.size();
        route(2, "web", api.json.asJson(Map.of("parents", parents())));
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(ours("ResolvedRefs")).containsEntry("status", "True"));
        assertThat(ours("Accepted")).containsEntry("observedGeneration", 2).containsEntry("lastTransitionTime", since);
        assertThat(writesOfStatus(writes)).isEqualTo(1);
    }

    // ST-3, ST-10
    @Test
    void anEntryWhoseParentWentIsTakenAwayAndAnothersEntryThatCameMeanwhileStays() {
        route(1, "web", "{}");
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(ours("Accepted")).containsEntry("status", "True"));
        String status = api.json.asJson(Map.of("parents", parents()));
        // Another controller writes between our reading and our writing.
        api.beforeWrite.put(
                ROUTE + "/status",
                () -> api.put(
                        ROUTE,
                        withoutOurParent("{parents: [" + FOREIGN + ", "
                                + api.json.asJson(parents().getFirst()) + "]}")));
        api.put(ROUTE, withoutOurParent(status));
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(parents()).isEqualTo(List.of(api.json.unmarshal(FOREIGN, Map.class))));
        assertThat(api.beforeWrite).isEmpty();
    }

    // CM-4 and the set of routes of one waypoint
    @Test
    void theWaypointIsSentItsRoutesAndToldWhenTheyGo() throws Exception {
        route(1, "web", "{}");
        await().atMost(PATIENCE).until(() -> api.get("/api/v1/namespaces/shop/configmaps/istio-ca-root-cert") != null);
        Map<?, ?> data = (Map<?, ?>)
                api.get("/api/v1/namespaces/shop/configmaps/istio-ca-root-cert").get("data");
        ManagedChannel channel = Fixture.channel(
                controlPlane.securePort(), String.valueOf(data.get("root-cert.pem")), "shop/waypoint/waypoint-1/uid-1");
        try {
            DeltaClient waypoint = new DeltaClient(
                    channel,
                    "waypoint~10.0.0.3~waypoint-1.shop~shop.svc.cluster.local",
                    Map.of("NAMESPACE", "shop", "GATEWAY_NAME", "waypoint"));
            waypoint.subscribe(TypeUrls.ROUTE);
            DeltaDiscoveryResponse response = waypoint.next();
            assertThat(DeltaClient.names(response)).containsExactly("HTTPRoute/shop/web");
            Route route = Route.parseFrom(response.getResources(0).getResource().getValue());
            assertThat(route.getParents(0).getService().getPort()).isEqualTo(80);
            assertThat(route.getRules(0).getBackends(0).getService().getHostname())
                    .isEqualTo("web.shop.svc.cluster.local");
            waypoint.ack(response);
            api.delete(ROUTE);
            assertThat(waypoint.next().getRemovedResourcesList()).containsExactly("HTTPRoute/shop/web");
        } finally {
            channel.shutdownNow();
        }
    }

    private static String withoutOurParent(String status) {
        return """
                apiVersion: gateway.networking.k8s.io/v1
                kind: HTTPRoute
                metadata: {generation: 2}
                spec: {parentRefs: [{name: theirs}]}
                status: %s
                """.formatted(status);
    }

    private long writesOfStatus(int since) {
        return api.writes.subList(since, api.writes.size()).stream()
                .filter(write -> write.contains("httproutes"))
                .count();
    }

    @SuppressWarnings("unchecked")
    private List<Map<String, Object>> parents() {
        Map<String, Object> route = api.get(ROUTE);
        return route != null && route.get("status") instanceof Map<?, ?> status && status.containsKey("parents")
                ? (List<Map<String, Object>>) status.get("parents")
                : List.of();
    }

    @SuppressWarnings("unchecked")
    private Map<String, Object> ours(String type) {
        return parents().stream()
                .filter(parent -> "istio.io/gateway-controller".equals(parent.get("controllerName")))
                .flatMap(parent -> ((List<Map<String, Object>>) parent.get("conditions")).stream())
                .filter(condition -> type.equals(condition.get("type")))
                .findFirst()
                .orElse(Map.of());
    }
}

package io.periplus.controlplane;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.periplus.api.Annotations;
import io.periplus.controlplane.jwks.JwksSettings;
import io.periplus.controlplane.kube.KubeClients;
import io.periplus.controlplane.xds.TypeUrls;
import io.periplus.model.MeshSettings;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The whole control plane against an API server. */
class ControlPlaneTest {
    private static final String GATEWAYS = "/apis/gateway.networking.k8s.io/v1/gateways";
    private static final String CLASSES = "/apis/gateway.networking.k8s.io/v1/gatewayclasses";
    private static final String POLICIES = "/apis/security.istio.io/v1/authorizationpolicies";
    private static final String WAYPOINT = "/apis/gateway.networking.k8s.io/v1/namespaces/accounts/gateways/waypoint";

    @TempDir
    Path noCa;

    private FakeApiServer api;
    private ControlPlane controlPlane;

    @BeforeAll
    static void patience() {
        // Only a failing test waits this long; a busy machine may need some of it.
        Awaitility.setDefaultTimeout(Duration.ofSeconds(40));
    }

    @AfterAll
    static void noMorePatience() {
        Awaitility.reset();
    }

    @BeforeEach
    void start() throws Exception {
        api = new FakeApiServer(
                "/api/v1/namespaces",
                "/api/v1/nodes",
                "/api/v1/pods",
                "/api/v1/services",
                "/api/v1/configmaps",
                "/api/v1/serviceaccounts",
                "/apis/apps/v1/deployments",
                "/apis/discovery.k8s.io/v1/endpointslices",
                GATEWAYS,
                CLASSES,
                POLICIES);
        api.put("/api/v1/namespaces/istio-system", "kind: Namespace");
        api.put("/api/v1/namespaces/accounts", """
                kind: Namespace
                metadata: {labels: {istio.io/use-waypoint: waypoint}}
                """);
        ControlPlaneConfig config = new ControlPlaneConfig(
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
                new ControlPlaneConfig.Ports(0, 0, 0, 0));
        controlPlane = new ControlPlane(config, KubeClients.client(KubeClients.tuned(api.access())));
        controlPlane.start();
        await().until(controlPlane::isReady);
    }

    @AfterEach
    void stop() {
        if (controlPlane != null) {
            controlPlane.close();
        }
        api.close();
    }

    @Test
    void becomesReadyAlthoughAKindIsMissing() throws Exception {
        assertThat(http(controlPlane.httpPorts().getFirst(), "/ready").statusCode())
                .isEqualTo(200);
        assertThat(http(controlPlane.httpPorts().getLast(), "/metrics").body()).contains("pilot_k8s_reg_events");
    }

    @Test
    void everyNamespaceGetsTheRootsAndGetsThemBack() {
        String path = "/api/v1/namespaces/accounts/configmaps/istio-ca-root-cert";
        await().until(() -> api.get(path) != null);
        assertThat(text(api.get(path), "data", "root-cert.pem")).startsWith("-----BEGIN CERTIFICATE-----");
        api.delete(path);
        await().until(() -> api.get(path) != null);
    }

    @Test
    void theClassesAreMadeAndAccepted() {
        await().untilAsserted(() -> {
            Map<String, Object> made = api.get(CLASSES + "/istio-waypoint");
            assertThat(text(made, "spec", "controllerName")).isEqualTo("istio.io/mesh-controller");
            assertThat(condition(made, "Accepted")).containsEntry("status", "True");
        });
    }

    @Test
    void aWaypointIsDeployedAndProgrammedOnceItHasAnInstance() {
        gateway("istio-waypoint");
        await().untilAsserted(() -> {
            assertThat(api.get("/apis/apps/v1/namespaces/accounts/deployments/waypoint"))
                    .isNotNull();
            assertThat(api.get("/api/v1/namespaces/accounts/serviceaccounts/waypoint"))
                    .isNotNull();
            assertThat(api.get("/api/v1/namespaces/accounts/services/waypoint")).isNotNull();
        });
        await().untilAsserted(() ->
                assertThat(condition(api.get(WAYPOINT), "Programmed")).containsEntry("status", "False"));

        service("accounts", "10.96.0.9");
        assign("waypoint", "10.96.0.10");
        api.put("/apis/discovery.k8s.io/v1/namespaces/accounts/endpointslices/waypoint-1", """
                apiVersion: discovery.k8s.io/v1
                kind: EndpointSlice
                metadata: {labels: {kubernetes.io/service-name: waypoint}}
                addressType: IPv4
                ports: [{name: mesh, port: 15008, protocol: TCP}]
                endpoints: [{addresses: [10.1.0.9], conditions: {ready: true}}]
                """);
        await().untilAsserted(() -> {
            Map<String, Object> gateway = api.get(WAYPOINT);
            assertThat(condition(gateway, "Programmed")).containsEntry("status", "True");
            assertThat(((Map<?, ?>) gateway.get("status")).get("addresses"))
                    .isEqualTo(List.of(
                            Map.of("type", "IPAddress", "value", "10.96.0.10"),
                            Map.of("type", "Hostname", "value", "waypoint.accounts.svc.cluster.local")));
        });
        await().untilAsserted(() -> assertThat(
                        condition(api.get("/api/v1/namespaces/accounts/services/accounts"), "istio.io/WaypointBound"))
                .containsEntry("status", "True")
                .containsEntry("reason", "WaypointAccepted"));
    }

    @Test
    void aDeploymentThatSomebodyDeletesComesBack() {
        String path = "/apis/apps/v1/namespaces/accounts/deployments/waypoint";
        gateway("istio-waypoint");
        await().until(() -> api.get(path) != null);
        api.delete(path);
        await().until(() -> api.get(path) != null);
    }

    @Test
    void objectsOfAGatewayThatIsGoneAreNotMadeAgain() {
        String path = "/apis/apps/v1/namespaces/accounts/deployments/waypoint";
        gateway("istio-waypoint");
        // The mark of the version is made when every object is.
        await().untilAsserted(() -> assertThat(api.get(WAYPOINT))
                .extractingByKey("metadata")
                .asString()
                .contains(Annotations.GATEWAY_CONTROLLER_VERSION));
        // The garbage collector is quicker than the watch of Gateways, which hears nothing here.
        api.forget(WAYPOINT);
        int writes = api.writes.size();
        api.delete(path);
        gatewayAfterwards();
        assertThat(api.get(path)).isNull();
        assertThat(List.copyOf(api.writes).subList(writes, api.writes.size()))
                .noneMatch(w -> w.contains("deployments/waypoint"));
    }

    @Test
    void anObjectThatWasNotMadeForAGatewayIsNotTouchedAndTheStatusSaysSo() {
        service("waypoint", "10.96.0.11");
        gateway("istio-waypoint");
        await().untilAsserted(() -> assertThat(condition(api.get(WAYPOINT), "Programmed"))
                .containsEntry("reason", "Invalid")
                .extractingByKey("message")
                .asString()
                .contains("Service accounts/waypoint")
                .contains("rename the Gateway"));
        assertThat(api.get("/apis/apps/v1/namespaces/accounts/deployments/waypoint"))
                .isNull();
    }

    @Test
    void aGatewayOfSomebodyElsesClassIsNotTouched() {
        gateway("somebody-elses");
        gatewayAfterwards();
        assertThat(api.get(WAYPOINT)).doesNotContainKey("status");
    }

    @Test
    void aProxyWithATokenTheApiServerAcceptsIsServedOverTls() throws Exception {
        await().until(() -> api.get("/api/v1/namespaces/accounts/configmaps/istio-ca-root-cert") != null);
        String roots =
                text(api.get("/api/v1/namespaces/accounts/configmaps/istio-ca-root-cert"), "data", "root-cert.pem");
        api.put("/api/v1/namespaces/accounts/pods/web", """
                kind: Pod
                metadata: {labels: {app: web}}
                spec: {nodeName: node1, serviceAccountName: web, containers: [{name: web}]}
                status: {phase: Running, podIP: 10.1.0.5, conditions: [{type: Ready, status: 'True'}]}
                """);
        ManagedChannel channel =
                Fixture.channel(controlPlane.securePort(), roots, "istio-system/ztunnel/ztunnel-1/uid-ztunnel-1");
        try {
            DeltaClient ztunnel = new DeltaClient(
                    channel,
                    "ztunnel~10.0.0.2~ztunnel-1.istio-system~istio-system.svc.cluster.local",
                    Map.of("NAMESPACE", "istio-system"));
            ztunnel.subscribe(TypeUrls.AUTHORIZATION);
            ztunnel.next();
            ztunnel.subscribe(TypeUrls.ADDRESS);
            // The pod comes with the first answer, or behind it if the index has not heard of it yet.
            List<String> names = DeltaClient.names(ztunnel.next());
            while (!names.contains("cluster1//Pod/accounts/web")) {
                names = DeltaClient.names(ztunnel.next());
            }
        } finally {
            channel.shutdownNow();
        }
        ManagedChannel refused = Fixture.channel(controlPlane.securePort(), roots, "nonsense");
        try {
            DeltaClient stranger = new DeltaClient(refused, "ztunnel~10.0.0.2~a.b~c", Map.of());
            assertThat(stranger.end().getCode()).isEqualTo(Status.Code.UNAUTHENTICATED);
        } finally {
            refused.shutdownNow();
        }
    }

    @Test
    void theAuthorOfAPolicyIsTold() {
        String path = "/apis/security.istio.io/v1/namespaces/accounts/authorizationpolicies/get-only";
        api.put(path, """
                apiVersion: security.istio.io/v1
                kind: AuthorizationPolicy
                metadata: {generation: 3}
                spec: {rules: [{to: [{operation: {methods: [GET]}}]}]}
                """);
        await().untilAsserted(() -> assertThat(condition(api.get(path), "ZtunnelAccepted"))
                .containsEntry("status", "True")
                .containsEntry("reason", "UnsupportedValue")
                .containsEntry("observedGeneration", 3));
        int writes = api.writes.size();
        gatewayAfterwards();
        assertThat(List.copyOf(api.writes).subList(writes, api.writes.size())).noneMatch(w -> w.contains("get-only"));
    }

    @Test
    void aKindWhoseDefinitionComesLaterIsWatchedFromThenOn() {
        api.register("/apis/security.istio.io/v1/peerauthentications");
        api.put("/apis/security.istio.io/v1/namespaces/istio-system/peerauthentications/default", """
                apiVersion: security.istio.io/v1
                kind: PeerAuthentication
                spec: {mtls: {mode: STRICT}}
                """);
        await().untilAsserted(() -> assertThat(http(controlPlane.httpPorts().getLast(), "/debug/ambientz")
                        .body())
                .contains("istio_converted_static_strict"));
    }

    private void gateway(String className) {
        api.put(WAYPOINT, """
                apiVersion: gateway.networking.k8s.io/v1
                kind: Gateway
                metadata: {generation: 1}
                spec: {gatewayClassName: %s, listeners: [{name: mesh, port: 15008, protocol: HBONE}]}
                """.formatted(className));
    }

    // Something else that is written, so that it is known that what was queued before has been done.
    // In another namespace: the status of policies names the Gateways of their own.
    private void gatewayAfterwards() {
        String path = "/apis/gateway.networking.k8s.io/v1/namespaces/edge/gateways/other";
        api.put(path, """
                apiVersion: gateway.networking.k8s.io/v1
                kind: Gateway
                metadata: {generation: 1}
                spec: {gatewayClassName: istio, listeners: [{name: http, port: 80, protocol: HTTP}]}
                """);
        await().untilAsserted(
                        () -> assertThat(condition(api.get(path), "Accepted")).containsEntry("reason", "Accepted"));
    }

    private void service(String name, String ip) {
        api.put("/api/v1/namespaces/accounts/services/" + name, """
                apiVersion: v1
                kind: Service
                spec: {clusterIP: %s, clusterIPs: [%s], selector: {app: %s}, ports: [{name: http, port: 8080}]}
                """.formatted(ip, ip, name));
    }

    @SuppressWarnings("unchecked")
    private void assign(String name, String ip) {
        String path = "/api/v1/namespaces/accounts/services/" + name;
        Map<String, Object> service = api.json.unmarshal(api.json.asJson(api.get(path)), Map.class);
        Map<String, Object> spec = (Map<String, Object>) service.get("spec");
        spec.put("clusterIP", ip);
        spec.put("clusterIPs", List.of(ip));
        api.put(path, api.json.asJson(service));
    }

    private static HttpResponse<String> http(int port, String path) throws Exception {
        return HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                                .build(),
                        HttpResponse.BodyHandlers.ofString());
    }

    private static String text(@Nullable Map<String, Object> object, String first, String second) {
        return object == null ? "" : String.valueOf(((Map<?, ?>) object.get(first)).get(second));
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> condition(@Nullable Map<String, Object> object, String type) {
        if (object != null
                && object.get("status") instanceof Map<?, ?> status
                && status.get("conditions") instanceof List<?> conditions) {
            for (Object item : conditions) {
                Map<String, Object> condition = (Map<String, Object>) item;
                if (type.equals(condition.get("type"))) {
                    return condition;
                }
            }
        }
        return Map.of();
    }
}

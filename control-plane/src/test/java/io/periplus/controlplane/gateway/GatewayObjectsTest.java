package io.periplus.controlplane.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.periplus.api.NamespacedName;
import io.periplus.model.MeshSettings;
import io.periplus.model.gateway.DeploymentWish;
import io.periplus.model.input.GatewayInput;
import io.periplus.model.proxy.ProxyKind;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class GatewayObjectsTest {
    private final GatewayObjects objects =
            new GatewayObjects(MeshSettings.defaults("cluster1"), "periplus/periplus:1", "network1", Map.of());

    @Test
    void everythingIsNamedLabelledAndOwnedAlike() {
        List<GenericKubernetesResource> made = objects.of(wish());
        assertThat(made)
                .extracting(GenericKubernetesResource::getKind)
                .containsExactly("ServiceAccount", "Deployment", "Service");
        assertThat(made).allSatisfy(object -> {
            assertThat(object.getMetadata().getName()).isEqualTo("waypoint");
            assertThat(object.getMetadata().getLabels())
                    .containsEntry("gateway.networking.k8s.io/gateway-name", "waypoint")
                    .containsEntry("gateway.networking.k8s.io/gateway-class-name", "istio-waypoint")
                    .containsEntry("gateway.istio.io/managed", "istio.io-mesh-controller")
                    .containsEntry("topology.istio.io/network", "network1")
                    .containsEntry("team", "a");
            assertThat(object.getMetadata().getOwnerReferences())
                    .singleElement()
                    .satisfies(owner -> assertThat(owner.getUid()).isEqualTo("uid"));
        });
    }

    @Test
    void theServiceHasTheStatusPortFirstAndOnePortPerListener() {
        Map<?, ?> spec = spec("Service");
        assertThat(spec.get("type")).isEqualTo("ClusterIP");
        assertThat(spec.get("ports"))
                .isEqualTo(List.of(
                        Map.of("name", "status-port", "port", 15021, "protocol", "TCP", "appProtocol", "tcp"),
                        Map.of("name", "mesh", "port", 15008, "protocol", "TCP", "appProtocol", "hbone")));
    }

    @Test
    void thePodIsAWaypointOutsideOfTheMesh() {
        GenericKubernetesResource deployment = find("Deployment");
        assertThat(deployment.<String>get("spec", "template", "metadata", "labels", "istio.io/dataplane-mode"))
                .isEqualTo("none");
        Map<?, ?> container = deployment.get("spec", "template", "spec", "containers", 0);
        assertThat(container.get("name")).isEqualTo("istio-proxy");
        assertThat(container.get("image")).isEqualTo("periplus/periplus:1");
        assertThat((List<?>) container.get("args")).first().isEqualTo("waypoint");
        assertThat((List<?>) container.get("env"))
                .anyMatch(e -> e.equals(Map.of("name", "GATEWAY_NAME", "value", "waypoint")))
                .anyMatch(e -> e.equals(Map.of("name", "CA_ADDR", "value", "istiod.istio-system.svc:15012")))
                .anyMatch(e -> e.equals(Map.of("name", "ISTIO_META_NETWORK", "value", "network1")));
    }

    @Test
    void annotationsOfTheGatewayReachThePodAndSetImageLogLevelsAndClientIdentities() {
        Map<String, String> annotations = Map.of(
                "sidecar.istio.io/proxyImage", "registry.example/other:2",
                "sidecar.istio.io/logLevel", "debug",
                "sidecar.istio.io/agentLogLevel", "ca:debug",
                "ambient.istio.io/xfcc-include-client-identity", "true");
        GenericKubernetesResource deployment = find("Deployment", wish("waypoint", annotations));
        Map<String, ?> onPod = deployment.get("spec", "template", "metadata", "annotations");
        assertThat(onPod.keySet())
                .containsAll(annotations.keySet())
                .contains("istio.io/rev", "prometheus.io/path", "prometheus.io/port", "prometheus.io/scrape");
        Map<?, ?> container = deployment.get("spec", "template", "spec", "containers", 0);
        assertThat(container.get("image")).isEqualTo("registry.example/other:2");
        assertThat(container.get("args").toString()).endsWith("--proxyLogLevel, debug, --log_output_level, ca:debug]");
        assertThat((List<?>) container.get("env"))
                .anyMatch(e -> e.equals(Map.of("name", "XFCC_INCLUDE_CLIENT_IDENTITY", "value", "true")));
    }

    @Test
    void anImageWithoutARegistryIsNotTakenForOne() {
        GenericKubernetesResource deployment =
                find("Deployment", wish("waypoint", Map.of("sidecar.istio.io/proxyImage", "debug")));
        assertThat(deployment.<String>get("spec", "template", "spec", "containers", 0, "image"))
                .isEqualTo("periplus/periplus:1");
    }

    @Test
    void thePodIsProbedForItsStartAndItsReadinessAndNeverKilledForItsLiveness() {
        Map<String, ?> container = find("Deployment").get("spec", "template", "spec", "containers", 0);
        assertThat(container.keySet())
                .contains("startupProbe", "readinessProbe")
                .doesNotContain("livenessProbe");
        assertThat(((Map<?, ?>) container.get("startupProbe")).get("periodSeconds"))
                .isEqualTo(1);
        assertThat(((Map<?, ?>) container.get("readinessProbe")).get("periodSeconds"))
                .isEqualTo(15);
    }

    @Test
    void labelsOfALongNameAreLegalAndTheSelectorFindsThePods() {
        String name = "a".repeat(200);
        GenericKubernetesResource deployment = find("Deployment", wish(name, Map.of()));
        Map<String, String> selector = deployment.get("spec", "selector", "matchLabels");
        Map<String, String> labels = deployment.get("spec", "template", "metadata", "labels");
        assertThat(labels).containsAllEntriesOf(selector);
        assertThat(labels.values()).allMatch(value -> value.length() <= 63);
    }

    @Test
    void aLiveObjectMayHaveMoreButNotLessThanWasWishedFor() {
        Map<String, Object> wanted = Map.of("a", 1, "list", List.of(Map.of("name", "x")));
        assertThat(Subset.contains(
                        Map.of("a", 1L, "b", 2, "list", List.of(Map.of("name", "x", "more", true), "y")), wanted))
                .isTrue();
        assertThat(Subset.contains(Map.of("a", 2, "list", List.of(Map.of("name", "x"))), wanted))
                .isFalse();
        assertThat(Subset.contains(Map.of("a", 1, "list", List.of()), wanted)).isFalse();
        assertThat(Subset.contains(Map.of("a", 1), wanted)).isFalse();
    }

    private Map<?, ?> spec(String kind) {
        return (Map<?, ?>) find(kind).getAdditionalProperties().get("spec");
    }

    private GenericKubernetesResource find(String kind) {
        return find(kind, wish());
    }

    private GenericKubernetesResource find(String kind, DeploymentWish wish) {
        return objects.of(wish).stream()
                .filter(object -> object.getKind().equals(kind))
                .findFirst()
                .orElseThrow();
    }

    private static DeploymentWish wish() {
        return wish("waypoint", Map.of());
    }

    private static DeploymentWish wish(String gateway, Map<String, String> annotations) {
        return new DeploymentWish(
                new NamespacedName("accounts", gateway),
                "uid",
                "istio-waypoint",
                ProxyKind.WAYPOINT,
                "waypoint",
                "waypoint",
                "ClusterIP",
                Map.of("team", "a"),
                annotations,
                "",
                List.of(),
                List.of(new GatewayInput.Listener("mesh", 15008, "HBONE", new GatewayInput.Allowed("Same", null))),
                List.of(),
                Map.of(),
                true);
    }
}

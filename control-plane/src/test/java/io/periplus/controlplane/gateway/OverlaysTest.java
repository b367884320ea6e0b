package io.periplus.controlplane.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import io.periplus.api.NamespacedName;
import io.periplus.model.MeshSettings;
import io.periplus.model.gateway.DeploymentWish;
import io.periplus.model.gateway.Parameters;
import io.periplus.model.input.GatewayInput;
import io.periplus.model.proxy.ProxyKind;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What ConfigMaps do to the objects of a waypoint. */
class OverlaysTest {
    private final GatewayObjects objects =
            new GatewayObjects(MeshSettings.defaults("cluster1"), "periplus/periplus:1", "", Map.of());
    private final Overlays overlays = new Overlays(new KubernetesSerialization());

    @Test
    void aFieldIsSetAndTheRestStays() throws Exception {
        GenericKubernetesResource deployment = one("Deployment", Map.of("deployment", "spec: {replicas: 4}"));
        assertThat(deployment.<Object>get("spec", "replicas")).isEqualTo(4);
        assertThat(deployment.<String>get("spec", "template", "spec", "containers", 0, "name"))
                .isEqualTo("istio-proxy");
    }

    @Test
    void containersAndTheirVariablesAreMergedByName() throws Exception {
        GenericKubernetesResource deployment = one("Deployment", Map.of("deployment", """
                spec:
                  template:
                    spec:
                      containers:
                      - name: istio-proxy
                        resources: {limits: {memory: 2Gi}}
                        env:
                        - {name: TRUST_DOMAIN, value: other}
                        - {name: MINE, value: "1"}
                      - {name: helper, image: helper:1}
                """));
        List<Map<String, Object>> containers = deployment.get("spec", "template", "spec", "containers");
        assertThat(containers).extracting(c -> c.get("name")).containsExactly("istio-proxy", "helper");
        assertThat(containers.getFirst().get("image")).isEqualTo("periplus/periplus:1");
        Map<?, ?> limits = deployment.get("spec", "template", "spec", "containers", 0, "resources", "limits");
        assertThat(limits.get("memory")).isEqualTo("2Gi");
        assertThat(limits.get("cpu")).isEqualTo("2");
        assertThat((List<?>) containers.getFirst().get("env"))
                .anyMatch(e -> e.equals(Map.of("name", "TRUST_DOMAIN", "value", "other")))
                .anyMatch(e -> e.equals(Map.of("name", "MINE", "value", "1")))
                .anyMatch(e -> e.equals(Map.of("name", "GATEWAY_NAME", "value", "waypoint")));
    }

    @Test
    void portsOfAServiceAreMergedByNumber() throws Exception {
        GenericKubernetesResource service =
                one("Service", Map.of("service", "spec: {ports: [{port: 15008, nodePort: 30008}], type: NodePort}"));
        List<Map<String, Object>> ports = service.get("spec", "ports");
        assertThat(ports).hasSize(2);
        assertThat(ports.getLast().get("name")).isEqualTo("mesh");
        assertThat(ports.getLast().get("nodePort")).isEqualTo(30008);
        assertThat(service.<String>get("spec", "type")).isEqualTo("NodePort");
    }

    @Test
    void nullAndDirectivesTakeAway() throws Exception {
        GenericKubernetesResource deployment = one("Deployment", Map.of("deployment", """
                spec:
                  template:
                    spec:
                      securityContext: null
                      volumes: [{name: tmp, $patch: delete}]
                      containers:
                      - name: istio-proxy
                        resources: {$patch: replace, requests: {cpu: 1}}
                """));
        assertThat(deployment.<Object>get("spec", "template", "spec", "securityContext"))
                .isNull();
        List<Map<String, Object>> volumes = deployment.get("spec", "template", "spec", "volumes");
        assertThat(volumes).extracting(v -> v.get("name")).containsExactly("istio-token", "istiod-ca-cert");
        assertThat(deployment.<Object>get("spec", "template", "spec", "containers", 0, "resources"))
                .isEqualTo(Map.of("requests", Map.of("cpu", 1)));
    }

    @Test
    void laterOverlaysWin() throws Exception {
        List<Parameters> both = List.of(
                new Parameters("defaults", Map.of("deployment", "spec: {replicas: 2, minReadySeconds: 3}")),
                new Parameters("own", Map.of("deployment", "spec: {replicas: 5}")));
        GenericKubernetesResource deployment = find(all(both), "Deployment");
        assertThat(deployment.<Object>get("spec", "replicas")).isEqualTo(5);
        assertThat(deployment.<Object>get("spec", "minReadySeconds")).isEqualTo(3);
    }

    @Test
    void anAutoscalerAndADisruptionBudgetAreThereOnlyWhereTheyAreOverlaid() throws Exception {
        assertThat(kinds(List.of())).containsExactly("ServiceAccount", "Deployment", "Service");
        List<Parameters> wanted = List.of(new Parameters(
                "own",
                Map.of(
                        "horizontalPodAutoscaler", "spec: {minReplicas: 2, maxReplicas: 4}",
                        "podDisruptionBudget", "spec: {minAvailable: 1}")));
        assertThat(kinds(wanted))
                .containsExactly(
                        "ServiceAccount", "Deployment", "Service", "HorizontalPodAutoscaler", "PodDisruptionBudget");
        GenericKubernetesResource autoscaler = find(all(wanted), "HorizontalPodAutoscaler");
        assertThat(autoscaler.<Object>get("spec"))
                .isEqualTo(Map.of(
                        "scaleTargetRef",
                        Map.of("apiVersion", "apps/v1", "kind", "Deployment", "name", "waypoint"),
                        "maxReplicas",
                        4,
                        "minReplicas",
                        2));
        assertThat(find(all(wanted), "PodDisruptionBudget").<Object>get("spec", "selector", "matchLabels"))
                .isEqualTo(Map.of("gateway.networking.k8s.io/gateway-name", "waypoint"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "metadata: {name: other}                          | illegal metadata change",
                "metadata: {namespace: other}                     | illegal metadata change",
                "metadata: {ownerReferences: null}                | illegal metadata change",
                "metadata: {finalizers: [a/b]}                    | illegal metadata change",
                "kind: DaemonSet                                  | illegal metadata change",
                "spec: {template: 1}                              | spec.template: 1 (expected: an object)",
                "spec: {template: {spec: {containers: [{image: x}]}}} | expected: an item with \"name\"",
                "- a                                              | is not a YAML object"
            })
    void whatCannotBeAppliedIsNamed(String overlay, String problem) {
        assertThatThrownBy(() -> one("Deployment", Map.of("deployment", overlay)))
                .isInstanceOf(Overlays.InvalidException.class)
                .hasMessageContaining("own key \"deployment\"")
                .hasMessageContaining(problem);
    }

    @Test
    void labelsAndAnnotationsMayBeAdded() throws Exception {
        GenericKubernetesResource account =
                one("ServiceAccount", Map.of("serviceAccount", "metadata: {annotations: {role: a}, labels: {b: c}}"));
        assertThat(account.getMetadata().getAnnotations()).containsEntry("role", "a");
        assertThat(account.getMetadata().getLabels())
                .containsEntry("b", "c")
                .containsEntry("gateway.istio.io/managed", "istio.io-mesh-controller");
    }

    private GenericKubernetesResource one(String kind, Map<String, String> overlays) throws Overlays.InvalidException {
        return find(all(List.of(new Parameters("own", overlays))), kind);
    }

    private List<String> kinds(List<Parameters> parameters) throws Overlays.InvalidException {
        return all(parameters).stream().map(GenericKubernetesResource::getKind).toList();
    }

    private List<GenericKubernetesResource> all(List<Parameters> parameters) throws Overlays.InvalidException {
        List<GenericKubernetesResource> result = new ArrayList<>();
        for (GenericKubernetesResource object : objects.of(wish(parameters))) {
            result.add(overlays.apply(object, parameters));
        }
        return result;
    }

    private static GenericKubernetesResource find(List<GenericKubernetesResource> all, String kind) {
        return all.stream()
                .filter(object -> object.getKind().equals(kind))
                .findFirst()
                .orElseThrow();
    }

    private static DeploymentWish wish(List<Parameters> parameters) {
        return new DeploymentWish(
                new NamespacedName("accounts", "waypoint"),
                "uid",
                "istio-waypoint",
                ProxyKind.WAYPOINT,
                "waypoint",
                "waypoint",
                "ClusterIP",
                Map.of(),
                Map.of(),
                "",
                List.of(),
                List.of(new GatewayInput.Listener("mesh", 15008, "HBONE", new GatewayInput.Allowed("Same", null))),
                parameters,
                Map.of(),
                true);
    }
}

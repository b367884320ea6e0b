package io.periplus.cli.experimental;

import static org.assertj.core.api.Assertions.assertThat;

import io.periplus.cli.ScriptedApi;
import java.io.IOException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** precheck: what a cluster lacks. */
class PrecheckTest {
    private ScriptedApi api;

    @BeforeEach
    void start() throws IOException {
        api = new ScriptedApi()
                .serve("/apis/apps/v1/deployments")
                .serve("/apis/apiextensions.k8s.io/v1/customresourcedefinitions")
                .put("/version", "{major: \"1\", minor: \"33+\", gitVersion: v1.33.1}")
                .answer("/apis/authorization.k8s.io/v1/selfsubjectaccessreviews", "status: {allowed: true}");
    }

    @AfterEach
    void stop() throws IOException {
        api.close();
    }

    @Test
    void aFitClusterIsSaidToBeOnStandardError() {
        var result = api.istioctl("x", "precheck");

        assertThat(result.out()).isEmpty();
        assertThat(result.err())
                .startsWith(
                        "✔ No issues found when checking the cluster. Istio is safe to install or upgrade!\n  To get started");
        assertThat(result.code()).isZero();
    }

    @Test
    void oldKubernetesAndOldDefinitionsAreErrors() {
        api.put("/version", "{major: \"1\", minor: \"27\", gitVersion: v1.27.0}")
                .put(
                        "/apis/apiextensions.k8s.io/v1/customresourcedefinitions/gateways.gateway.networking.k8s.io",
                        "metadata: {name: gateways.gateway.networking.k8s.io,"
                                + " annotations: {gateway.networking.k8s.io/bundle-version: v0.8.0}}");

        var result = api.istioctl("x", "precheck");

        assertThat(result.out())
                .contains("Error [IST0142] The Kubernetes Version \"v1.27.0\" is lower than the minimum version: v1.29")
                .contains("Error [IST0156] CustomResourceDefinition gateways.gateway.networking.k8s.io: ");
        assertThat(result.err()).startsWith("Error: Issues found when checking the cluster.");
        assertThat(result.code()).isEqualTo(1);
    }

    @Test
    void missingPermissionsAreNamedUnlessTheControlPlaneIsSkipped() {
        api.answer("/apis/authorization.k8s.io/v1/selfsubjectaccessreviews", "status: {allowed: false}");

        assertThat(api.istioctl("x", "precheck").out())
                .contains("Error [IST0141] Missing required permission to create resource clusterroles\n")
                .contains("Missing required permission to create resource daemonsets in namespace istio-system\n");
        assertThat(api.istioctl("x", "precheck", "--skip-controlplane").code()).isZero();
    }

    @Test
    void anotherControlPlaneInTheWayIsAWarning() {
        api.put("/apis/apps/v1/namespaces/istio-system/deployments/istiod", """
                metadata: {name: istiod, namespace: istio-system, labels: {app: istiod}}
                spec: {template: {spec: {containers: [{image: "example.com/pilot:1.29"}]}}}
                """);

        assertThat(api.istioctl("x", "precheck").out())
                .startsWith("Warning [PER0007] Deployment istio-system/istiod runs another control plane");
        assertThat(api.istioctl("x", "precheck", "-o", "json").out()).contains("\"code\": \"PER0007\"");
    }
}

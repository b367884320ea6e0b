package io.periplus.cli.waypoint;

import static org.assertj.core.api.Assertions.assertThat;

import io.periplus.cli.ScriptedApi;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The waypoint commands against an API server: messages, columns, exit codes, and what is written. */
class WaypointTest {
    private static final String GATEWAYS = "/apis/gateway.networking.k8s.io/v1/namespaces/shop/gateways";

    private ScriptedApi api;

    @BeforeEach
    void start() throws IOException {
        api = new ScriptedApi().serve("/apis/gateway.networking.k8s.io/v1/gateways");
        namespace("{istio.io/dataplane-mode: ambient}");
    }

    @AfterEach
    void stop() throws IOException {
        api.close();
    }

    private void namespace(String labels) {
        api.put("/api/v1/namespaces/shop", "{kind: Namespace, metadata: {name: shop, labels: " + labels + "}}");
    }

    private void gateway(String namespace, String name, String className, String labels, String programmed) {
        api.put("/apis/gateway.networking.k8s.io/v1/namespaces/" + namespace + "/gateways/" + name, """
                kind: Gateway
                metadata: {name: %s, namespace: %s, labels: %s}
                spec: {gatewayClassName: %s}
                status:
                  conditions:
                    - {type: Programmed, status: "%s", reason: Programmed, message: all well}
                    - {type: ResolvedRefs, status: "True", reason: ResolvedRefs, message: resolved}
                """.formatted(
                        name, namespace, labels, className, programmed));
    }

    @Test
    void generatePrintsTheGatewayWithSortedKeys() {
        var result = ScriptedApi.run(
                List.of("waypoint", "generate", "-n", "shop", "--for", "all", "-r", "canary", "--name", "w"));

        assertThat(result.out()).isEqualTo("""
                apiVersion: gateway.networking.k8s.io/v1
                kind: Gateway
                metadata:
                  labels:
                    istio.io/rev: canary
                    istio.io/waypoint-for: all
                  name: w
                  namespace: shop
                spec:
                  gatewayClassName: istio-waypoint
                  listeners:
                  - name: mesh
                    port: 15008
                    protocol: HBONE
                """);
    }

    @Test
    void applyEnrolsTheNamespaceOfTheContext() {
        var result = api.istioctl("waypoint", "apply", "--enroll-namespace");

        assertThat(result.out()).isEqualTo("""
                ✅ waypoint shop/waypoint applied
                ✅ namespace shop labeled with "istio.io/use-waypoint: waypoint"
                """);
        assertThat(result.code()).isZero();
        assertThat(api.requests()).contains("PATCH " + GATEWAYS + "/waypoint?fieldManager=istioctl&force=false");
        assertThat(api.object("/api/v1/namespaces/shop")
                        .at("/metadata/labels/istio.io~1use-waypoint")
                        .asText())
                .isEqualTo("waypoint");
        assertThat(api.object(GATEWAYS + "/waypoint")
                        .at("/spec/listeners/0/port")
                        .asInt())
                .isEqualTo(15008);
    }

    @Test
    void aSecondApplyWarnsAppliesNothingAndSucceeds() {
        namespace("{istio.io/dataplane-mode: ambient, istio.io/use-waypoint: other}");

        var result = api.istioctl("waypoint", "apply", "-n", "shop", "--enroll-namespace");

        assertThat(result.out())
                .isEqualTo("⚠️ Warning: namespace (shop) already has an enrolled Waypoint."
                        + " Consider adding the `--overwrite` flag to your apply command.\n");
        assertThat(result.code()).isZero();
        assertThat(api.requests()).noneMatch(request -> request.startsWith("PATCH"));
    }

    @Test
    void overwriteReplacesTheWaypointOfTheNamespace() {
        namespace("{istio.io/dataplane-mode: ambient, istio.io/use-waypoint: other}");

        var result = api.istioctl("waypoint", "apply", "--enroll-namespace", "--overwrite", "--name", "mine");

        assertThat(result.out()).endsWith("labeled with \"istio.io/use-waypoint: mine\"\n");
    }

    @Test
    void applyWarnsWhenTheNamespaceIsNotAmbient() {
        namespace("{}");

        var result = api.istioctl("waypoint", "apply", "--enroll-namespace");

        assertThat(result.out())
                .startsWith(
                        "⚠️ Warning: namespace is not enrolled in ambient. Consider running\t"
                                + "`kubectl label namespace shop istio.io/dataplane-mode=ambient`\n✅ waypoint shop/waypoint applied");
    }

    @Test
    void applyInAMissingNamespaceFails() {
        var result = api.istioctl("waypoint", "apply", "-n", "nowhere");

        assertThat(result.err()).isEqualTo("Error: namespace: nowhere not found\n");
        assertThat(result.code()).isEqualTo(1);
    }

    @Test
    void applyWithoutTheGatewayApiSaysWhatIsMissing() throws IOException {
        try (ScriptedApi bare = new ScriptedApi()) {
            bare.put("/api/v1/namespaces/shop", "{metadata: {name: shop, labels: {}}}");

            var result = bare.istioctl("waypoint", "apply");

            assertThat(result.err())
                    .startsWith(
                            "Error: missing Kubernetes Gateway CRDs need to be installed before applying a waypoint: ");
        }
    }

    @Test
    void waitingEndsAtTheTimeoutAndDoesNotLabel() {
        var result = api.istioctl("waypoint", "apply", "--enroll-namespace", "--wait", "--waypoint-timeout", "1ms");

        assertThat(result.err()).isEqualTo("Error: timed out while waiting for waypoint\tshop/waypoint\n");
        assertThat(result.code()).isEqualTo(1);
        assertThat(api.object("/api/v1/namespaces/shop").at("/metadata/labels").has("istio.io/use-waypoint"))
                .isFalse();
    }

    @Test
    void listShowsWaypointsOnlySortedByName() {
        gateway("shop", "waypoint", "istio-waypoint", "{istio.io/waypoint-for: service}", "True");
        gateway("shop", "another", "istio-waypoint", "{istio.io/rev: canary}", "False");
        gateway("shop", "ingress", "istio", "{}", "True");

        var result = api.istioctl("waypoint", "list");

        assertThat(result.out()).isEqualTo("""
                NAME         REVISION     TRAFFIC TYPE     PROGRAMMED
                another      canary       none             False
                waypoint     default      service          True
                """);
    }

    @Test
    void listOfAllNamespacesNamesThem() {
        gateway("shop", "waypoint", "istio-waypoint", "{}", "True");
        gateway("bank", "waypoint", "istio-waypoint", "{}", "True");

        var result = api.istioctl("waypoint", "list", "-A");

        assertThat(result.out()).isEqualTo("""
                NAMESPACE     NAME         REVISION     TRAFFIC TYPE     PROGRAMMED
                bank          waypoint     default      none             True
                shop          waypoint     default      none             True
                """);
    }

    @Test
    void listThatFindsNothingSaysHowManyThereAreElsewhere() {
        gateway("bank", "waypoint", "istio-waypoint", "{}", "True");

        var result = api.istioctl("waypoint", "list");

        assertThat(result.out()).isEqualTo("No waypoints found.\n");
        assertThat(result.err())
                .isEqualTo(
                        "namespace \"shop\" has no waypoint; there is 1 in other namespaces (-A shows all, -n <namespace> one)\n");
        assertThat(result.code()).isZero();
    }

    @Test
    void listWithoutTheGatewayApiSaysSo() throws IOException {
        try (ScriptedApi bare = new ScriptedApi()) {
            var result = bare.istioctl("waypoint", "list");

            assertThat(result.err()).startsWith("Error: the cluster of context \"test\" does not have the Gateway API");
            assertThat(result.code()).isEqualTo(1);
        }
    }

    @Test
    void listOfANamespaceWithOtherGatewaysPrintsTheHeaderAlone() {
        gateway("shop", "ingress", "istio", "{}", "True");

        var result = api.istioctl("waypoint", "list");

        assertThat(result.out()).isEqualTo("NAME     REVISION     TRAFFIC TYPE     PROGRAMMED\n");
    }

    @Test
    void statusShowsProgrammedOrTheLastCondition() {
        gateway("shop", "waypoint", "istio-waypoint", "{}", "False");

        var result = api.istioctl("waypoint", "status", "--wait=false");

        assertThat(result.out()).isEqualTo("""
                NAME         STATUS     TYPE             REASON           MESSAGE
                waypoint     True       ResolvedRefs     ResolvedRefs     resolved
                """);
        gateway("shop", "waypoint", "istio-waypoint", "{}", "True");
        assertThat(api.istioctl("waypoint", "status").out())
                .contains("True       Programmed     Programmed     all well");
    }

    @Test
    void statusThatTimesOutFails() {
        gateway("shop", "waypoint", "istio-waypoint", "{}", "False");

        var result = api.istioctl("waypoint", "status", "--waypoint-timeout=1ms");

        assertThat(result.err())
                .isEqualTo(
                        "Error: failed to print waypoint status: timed out while retrieving status for waypoint\tshop/waypoint\n");
        assertThat(result.code()).isEqualTo(1);
    }

    @Test
    void deleteOfAnUnknownNameSucceeds() {
        gateway("shop", "waypoint", "istio-waypoint", "{}", "True");
        gateway("shop", "ingress", "istio", "{}", "True");

        var result = api.istioctl("waypoint", "delete", "waypoint", "missing", "ingress");

        assertThat(result.out().lines())
                .containsExactlyInAnyOrder(
                        "waypoint shop/waypoint deleted",
                        "waypoint shop/missing not found",
                        "waypoint shop/ingress not found");
        assertThat(result.code()).isZero();
        assertThat(api.object(GATEWAYS + "/ingress").isMissingNode()).isFalse();
        assertThat(api.object(GATEWAYS + "/waypoint").isMissingNode()).isTrue();
    }

    @Test
    void deleteByRevisionLeavesTheOthers() {
        gateway("shop", "old", "istio-waypoint", "{istio.io/rev: old}", "True");
        gateway("shop", "current", "istio-waypoint", "{}", "True");

        var result = api.istioctl("waypoint", "delete", "--revision", "old");

        assertThat(result.out()).isEqualTo("waypoint shop/old deleted\n");
    }
}

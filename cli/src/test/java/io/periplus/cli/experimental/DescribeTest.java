package io.periplus.cli.experimental;

import static org.assertj.core.api.Assertions.assertThat;

import io.periplus.cli.ScriptedApi;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** describe of pods and Services: capture, waypoint and its label, routes, policies, mutual TLS. */
class DescribeTest {
    private ScriptedApi api;

    @BeforeEach
    void start() throws IOException {
        api = new ScriptedApi();
        for (String collection : List.of(
                "/api/v1/pods",
                "/api/v1/services",
                "/apis/gateway.networking.k8s.io/v1/gateways",
                "/apis/gateway.networking.k8s.io/v1/httproutes",
                "/apis/security.istio.io/v1/authorizationpolicies",
                "/apis/security.istio.io/v1/peerauthentications")) {
            api.serve(collection);
        }
        api.put("/api/v1/namespaces/shop", "metadata: {name: shop, labels: {istio.io/dataplane-mode: ambient}}")
                .put("/api/v1/namespaces/shop/pods/web-1", """
                        metadata:
                          name: web-1
                          namespace: shop
                          labels: {app: web}
                          annotations: {ambient.istio.io/redirection: enabled}
                        spec:
                          nodeName: node-1
                          serviceAccountName: web
                          containers: [{name: web, ports: [{containerPort: 8080}]}]
                        status: {phase: Running}
                        """)
                .put("/api/v1/namespaces/istio-system/pods/ztunnel-1", """
                        metadata: {name: ztunnel-1, namespace: istio-system, labels: {app: ztunnel}}
                        spec: {nodeName: node-1}
                        status: {phase: Running}
                        """)
                .put("/api/v1/namespaces/shop/services/web", """
                        metadata: {name: web, namespace: shop, labels: {istio.io/use-waypoint: waypoint}}
                        spec: {selector: {app: web}, ports: [{name: http, port: 80, targetPort: 8080}]}
                        """)
                .put("/apis/gateway.networking.k8s.io/v1/namespaces/shop/gateways/waypoint", """
                        metadata: {name: waypoint, namespace: shop}
                        spec: {gatewayClassName: istio-waypoint}
                        status: {conditions: [{type: Programmed, status: "True"}]}
                        """)
                .put("/apis/gateway.networking.k8s.io/v1/namespaces/shop/httproutes/canary", """
                        metadata: {name: canary, namespace: shop}
                        spec: {parentRefs: [{kind: Service, group: "", name: web}]}
                        status:
                          parents:
                            - parentRef: {kind: Service, group: "", name: web}
                              conditions: [{type: ResolvedRefs, status: "False", reason: BackendNotFound, message: no v2}]
                        """)
                .put("/apis/security.istio.io/v1/namespaces/shop/authorizationpolicies/get-only", """
                        metadata: {name: get-only, namespace: shop}
                        spec: {targetRefs: [{kind: Service, group: "", name: web}], action: DENY, rules: [{}]}
                        """)
                .put("/apis/security.istio.io/v1/namespaces/shop/authorizationpolicies/finance", """
                        metadata: {name: finance, namespace: shop}
                        spec: {rules: [{}]}
                        """)
                .put("/apis/security.istio.io/v1/namespaces/istio-system/peerauthentications/mesh", """
                        metadata: {name: mesh, namespace: istio-system}
                        spec: {mtls: {mode: STRICT}}
                        """)
                .put("/apis/security.istio.io/v1/namespaces/shop/peerauthentications/web", """
                        metadata: {name: web, namespace: shop}
                        spec: {selector: {matchLabels: {app: web}}, portLevelMtls: {"8080": {mode: PERMISSIVE}}}
                        """);
    }

    @AfterEach
    void stop() throws IOException {
        api.close();
    }

    @Test
    void aPodIsDescribedWithEverythingThatStandsBeforeIt() {
        assertThat(api.istioctl("x", "describe", "pod", "web-1").out()).isEqualTo("""
                Pod: web-1.shop
                   Pod Revision: default
                   Pod Ports: 8080 (web)
                   Node: node-1
                   Captured: yes (label istio.io/dataplane-mode=ambient of namespace shop)
                   Ztunnel: ztunnel-1.istio-system
                --------------------
                Service: web.shop
                   Port: http 80/HTTP targets pod port 8080
                   Waypoint: waypoint.shop, programmed (label istio.io/use-waypoint of Service shop/web)
                   HTTPRoute: canary.shop (ResolvedRefs=False (BackendNotFound: no v2))
                   RBAC policies:
                      AuthorizationPolicy get-only.shop DENY, judged by waypoint
                --------------------
                Policies of the workload:
                   AuthorizationPolicy finance.shop ALLOW, judged by ztunnel; waypoint for requests through it
                Effective PeerAuthentication:
                   Workload mTLS mode: STRICT
                   Port 8080: PERMISSIVE
                Applied PeerAuthentication:
                   mesh.istio-system
                   web.shop
                """);
    }

    @Test
    void aServiceWithoutAWaypointSaysSoAndNamesPoliciesThatNobodyJudges() {
        api.put("/api/v1/namespaces/shop/services/web", """
                metadata: {name: web, namespace: shop}
                spec: {selector: {app: web}, ports: [{port: 80}]}
                """);

        assertThat(api.istioctl("x", "describe", "service", "web").out())
                .contains("   Port: 80/auto-detect targets pod port 80")
                .contains("   Waypoint: none")
                .contains("AuthorizationPolicy get-only.shop DENY, judged by nobody (no waypoint)");
    }

    @Test
    void aWaypointThatDoesNotExistIsNamedWithTheLabelThatAsksForIt() {
        api.put("/api/v1/namespaces/shop/services/web", """
                metadata: {name: web, namespace: shop, labels: {istio.io/use-waypoint: other}}
                spec: {ports: [{name: grpc-a, port: 80}]}
                """);

        assertThat(api.istioctl("x", "describe", "svc", "web.shop").out())
                .contains("grpc-a 80/GRPC")
                .contains("   Waypoint: other.shop, does not exist (label istio.io/use-waypoint of Service shop/web)");
    }

    @Test
    void aPodOutsideTheMeshIsToldWhy() {
        api.put("/api/v1/namespaces/default/pods/a", "metadata: {name: a, namespace: default}");

        assertThat(api.istioctl("x", "des", "po", "a.default").out())
                .contains(
                        "   Captured: no (neither it nor its namespace has the label istio.io/dataplane-mode=ambient)");
    }

    @Test
    void theSameIsThereForPrograms() {
        assertThat(api.istioctl("x", "describe", "pod", "web-1", "-o", "json").out())
                .contains("\"captured\": true", "\"because\": \"label istio.io/use-waypoint of Service shop/web\"");
        assertThat(api.istioctl("x", "describe", "service", "web", "-o", "yaml").out())
                .contains("service: web.shop");
        assertThat(api.istioctl("x", "describe", "service", "nope").err())
                .isEqualTo("Error: services \"nope\" not found in namespace \"shop\"\n");
    }

    @Test
    void whatZtunnelDoesNotJudgeIsNotSaidToBeJudgedByIt() {
        api.put("/apis/security.istio.io/v1/namespaces/shop/authorizationpolicies/ask", """
                        metadata: {name: ask, namespace: shop}
                        spec: {action: CUSTOM, provider: {name: ext}, rules: [{}]}
                        """)
                .put("/apis/security.istio.io/v1/namespaces/shop/authorizationpolicies/note", """
                        metadata: {name: note, namespace: shop}
                        spec: {action: AUDIT, rules: [{}]}
                        """)
                .put("/apis/security.istio.io/v1/namespaces/shop/authorizationpolicies/try", """
                        metadata: {name: try, namespace: shop, annotations: {istio.io/dry-run: "true"}}
                        spec: {action: DENY, rules: [{}]}
                        """);
        assertThat(api.istioctl("x", "describe", "pod", "web-1").out())
                .contains("ask.shop CUSTOM, judged by nobody (ztunnel asks no authorizer; give the policy targetRefs)")
                .contains("note.shop AUDIT, judged by waypoint for requests through it\n")
                .contains("try.shop DENY, judged by waypoint for requests through it, in dry run\n");
        api.put("/api/v1/namespaces/shop/services/web", """
                metadata: {name: web, namespace: shop}
                spec: {selector: {app: web}, ports: [{name: http, port: 80, targetPort: 8080}]}
                """);
        assertThat(api.istioctl("x", "describe", "pod", "web-1").out())
                .contains("note.shop AUDIT, judged by nobody (ztunnel does not judge what is AUDIT")
                .contains("try.shop DENY, judged by nobody (ztunnel does not judge what is in dry run");
    }

    @Test
    void serviceEntriesAndPoliciesOfRoutesAreDescribed() {
        api.serve("/apis/networking.istio.io/v1/serviceentries");
        api.serve("/apis/policy.periplus.io/v1alpha1/ratelimitpolicies");
        api.put("/apis/networking.istio.io/v1/namespaces/shop/serviceentries/old", """
                        metadata: {name: old, namespace: shop, labels: {istio.io/use-waypoint: waypoint}}
                        spec:
                          hosts: [old.example.com]
                          ports: [{name: http, number: 8080, protocol: HTTP}]
                          workloadSelector: {labels: {app: web}}
                        """)
                .put("/apis/security.istio.io/v1/namespaces/shop/authorizationpolicies/old", """
                        metadata: {name: old, namespace: shop}
                        spec: {targetRefs: [{kind: ServiceEntry, group: networking.istio.io, name: old}], rules: [{}]}
                        """)
                .put("/apis/policy.periplus.io/v1alpha1/namespaces/shop/ratelimitpolicies/few", """
                        metadata: {name: few, namespace: shop}
                        spec: {targetRefs: [{kind: HTTPRoute, group: gateway.networking.k8s.io, name: canary}]}
                        """);
        String expected = """
                ServiceEntry: old.shop
                   Host: old.example.com
                   Port: http 8080/HTTP targets pod port 8080
                   Waypoint: waypoint.shop, programmed (label istio.io/use-waypoint of ServiceEntry shop/old)
                   RBAC policies:
                      AuthorizationPolicy old.shop ALLOW, judged by waypoint
                """;
        assertThat(api.istioctl("x", "describe", "pod", "web-1").out())
                .contains("RateLimitPolicy few.shop, judged by waypoint, for HTTPRoute canary.shop\n")
                .contains(expected);
        assertThat(api.istioctl("x", "describe", "service", "old").out()).isEqualTo(expected);
    }
}

package io.periplus.cli.analyze;

import static org.assertj.core.api.Assertions.assertThat;

import io.periplus.cli.ScriptedApi;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What each analyzer finds, and where it keeps silent. */
class FindingsTest {
    private static final String MESH = """
            apiVersion: v1
            kind: Namespace
            metadata: {name: shop, labels: {istio.io/dataplane-mode: ambient}}
            ---
            apiVersion: v1
            kind: Service
            metadata: {name: web, namespace: shop}
            spec: {selector: {app: web}, ports: [{name: http, port: 80}]}
            ---
            apiVersion: apps/v1
            kind: Deployment
            metadata: {name: web, namespace: shop}
            spec: {template: {metadata: {labels: {app: web}}}}
            """;

    private static final String WAYPOINT = """
            apiVersion: gateway.networking.k8s.io/v1
            kind: Gateway
            metadata: {name: waypoint, namespace: shop}
            spec: {gatewayClassName: istio-waypoint, listeners: [{name: mesh, port: 15008, protocol: HBONE}]}
            """;

    @TempDir
    private Path directory;

    private String analyze(String... manifests) throws IOException {
        Path file = Files.writeString(directory.resolve("m.yaml"), String.join("\n---\n", manifests));
        return ScriptedApi.run(List.of("analyze", "--use-kube=false", file.toString()))
                .out()
                .replace(directory + "/m.yaml", "m.yaml");
    }

    private static String fronted(String mesh) {
        return mesh.replace("dataplane-mode: ambient", "dataplane-mode: ambient, istio.io/use-waypoint: waypoint");
    }

    @Test
    void aPolicyWithHttpAttributesNeedsAWaypointInFront() throws IOException {
        String policy = """
                apiVersion: security.istio.io/v1
                kind: AuthorizationPolicy
                metadata: {name: get-only, namespace: shop}
                spec: {rules: [{to: [{operation: {methods: [GET]}}]}]}
                """;

        assertThat(analyze(MESH, policy))
                .contains("Warning [PER0001] (AuthorizationPolicy shop/get-only ")
                .contains("ztunnel judges this policy for Deployment shop/web", "(methods)", "allow nothing");
        assertThat(analyze(fronted(MESH), WAYPOINT, policy)).isBlank();
        assertThat(analyze(MESH, policy.replace("methods: [GET]", "ports: [\"80\"]")))
                .isBlank();
    }

    @Test
    void aPolicyForAServiceNeedsItsWaypoint() throws IOException {
        String policy = """
                apiVersion: security.istio.io/v1
                kind: AuthorizationPolicy
                metadata: {name: p, namespace: shop}
                spec: {targetRefs: [{kind: Service, group: "", name: web}], rules: [{}]}
                """;

        assertThat(analyze(MESH, policy))
                .contains("Warning [IST0167] (AuthorizationPolicy shop/p ", "no waypoint is bound to Service shop/web");
        assertThat(analyze(fronted(MESH), WAYPOINT, policy)).isBlank();
        assertThat(analyze(MESH, policy.replace("name: web", "name: wep")))
                .contains("Error [IST0101]", "Referenced Service not found: \"shop/wep\"");
    }

    @Test
    void selectorsThatSelectNothingAreNamedWithTheirLabels() throws IOException {
        String policy = """
                apiVersion: security.istio.io/v1
                kind: PeerAuthentication
                metadata: {name: p, namespace: shop}
                spec: {selector: {matchLabels: {app: bogus, version: v1}}, mtls: {mode: STRICT}}
                """;

        assertThat(analyze(MESH, policy))
                .contains("Warning [IST0127] (PeerAuthentication shop/p m.yaml:")
                .contains("No matching workloads for this resource with the following labels: app=bogus,version=v1");
        assertThat(analyze(MESH, policy.replace("app: bogus, version: v1", "app: web")))
                .isBlank();
    }

    @Test
    void namespacesAndProvidersOfPoliciesMustExist() throws IOException {
        assertThat(analyze(MESH, """
                apiVersion: security.istio.io/v1
                kind: AuthorizationPolicy
                metadata: {name: p, namespace: shop}
                spec: {rules: [{from: [{source: {namespaces: [shop, bank, "fin*"]}}]}]}
                """))
                .contains("Error [IST0101] (AuthorizationPolicy shop/p m.yaml:")
                .contains("Referenced namespace not found: \"bank\"")
                .doesNotContain("\"shop\"", "fin*");
        assertThat(analyze(fronted(MESH), WAYPOINT, """
                apiVersion: security.istio.io/v1
                kind: AuthorizationPolicy
                metadata: {name: p, namespace: shop}
                spec:
                  action: CUSTOM
                  provider: {name: opa}
                  targetRefs: [{kind: Service, group: "", name: web}]
                  rules: [{}]
                """)).contains("Referenced extension provider not found: \"opa\"");
    }

    @Test
    void policiesAboutTokensNeedARequestAuthentication() throws IOException {
        String policy = """
                apiVersion: security.istio.io/v1
                kind: AuthorizationPolicy
                metadata: {name: p, namespace: shop}
                spec:
                  targetRefs: [{kind: Service, group: "", name: web}]
                  rules: [{from: [{source: {requestPrincipals: ["*"]}}], when: [{key: "request.auth.claims[a]", values: [b]}]}]
                """;
        String authentication = """
                apiVersion: security.istio.io/v1
                kind: RequestAuthentication
                metadata: {name: jwt, namespace: shop}
                spec:
                  targetRefs: [{kind: Service, group: "", name: web}]
                  jwtRules: [{issuer: a.example, jwksUri: "https://a.example/keys"}]
                """;

        assertThat(analyze(fronted(MESH), WAYPOINT, policy))
                .contains("Error [IST0149]", "(request.auth.claims[a], requestPrincipals)");
        assertThat(analyze(fronted(MESH), WAYPOINT, policy, authentication))
                .doesNotContain("IST0149")
                .contains("Warning [IST0175] (RequestAuthentication shop/jwt ");
    }

    @Test
    void routesNeedParentsBackendsAndAWaypoint() throws IOException {
        String route = """
                apiVersion: gateway.networking.k8s.io/v1
                kind: HTTPRoute
                metadata: {name: r, namespace: shop}
                spec:
                  parentRefs: [{kind: Service, group: "", name: web, port: 80}]
                  rules: [{backendRefs: [{name: web, port: 80}]}]
                """;

        assertThat(analyze(MESH, route)).contains("Warning [PER0002] (HTTPRoute shop/r ", "no waypoint is bound");
        assertThat(analyze(fronted(MESH), WAYPOINT, route)).isBlank();
        assertThat(analyze(
                        fronted(MESH), WAYPOINT, route.replace("{name: web, port: 80}]}]", "{name: web, port: 81}]}]")))
                .contains("Error [IST0101]", "Referenced port not found: \"81\" of Service shop/web");
        assertThat(analyze(fronted(MESH), WAYPOINT, route.replace("[{name: web", "[{name: wep")))
                .contains("Referenced Service not found: \"shop/wep\"");
        assertThat(analyze(MESH, route.replace("kind: Service, group: \"\", name: web, port: 80", "name: edge")))
                .contains("Referenced Gateway not found: \"shop/edge\"");
    }

    @Test
    void waypointsThatLabelsAskForMustExistAndTakeTheTraffic() throws IOException {
        assertThat(analyze(fronted(MESH)))
                .contains("Error [IST0101] (Namespace shop m.yaml:3) Referenced waypoint not found: \"shop/waypoint\"");
        String labelled = MESH.replace(
                "name: web, namespace: shop}\nspec: {selector",
                "name: web, namespace: shop, labels: {istio.io/use-waypoint: waypoint}}\nspec: {selector");
        String forPods =
                WAYPOINT.replace("namespace: shop}", "namespace: shop, labels: {istio.io/waypoint-for: workload}}");
        assertThat(analyze(labelled, forPods))
                .contains("Warning [PER0006] (Service shop/web ", "is for traffic of type \"workload\"");
    }

    @Test
    void aNameThatAWaypointNeedsMayNotBeHeldByOthers() throws IOException {
        String service = """
                apiVersion: v1
                kind: Service
                metadata: {name: waypoint, namespace: shop}
                spec: {ports: [{name: http, port: 80}]}
                """;

        assertThat(analyze(WAYPOINT, service))
                .contains("Error [PER0003] (Gateway shop/waypoint ", "a Service \"waypoint\" that is not its own");
        assertThat(analyze(WAYPOINT, service.replace("namespace: shop}", """
                namespace: shop, labels: {gateway.istio.io/managed: istio.io-mesh-controller}}"""))).isBlank();
    }

    @Test
    void aGatewayNeedsAControlPlaneOfItsRevision() throws IOException {
        String istiod = """
                apiVersion: apps/v1
                kind: Deployment
                metadata: {name: istiod, namespace: istio-system, labels: {app: istiod, istio.io/rev: default}}
                """;
        String canary = WAYPOINT.replace("namespace: shop}", "namespace: shop, labels: {istio.io/rev: canary}}");

        assertThat(analyze(istiod, WAYPOINT)).isBlank();
        assertThat(analyze(istiod, canary))
                .contains("Warning [PER0004] (Gateway shop/waypoint ", "revision \"canary\"", "(running: default)");
        String tag = """
                apiVersion: v1
                kind: Service
                metadata:
                  name: istiod-revision-tag-canary
                  namespace: istio-system
                  labels: {istio.io/tag: canary, istio.io/rev: default}
                spec: {ports: [{name: grpc-xds, port: 15010}]}
                """;
        assertThat(analyze(istiod, tag, canary)).isBlank();
    }

    @Test
    void negativeConditionsAreRepeatedWithTheirMessage() throws IOException {
        assertThat(analyze("""
                apiVersion: v1
                kind: Service
                metadata: {name: web, namespace: shop}
                spec: {ports: [{name: http, port: 80}]}
                status:
                  conditions:
                    - {type: istio.io/WaypointBound, status: "False", reason: WaypointIsNotReady, message: wait}
                    - {type: Ready, status: "False", reason: Other}
                """))
                .isEqualTo(
                        "Warning [IST0171] (Service shop/web m.yaml:5) A condition with a negative status is present:"
                                + " type=istio.io/WaypointBound, reason=WaypointIsNotReady, message=wait.\n\n");
    }

    @Test
    void annotationsAreCheckedForNamePlaceAndValue() throws IOException {
        assertThat(analyze("""
                apiVersion: v1
                kind: Service
                metadata:
                  name: web
                  namespace: shop
                  annotations:
                    istio.io/dry-run: "true"
                    networking.istio.io/trafic: x
                    networking.istio.io/traffic-distribution: Nearby
                    sidecar.istio.io/inject: "false"
                    example.com/own: x
                """))
                .contains("m.yaml:7) Misplaced annotation: istio.io/dry-run can only be applied to AuthorizationPolicy")
                .contains("m.yaml:8) Unknown annotation: networking.istio.io/trafic")
                .contains("m.yaml:9) Invalid annotation networking.istio.io/traffic-distribution: \"Nearby\"")
                .doesNotContain("sidecar", "example.com");
    }

    @Test
    void listenersOfOneGatewayMayNotConflictAndNeedTheirCertificates() throws IOException {
        assertThat(analyze("""
                apiVersion: gateway.networking.k8s.io/v1
                kind: Gateway
                metadata: {name: edge, namespace: shop}
                spec:
                  gatewayClassName: istio
                  listeners:
                    - {name: a, port: 80, protocol: HTTP, hostname: x.example}
                    - {name: b, port: 80, protocol: HTTP, hostname: x.example}
                    - {name: c, port: 80, protocol: TCP}
                    - name: d
                      port: 443
                      protocol: HTTPS
                      tls: {certificateRefs: [{name: missing}, {name: empty}]}
                ---
                apiVersion: v1
                kind: Secret
                metadata: {name: empty, namespace: shop}
                """))
                .contains("m.yaml:8) Conflict with listener \"a\" of Gateway shop/edge: both listener \"b\"")
                .contains("m.yaml:9) Conflict with listener \"a\"", "another protocol (HTTP)")
                .contains("Error [IST0101]", "Referenced credentialName not found: \"shop/missing\"")
                .contains("Error [IST0161]", "Secret shop/empty has no tls.crt or no tls.key");
    }

    @Test
    void destinationRulesNeedHostsAndSubsetsThatSelect() throws IOException {
        String rule = """
                apiVersion: networking.istio.io/v1
                kind: DestinationRule
                metadata: {name: d, namespace: shop}
                spec:
                  host: web.shop.svc.cluster.local
                  subsets: [{name: v1, labels: {app: web}}, {name: v2, labels: {version: v2}}]
                """;

        assertThat(analyze(MESH, rule))
                .contains("Error [IST0173]", "The Subset v2 defined in the DestinationRule does not select any pods.")
                .doesNotContain("Subset v1");
        assertThat(analyze(MESH, rule.replace("web.shop.svc", "wep.shop.svc")))
                .contains("Warning [IST0174]", "The host wep.shop.svc.cluster.local");
    }

    @Test
    void serviceEntriesMayNotContradictEachOther() throws IOException {
        assertThat(analyze("""
                apiVersion: networking.istio.io/v1
                kind: ServiceEntry
                metadata: {name: a, namespace: shop}
                spec: {hosts: [db.example], resolution: DNS, ports: [{number: 5432, name: db, protocol: TCP}]}
                ---
                apiVersion: networking.istio.io/v1
                kind: ServiceEntry
                metadata: {name: b, namespace: shop}
                spec: {hosts: [db.example], resolution: NONE, ports: [{number: 5432, name: db, protocol: HTTP}]}
                ---
                apiVersion: networking.istio.io/v1
                kind: ServiceEntry
                metadata: {name: c, namespace: shop}
                spec: {hosts: [raw.example], ports: [{number: 1, name: raw, protocol: TCP}]}
                """))
                .contains("Warning [IST0177] (ServiceEntry shop/b ", "is HTTP here but TCP in ServiceEntry shop/a")
                .contains("Warning [IST0134] (ServiceEntry shop/c ", "addresses are required for this protocol");
    }

    @Test
    void telemetriesMayNotCompete() throws IOException {
        String telemetry = """
                apiVersion: telemetry.istio.io/v1
                kind: Telemetry
                metadata: {name: %s, namespace: shop}
                spec: {accessLogging: [{%s}]}
                """;

        assertThat(analyze(MESH, telemetry.formatted("a", "providers: [{name: envoy}]"), telemetry.formatted("b", "")))
                .contains("Error [IST0160] (Telemetry shop/a ", "Multiple Telemetries (\"a,b\") in namespace \"shop\"")
                .contains("Warning [IST0157] (Telemetry shop/b ", "with empty providers will be ignored.");
    }

    @Test
    void policiesForProxiesOfGatewaysUseTargets() throws IOException {
        assertThat(analyze("""
                apiVersion: v1
                kind: Pod
                metadata:
                  name: edge-1
                  namespace: shop
                  labels: {gateway.networking.k8s.io/gateway-name: edge, app: edge}
                ---
                apiVersion: security.istio.io/v1
                kind: AuthorizationPolicy
                metadata: {name: p, namespace: shop}
                spec: {selector: {matchLabels: {app: edge}}, rules: [{}]}
                """))
                .contains("Warning [IST0166] (AuthorizationPolicy shop/p ", "Pod shop/edge-1", "Use targetRef");
    }

    @Test
    void podsThatShouldBeCapturedAreNamedWithTheirNode() throws IOException {
        String pod = """
                apiVersion: v1
                kind: Pod
                metadata: {name: web-1, namespace: shop}
                spec: {nodeName: node-1}
                status: {phase: Running}
                """;

        assertThat(analyze(MESH, pod)).contains("Warning [PER0005] (Pod shop/web-1 ", "not captured", "\"node-1\"");
        assertThat(analyze(MESH, pod.replace("namespace: shop}", """
                namespace: shop, annotations: {ambient.istio.io/redirection: enabled}}"""))).isBlank();
        assertThat(analyze(MESH, pod.replace("namespace: shop}", """
                namespace: shop, labels: {istio.io/dataplane-mode: none}}"""))).isBlank();
    }

    @Test
    void servicesOfOneDeploymentMayNotDisagree() throws IOException {
        assertThat(analyze(MESH, """
                apiVersion: v1
                kind: Service
                metadata: {name: web-udp, namespace: shop}
                spec: {selector: {app: web}, ports: [{name: udp, port: 90, targetPort: 80, protocol: UDP}]}
                ---
                apiVersion: v1
                kind: Service
                metadata: {name: web-other, namespace: shop}
                spec: {selector: {app: web}, ports: [{name: http, port: 80, targetPort: 8080}]}
                """))
                .contains("Warning [IST0116] (Deployment shop/web ", "using port 80 but different protocols")
                .contains("Warning [IST0137] (Deployment shop/web ", "same service port 80 but different targetPorts");
    }

    @Test
    void definitionsThatAreTooOldAreNamed() throws IOException {
        assertThat(analyze("""
                apiVersion: apiextensions.k8s.io/v1
                kind: CustomResourceDefinition
                metadata:
                  name: gateways.gateway.networking.k8s.io
                  annotations: {gateway.networking.k8s.io/bundle-version: v0.8.1}
                ---
                apiVersion: apiextensions.k8s.io/v1
                kind: CustomResourceDefinition
                metadata:
                  name: backendtlspolicies.gateway.networking.k8s.io
                  annotations: {gateway.networking.k8s.io/bundle-version: v1.2.0}
                """))
                .contains("Error [IST0156] (CustomResourceDefinition gateways.gateway.networking.k8s.io ")
                .contains("Warning [IST0176]", "minimum version for backendtlspolicies: v1.4.0");
    }
}

package io.periplus.controlplane.kube;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Duration;
import io.periplus.api.NamespacedName;
import io.periplus.controlplane.ca.SelfSignedCa;
import io.periplus.model.MeshSettings;
import io.periplus.model.input.Watched;
import io.periplus.model.mesh.MeshConfig;
import io.periplus.model.traffic.BackendPolicyKey;
import io.periplus.wire.waypoint.BackendLoadBalancing.Algorithm;
import io.periplus.wire.waypoint.BackendPolicy;
import io.periplus.wire.waypoint.BackendTls;
import io.periplus.wire.waypoint.ConnectionPool;
import io.periplus.wire.waypoint.ConsistentHash;
import io.periplus.wire.waypoint.OutlierDetection;
import io.periplus.wire.waypoint.ProxyProtocol;
import io.periplus.wire.waypoint.TrafficPolicy;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** DestinationRules and BackendTLSPolicies, from what users write to what proxies are sent. */
class BackendPolicyTest {
    private static final String WEB = "web.shop.svc.cluster.local";
    private static final NamespacedName WAYPOINT = new NamespacedName("shop", "waypoint");

    private final Cluster cluster = Cluster.shop();

    private void rule(String name, String spec) {
        rule(name, "2026-01-01T00:00:00Z", spec);
    }

    private void rule(String name, String created, String spec) {
        NamespacedName key = Cluster.name(name);
        cluster.apply("""
                kind: DestinationRule
                metadata: {name: %s, namespace: %s, creationTimestamp: "%s"}
                spec:
                %s
                """.formatted(key.name(), key.namespace(), created, spec.indent(2)));
    }

    private @Nullable BackendPolicy sent(NamespacedName gateway, String account, String service) {
        return cluster.index.backendPolicies.get(new BackendPolicyKey(gateway, account, service));
    }

    private @Nullable BackendPolicy sent() {
        return sent(WAYPOINT, "waypoint", "shop/" + WEB);
    }

    private TrafficPolicy policy() {
        return Objects.requireNonNull(sent()).getAllPorts();
    }

    private static Duration millis(long millis) {
        return Duration.newBuilder()
                .setSeconds(millis / 1000)
                .setNanos((int) (millis % 1000) * 1_000_000)
                .build();
    }

    // ---- what is read

    @Test
    void aServiceWithoutARuleHasNoPolicy() {
        assertThat(sent()).isNull();
    }

    @Test
    void theMeshsConnectTimeoutHoldsWhereNoRuleSaysAnother() {
        Duration mesh = Duration.newBuilder().setSeconds(3).build();
        cluster.index.watched.meshConfig.put(
                Watched.MESH, new MeshConfig(Map.of(), Map.of(), List.of(), List.of(), null, mesh));
        cluster.index.graph().settle();
        assertThat(timeouts()).containsOnly(mesh);
        rule("shop/web", "host: web\ntrafficPolicy: {connectionPool: {tcp: {connectTimeout: 250ms}}}\n");
        assertThat(timeouts()).containsExactlyInAnyOrder(mesh, millis(250));
    }

    private List<Duration> timeouts() {
        return cluster.index.backendPolicies.entries().values().stream()
                .map(policy -> policy.getAllPorts().getConnectionPool().getConnectTimeout())
                .toList();
    }

    @Test
    void aShortHostIsCompletedWithTheDomainOfTheCluster() {
        MeshSettings mesh =
                new MeshSettings("cluster1", "corp.internal", "cluster.local", "istio-system", "default", Set.of());
        Cluster corporate = Cluster.shop(mesh).apply("""
                kind: DestinationRule
                metadata: {name: web, namespace: shop}
                spec: {host: web, trafficPolicy: {connectionPool: {tcp: {maxConnections: 7}}}}
                """);
        assertThat(corporate.index.backendPolicies.entries().values())
                .extracting(BackendPolicy::getHostname)
                .containsExactly("web.shop.svc.corp.internal");
    }

    @Test
    void everyPartOfATrafficPolicyArrives() {
        rule("shop/web", """
                host: web
                trafficPolicy:
                  loadBalancer:
                    consistentHash: {httpCookie: {name: session, path: /, ttl: 1h30m}, maglev: {tableSize: 1009}}
                    warmup: {duration: 30s}
                    localityLbSetting:
                      distribute: [{from: eu/*, to: {"eu/a/*": 80, "us/*": 20}}]
                  connectionPool:
                    tcp:
                      maxConnections: 7
                      connectTimeout: 250ms
                      maxConnectionDuration: 1m
                      tcpKeepalive: {probes: 3, time: 60s, interval: 1.5s}
                    http:
                      http1MaxPendingRequests: 2
                      http2MaxRequests: 9
                      maxRequestsPerConnection: 4
                      maxRetries: 5
                      idleTimeout: 20s
                      h2UpgradePolicy: UPGRADE
                      maxConcurrentStreams: 11
                  outlierDetection:
                    consecutive5xxErrors: 0
                    consecutiveGatewayErrors: 3
                    interval: 5s
                    baseEjectionTime: 1m
                    maxEjectionPercent: 50
                    minHealthPercent: 20
                  proxyProtocol: {version: V2}
                  retryBudget: {percent: 12.5, minRetryConcurrency: 2}
                """);
        TrafficPolicy policy = policy();
        assertThat(policy.getLoadBalancing().getAlgorithm()).isEqualTo(Algorithm.CONSISTENT_HASH);
        ConsistentHash hash = policy.getLoadBalancing().getConsistentHash();
        assertThat(hash.getCookie().getName()).isEqualTo("session");
        assertThat(hash.getCookie().getTtl()).isEqualTo(millis(5_400_000));
        assertThat(hash.getRing()).isEqualTo(ConsistentHash.Ring.MAGLEV);
        assertThat(hash.getSize()).isEqualTo(1009);
        assertThat(policy.getLoadBalancing().getWarmup()).isEqualTo(millis(30_000));
        assertThat(policy.getLoadBalancing().getLocality().getDistribute(0).getToMap())
                .containsEntry("eu/a/*", 80)
                .containsEntry("us/*", 20);
        ConnectionPool pool = policy.getConnectionPool();
        assertThat(pool.getMaxConnections()).isEqualTo(7);
        assertThat(pool.getConnectTimeout()).isEqualTo(millis(250));
        assertThat(pool.getMaxConnectionDuration()).isEqualTo(millis(60_000));
        assertThat(pool.getTcpKeepalive().getInterval()).isEqualTo(millis(1500));
        assertThat(pool.getHttp1MaxPendingRequests()).isEqualTo(2);
        assertThat(pool.getHttp2MaxRequests()).isEqualTo(9);
        assertThat(pool.getMaxRequestsPerConnection()).isEqualTo(4);
        assertThat(pool.getMaxRetries()).isEqualTo(5);
        assertThat(pool.getHttpIdleTimeout()).isEqualTo(millis(20_000));
        assertThat(pool.getH2UpgradePolicy()).isEqualTo(ConnectionPool.UpgradePolicy.UPGRADE);
        assertThat(pool.getMaxConcurrentStreams()).isEqualTo(11);
        OutlierDetection outlier = policy.getOutlierDetection();
        assertThat(outlier.hasConsecutive5XxErrors()).isTrue();
        assertThat(outlier.getConsecutive5XxErrors()).isZero();
        assertThat(outlier.getConsecutiveGatewayErrors()).isEqualTo(3);
        assertThat(outlier.getBaseEjectionTime()).isEqualTo(millis(60_000));
        assertThat(outlier.getMaxEjectionPercent()).isEqualTo(50);
        assertThat(outlier.getMinHealthPercent()).isEqualTo(20);
        assertThat(policy.getProxyProtocol()).isEqualTo(ProxyProtocol.PROXY_V2);
        assertThat(policy.getRetryBudget().getPercent()).isEqualTo(12.5);
        assertThat(policy.getRetryBudget().getMinConcurrent()).isEqualTo(2);
    }

    @Test
    void portSettingsReplaceTheOthersAsAWhole() {
        rule("shop/web", """
                host: web
                trafficPolicy:
                  connectionPool: {tcp: {maxConnections: 7}}
                  proxyProtocol: {version: V1}
                  portLevelSettings:
                    - port: {number: 80}
                      loadBalancer: {simple: ROUND_ROBIN}
                """);
        BackendPolicy sent = Objects.requireNonNull(sent());
        assertThat(sent.getPortsList()).singleElement().satisfies(port -> {
            assertThat(port.getPort()).isEqualTo(80);
            assertThat(port.getPolicy().getLoadBalancing().getAlgorithm()).isEqualTo(Algorithm.ROUND_ROBIN);
            assertThat(port.getPolicy().hasConnectionPool()).isFalse();
            // It cannot be said for a port alone.
            assertThat(port.getPolicy().getProxyProtocol()).isEqualTo(ProxyProtocol.PROXY_V1);
        });
    }

    @Test
    void whatHasNoEffectIsSaid() {
        rule("shop/web", """
                host: web
                trafficPolicy: {connectionPool: {tcp: {connectTimeout: soon}}}
                subsets: [{name: v1, labels: {version: v1}}]
                """);
        assertThat(Objects.requireNonNull(cluster.index.watched.destinationRules.get(Cluster.name("shop/web")))
                        .problems())
                .satisfiesExactly(
                        problem -> assertThat(problem).startsWith("connectTimeout \"soon\" is no duration"),
                        problem -> assertThat(problem).startsWith("subsets [v1] get no traffic"));
        assertThat(Objects.requireNonNull(Objects.requireNonNull(
                                        cluster.index.destinationRuleStatus.get(Cluster.name("shop/web")))
                                .wanted())
                        .type())
                .isEqualTo("PartiallyInvalid");
    }

    // ---- which rule holds

    private static String connections(String host, int max) {
        return "host: '" + host + "'\ntrafficPolicy: {connectionPool: {tcp: {maxConnections: " + max + "}}}\n";
    }

    private int connections() {
        return policy().getConnectionPool().getMaxConnections();
    }

    @Test
    void theMoreExactHostComesFirst() {
        rule("shop/all", connections("*", 1));
        assertThat(connections()).isEqualTo(1);
        rule("shop/local", connections("*.local", 2));
        assertThat(connections()).isEqualTo(2);
        rule("shop/namespace", connections("*.shop.svc.cluster.local", 3));
        assertThat(connections()).isEqualTo(3);
        rule("shop/web", connections(WEB, 4));
        assertThat(connections()).isEqualTo(4);
        rule("shop/other", connections("api", 5));
        assertThat(connections()).isEqualTo(4);
    }

    @Test
    void ofSeveralForTheSameHostTheOldestWithAPolicyHolds() {
        rule("shop/b", "2026-01-02T00:00:00Z", connections("web", 2));
        rule("shop/c", "2026-01-03T00:00:00Z", connections("web", 3));
        rule("shop/a", "2026-01-01T00:00:00Z", "host: web\nsubsets: [{name: v1}]\n");
        assertThat(connections()).isEqualTo(2);
    }

    @Test
    void theRootNamespaceSpeaksForThoseWhoSayNothing() {
        rule("istio-system/all", connections("*.local", 1));
        assertThat(connections()).isEqualTo(1);
        rule("shop/all", connections("*", 2));
        assertThat(connections()).isEqualTo(2);
    }

    @Test
    void aRuleHoldsOnlyWhereItIsExportedTo() {
        rule("istio-system/web", connections(WEB, 1) + "exportTo: ['.', other]\n");
        assertThat(sent()).isNull();
        rule("istio-system/web", connections(WEB, 1) + "exportTo: [shop]\n");
        assertThat(connections()).isEqualTo(1);
    }

    @Test
    void aRuleOfASomeNamespaceSaysNothingAboutServicesOfAnother() {
        rule("clients/web", connections(WEB, 1));
        assertThat(sent()).isNull();
    }

    @Test
    void aRuleThatGoesLeavesNothing() {
        rule("shop/web", connections("web", 1));
        cluster.index.watched.destinationRules.remove(Cluster.name("shop/web"));
        cluster.index.graph().settle();
        assertThat(sent()).isNull();
    }

    // ---- who is told

    @Test
    void aGatewayIsToldOfTheServicesItRoutesTo() {
        NamespacedName gateway = new NamespacedName("shop", "edge");
        cluster.gateway("shop/edge", "[{name: http, port: 80, protocol: HTTP}]");
        rule("shop/web", connections("web", 1));
        assertThat(sent(gateway, "edge-istio", "shop/" + WEB)).isNull();
        cluster.route("HTTPRoute/shop/r", """
                parentRefs: [{name: edge}]
                rules: [{backendRefs: [{name: web, port: 80}]}]
                """);
        assertThat(sent(gateway, "edge-istio", "shop/" + WEB)).isNotNull();
        assertThat(sent(gateway, "edge", "shop/" + WEB)).isNull();
    }

    // ---- TLS

    private BackendTls tls(String tls) {
        rule("shop/web", "host: web\ntrafficPolicy: {tls: " + tls + "}\n");
        return policy().getTls();
    }

    @Test
    void simpleTlsTrustsTheSystemOrAFile() {
        BackendTls system = tls("{mode: SIMPLE, sni: example.com, subjectAltNames: [a.example.com]}");
        assertThat(system.getSni()).isEqualTo("example.com");
        assertThat(system.getSubjectAltNamesList()).containsExactly("a.example.com");
        assertThat(system.getCaCertificates() + system.getCaCertificatesFile() + system.getUnusable())
                .isEmpty();
        assertThat(tls("{mode: SIMPLE, caCertificates: /etc/certs/ca.pem}").getCaCertificatesFile())
                .isEqualTo("/etc/certs/ca.pem");
    }

    @Test
    void identitiesOfTheMeshAreTheTunnelsAffair() {
        rule("shop/web", "host: web\ntrafficPolicy: {tls: {mode: ISTIO_MUTUAL}}\n");
        assertThat(sent()).isNull();
    }

    @Test
    void aSecretThatIsMissingMakesTlsUnusableAndNotAbsent() {
        BackendTls missing = tls("{mode: SIMPLE, credentialName: origin}");
        assertThat(missing.getUnusable())
                .isEqualTo("tls.credentialName: Secret shop/origin does not exist or holds nothing for TLS");
        assertThat(tls("{mode: MUTUAL}").getUnusable()).startsWith("tls.mode MUTUAL needs clientCertificate");
    }

    @Test
    void secretsHoldAuthoritiesAndClientCertificates() throws Exception {
        Map<String, String> authority = SelfSignedCa.generate("cluster.local", Clock.systemUTC());
        secret("origin", "cacert: " + base64(value(authority, "ca-cert.pem")));
        BackendTls simple = tls("{mode: SIMPLE, credentialName: origin}");
        assertThat(simple.getUnusable()).isEmpty();
        assertThat(simple.getCaCertificates()).contains("BEGIN CERTIFICATE");
        assertThat(tls("{mode: MUTUAL, credentialName: origin}").getUnusable())
                .isEqualTo("tls.credentialName: Secret shop/origin holds no client certificate");
        secret("origin", """
                ca.crt: %s, tls.crt: %s, tls.key: %s""".formatted(
                        base64(value(authority, "ca-cert.pem")),
                        base64(value(authority, "ca-cert.pem")),
                        base64(value(authority, "ca-key.pem"))));
        BackendTls mutual = tls("{mode: MUTUAL, credentialName: origin}");
        assertThat(mutual.getUnusable()).isEmpty();
        assertThat(mutual.getClientKey()).contains("PRIVATE KEY");
    }

    private void secret(String name, String data) {
        cluster.apply("kind: Secret\nmetadata: {name: " + name + ", namespace: shop}\ndata: {" + data + "}\n");
    }

    private static String value(Map<String, String> files, String name) {
        return Objects.requireNonNull(files.get(name));
    }

    private static String base64(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    private void tlsPolicy(String name, String created, String section, String authorities) {
        cluster.apply("""
                kind: BackendTLSPolicy
                metadata: {name: %s, namespace: shop, creationTimestamp: "%s"}
                spec:
                  targetRefs: [{group: '', kind: Service, name: web%s}]
                  validation: {hostname: %s.example.com, %s}
                """.formatted(name, created, section, name, authorities));
    }

    // BT-1, BT-2, BT-4
    @Test
    void aBackendTlsPolicyForAPortComesBeforeOneForAll() {
        tlsPolicy("general", "2026-01-01T00:00:00Z", "", "wellKnownCACertificates: System");
        tlsPolicy("late", "2026-01-03T00:00:00Z", ", sectionName: http", "wellKnownCACertificates: System");
        tlsPolicy("early", "2026-01-02T00:00:00Z", ", sectionName: http", "wellKnownCACertificates: System");
        assertThat(policy().getTls().getSni()).isEqualTo("general.example.com");
        assertThat(Objects.requireNonNull(sent()).getPortsList())
                .singleElement()
                .satisfies(
                        port -> assertThat(port.getPolicy().getTls().getSni()).isEqualTo("early.example.com"));
    }

    // BT-7; l7-waypoint 2.8
    @Test
    void aHostOutsideTheMeshGetsTlsFromARuleOrAPolicyForItsEntry() {
        cluster.apply("""
                kind: ServiceEntry
                metadata: {name: web, namespace: shop}
                spec:
                  hosts: [api.example.com]
                  ports: [{number: 80, name: http, protocol: HTTP, targetPort: 443}]
                  resolution: DNS
                """);
        BackendPolicyKey key = new BackendPolicyKey(WAYPOINT, "waypoint", "shop/api.example.com");
        tlsPolicy("service", "2026-01-01T00:00:00Z", "", "wellKnownCACertificates: System");
        assertThat(cluster.index.entryBackendPolicies.get(key)).isNull();
        cluster.apply("""
                kind: BackendTLSPolicy
                metadata: {name: entry, namespace: shop, creationTimestamp: "2026-01-01T00:00:00Z"}
                spec:
                  targetRefs: [{group: networking.istio.io, kind: ServiceEntry, name: web, sectionName: http}]
                  validation: {hostname: api.example.com, wellKnownCACertificates: System}
                """);
        assertThat(Objects.requireNonNull(cluster.index.entryBackendPolicies.get(key))
                        .getPorts(0)
                        .getPolicy()
                        .getTls()
                        .getSni())
                .isEqualTo("api.example.com");
        rule("shop/api", "host: api.example.com\ntrafficPolicy: {tls: {mode: SIMPLE, sni: other.example.com}}\n");
        assertThat(Objects.requireNonNull(cluster.index.entryBackendPolicies.get(key))
                        .getAllPorts()
                        .getTls()
                        .getSni())
                .isEqualTo("other.example.com");
    }

    // BT-3, BT-5
    @Test
    void aBackendTlsPolicyWithoutAValidAuthorityFailsConnectionsUntilThereIsOne() throws Exception {
        tlsPolicy(
                "web",
                "2026-01-01T00:00:00Z",
                "",
                "caCertificateRefs: [{group: '', kind: ConfigMap, name: authorities}]");
        assertThat(policy().getTls().getUnusable()).isNotEmpty();
        String certificate = value(SelfSignedCa.generate("cluster.local", Clock.systemUTC()), "ca-cert.pem");
        cluster.apply("kind: ConfigMap\nmetadata: {name: authorities, namespace: shop}\ndata:\n  ca.crt: |\n"
                + certificate.indent(4));
        assertThat(policy().getTls().getUnusable()).isEmpty();
        assertThat(policy().getTls().getCaCertificates()).contains("BEGIN CERTIFICATE");
    }

    @Test
    void aRuleThatSpeaksOfTlsHasTheWordBeforeAPolicy() {
        tlsPolicy("web", "2026-01-01T00:00:00Z", "", "wellKnownCACertificates: System");
        assertThat(tls("{mode: SIMPLE, sni: rule.example.com}").getSni()).isEqualTo("rule.example.com");
        rule("shop/web", connections("web", 1));
        assertThat(policy().getTls().getSni()).isEqualTo("web.example.com");
    }
}

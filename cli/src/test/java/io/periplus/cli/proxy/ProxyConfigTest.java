package io.periplus.cli.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.periplus.cli.ScriptedApi;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The proxy-config commands on a saved dump, and what they say of pods that have no such configuration. */
class ProxyConfigTest {
    private static final String DUMP = """
            {"bootstrap": {"kind": "waypoint", "gateway": "waypoint", "namespace": "shop"},
             "certificates": [{"identity": "spiffe://cluster.local/ns/shop/sa/waypoint", "state": "Available",
               "certChain": [{"serialNumber": "255", "validFrom": "2020-01-01T00:00:00Z",
                 "expirationTime": "2999-01-01T00:00:00Z"}],
               "rootCerts": [{"serialNumber": "1", "validFrom": "2020-01-01T00:00:00Z",
                 "expirationTime": "2021-01-01T00:00:00Z"}]}],
             "listeners": [{"name": "mesh", "port": 15008, "protocol": "HBONE"}],
             "clusters": [
               {"name": "outbound|80||web.shop.svc.cluster.local", "service": "shop/web.shop.svc.cluster.local", "port": 80,
                "protocol": "HTTP11", "type": "EDS", "fronted": true,
                "endpoints": [{"address": "10.0.0.7:8080", "workload": "shop/web-1", "status": "HEALTHY", "tunnel": "HBONE"}]},
               {"name": "outbound|80||db.shop.svc.cluster.local", "service": "shop/db.shop.svc.cluster.local", "port": 80,
                "protocol": "TCP", "type": "EDS", "fronted": false, "endpoints": []}],
             "routes": [{"kind": "HTTP", "namespace": "shop", "name": "canary",
               "parents": [{"service": {"service": {"namespace": "shop", "hostname": "web.shop.svc.cluster.local"}, "port": 80}}],
               "rules": [
                 {"matches": [{"path": {"type": "PATH_PREFIX", "value": "/cart"}, "method": "GET",
                   "headers": [{"name": "x-canary", "value": {"type": "EXACT", "value": "yes"}}]}]},
                 {"backends": []}]}],
             "backendPolicies": [{"namespace": "shop", "hostname": "web.shop.svc.cluster.local"}],
             "policies": []}
            """;

    @TempDir
    private Path directory;

    private Path dump;

    @BeforeEach
    void save() throws IOException {
        dump = Files.writeString(directory.resolve("dump.json"), DUMP);
    }

    private List<List<String>> rows(String... words) {
        return run(words)
                .out()
                .lines()
                .map(line -> List.of(line.split(" {2,}")))
                .toList();
    }

    private ScriptedApi.Result run(String... words) {
        List<String> line = new ArrayList<>(List.of("proxy-config"));
        line.addAll(List.of(words));
        line.addAll(List.of("-f", dump.toString()));
        return ScriptedApi.run(line);
    }

    @Test
    void clustersAreNamedByServiceAndPort() {
        assertThat(rows("cluster").getFirst())
                .containsExactly("SERVICE FQDN", "PORT", "SUBSET", "DIRECTION", "TYPE", "DESTINATION RULE");
        assertThat(rows("cluster", "--fqdn", "web.shop.svc.cluster.local").get(1))
                .startsWith("web.shop.svc.cluster.local", "80", "-", "outbound", "EDS");
        assertThat(rows("c", "--port", "81")).hasSize(1);
    }

    @Test
    void aWaypointsListenerLeadsToRoutesOfTheServicesThatItFronts() {
        assertThat(run("listener").out()).isEqualTo("""
                ADDRESSES PORT  MATCH                                  DESTINATION
                0.0.0.0   15008 HBONE to web.shop.svc.cluster.local:80 Route: web.shop.svc.cluster.local:80
                """);
    }

    @Test
    void routesHaveALinePerMatch() {
        assertThat(rows("route"))
                .containsExactly(
                        List.of("NAME", "VHOST NAME", "DOMAINS", "MATCH", "VIRTUAL SERVICE"),
                        List.of(
                                "web.shop.svc.cluster.local:80",
                                "web.shop.svc.cluster.local",
                                "*",
                                "GET /cart* x-canary=yes",
                                "HTTPRoute canary.shop"),
                        List.of(
                                "web.shop.svc.cluster.local:80",
                                "web.shop.svc.cluster.local",
                                "*",
                                "/*",
                                "HTTPRoute canary.shop"));
        assertThat(rows("r", "--name", "web.shop.svc.cluster.local")).hasSize(3);
        assertThat(rows("r", "--name", "other")).hasSize(1);
    }

    @Test
    void endpointsSayTheirHealth() {
        assertThat(rows("endpoint").get(1))
                .containsExactly("10.0.0.7:8080", "HEALTHY", "NA", "outbound|80||web.shop.svc.cluster.local");
        assertThat(rows("ep", "--address", "10.0.0.8")).hasSize(1);
    }

    @Test
    void endpointsThatAreLeftAloneFailTheirCheck() throws IOException {
        var root = io.periplus.cli.text.Json.parse(DUMP.getBytes(java.nio.charset.StandardCharsets.UTF_8));
        var page = "outbound|80||web.shop.svc.cluster.local::10.0.0.7:8080::health_flags::/failed_outlier_check\n";

        assertThat(EndpointView.endpoints(new ProxyDump(root, page))
                        .at("/0/outlierCheck")
                        .asText())
                .isEqualTo("FAILED");
    }

    @Test
    void certificatesSayWhetherTheyHold() {
        assertThat(rows("secret").subList(1, 3))
                .containsExactly(
                        List.of(
                                "default",
                                "Cert Chain",
                                "ACTIVE",
                                "true",
                                "ff",
                                "2999-01-01T00:00:00Z",
                                "2020-01-01T00:00:00Z"),
                        List.of(
                                "ROOTCA",
                                "CA",
                                "ACTIVE",
                                "false",
                                "1",
                                "2021-01-01T00:00:00Z",
                                "2020-01-01T00:00:00Z"));
    }

    @Test
    void bootstrapIsJsonByItself() {
        assertThat(run("bootstrap").out()).startsWith("{\n    \"kind\": \"waypoint\"");
        assertThat(run("b", "-o", "yaml").out()).contains("kind: waypoint\n");
    }

    @Test
    void allShowsEveryTableOrTheWholeDump() {
        assertThat(run("all", "--with-headers").out())
                .contains("------ CLUSTER INFO ------\nSERVICE FQDN", "------ SECRET INFO");
        assertThat(run("all", "-o", "json").out()).contains("\"backendPolicies\"");
    }

    @Test
    void podsWithoutAProxyOfTheirOwnAreSentElsewhere() throws IOException {
        try (ScriptedApi api = new ScriptedApi()
                .serve("/api/v1/pods")
                .put("/api/v1/namespaces/shop/pods/web-1", "metadata: {name: web-1, namespace: shop}")
                .put(
                        "/api/v1/namespaces/istio-system/pods/ztunnel-1",
                        "metadata: {name: ztunnel-1, namespace: istio-system, labels: {app: ztunnel}}")) {
            assertThat(api.istioctl("proxy-config", "cluster", "web-1").err())
                    .startsWith("Error: pod web-1.shop has no proxy of its own")
                    .contains("istioctl ztunnel-config workload web-1.shop");
            assertThat(api.istioctl("pc", "route", "ztunnel-1.istio-system").err())
                    .isEqualTo("Error: pod ztunnel-1.istio-system is a ztunnel: use `istioctl ztunnel-config`\n");
            assertThat(api.istioctl("pc", "route", "nobody").err())
                    .isEqualTo("Error: pods \"nobody\" not found in namespace \"shop\"\n");
            assertThat(api.istioctl("pc", "route", "cronjob/a").err())
                    .contains("expected: a pod, or deploy/, sts/, ds/, rs/, svc/ or gateway/ with a name");
        }
    }

    @Test
    void aDumpOfAZtunnelIsRecognised() throws IOException {
        Files.writeString(dump, "{\"workloads\": []}");

        assertThat(run("cluster").err()).contains("for a ztunnel's use `istioctl ztunnel-config`");
        assertThat(ScriptedApi.run(List.of("pc", "cluster")).err()).contains("proxy-config requires a pod");
    }
}

package io.periplus.cli.ztunnel;

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

/** The ztunnel-config commands on a saved dump: the columns, the filters, the formats. */
class ZtunnelConfigTest {
    private static final String DUMP = """
            {"workloads": [
               {"uid": "c//Pod/shop/web-1", "workloadIps": ["10.0.0.7"], "protocol": "HBONE", "name": "web-1", "namespace": "shop",
                "node": "node-1"},
               {"uid": "c//Pod/bank/db-1", "workloadIps": ["10.0.0.8"], "protocol": "TCP", "name": "db-1", "namespace": "bank",
                "node": "node-2", "waypoint": {"destination": "network1/10.96.0.9"}}],
             "services": [
               {"name": "web", "namespace": "shop", "hostname": "web.shop.svc.cluster.local", "vips": ["network1/10.96.0.1"],
                "waypoint": {"destination": "shop/waypoint.shop.svc.cluster.local"},
                "endpoints": {"a": {"status": "Healthy"}, "b": {"status": "Unhealthy"}}},
               {"name": "waypoint", "namespace": "shop", "hostname": "waypoint.shop.svc.cluster.local",
                "vips": ["network1/10.96.0.9"], "endpoints": {}}],
             "policies": [{"name": "deny-all", "namespace": "shop", "scope": "Namespace", "action": "Allow", "rules": []}],
             "certificates": [
               {"identity": "spiffe://cluster.local/ns/shop/sa/web", "state": "Available",
                "certChain": [
                  {"serialNumber": "255", "validFrom": "2020-01-01T00:00:00Z", "expirationTime": "2999-01-01T00:00:00Z"},
                  {"serialNumber": "16", "validFrom": "2020-01-01T00:00:00Z", "expirationTime": "2021-01-01T00:00:00Z"}],
                "rootCerts": [
                  {"serialNumber": "1", "validFrom": "2020-01-01T00:00:00Z", "expirationTime": "2999-01-01T00:00:00Z"}]},
               {"identity": "spiffe://cluster.local/ns/shop/sa/new", "state": "Initializing"}]}
            """;

    @TempDir
    private Path directory;

    private Path dump;

    @BeforeEach
    void save() throws IOException {
        dump = Files.writeString(directory.resolve("dump.json"), DUMP);
    }

    private ScriptedApi.Result run(String... words) {
        List<String> line = new ArrayList<>(List.of(words));
        line.addAll(List.of("-f", dump.toString()));
        return ScriptedApi.run(line);
    }

    @Test
    void workloadsAreSortedByNamespaceAndNameTheirWaypoint() {
        assertThat(run("ztunnel-config", "workload").out()).isEqualTo("""
                NAMESPACE POD NAME ADDRESS  NODE   WAYPOINT PROTOCOL
                bank      db-1     10.0.0.8 node-2 waypoint TCP
                shop      web-1    10.0.0.7 node-1 None     HBONE
                """);
    }

    @Test
    void workloadsCanBeFiltered() {
        assertThat(run("zc", "w", "--workload-namespace", "bank").out())
                .contains("db-1")
                .doesNotContain("web-1");
        assertThat(run("zc", "w", "--workload-node", "node-1").out())
                .contains("web-1")
                .doesNotContain("db-1");
        assertThat(run("zc", "w", "--address", "10.0.0.8").out())
                .contains("db-1")
                .doesNotContain("web-1");
    }

    @Test
    void proxyConfigWorkloadShowsTheSame() {
        assertThat(run("proxy-config", "workload")).isEqualTo(run("ztunnel-config", "workload"));
    }

    @Test
    void servicesShowAddressesAndHealthyEndpoints() {
        assertThat(run("zc", "svc").out()).isEqualTo("""
                NAMESPACE SERVICE NAME SERVICE VIP WAYPOINT ENDPOINTS
                shop      waypoint     10.96.0.9   None     0/0
                shop      web          10.96.0.1   waypoint 1/2
                """);
    }

    @Test
    void policiesShowActionAndScope() {
        assertThat(run("zc", "policies").out()).isEqualTo("""
                NAMESPACE POLICY NAME ACTION SCOPE
                shop      deny-all    Allow  Namespace
                """);
    }

    @Test
    void certificatesShowEachOfTheChainWithItsValidity() {
        var lines = run("zc", "certificate")
                .out()
                .lines()
                .map(line -> List.of(line.split(" {5,}")))
                .toList();

        assertThat(lines.getFirst())
                .containsExactly(
                        "CERTIFICATE NAME", "TYPE", "STATUS", "VALID CERT", "SERIAL NUMBER", "NOT AFTER", "NOT BEFORE");
        assertThat(lines).anySatisfy(l -> assertThat(l).contains("Leaf", "Available", "true", "ff"));
        assertThat(lines).anySatisfy(l -> assertThat(l).contains("Intermediate", "false", "10"));
        assertThat(lines).anySatisfy(l -> assertThat(l).contains("Root", "1"));
        assertThat(lines).anySatisfy(l -> assertThat(l).contains("NA", "Initializing", "false"));
    }

    @Test
    void jsonIsIndentedByFourAndYamlIsBlockStyle() {
        assertThat(run("zc", "policy", "-o", "json").out())
                .startsWith("[\n    {\n        \"name\": \"deny-all\",\n")
                .contains("\"rules\": []");
        assertThat(run("zc", "policy", "-o", "yaml").out()).startsWith("- action: Allow\n  name: deny-all\n");
    }

    @Test
    void allShowsEveryTableWithHeadings() {
        assertThat(run("zc", "all", "--with-headers").out())
                .contains(
                        "------ WORKLOAD INFO ------\nNAMESPACE",
                        "------ SERVICE INFO",
                        "------ POLICY INFO",
                        "------ SECRET INFO");
    }

    @Test
    void aMissingFileIsNamed() {
        var result = ScriptedApi.run(List.of("zc", "workload", "-f", "/nowhere.json"));

        assertThat(result.err()).isEqualTo("Error: open /nowhere.json: no such file\n");
        assertThat(result.code()).isEqualTo(1);
    }

    @Test
    void withoutZtunnelInTheClusterThatIsSaid() throws IOException {
        try (ScriptedApi api = new ScriptedApi().serve("/api/v1/pods")) {
            assertThat(api.istioctl("zc", "workload").err())
                    .isEqualTo(
                            "Error: no ready ztunnel pod in namespace \"istio-system\": is the mesh installed in this cluster?\n");
        }
    }
}

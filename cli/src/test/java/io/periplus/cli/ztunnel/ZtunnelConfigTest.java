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
               {"identity": "spiffe://cluster.local/ns/shop/sa/new", "state": "Initializing"}],
             "workloadState": {
               "uid-1": {"state": "Up", "info": {"name": "web-1", "namespace": "shop", "serviceAccount": "web"},
                 "connections": {
                   "inbound": [{"src": "10.0.0.8:40000", "originalDst": "web.shop.svc.cluster.local",
                     "actualDst": "10.0.0.7:8080", "protocol": "HBONE"}],
                   "outbound": [{"src": "10.0.0.7:50000", "originalDst": "10.96.0.9:80", "actualDst": "10.0.0.8:15008",
                     "protocol": "HBONE"}, {"src": "10.0.0.7:50001", "originalDst": "192.0.2.1:443",
                     "actualDst": "192.0.2.1:443", "protocol": "TCP"}]}},
               "uid-2": {"state": "Up", "info": {"name": "db-1", "namespace": "bank", "serviceAccount": "db"},
                 "connections": {"inbound": [], "outbound": [{"src": "10.0.0.8:40000", "originalDst": "10.96.0.1:80",
                     "actualDst": "10.0.0.7:15008", "protocol": "HBONE"}]}}}}
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
    void connectionsShowNamesForAddresses() {
        assertThat(run("zc", "connections").out()).isEqualTo("""
                WORKLOAD   DIRECTION LOCAL            REMOTE           REMOTE TARGET                      PROTOCOL
                db-1.bank  Outbound  db-1.bank:40000  web-1.shop:15008 web.shop.svc.cluster.local:80      HBONE
                web-1.shop Inbound   web-1.shop:8080  db-1.bank:40000  web.shop.svc.cluster.local         HBONE
                web-1.shop Outbound  web-1.shop:50000 db-1.bank:15008  waypoint.shop.svc.cluster.local:80 HBONE
                web-1.shop Outbound  web-1.shop:50001 192.0.2.1:443    192.0.2.1:443                      TCP
                """);
        assertThat(run("zc", "cons", "--raw", "--direction", "inbound").out())
                .contains("10.0.0.7:8080", "10.0.0.8:40000")
                .doesNotContain("Outbound");
        assertThat(run("zc", "cons", "--workload-namespace", "bank", "--direction", "outbound")
                        .out())
                .contains("db-1.bank ")
                .doesNotContain("web-1.shop ");
        assertThat(run("zc", "cons", "-o", "json").out())
                .startsWith("[\n    {\n        \"state\": \"Up\",\n")
                .contains("\"name\": \"db-1\"", "\"originalDst\": \"10.96.0.1:80\"");
        assertThat(run("zc", "cons", "--direction", "up").err())
                .contains("--direction: up (expected: inbound or outbound)");
    }

    @Test
    void levelsAreAskedOfProxiesThatRun() {
        assertThat(run("zc", "log").err()).contains("--file is not applicable");
        assertThat(ScriptedApi.run(List.of("zc", "log", "--level", "info", "-r"))
                        .err())
                .contains("--level cannot be combined with --reset");
        assertThat(ScriptedApi.run(List.of("zc", "o", "-o", "json")).err())
                .contains("--output is not applicable for this command");
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
                        "------ SECRET INFO",
                        "------ CONNECTIONS INFO ------\nWORKLOAD");
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

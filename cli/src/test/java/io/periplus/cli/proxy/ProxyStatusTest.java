package io.periplus.cli.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.periplus.cli.ScriptedApi;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** proxy-status on what a control plane says. */
class ProxyStatusTest {
    private static final String PAGE = """
            [{"cluster_id": "one", "proxy": "waypoint-1.shop", "proxy_type": "waypoint", "resources": {
               "type.googleapis.com/istio.workload.Address": {"synced": true, "sentTime": "%s", "lastError": ""},
               "type.googleapis.com/periplus.waypoint.v1.Route": {"synced": false, "sentTime": "%s", "lastError": ""},
               "type.googleapis.com/periplus.waypoint.v1.SomethingNew": {"synced": false, "sentTime": "null"}}},
             {"cluster_id": "one", "proxy": "ztunnel-1.istio-system", "proxy_type": "ztunnel", "resources": {
               "type.googleapis.com/istio.security.Authorization":
                 {"synced": true, "sentTime": "%s", "lastError": "bad"}}}]
            """;

    @TempDir
    private Path directory;

    private Path page;

    @BeforeEach
    void save() throws IOException {
        String sent = Instant.now().minusSeconds(90).toString();
        page = Files.writeString(directory.resolve("syncz.json"), PAGE.formatted(sent, sent, sent));
    }

    private List<List<String>> rows(String... words) {
        List<String> line = new ArrayList<>(List.of("proxy-status", "-f", page.toString()));
        line.addAll(List.of(words));
        return ScriptedApi.run(line)
                .out()
                .lines()
                .map(row -> List.of(row.split(" {2,}")))
                .toList();
    }

    @Test
    void proxiesAreListedWithTheirTypes() {
        assertThat(rows().getFirst()).containsExactly("NAME", "CLUSTER", "ISTIOD", "VERSION", "SUBSCRIBED TYPES");
        assertThat(rows().get(1)).containsExactly("waypoint-1.shop", "one", "unknown", "3 (RDS,SomethingNew,WDS)");
        assertThat(rows().get(2)).containsExactly("ztunnel-1.istio-system", "one", "unknown", "1 (WADS)");
    }

    @Test
    void verbosityAddsAColumnPerType() {
        assertThat(rows("-v", "1").getFirst())
                .containsExactly("NAME", "CLUSTER", "ISTIOD", "VERSION", "RDS", "SomethingNew", "WADS", "WDS");
        assertThat(rows("-v", "1").get(1)).containsSubsequence("STALE (1m)", "NOT SENT", "IGNORED", "SYNCED (1m)");
    }

    @Test
    void oneProxyIsShownTypeByType() {
        assertThat(rows("ztunnel-1.istio-system"))
                .containsExactly(List.of("TYPE", "STATUS", "AGE", "ERROR"), List.of("WADS", "ERROR", "1m", "bad"));
        assertThat(ScriptedApi.run(List.of("ps", "nobody", "-f", page.toString()))
                        .err())
                .startsWith("Error: proxy \"nobody\" is not connected to the control plane");
    }

    @Test
    void jsonHasTheTypesInFull() {
        var result = ScriptedApi.run(List.of("ps", "-f", page.toString(), "-o", "json"));

        assertThat(result.out()).contains("\"typeUrl\": \"type.googleapis.com/istio.workload.Address\"");
    }

    @Test
    void withoutAControlPlaneThatIsSaid() throws IOException {
        try (ScriptedApi api = new ScriptedApi().serve("/api/v1/pods")) {
            assertThat(api.istioctl("proxy-status").err())
                    .isEqualTo("Error: no running istiod in namespace \"istio-system\": is the mesh installed in this"
                            + " cluster?\n");
        }
    }
}

package io.periplus.cli.experimental;

import static org.assertj.core.api.Assertions.assertThat;

import io.periplus.cli.ScriptedApi;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** authz check on what the proxies tell of their policies. */
class AuthzCheckTest {
    private static final String WAYPOINT = """
            {"policies": [
              {"name": "audit", "namespace": "shop", "action": "AUDIT", "endpointScope": "NAMESPACE", "rules": [{}]},
              {"name": "ask", "namespace": "shop", "action": "CUSTOM", "provider": "opa", "rules": [{}],
               "targets": [{"gateway": {}}], "endpointScope": "NOT_ENDPOINTS"},
              {"name": "get", "namespace": "shop", "action": "ALLOW", "rules": [{}, {}], "dryRun": true,
               "targets": [{"service": {"namespace": "shop", "hostname": "web.shop.svc.cluster.local"}}]},
              {"name": "odd", "namespace": "shop", "action": "DENY", "unreadable": "x", "endpointScope": "ALL", "rules": []}]}
            """;

    private static final String ZTUNNEL = """
            {"policies": [
              {"name": "strict", "namespace": "istio-system", "scope": "WorkloadSelector", "action": "Deny", "rules": [[[{}]]]},
              {"name": "all", "namespace": "istio-system", "scope": "Global", "action": "Allow", "rules": [[], []]}]}
            """;

    @TempDir
    private Path directory;

    private ScriptedApi.Result check(String dump, String... flags) throws IOException {
        Path file = Files.writeString(directory.resolve("dump.json"), dump);
        List<String> line = new java.util.ArrayList<>(List.of("x", "authz", "check", "-f", file.toString()));
        line.addAll(List.of(flags));
        return ScriptedApi.run(line);
    }

    @Test
    void aWaypointsPoliciesAreListedDenialsFirst() throws IOException {
        assertThat(check(WAYPOINT).out()).isEqualTo("""
                ACTION   AuthorizationPolicy   RULES   APPLIES TO
                DENY     odd.shop              0       all endpoints (cannot be understood: closes what it applies to)
                ALLOW    get.shop              2       web.shop.svc.cluster.local (dry run)
                LOG      audit.shop            1       endpoints in shop
                CUSTOM   ask.shop              1       everything behind this proxy
                """);
    }

    @Test
    void aZtunnelsPoliciesHaveTheSameColumns() throws IOException {
        assertThat(check(ZTUNNEL).out()).isEqualTo("""
                ACTION   AuthorizationPolicy   RULES   APPLIES TO
                DENY     strict.istio-system   1       workloads that it selects
                ALLOW    all.istio-system      2       all workloads
                """);
    }

    @Test
    void jsonHasTheDefinitions() throws IOException {
        assertThat(check(WAYPOINT, "-o", "json").out())
                .contains("\"appliesTo\": \"everything behind this proxy\"", "\"provider\": \"opa\"");
    }

    @Test
    void noPoliciesAreSaidToBeNone() throws IOException {
        var result = check("{\"policies\": []}");

        assertThat(result.out()).isEqualTo("ACTION   AuthorizationPolicy   RULES   APPLIES TO\n");
        assertThat(result.err()).isEqualTo("No policies: nothing is denied.\n");
    }

    @Test
    void aPodOrAFileIsNeeded() {
        assertThat(ScriptedApi.run(List.of("x", "authz", "check")).err())
                .startsWith("Error: expecting pod name or config dump, found: none");
    }
}

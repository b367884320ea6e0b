package io.periplus.cli.analyze;

import static org.assertj.core.api.Assertions.assertThat;

import io.periplus.cli.ScriptedApi;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code analyze} on clusters: whose findings are shown, and what manifests change. */
class AnalyzeClusterTest {
    private static final String UNNAMED_PORT = """
            kind: Service
            metadata: {name: web, namespace: %s}
            spec: {ports: [{port: 8080}]}
            """;

    private ScriptedApi api;

    @TempDir
    private Path directory;

    @BeforeEach
    void start() throws IOException {
        api = new ScriptedApi()
                .serve("/api/v1/services")
                .serve("/apis/security.istio.io/v1/authorizationpolicies")
                .put("/api/v1/namespaces/shop", "metadata: {name: shop}")
                .put("/api/v1/namespaces/bank", "metadata: {name: bank}")
                .put("/api/v1/namespaces/shop/services/web", UNNAMED_PORT.formatted("shop"))
                .put("/api/v1/namespaces/bank/services/web", UNNAMED_PORT.formatted("bank"));
    }

    @AfterEach
    void stop() throws IOException {
        api.close();
    }

    @Test
    void onlyTheNamespacesFindingsAreShown() {
        var result = api.istioctl("analyze");

        assertThat(result.out())
                .isEqualTo(
                        "Info [IST0118] (Service shop/web) Port name  (port: 8080, targetPort: 8080) doesn't follow the"
                                + " naming convention of Istio port.\n\n");
        assertThat(result.err()).isEmpty();
        assertThat(api.istioctl("analyze", "-n", "bank").out())
                .contains("bank/web")
                .doesNotContain("shop/web");
        assertThat(api.istioctl("analyze", "-A").out()).contains("bank/web", "shop/web");
    }

    @Test
    void aCleanClusterIsSaidToBe() {
        var result = api.istioctl("analyze", "-S", "IST0118=*");

        assertThat(result.err()).isEqualTo("✔ No validation issues found when analyzing namespace: shop.\n");
        assertThat(api.istioctl("analyze", "-A", "-S", "IST0118=*").err())
                .isEqualTo("✔ No validation issues found when analyzing all namespaces.\n");
    }

    @Test
    void aMissingNamespaceIsNoFailure() {
        var result = api.istioctl("analyze", "-n", "nowhere");

        assertThat(result.err()).isEqualTo("namespace \"nowhere\" not found\n");
        assertThat(result.code()).isZero();
    }

    @Test
    void manifestsAreAnalysedAsIfTheyWereApplied() throws IOException {
        Path file = Files.writeString(directory.resolve("m.yaml"), """
                apiVersion: v1
                kind: Service
                metadata: {name: web}
                spec: {ports: [{name: http, port: 8080}]}
                ---
                apiVersion: security.istio.io/v1
                kind: AuthorizationPolicy
                metadata: {name: p}
                spec: {targetRefs: [{kind: Service, group: "", name: other}], rules: [{}]}
                """);

        var result = api.istioctl("analyze", file.toString());

        assertThat(result.out())
                .contains("Error [IST0101] (AuthorizationPolicy shop/p " + file + ":9) Referenced Service not found:")
                .doesNotContain("IST0118");
        assertThat(result.err()).startsWith("Error: Analyzers found issues when analyzing namespace: shop.\n");
        assertThat(result.code()).isEqualTo(79);
    }

    @Test
    void severalClustersAreNamedAndCompared() throws IOException {
        try (ScriptedApi other = new ScriptedApi()
                .serve("/api/v1/services")
                .serve("/api/v1/pods")
                .put("/api/v1/namespaces/shop", "metadata: {name: shop}")
                .put("/api/v1/namespaces/shop/services/web", """
                        kind: Service
                        metadata: {name: web, namespace: shop}
                        spec: {ports: [{name: http, port: 9090}]}
                        """)) {
            api.serve("/api/v1/pods").put("/api/v1/namespaces/istio-system/pods/istiod-1", """
                    metadata: {name: istiod-1, namespace: istio-system, labels: {app: istiod}}
                    spec: {containers: [{env: [{name: CLUSTER_ID, value: one}]}]}
                    """);
            var result = api.istioctlBeside("two", other, "analyze", "--remote-contexts", "two");

            assertThat(result.out())
                    .contains("Info [IST0118] [cluster-one] (Service shop/web)")
                    .contains(
                            "Warning [IST0170] [cluster-one] (Service shop/web) The services web in namespace shop across"
                                    + " clusters one, two are inconsistent: ports differ (8080/TCP in one, 9090/TCP in two)");
        }
    }

    @Test
    void whatMayNotBeReadIsSaidAndLeftOut() {
        api.forbid("/api/v1/services");

        var result = api.istioctl("analyze");

        assertThat(result.err())
                .startsWith("may not read services of context \"test\": findings that need them are left out\n");
        assertThat(result.code()).isZero();
    }

    @Test
    void helpEndsWithExamples() {
        assertThat(ScriptedApi.run(List.of("analyze", "-h")).out()).contains("Examples:", "istioctl analyze -n shop");
    }
}

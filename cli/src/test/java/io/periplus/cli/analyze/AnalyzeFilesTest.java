package io.periplus.cli.analyze;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.periplus.cli.ScriptedApi;
import io.periplus.cli.text.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code analyze} on manifests alone: places, thresholds, suppressions, formats and exit codes. */
class AnalyzeFilesTest {
    private static final String SERVICE = """
            apiVersion: v1
            kind: Service
            metadata:
              name: web
              namespace: shop
            spec:
              ports:
                - port: 8080
                  targetPort: 8081
            """;

    private static final String BROKEN_POLICY = """
            ---
            apiVersion: security.istio.io/v1
            kind: AuthorizationPolicy
            metadata: {name: strict, namespace: shop}
            spec:
              acton: DENY
              rules:
                - from:
                    - source:
                        namespaces: finance
            """;

    @TempDir
    private Path directory;

    private ScriptedApi.Result analyze(String manifest, String... flags) throws IOException {
        Path file = Files.writeString(directory.resolve("m.yaml"), manifest);
        List<String> line = new ArrayList<>(List.of("analyze", "--use-kube=false", file.toString()));
        line.addAll(List.of(flags));
        return ScriptedApi.run(line);
    }

    @Test
    void aFindingNamesObjectFileAndLine() throws IOException {
        var result = analyze(SERVICE);

        assertThat(result.out())
                .isEqualTo("Info [IST0118] (Service shop/web " + directory
                        + "/m.yaml:8) Port name  (port: 8080, targetPort: 8081) doesn't follow the naming convention of"
                        + " Istio port.\n\n");
        assertThat(result.err()).isEmpty();
        assertThat(result.code()).isZero();
    }

    @Test
    void whatTheControlPlaneWouldRefuseInTokensAndLimitsIsFoundWithoutIt() throws IOException {
        var result = analyze("""
                apiVersion: security.istio.io/v1
                kind: RequestAuthentication
                metadata: {name: tokens, namespace: shop}
                spec:
                  jwtRules:
                    - issuer: nobody
                      timeout: 2h
                ---
                apiVersion: policy.periplus.io/v1alpha1
                kind: RateLimitPolicy
                metadata: {name: limits, namespace: shop}
                spec:
                  targetRefs: [{group: "", kind: Service, name: web}]
                  rateLimits:
                    - name: few
                      requests: 5
                      per: minute
                      match:
                        cel: request.method ==
                """, "--output-threshold", "Error");

        assertThat(result.out())
                .contains("m.yaml:6) Schema validation error: spec.jwtRules[0].jwksUri: is needed, or jwks")
                .contains("m.yaml:7) Schema validation error: spec.jwtRules[0].timeout: \"2h\" is no duration up to 1m")
                .contains("m.yaml:19) Schema validation error: spec.rateLimits[0].match.cel: ");
        assertThat(result.code()).isEqualTo(79);
    }

    @Test
    void unknownFieldsAndWrongTypesAreFoundWhereTheyStand() throws IOException {
        var result = analyze(BROKEN_POLICY, "--output-threshold", "Error");

        assertThat(result.out().lines())
                .anySatisfy(line -> assertThat(line)
                        .startsWith("Error [IST0106] (AuthorizationPolicy shop/strict ")
                        .contains("m.yaml:6) Schema validation error: spec.acton: unknown field \"acton\"")
                        .contains("did you mean \"action\"?"))
                .anySatisfy(line -> assertThat(line)
                        .contains(
                                "m.yaml:10) Schema validation error: spec.rules[0].from[0].source.namespaces: must be an"
                                        + " array, not the string \"finance\""));
        assertThat(result.code()).isEqualTo(79);
        assertThat(result.err())
                .startsWith("Error: Analyzers found issues when analyzing " + directory
                        + "/m.yaml.\nSee https://istio.io/");
    }

    @Test
    void whatNoSchemaCanSayIsJudgedByTheControlPlanesOwnCode() throws IOException {
        var result = analyze("""
                apiVersion: security.istio.io/v1
                kind: AuthorizationPolicy
                metadata: {name: p, namespace: shop}
                spec:
                  action: CUSTOM
                  rules: [{to: [{operation: {ports: ["0x50"]}}]}]
                """);

        assertThat(result.out())
                .contains("[IST0106]", "a CUSTOM policy needs the name of an extension provider")
                .contains("spec.rules[0].to[0].operation.ports");
    }

    @Test
    void everyDefinitionIsBundledForItsOwnKind() throws IOException {
        var result = analyze("""
                apiVersion: gateway.networking.k8s.io/v1
                kind: HTTPRoute
                metadata: {name: r, namespace: shop}
                spec: {rulez: []}
                ---
                apiVersion: networking.istio.io/v1beta1
                kind: ServiceEntry
                metadata: {name: s, namespace: shop}
                spec: {hosts: ["*"], resolution: STATIC, ports: [{number: 0, name: a}]}
                ---
                apiVersion: networking.istio.io/v9
                kind: DestinationRule
                metadata: {name: d, namespace: shop}
                """);

        assertThat(result.out())
                .contains("(HTTPRoute shop/r ", "spec.rulez: unknown field \"rulez\" (did you mean \"rules\"?)")
                .contains("spec.ports[0].number: 0 is less than 1")
                .contains("spec.hosts[0]: a bare \"*\" would stand for every host")
                .contains("version \"v9\" of DestinationRule is not served");
    }

    @Test
    void theFailureThresholdDecidesTheExitCode() throws IOException {
        assertThat(analyze(SERVICE, "--failure-threshold", "Info").code()).isEqualTo(79);
        assertThat(analyze(BROKEN_POLICY, "--failure-threshold", "error").code())
                .isEqualTo(79);
        assertThat(analyze(SERVICE, "--failure-threshold", "Fatal").err())
                .contains("valid values: Info, Warning, Error");
    }

    @Test
    void nothingShownIsSaidOnStandardError() throws IOException {
        var result = analyze(SERVICE, "--output-threshold", "Warning");

        assertThat(result.out()).isEqualTo("\n");
        assertThat(result.err()).isEqualTo("✔ No validation issues found when analyzing " + directory + "/m.yaml.\n");
    }

    @Test
    void findingsAreSuppressedByFlagAndByAnnotation() throws IOException {
        assertThat(analyze(SERVICE, "-S", "IST0118=Service web.shop").out()).isEqualTo("\n");
        assertThat(analyze(SERVICE, "-S", "IST0118=Service *.shop").out()).isEqualTo("\n");
        assertThat(analyze(SERVICE, "-S", "IST0118=Service shop/web").out()).isEqualTo("\n");
        assertThat(analyze(SERVICE, "-S", "IST0118=Service other.shop").out()).contains("IST0118");
        String annotated = SERVICE.replace(
                "  namespace: shop\n",
                "  namespace: shop\n  annotations: {galley.istio.io/analyze-suppress: \"IST0107,IST0118\"}\n");
        assertThat(analyze(annotated).out()).isEqualTo("\n");
        assertThat(analyze(SERVICE, "-S", "IST0118").err())
                .isEqualTo("Error: IST0118 is not a valid suppression value. See istioctl analyze --help\n");
    }

    @Test
    void jsonAndYamlNeverFailForFindings() throws IOException {
        var result = analyze(BROKEN_POLICY, "-o", "json");
        JsonNode first = Json.parse(result.out().getBytes(java.nio.charset.StandardCharsets.UTF_8))
                .get(0);

        assertThat(result.code()).isZero();
        assertThat(Json.text(first, "/code", "")).isEqualTo("IST0106");
        assertThat(Json.text(first, "/level", "")).isEqualTo("Error");
        assertThat(Json.text(first, "/origin", "")).isEqualTo("AuthorizationPolicy shop/strict");
        assertThat(Json.text(first, "/reference", "")).contains("m.yaml:");
        assertThat(Json.text(first, "/documentationUrl", "")).endsWith("/ist0106/");
        assertThat(analyze(SERVICE, "-o", "yaml").out()).startsWith("- code: IST0118\n");
    }

    @Test
    void aFileThatIsNoYamlEndsWithItsOwnCode() throws IOException {
        var result = analyze("a: [b\nc: d\n");

        assertThat(result.code()).isEqualTo(65);
        assertThat(result.err()).contains("m.yaml", "Error: Some files couldn't be parsed.");
        assertThat(analyze("a: [b\nc: d\n", "--ignore-unknown").code()).isZero();
        assertThat(ScriptedApi.run(List.of("analyze", "--use-kube=false", "/nowhere.yaml"))
                        .err())
                .contains("/nowhere.yaml: cannot be read: no such file");
    }

    @Test
    void directoriesAreReadWithAllBelowThem() throws IOException {
        Files.createDirectories(directory.resolve("a/b"));
        Files.writeString(directory.resolve("a/b/s.yml"), SERVICE);
        Files.writeString(directory.resolve("a/notes.txt"), "not: [yaml");

        var result = ScriptedApi.run(
                List.of("analyze", "--use-kube=false", directory.resolve("a").toString()));

        assertThat(result.out()).contains("s.yml:8)");
    }

    @Test
    void objectsOfAListAreAnalysedOneByOne() throws IOException {
        var result = analyze("""
                apiVersion: v1
                kind: List
                items:
                  - apiVersion: v1
                    kind: Service
                    metadata: {name: a, namespace: shop}
                    spec:
                      ports:
                        - {port: 80}
                """);

        assertThat(result.out()).contains("(Service shop/a ", "m.yaml:9)");
    }

    @Test
    void oneAnalyzerCanBeChosenAndAllCanBeListed() throws IOException {
        assertThat(analyze(BROKEN_POLICY + "---\n" + SERVICE, "--analyzer", "service.PortNameAnalyzer")
                        .out())
                .contains("IST0118")
                .doesNotContain("IST0106");
        assertThat(analyze(SERVICE, "--analyzer", "nobody").err()).contains("unknown analyzer \"nobody\"");
        assertThat(ScriptedApi.run(List.of("analyze", "-L")).out())
                .contains("* service.PortNameAnalyzer:\n    ", "* schema.ValidationAnalyzer.HTTPRoute:")
                .doesNotContain("VirtualService");
    }
}

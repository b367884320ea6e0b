package io.periplus.cli.install;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.periplus.cli.CliException;
import io.periplus.cli.Version;
import io.periplus.cli.text.Json;
import io.periplus.cli.text.Yaml;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The files of {@code charts/}: complete, well formed, filled in. */
class ChartsTest {
    private static final Path CHARTS = Path.of("../charts");

    private static List<String> names(String directory) throws IOException {
        try (Stream<Path> files = Files.list(CHARTS.resolve(directory))) {
            return files.map(file -> file.getFileName().toString().replace(".yaml", ""))
                    .sorted()
                    .toList();
        }
    }

    private static List<JsonNode> definitions() {
        List<JsonNode> all = new ArrayList<>(Charts.gatewayApi());
        all.addAll(Charts.istio());
        all.addAll(Charts.periplus());
        return all;
    }

    @Test
    void everyDefinitionInTheDirectoryIsInstalled() throws IOException {
        assertThat(Charts.GATEWAY_API).isEqualTo(names("crds/gateway-api"));
        assertThat(Charts.ISTIO).isEqualTo(names("crds/istio"));
        assertThat(Charts.PERIPLUS).isEqualTo(names("crds/periplus"));
    }

    @Test
    void everyDefinitionHasOneStoredVersionAndASchemaWithTypesThroughout() {
        for (JsonNode definition : definitions()) {
            String name = Json.text(definition, "/metadata/name", "");
            assertThat(name)
                    .isEqualTo(Json.text(definition, "/spec/names/plural", "") + "."
                            + Json.text(definition, "/spec/group", ""));
            int stored = 0;
            for (JsonNode version : definition.at("/spec/versions")) {
                stored += version.path("storage").asBoolean() ? 1 : 0;
                assertStructural(name, version.at("/schema/openAPIV3Schema"));
            }
            assertThat(stored).as(name).isEqualTo(1);
        }
    }

    private static void assertStructural(String path, JsonNode schema) {
        boolean typed =
                schema.has("type") || schema.path("x-kubernetes-int-or-string").asBoolean();
        assertThat(typed).as(path + " has a type").isTrue();
        schema.path("properties").properties().forEach(e -> assertStructural(path + "." + e.getKey(), e.getValue()));
        if (schema.has("items")) {
            assertStructural(path + "[]", schema.path("items"));
        }
        if (schema.path("additionalProperties").isObject()) {
            assertStructural(path + "{}", schema.path("additionalProperties"));
        }
        for (JsonNode required : schema.path("required")) {
            assertThat(schema.path("properties").has(required.asText()))
                    .as(path + " requires " + required)
                    .isTrue();
        }
    }

    @Test
    void theTemplatesAreFilledIn() {
        Values values = Values.defaults("istio-system")
                .with("global.multiCluster.clusterName", "cluster1")
                .with("values.global.network", "network1")
                .with("values.global.nativeNftables", "false");

        List<JsonNode> objects = new ArrayList<>();
        List.of("istiod", "istio-cni", "ztunnel").forEach(name -> objects.addAll(Charts.template(name, values)));

        assertThat(objects).allSatisfy(object -> assertThat(Kinds.of(object)).isNotNull());
        assertThat(objects.toString())
                .doesNotContain("{{")
                .contains(
                        "network1",
                        "periplus/periplus:" + Version.current(),
                        "{\"name\":\"NATIVE_NFTABLES\",\"value\":\"false\"}");
        JsonNode ztunnel = objects.stream()
                .filter(o -> Json.text(o, "/kind", "").equals("DaemonSet")
                        && Json.text(o, "/metadata/name", "").equals("ztunnel"))
                .findFirst()
                .orElseThrow();
        assertThat(ztunnel.at("/spec/template/spec/containers/0/env").toString())
                .contains("{\"name\":\"ISTIO_META_CLUSTER_ID\",\"value\":\"cluster1\"}");
    }

    @Test
    void blocksAreThereWhereTheirSettingIs() {
        Values plain = Values.defaults("istio-system");
        assertThat(plain.knows("ztunnel.env.L4_TIMEOUT")).isTrue();
        assertThat(plain.knows("ztunnel.other.L4_TIMEOUT")).isFalse();
        assertThat(Charts.template("ztunnel", plain).toString()).doesNotContain("CRL_PATH", "L4_TIMEOUT");
        Values more = plain.with("ztunnel.peerCaCrl.enabled", "true").with("ztunnel.env.L4_TIMEOUT", "5s");
        assertThat(Charts.template("ztunnel", more).toString())
                .contains("CRL_PATH", "istio-ca-crl", "{\"name\":\"L4_TIMEOUT\",\"value\":\"5s\"}");
    }

    @Test
    void theMeshConfigurationIsWrittenAsItWasSet() {
        Values values = Values.defaults("istio-system")
                .with("meshConfig.accessLogFile", "/dev/stdout")
                .with("meshConfig.accessLogFormat", "%RESPONSE_CODE% 'a' \"b\"\n")
                .with("meshConfig.extensionProviders[0].name", "opa")
                .with("meshConfig.extensionProviders[0].envoyExtAuthzGrpc.service", "opa.security.svc.cluster.local")
                .with("meshConfig.extensionProviders[0].envoyExtAuthzGrpc.port", "9191")
                .with("meshConfig.defaultConfig.proxyMetadata.A\\.B", "true")
                .withMeshConfig(Map.of("defaultConfig", Map.of("concurrency", 2), "trustDomain", "td.example"));

        JsonNode map = Charts.template("istiod", values).stream()
                .filter(o -> Json.text(o, "/kind", "").equals("ConfigMap"))
                .findFirst()
                .orElseThrow();

        JsonNode mesh = Json.tree(Yaml.load(map.at("/data/mesh").asText()));
        assertThat(mesh.toString()).isEqualTo(Json.tree(Yaml.load("""
                        trustDomain: td.example
                        rootNamespace: istio-system
                        accessLogEncoding: TEXT
                        accessLogFile: /dev/stdout
                        accessLogFormat: "%RESPONSE_CODE% 'a' \\"b\\"\\n"
                        defaultConfig:
                          concurrency: 2
                          proxyMetadata: {A.B: true, ISTIO_META_ENABLE_HBONE: "true"}
                        extensionProviders:
                        - envoyExtAuthzGrpc: {port: 9191, service: opa.security.svc.cluster.local}
                          name: opa
                        """)).toString());
    }

    @Test
    void aRootNamespaceThatIsNotTheControlPlanesIsRefused() {
        assertThatThrownBy(() -> Values.defaults("istio-system").with("meshConfig.rootNamespace", "other"))
                .isInstanceOf(CliException.class)
                .hasMessageContaining("expected: istio-system");
    }

    @Test
    void aSettingThatDoesNotExistOrCouldChangeAManifestIsRefused() {
        Values values = Values.defaults("istio-system");

        assertThatThrownBy(() -> values.with("global.netwrok", "n"))
                .isInstanceOf(CliException.class)
                .hasMessageContaining("known: ")
                .hasMessageContaining("global.network");
        assertThatThrownBy(() -> values.with("global.network", "a\nb: c")).isInstanceOf(CliException.class);
    }
}

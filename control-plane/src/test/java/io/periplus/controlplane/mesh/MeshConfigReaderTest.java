package io.periplus.controlplane.mesh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.Duration;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import io.periplus.model.MeshSettings;
import io.periplus.model.input.LabelSelectorInput;
import io.periplus.model.input.LabelSelectorInput.Expression;
import io.periplus.model.mesh.EntryVisibility;
import io.periplus.model.mesh.EntryVisibility.Level;
import io.periplus.model.mesh.MeshConfig;
import io.periplus.wire.waypoint.AdditionalHeader;
import io.periplus.wire.waypoint.ClientAttribute;
import io.periplus.wire.waypoint.ExtensionProvider;
import io.periplus.wire.waypoint.ValuePart;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MeshConfigReaderTest {
    private final MeshConfigReader reader =
            new MeshConfigReader(MeshSettings.defaults("cluster1"), new KubernetesSerialization());

    @Test
    void whatInstallationWritesHasNoFindings() throws Exception {
        Reading reading = reader.read("""
                trustDomain: cluster.local
                rootNamespace: istio-system
                accessLogFile: ""
                accessLogEncoding: "TEXT"
                accessLogFormat: ''
                defaultConfig:
                  discoveryAddress: istiod.istio-system.svc:15012
                  proxyMetadata:
                    ISTIO_META_ENABLE_HBONE: "true"
                """);
        assertThat(reading.findings()).isEmpty();
        assertThat(reading.config().proxyEnvironment())
                .containsEntry("ISTIO_META_ENABLE_HBONE", "true")
                .containsEntry("ACCESS_LOG_FILE", "")
                .containsEntry("ACCESS_LOG_ENCODING", "TEXT");
    }

    @Test
    void anEmptyTextSetsNothing() throws Exception {
        assertThat(reader.read("").config()).isEqualTo(MeshConfig.NONE);
    }

    @Test
    void whatHoldsForHttpBecomesTheProxiesEnvironment() throws Exception {
        Reading reading = reader.read("""
                connectTimeout: 3s
                defaultHttpRetryPolicy: {attempts: 0, retryOn: "5xx,503", backoff: 20ms, perTryTimeout: 2s}
                defaultConfig:
                  proxyHeaders:
                    server: {value: shop, disabled: true}
                    envoyDebugHeaders: {disabled: true}
                    requestId: {disabled: true}
                """);
        assertThat(reading.config().proxyEnvironment())
                .containsEntry("HTTP_RETRY_ATTEMPTS", "0")
                .containsEntry("HTTP_RETRY_ON", "5xx,503")
                .containsEntry("HTTP_RETRY_BACKOFF_MS", "20")
                .containsEntry("SERVER_HEADER", "shop")
                .containsEntry("SERVER_HEADER_DISABLED", "true")
                .containsEntry("ENVOY_DEBUG_HEADERS_DISABLED", "true");
        assertThat(reading.config().connectTimeout())
                .isEqualTo(Duration.newBuilder().setSeconds(3).build());
        assertThat(reading.findings())
                .containsExactlyInAnyOrder(
                        "defaultHttpRetryPolicy.perTryTimeout: has no effect here",
                        "defaultConfig.proxyHeaders.requestId: has no effect here");
        assertThatThrownBy(() -> reader.read("connectTimeout: 0s")).hasMessageContaining("more than 0");
        assertThatThrownBy(() -> reader.read("defaultHttpRetryPolicy: {attempts: 11}"))
                .hasMessageContaining("0 to 10");
    }

    @Test
    void whoSeesEntriesAndWhichNamespacesBelongToTheMeshIsRead() throws Exception {
        Reading reading = reader.read("""
                discoverySelectors:
                - matchLabels: {mesh: "yes"}
                - matchExpressions: [{key: env, operator: In, values: [prod, test]}]
                serviceEntryVisibility:
                  defaultVisibility: NAMESPACE
                  policies:
                  - visibility: PUBLIC
                    matchingRules: [{namespaceSelector: {matchLabels: {trusted: "true"}}}]
                  - visibility: NONE
                    matchingRules: [{hostnameSuffix: .example}]
                """);
        MeshConfig config = reading.config();
        assertThat(config.discovery())
                .containsExactly(
                        new LabelSelectorInput(Map.of("mesh", "yes"), List.of()),
                        new LabelSelectorInput(
                                Map.of(), List.of(new Expression("env", "In", List.of("prod", "test")))));
        assertThat(config.entryVisibility())
                .isEqualTo(new EntryVisibility(
                        Level.NAMESPACE,
                        List.of(new EntryVisibility.Rule(
                                Level.PUBLIC, List.of(new LabelSelectorInput(Map.of("trusted", "true"), List.of()))))));
        assertThat(reading.findings())
                .hasSize(2)
                .anyMatch(finding -> finding.contains("a rule without namespaceSelector never matches"));
        assertThatThrownBy(() -> reader.read("serviceEntryVisibility: {defaultVisibility: SECRET}"))
                .hasMessageContaining("expected: PUBLIC, NAMESPACE or NONE");
    }

    @Test
    void theProxiesEnvironmentFollowsDefaultConfig() throws Exception {
        Reading reading = reader.read("""
                accessLogFile: /dev/stdout
                accessLogEncoding: JSON
                trustDomainAliases: [old.example, older.example]
                defaultConfig:
                  concurrency: 4
                  terminationDrainDuration: 1m
                  gatewayTopology: {numTrustedProxies: 2}
                """);
        assertThat(reading.findings()).isEmpty();
        assertThat(reading.config().proxyEnvironment())
                .containsEntry("ACCESS_LOG_FILE", "/dev/stdout")
                .containsEntry("TRUST_DOMAIN_ALIASES", "old.example,older.example")
                .containsEntry("ACCESS_LOG_ENCODING", "JSON")
                .containsEntry("CONCURRENCY", "4")
                .containsEntry("TERMINATION_DRAIN_DURATION_SECONDS", "60")
                .containsEntry("NUM_TRUSTED_PROXIES", "2");
    }

    @Test
    void aGrpcProviderHasItsFields() throws Exception {
        ExtensionProvider provider = only("""
                extensionProviders:
                - name: opa
                  envoyExtAuthzGrpc:
                    service: security/opa.security.svc.cluster.local
                    port: 9191
                    timeout: 500ms
                    failOpen: true
                    statusOnError: "503"
                    clearRouteCache: true
                    includeRequestBodyInCheck: {maxRequestBytes: 4096, allowPartialMessage: true, packAsBytes: true}
                """);
        assertThat(provider.hasGrpc()).isTrue();
        assertThat(provider.getPort()).isEqualTo(9191);
        assertThat(provider.getTimeout().getNanos()).isEqualTo(500_000_000);
        assertThat(provider.getFailOpen()).isTrue();
        assertThat(provider.getStatusOnError()).isEqualTo(503);
        assertThat(provider.getClearRouteCache()).isTrue();
        assertThat(provider.getBody().getMaxRequestBytes()).isEqualTo(4096);
        assertThat(provider.getBody().getAllowPartialMessage()).isTrue();
        assertThat(provider.getBody().getPackAsBytes()).isTrue();
    }

    @Test
    void anHttpProviderHasItsFields() throws Exception {
        ExtensionProvider provider = only("""
                extensionProviders:
                - name: portal
                  envoyExtAuthzHttp:
                    service: portal.login.svc.cluster.local
                    port: 80
                    pathPrefix: /check
                    includeRequestHeadersInCheck: [cookie, "x-ext-*", "*-token"]
                    includeAdditionalHeadersInCheck:
                      X-From: mesh
                      x-uri: "https://%REQ(:AUTHORITY)%%REQ(X-ENVOY-ORIGINAL-PATH?:PATH):20%"
                      x-client: 100%% %DOWNSTREAM_REMOTE_ADDRESS_WITHOUT_PORT%
                    headersToUpstreamOnAllow: [authorization]
                    headersToDownstreamOnAllow: [set-cookie]
                    headersToDownstreamOnDeny: ["*"]
                """.replace("[\"*\"]", "[content-type, set-cookie]"));
        assertThat(provider.getHttp().getPathPrefix()).isEqualTo("/check");
        assertThat(provider.getHttp().getRequestHeadersList()).containsExactly("cookie", "x-ext-*", "*-token");
        assertThat(provider.getHttp().getToUpstreamOnAllowList()).containsExactly("authorization");
        assertThat(provider.getHttp().getToDownstreamOnAllowList()).containsExactly("set-cookie");
        assertThat(provider.getHttp().getToDownstreamOnDenyList()).containsExactly("content-type", "set-cookie");
        assertThat(provider.getHttp().getAdditionalHeadersList())
                .extracting(AdditionalHeader::getName)
                .containsExactlyInAnyOrder("x-from", "x-uri", "x-client");
        AdditionalHeader uri = provider.getHttp().getAdditionalHeadersList().stream()
                .filter(header -> header.getName().equals("x-uri"))
                .findFirst()
                .orElseThrow();
        assertThat(uri.getValueList()).extracting(ValuePart::getLiteral).containsExactly("https://", "", "");
        assertThat(uri.getValue(1).getRequest().getNamesList()).containsExactly(":authority");
        assertThat(uri.getValue(2).getRequest().getNamesList()).containsExactly("x-envoy-original-path", ":path");
        assertThat(uri.getValue(2).getRequest().getMaxLength()).isEqualTo(20);
        AdditionalHeader client = provider.getHttp().getAdditionalHeadersList().stream()
                .filter(header -> header.getName().equals("x-client"))
                .findFirst()
                .orElseThrow();
        assertThat(client.getValue(1).getLiteral()).isEqualTo("%");
        assertThat(client.getValue(3).getClient()).isEqualTo(ClientAttribute.REMOTE_IP);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "port: 80 | service: missing",
                "service: a | port: missing",
                "{service: a, port: 0} | port: 0 (expected: a number from 1 to 65535)",
                "{service: a, port: http} | port: http (expected: a number)",
                "{service: a, port: 80, timeout: soon} | timeout: soon (expected: a duration",
                "{service: a, port: 80, timeout: 0s} | timeout: 0",
                "{service: a, port: 80, statusOnError: teapot} | statusOnError: teapot (expected: a number)",
                "{service: a, port: 80, statusOnError: 99} | statusOnError: 99",
                "{service: a, port: 80, failOpen: maybe} | failOpen: maybe (expected: true or false)",
                "{service: a, port: 80, includeRequestBodyInCheck: {}} | maxRequestBytes: missing",
                "{service: a, port: 80, pathPrefix: check} | pathPrefix: check (expected: a path",
                "{service: a, port: 80, pathPrefix: '/a?b'} | pathPrefix: /a?b",
                "{service: a, port: 80, includeRequestHeadersInCheck: ['a*b']} | \"a*b\"",
                "{service: a, port: 80, includeAdditionalHeadersInCheck: {'a b': c}} | \"a b\" is no name",
                "{service: a, port: 80, includeAdditionalHeadersInCheck: {a: '%NOW%'}} | the operator %NOW% is not supported",
                "{service: a, port: 80, includeAdditionalHeadersInCheck: {a: '50%'}} | expected: %OPERATOR%",
            })
    void aProviderThatIsWrongIsKeptAsUnusable(String fields, String why) throws Exception {
        String flow = fields.startsWith("{") ? fields : "{" + fields + "}";
        Reading reading = reader.read("extensionProviders: [{name: x, envoyExtAuthzHttp: " + flow + "}]");
        assertThat(reading.findings()).singleElement().asString().contains(why);
        assertThat(reading.config().providers().get("x").message().getUnusable())
                .startsWith("extensionProviders[0].envoyExtAuthzHttp")
                .contains(why);
    }

    @Test
    void twoProvidersOfOneNameAreUnusable() throws Exception {
        Reading reading = reader.read("""
                extensionProviders:
                - {name: x, envoyExtAuthzGrpc: {service: a.b.svc.cluster.local, port: 1}}
                - {name: x, envoyExtAuthzGrpc: {service: c.d.svc.cluster.local, port: 1}}
                """);
        assertThat(reading.config().providers().get("x").message().getUnusable())
                .contains("twice");
    }

    @Test
    void providersOfOtherKindsAreLeftToOthers() throws Exception {
        Reading reading = reader.read("""
                extensionProviders:
                - {name: zipkin, zipkin: {service: z, port: 1}}
                - {name: future, envoyExtAuthzCarrierPigeon: {service: z}}
                """);
        assertThat(reading.config().providers()).containsOnlyKeys("future");
        assertThat(reading.config().providers().get("future").message().getUnusable())
                .contains("envoyExtAuthzCarrierPigeon");
        assertThat(reading.findings())
                .containsExactly(
                        "extensionProviders[0].zipkin: has no effect here",
                        "extensionProviders[1].name: future: kind \"envoyExtAuthzCarrierPigeon\" is not supported"
                                + " (expected: envoyExtAuthzGrpc or envoyExtAuthzHttp)");
    }

    @Test
    void whatHasNoEffectIsSaid() throws Exception {
        Reading reading = reader.read("""
                trustDomain: other.example
                enablePrometheusMerge: true
                outboundTrafficPolicy: {mode: REGISTRY_ONLY}
                defaultConfig: {tracing: {sampling: 10}}
                """);
        assertThat(reading.findings())
                .containsExactly(
                        "trustDomain: other.example has no effect: the mesh was installed with cluster.local",
                        "defaultConfig.tracing: has no effect here",
                        "outboundTrafficPolicy.mode: REGISTRY_ONLY has no effect in ambient mode; send traffic to"
                                + " outside hosts through a waypoint and restrict it there",
                        "enablePrometheusMerge: has no effect here");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{a: ",
                "just words",
                "accessLogFile: [a]",
                "accessLogFile: /var/log/x",
                "accessLogEncoding: XML",
                "extensionProviders: none",
                "extensionProviders: [1]",
                "defaultConfig: 7",
                "defaultConfig: {concurrency: many}",
            })
    void whatCannotBeReadIsRefusedAsAWhole(String text) {
        assertThatThrownBy(() -> reader.read(text)).isInstanceOf(MeshConfigException.class);
    }

    private ExtensionProvider only(String text) throws MeshConfigException {
        Reading reading = reader.read(text);
        assertThat(reading.findings()).isEmpty();
        assertThat(reading.config().providers()).hasSize(1);
        return reading.config().providers().values().iterator().next().message();
    }
}

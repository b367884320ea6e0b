package io.periplus.ztunnel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.Struct;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class ZtunnelConfigTest {
    @Test
    void theDefaultsAreUpstreams() {
        ZtunnelConfig config = ZtunnelConfig.of(Map.of());

        assertThat(config.xdsAddress()).isEqualTo("https://istiod.istio-system.svc:15012");
        assertThat(config.caAddress()).isEqualTo(config.xdsAddress());
        assertThat(config.agentSocket()).hasToString("/var/run/ztunnel/ztunnel.sock");
        assertThat(config.secretTtl()).isEqualTo(Duration.ofHours(24));
        assertThat(config.drain()).isEqualTo(Duration.ofSeconds(5));
        assertThat(config.sockets().mark()).isEqualTo(1337);
        assertThat(config.hbone().streamsPerConnection()).isEqualTo(100);
        assertThat(config.hbone().streamWindow()).isEqualTo(4 << 20);
        assertThat(config.hbone().connectionWindow()).isEqualTo(16 << 20);
        assertThat(config.features().baggage()).isTrue();
    }

    @Test
    void theDrainDeadlineFollowsTheGracePeriod() {
        assertThat(drain(Map.of("TERMINATION_GRACE_PERIOD_SECONDS", "30"))).isEqualTo(Duration.ofSeconds(25));
        assertThat(drain(Map.of("TERMINATION_GRACE_PERIOD_SECONDS", "4"))).isEqualTo(Duration.ofSeconds(3));
        assertThat(drain(Map.of("TERMINATION_GRACE_PERIOD_SECONDS", "30", "CONNECTION_TERMINATION_DEADLINE", "250ms")))
                .isEqualTo(Duration.ofMillis(250));
    }

    @ParameterizedTest
    @CsvSource(nullValues = "-", textBlock = """
            # asked, limit, request, of processors, threads
            -,       -,     -,       2,             2
            -,       -,     -,       16,            4
            -,       -,     6,       16,            6
            -,       3,     -,       16,            3
            -,       1,     2,       16,            2
            -,       200m,  -,       16,            1
            -,       1.5,   -,       16,            2
            -,       -,     2500m,   16,            4
            -,       2,     3100m,   16,            4
            5,       1,     -,       16,            5
            0,       -,     -,       16,            16
            0,       3,     -,       16,            3
            50%,     4,     -,       16,            2
            30%,     -,     -,       16,            5
            1%,      -,     -,       2,             1
            """)
    void threadsAreAsAskedOrAsTheContainerMayUse(
            String asked, String limit, String request, int processors, int threads) {
        Map<String, String> env = new HashMap<>();
        put(env, "ZTUNNEL_WORKER_THREADS", asked);
        put(env, "ZTUNNEL_RESOURCE_CPU_LIMIT", limit);
        put(env, "ZTUNNEL_RESOURCE_CPU_REQUEST", request);

        assertThat(WorkerThreads.of(new Environment(env), processors)).isEqualTo(threads);
    }

    @Test
    void theProcessorsThatThereAreMayBeSaid() {
        Environment env = new Environment(Map.of("ZTUNNEL_CPU_LIMIT", "32"));
        assertThat(WorkerThreads.of(env, 2)).isEqualTo(8);
        assertThatThrownBy(() -> WorkerThreads.of(new Environment(Map.of("ZTUNNEL_RESOURCE_CPU_LIMIT", "two")), 2))
                .hasMessage("ZTUNNEL_RESOURCE_CPU_LIMIT: two (expected: processors, such as 2, 1.5 or 500m)");
    }

    @Test
    void rootsAndTokensMayBeGivenAsTheyAre() throws IOException {
        String pem = "-----BEGIN CERTIFICATE-----\nAA==\n-----END CERTIFICATE-----\n";
        ZtunnelConfig config =
                ZtunnelConfig.of(Map.of("XDS_ROOT_CA", pem, "CA_ROOT_CA", "SYSTEM", "AUTH_TOKEN", "ey.a.token"));
        assertThat(Objects.requireNonNull(config.xdsRoots()).read()).isEqualTo(pem);
        assertThat(config.caRoots()).isNull();
        assertThat(Objects.requireNonNull(config.token()).read()).isEqualTo("ey.a.token");
        assertThat(config.token()).as("a secret").hasToString("(given as text)");
        assertThat(Objects.requireNonNull(ZtunnelConfig.of(Map.of()).token()).file())
                .hasToString("/var/run/secrets/tokens/istio-token");
    }

    private static void put(Map<String, String> env, String name, String value) {
        if (value != null) {
            env.put(name, value);
        }
    }

    @Test
    void tunablesHaveUpstreamsNames() {
        ZtunnelConfig config = ZtunnelConfig.of(Map.ofEntries(
                Map.entry("USER_TIMEOUT_ENABLED", "true"),
                Map.entry("KEEPALIVE_TIME", "60s"),
                Map.entry("KEEPALIVE_INTERVAL", "10s"),
                Map.entry("KEEPALIVE_RETRIES", "3"),
                Map.entry("IPV6_ENABLED", "false"),
                Map.entry("ENABLE_ORIG_SRC", "true"),
                Map.entry("LOCALHOST_APP_TUNNEL", "false"),
                Map.entry("XDS_HEADER_x-tenant", "a"),
                Map.entry("CA_HEADER_X-Tenant", "b"),
                Map.entry("XDS_ROOT_CA", "SYSTEM"),
                Map.entry("CA_ROOT_CA", "/etc/ca.pem"),
                Map.entry("ISTIO_META_DNS_CAPTURE", "false"),
                Map.entry("ISTIO_META_DNS_PROXY_ADDR", "127.0.0.1:5353"),
                Map.entry("PREFERED_SERVICE_NAMESPACE", "shop")));

        assertThat(config.sockets().userTimeout()).isTrue();
        assertThat(config.sockets().patience()).isEqualTo(Duration.ofSeconds(90));
        assertThat(config.features())
                .isEqualTo(new Features(true, false, false, false, Features.OriginalSource.ALWAYS, true, true));
        assertThat(config.xdsHeaders()).containsExactly(Map.entry("x-tenant", "a"));
        assertThat(config.caHeaders()).containsExactly(Map.entry("x-tenant", "b"));
        assertThat(config.xdsRoots()).isNull();
        assertThat(config.caRoots()).hasToString("/etc/ca.pem");
        assertThat(config.dns().enabled()).isFalse();
        assertThat(config.dns().ipv6()).isFalse();
        assertThat(config.dns().listen()).hasToString("[/127.0.0.1:5353]");
        assertThat(config.dns().preferredNamespace()).isEqualTo("shop");
    }

    @Test
    void whatItSaysOfItselfIsInVariablesOfUpstreamsNames() throws Exception {
        Struct metadata = ZtunnelConfig.of(Map.of(
                        "NODE_NAME", "node1",
                        "ISTIO_META_CLUSTER_ID", "east",
                        "ISTIO_META_OWNER", "kubernetes://apis/apps/v1",
                        "ISTIO_METAJSON_LABELS", "{\"app\": \"ztunnel\", \"numbers\": [1, true, null]}"))
                .metadata();

        assertThat(metadata.getFieldsMap().keySet())
                .containsExactlyInAnyOrder("NODE_NAME", "CLUSTER_ID", "OWNER", "LABELS");
        assertThat(metadata.getFieldsOrThrow("CLUSTER_ID").getStringValue()).isEqualTo("east");
        Struct labels = metadata.getFieldsOrThrow("LABELS").getStructValue();
        assertThat(labels.getFieldsOrThrow("app").getStringValue()).isEqualTo("ztunnel");
        assertThat(labels.getFieldsOrThrow("numbers").getListValue().getValuesList())
                .extracting(value -> value.getKindCase().name())
                .containsExactly("NUMBER_VALUE", "BOOL_VALUE", "NULL_VALUE");
        assertThatThrownBy(() -> ZtunnelConfig.of(Map.of("ISTIO_METAJSON_LABELS", "{")))
                .hasMessage("ISTIO_METAJSON_LABELS: { (expected: JSON)");
    }

    @Test
    void whatIsNotAvailableIsRefusedAndNotIgnored() {
        assertThatThrownBy(() -> ZtunnelConfig.of(Map.of("ENABLE_PROXY", "false", "ISTIO_META_DNS_CAPTURE", "false")))
                .hasMessageStartingWith("ENABLE_PROXY: false (expected: true");
        assertThat(ZtunnelConfig.of(Map.of("ENABLE_PROXY", "false", "INPOD_PORT_REUSE", "false"))
                        .features())
                .isEqualTo(new Features(true, true, true, false, Features.OriginalSource.IF_POSSIBLE, false, false));
    }

    @Test
    void addressesAreAskedForOnlyWhereNamesAreNotAnsweredAndThereIsSomebodyToAsk() {
        assertThatThrownBy(() -> ZtunnelConfig.of(Map.of("XDS_ON_DEMAND", "true")))
                .hasMessage("XDS_ON_DEMAND: true (expected: false, or ISTIO_META_DNS_CAPTURE=false:"
                        + " the DNS proxy has to know every service)");
        assertThat(ZtunnelConfig.of(Map.of()).onDemand()).isFalse();
        Map<String, String> onDemand = Map.of("XDS_ON_DEMAND", "true", "ISTIO_META_DNS_CAPTURE", "false");
        assertThat(ZtunnelConfig.of(onDemand).onDemand()).isTrue();
        assertThat(ConfigJson.of(ZtunnelConfig.of(onDemand)).get("xdsOnDemand").asBoolean())
                .isTrue();
        Map<String, String> alone = new HashMap<>(onDemand);
        alone.putAll(Map.of("LOCAL_XDS", "{}", "FAKE_CA", "true"));
        assertThat(ZtunnelConfig.of(alone).onDemand()).isFalse();
    }

    @Test
    void whoRunsAloneSaysWhatThereIsInstead() {
        assertThatThrownBy(() -> ZtunnelConfig.of(Map.of("LOCAL_XDS_PATH", "mesh.yaml")))
                .hasMessageStartingWith("FAKE_CA: nothing (expected: true or a file");
        assertThatThrownBy(() -> ZtunnelConfig.of(Map.of("LOCAL_XDS_PATH", "mesh.yaml", "LOCAL_XDS", "{}")))
                .hasMessage("LOCAL_XDS: {} (expected: nothing, since LOCAL_XDS_PATH is set)");
        assertThatThrownBy(() -> ZtunnelConfig.of(Map.of("PROXY_MODE", "alone")))
                .hasMessage("PROXY_MODE: alone (expected: shared or dedicated)");
        assertThatThrownBy(
                        () -> ZtunnelConfig.of(Map.of("PROXY_MODE", "dedicated", "PROXY_WORKLOAD_INFO", "shop/cart")))
                .hasMessage("PROXY_WORKLOAD_INFO: shop/cart (expected: namespace/name/service-account)");

        Standalone alone = ZtunnelConfig.of(Map.of(
                        "LOCAL_XDS", "{}",
                        "FAKE_CA", "true",
                        "PROXY_MODE", "dedicated",
                        "PROXY_WORKLOAD_INFO", "shop/cart/default"))
                .standalone();
        assertThat(alone.controlPlane()).isFalse();
        assertThat(alone.pod()).isEqualTo(new Pod("dedicated", "shop", "cart", "default"));
        assertThat(ZtunnelConfig.of(Map.of("LOCAL_XDS", "{}", "XDS_ADDRESS", "istiod:15012"))
                        .standalone()
                        .controlPlane())
                .as("both, where both are asked for")
                .isTrue();
    }

    @Test
    void aValueThatCannotBeUsedIsNamedWithWhatIsExpected() {
        assertThatThrownBy(() -> ZtunnelConfig.of(Map.of("PACKET_MARK", "zero")))
                .hasMessage("PACKET_MARK: zero (expected: 1 to 2147483647)");
        assertThatThrownBy(() -> ZtunnelConfig.of(Map.of("SECRET_TTL", "a day")))
                .hasMessage("SECRET_TTL: a day (expected: a duration such as 90s or 5m)");
        assertThatThrownBy(() -> ZtunnelConfig.of(Map.of("KEEPALIVE_ENABLED", "maybe")))
                .hasMessage("KEEPALIVE_ENABLED: maybe (expected: true or false)");
        assertThatThrownBy(() -> ZtunnelConfig.of(Map.of("COMPLIANCE_POLICY", "none")))
                .hasMessageContaining("expected: pqc, fips-140-2");
    }

    @Test
    void whatTheMeshSetsIsBeneathProxyConfigAndThatBeneathTheEnvironment(@TempDir Path files) throws IOException {
        Path mesh = Files.writeString(files.resolve("mesh"), """
                trustDomain: cluster.local
                defaultConfig:
                  concurrency: 7
                  discoveryAddress: istiod.mesh:15012
                  proxyAdminPort: 15100
                  statsPort: 15120
                  proxyMetadata: {ISTIO_META_DNS_CAPTURE: "false", CLUSTER_DOMAIN: mesh.local, NETWORK: mesh}
                """);
        Map<String, String> merged = ProxyDefaults.beneath(
                Map.of(
                        "PROXY_CONFIG",
                        "{concurrency: 3, proxyMetadata: {CLUSTER_DOMAIN: own.local, NETWORK: own}}",
                        "NETWORK",
                        "environment",
                        "NODE_NAME",
                        ""),
                mesh);
        ZtunnelConfig config = ZtunnelConfig.of(merged);

        assertThat(config.threads()).isEqualTo(3);
        assertThat(config.xdsAddress()).isEqualTo("istiod.mesh:15012");
        assertThat(config.ports()).isEqualTo(new AdminServers.Ports(15100, 15120, 15021));
        assertThat(config.dns().enabled()).isFalse();
        assertThat(config.clusterDomain()).isEqualTo("own.local");
        assertThat(config.network()).isEqualTo("environment");
        assertThat(ProxyDefaults.beneath(Map.of("A", "b"), files.resolve("nothing")))
                .containsExactly(Map.entry("A", "b"));
        assertThat(ZtunnelConfig.of(ProxyDefaults.beneath(Map.of("ZTUNNEL_WORKER_THREADS", "5"), mesh))
                        .threads())
                .isEqualTo(5);
        assertThatThrownBy(() -> ProxyDefaults.beneath(Map.of("PROXY_CONFIG", "[1]"), files.resolve("nothing")))
                .hasMessage("PROXY_CONFIG: [1] (expected: a mapping)");
    }

    private static Duration drain(Map<String, String> env) {
        return ZtunnelConfig.of(env).drain();
    }
}

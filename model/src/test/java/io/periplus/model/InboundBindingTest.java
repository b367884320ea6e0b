package io.periplus.model;

import static org.assertj.core.api.Assertions.assertThat;

import io.periplus.api.NamespacedName;
import io.periplus.model.input.GatewayClassInput;
import io.periplus.model.input.GatewayInput;
import io.periplus.model.input.GatewayInput.Allowed;
import io.periplus.model.input.GatewayInput.Listener;
import io.periplus.wire.workload.Workload;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How ztunnel hands connections to a waypoint that it stands before. */
class InboundBindingTest {
    private static final String BINDING = "ambient.istio.io/waypoint-inbound-binding";
    private static final NamespacedName POD = Objects.name("accounts/theirs-1");
    private final AmbientIndex index = new AmbientIndex(MeshSettings.defaults("cluster1"));

    @BeforeEach
    void cluster() {
        Objects.namespace(index, "istio-system", Map.of());
        Objects.namespace(index, "accounts", Map.of());
        Objects.pod(index, "accounts/theirs-1", Map.of("gateway.networking.k8s.io/gateway-name", "theirs"));
    }

    @ParameterizedTest
    @CsvSource({"PROXY, PROXY, 0", "PROXY/15088, PROXY, 15088", "NONE, NONE, 0", "NONE/8080, NONE, 8080"})
    void theGatewaysAnnotationSaysIt(String annotation, String protocol, int port) {
        gateway(Map.of(BINDING, annotation));
        assertThat(pod().getApplicationTunnel().getProtocol()).hasToString(protocol);
        assertThat(pod().getApplicationTunnel().getPort()).isEqualTo(port);
    }

    @ParameterizedTest
    @CsvSource({"proxy", "PROXY/", "PROXY/0", "PROXY/65536", "PROXY/x", "''"})
    void whatCannotBeReadCountsAsNothing(String annotation) {
        gateway(Map.of(BINDING, annotation));
        assertThat(pod().hasApplicationTunnel()).isFalse();
    }

    @Test
    void theClasssAnnotationHoldsForItsGatewaysUnlessTheySayOtherwise() {
        index.watched.gatewayClasses.put(
                "theirs",
                new GatewayClassInput(
                        "theirs",
                        1,
                        "example.com/controller",
                        Map.of(),
                        Map.of(BINDING, "PROXY"),
                        List.of(),
                        List.of()));
        gateway(Map.of());
        assertThat(pod().getApplicationTunnel().getProtocol()).hasToString("PROXY");
        gateway(Map.of(BINDING, "NONE"));
        assertThat(pod().getApplicationTunnel().getProtocol()).hasToString("NONE");
    }

    // Who may attach says the listener by which connections come in.
    @ParameterizedTest
    @CsvSource({"PROXY, true", "PROXY/15088, true", "NONE/15088, true", "PROXY/1, false", "NONE, false"})
    void theListenerThatTheBindingMeansSaysWhoMayAttach(String annotation, boolean everybody) {
        gateway(
                Map.of(BINDING, annotation),
                List.of(
                        new Listener("mesh", 15008, "HBONE", new Allowed("Same", null)),
                        new Listener("proxy", 15088, "istio.io/PROXY", new Allowed("All", null))));
        index.graph().settle();
        assertThat(java.util.Objects.requireNonNull(index.waypoints.get(Objects.name("accounts/theirs")))
                        .allowed()
                        .from())
                .isEqualTo(everybody ? "All" : "Same");
    }

    private void gateway(Map<String, String> annotations) {
        gateway(
                annotations,
                Objects.gateway("accounts/theirs", true, Map.of(), "Same").listeners());
    }

    private void gateway(Map<String, String> annotations, List<Listener> listeners) {
        GatewayInput g = Objects.gateway("accounts/theirs", true, Map.of(), "Same");
        index.watched.gateways.put(
                g.key(),
                new GatewayInput(
                        g.key(),
                        g.uid(),
                        1,
                        "",
                        Map.of(),
                        annotations,
                        "theirs",
                        listeners,
                        null,
                        null,
                        g.addresses(),
                        g.statusAddresses(),
                        g.conditions()));
    }

    private Workload pod() {
        index.graph().settle();
        return java.util.Objects.requireNonNull(index.podWorkloads.get(POD)).forZtunnel();
    }
}

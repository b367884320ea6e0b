package io.periplus.model;

import static org.assertj.core.api.Assertions.assertThat;

import io.periplus.api.NamespacedName;
import io.periplus.model.gateway.DeploymentWish;
import io.periplus.model.gateway.Parameters;
import io.periplus.model.input.ConditionInput;
import io.periplus.model.input.GatewayInput;
import io.periplus.model.input.ParametersInput;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Where the overlays of a waypoint's objects come from. */
class GatewayParametersTest {
    private static final NamespacedName WAYPOINT = Objects.name("accounts/waypoint");
    private final AmbientIndex index = new AmbientIndex(MeshSettings.defaults("cluster1"));

    @BeforeEach
    void cluster() {
        Objects.namespace(index, "istio-system", Map.of());
        Objects.namespace(index, "accounts", Map.of());
    }

    @Test
    void aGatewayWithoutAnyHasNone() {
        gateway(null);
        assertThat(wish().parameters()).isEmpty();
        assertThat(accepted().status()).isEqualTo("True");
    }

    @Test
    void theClasssDefaultsComeBeforeTheGatewaysOwn() {
        map("istio-system/defaults", "istio-waypoint", "1", Map.of("deployment", "a: 1"));
        map("accounts/own", "", "1", Map.of("service", "b: 1"));
        gateway("/ConfigMap/own");
        assertThat(wish().parameters())
                .extracting(Parameters::name)
                .containsExactly("ConfigMap istio-system/defaults", "ConfigMap accounts/own");
    }

    @Test
    void ofSeveralDefaultsTheOldestWins() {
        map("istio-system/young", "istio-waypoint", "2026-02-01T00:00:00Z", Map.of("deployment", "a: 1"));
        map("istio-system/old", "istio-waypoint", "2026-01-01T00:00:00Z", Map.of("deployment", "a: 2"));
        map("istio-system/other", "istio", "2025-01-01T00:00:00Z", Map.of("deployment", "a: 3"));
        map("accounts/elsewhere", "istio-waypoint", "2025-01-01T00:00:00Z", Map.of("deployment", "a: 4"));
        gateway(null);
        assertThat(wish().parameters()).extracting(Parameters::name).containsExactly("ConfigMap istio-system/old");
    }

    @Test
    void aMissingConfigMapIsNamedAndNothingIsDeployedUntilItComes() {
        gateway("/ConfigMap/own");
        refused("parametersRef ConfigMap accounts/own does not exist");
        map("accounts/own", "", "1", Map.of("deployment", "a: 1"));
        assertThat(wish().parameters()).hasSize(1);
        assertThat(accepted().reason()).isEqualTo("Accepted");
    }

    @Test
    void onlyConfigMapsOfTheCoreGroupAreKnown() {
        gateway("example.com/Settings/own");
        refused("Unsupported parametersRef group/kind example.com/Settings, only ConfigMap is supported");
    }

    @Test
    void anUnknownKeyIsNamed() {
        map("accounts/own", "", "1", Map.of("deployment", "a: 1", "deploymnet", "a: 2"));
        gateway("/ConfigMap/own");
        index.graph().settle();
        assertThat(index.ownGateways.deployments().get(WAYPOINT)).isNull();
        assertThat(accepted().message()).contains("unknown keys [deploymnet]");
    }

    @Test
    void anOverlayThatCannotBeAppliedIsTold() {
        gateway(null);
        index.watched.overlayProblems.put(WAYPOINT, "ConfigMap accounts/own key \"service\": illegal metadata change");
        assertThat(accepted().reason()).isEqualTo("InvalidParameters");
        assertThat(accepted().message()).contains("illegal metadata change");
    }

    private void refused(String message) {
        index.graph().settle();
        assertThat(index.ownGateways.deployments().get(WAYPOINT)).isNull();
        assertThat(accepted().status()).isEqualTo("False");
        assertThat(accepted().reason()).isEqualTo("InvalidParameters");
        assertThat(accepted().message()).isEqualTo(message);
    }

    private void map(String name, String defaultsFor, String created, Map<String, String> data) {
        NamespacedName key = Objects.name(name);
        index.watched.parameters.put(key, new ParametersInput(key, created, defaultsFor, data));
    }

    private void gateway(@Nullable String parametersRef) {
        GatewayInput g = Objects.gateway("accounts/waypoint", false, Map.of(), "Same");
        index.watched.gateways.put(
                WAYPOINT,
                new GatewayInput(
                        g.key(),
                        g.uid(),
                        1,
                        "",
                        Map.of(),
                        Map.of(),
                        g.className(),
                        g.listeners(),
                        null,
                        parametersRef,
                        g.addresses(),
                        g.statusAddresses(),
                        g.conditions()));
    }

    private DeploymentWish wish() {
        index.graph().settle();
        return java.util.Objects.requireNonNull(index.ownGateways.deployments().get(WAYPOINT));
    }

    private ConditionInput accepted() {
        index.graph().settle();
        return java.util.Objects.requireNonNull(index.gatewayStatus.get(WAYPOINT)).conditions().stream()
                .filter(condition -> condition.type().equals("Accepted"))
                .findFirst()
                .orElseThrow();
    }
}

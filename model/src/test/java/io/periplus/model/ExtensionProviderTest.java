package io.periplus.model;

import static org.assertj.core.api.Assertions.assertThat;

import io.periplus.model.input.Watched;
import io.periplus.model.mesh.GatewayProviders;
import io.periplus.model.mesh.MeshConfig;
import io.periplus.model.mesh.ProviderInput;
import io.periplus.model.policy.PolicyStatus;
import io.periplus.wire.waypoint.ExtensionProvider;
import io.periplus.wire.waypoint.GrpcAuthorizer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What becomes of extension providers: where they are found, who is told of them, what their policies say. */
class ExtensionProviderTest {
    private static final GatewayProviders.Key AT_WAYPOINT =
            new GatewayProviders.Key(Objects.name("accounts/waypoint"), "opa");

    private final AmbientIndex index = new AmbientIndex(MeshSettings.defaults("cluster1"));

    @BeforeEach
    void cluster() {
        Objects.namespace(index, "istio-system", Map.of());
        Objects.namespace(index, "accounts", Map.of());
        Objects.namespace(index, "security", Map.of());
        Objects.service(index, "accounts/web", Map.of("istio.io/use-waypoint", "waypoint"), Map.of());
        Objects.service(index, "security/opa", Map.of(), Map.of());
        Objects.waypoint(index, "accounts/waypoint");
        Objects.waypoint(index, "accounts/other");
        custom("opa");
    }

    @Test
    void aProviderIsSentToTheProxiesWhosePoliciesNameIt() {
        providers(provider("opa", "opa.security.svc.cluster.local", 80));
        assertThat(index.gatewayProviders.entries()).containsOnlyKeys(AT_WAYPOINT);
        ExtensionProvider sent = java.util.Objects.requireNonNull(index.gatewayProviders.get(AT_WAYPOINT));
        assertThat(sent.getService().getNamespace()).isEqualTo("security");
        assertThat(sent.getService().getHostname()).isEqualTo("opa.security.svc.cluster.local");
        assertThat(message()).isEqualTo("bound to accounts/waypoint");
    }

    @Test
    void aNamespaceMayStandBeforeTheHostName() {
        providers(provider("opa", "security/opa.security.svc.cluster.local", 80));
        assertThat(message()).isEqualTo("bound to accounts/waypoint");
        providers(provider("opa", "accounts/opa.security.svc.cluster.local", 80));
        assertThat(message()).contains("service accounts/opa.security.svc.cluster.local was not found");
    }

    @Test
    void aServiceThatIsNotThereIsSaidAndFoundOnceItComes() {
        providers(provider("opa", "late.security.svc.cluster.local", 80));
        assertThat(message())
                .isEqualTo("bound to accounts/waypoint. Extension provider \"opa\" cannot be asked (service"
                        + " late.security.svc.cluster.local was not found (expected: the full host name of a Service or"
                        + " a host of a ServiceEntry)): requests that match the rules are denied");
        assertThat(java.util.Objects.requireNonNull(index.gatewayProviders.get(AT_WAYPOINT))
                        .getUnusable())
                .contains("was not found");
        Objects.service(index, "security/late", Map.of(), Map.of());
        assertThat(message()).isEqualTo("bound to accounts/waypoint");
    }

    @Test
    void aPortThatTheServiceDoesNotHaveIsSaid() {
        providers(provider("opa", "opa.security.svc.cluster.local", 9191));
        assertThat(message()).contains("service security/opa.security.svc.cluster.local has no port 9191");
    }

    @Test
    void whatIsWrongInTheConfigurationIsSaid() {
        providers(ProviderInput.unusable("opa", "port: missing"));
        assertThat(message()).contains("Extension provider \"opa\" cannot be asked (port: missing)");
    }

    @Test
    void aProviderNobodyNamesIsSentToNobody() {
        custom("none");
        providers(provider("opa", "opa.security.svc.cluster.local", 80));
        assertThat(index.gatewayProviders.entries()).isEmpty();
        assertThat(message()).contains("\"none\" is not configured");
    }

    @Test
    void twoPoliciesWithOneProviderDoNotTakeItFromEachOther() {
        providers(provider("opa", "opa.security.svc.cluster.local", 80));
        policy("accounts/second", "opa");
        index.graph().settle();
        index.watched.authorizationPolicies.remove(Objects.name("accounts/p"));
        index.graph().settle();
        assertThat(index.gatewayProviders.entries()).containsOnlyKeys(AT_WAYPOINT);
    }

    @Test
    void theEnvironmentOfProxiesFollows() {
        index.watched.meshConfig.put(
                Watched.MESH, new MeshConfig(Map.of("ACCESS_LOG_FILE", "/dev/stdout"), Map.of(), List.of()));
        index.graph().settle();
        assertThat(java.util.Objects.requireNonNull(
                                index.ownGateways.deployments().get(Objects.name("accounts/waypoint")))
                        .environment())
                .containsEntry("ACCESS_LOG_FILE", "/dev/stdout");
    }

    private void custom(String provider) {
        policy("accounts/p", provider);
    }

    private void policy(String name, String provider) {
        Objects.policy(
                index,
                name,
                Map.of(
                        "action", "CUSTOM",
                        "provider", Map.of("name", provider),
                        "rules", List.of(Map.of()),
                        "targetRefs", List.of(Map.of("kind", "Service", "group", "", "name", "web"))));
    }

    private void providers(ProviderInput... providers) {
        Map<String, ProviderInput> byName = new HashMap<>();
        for (ProviderInput provider : providers) {
            byName.put(provider.message().getName(), provider);
        }
        index.watched.meshConfig.put(Watched.MESH, new MeshConfig(Map.of(), byName, List.of()));
        index.graph().settle();
    }

    private static ProviderInput provider(String name, String service, int port) {
        return new ProviderInput(
                service,
                ExtensionProvider.newBuilder()
                        .setName(name)
                        .setPort(port)
                        .setGrpc(GrpcAuthorizer.getDefaultInstance())
                        .build());
    }

    private String message() {
        index.graph().settle();
        PolicyStatus status = java.util.Objects.requireNonNull(index.policyStatuses.get(Objects.name("accounts/p")));
        return java.util.Objects.requireNonNull(status.waypoint()).message();
    }
}

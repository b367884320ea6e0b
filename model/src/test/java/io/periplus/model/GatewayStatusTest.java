package io.periplus.model;

import static org.assertj.core.api.Assertions.assertThat;

import io.periplus.api.NamespacedName;
import io.periplus.model.gateway.DeploymentWish;
import io.periplus.model.gateway.GatewayStatus;
import io.periplus.model.input.ConditionInput;
import io.periplus.model.input.GatewayInput;
import io.periplus.model.input.GatewayInput.Address;
import io.periplus.model.input.ListenerStatusInput;
import io.periplus.model.input.RevisionTagInput;
import io.periplus.model.input.ServiceInput;
import io.periplus.model.input.SliceInput;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What Gateways get: a deployment, and a status. */
class GatewayStatusTest {
    private static final NamespacedName WAYPOINT = Objects.name("accounts/waypoint");
    private final AmbientIndex index = new AmbientIndex(MeshSettings.defaults("cluster1"));

    @BeforeEach
    void cluster() {
        Objects.namespace(index, "istio-system", Map.of("topology.istio.io/network", "network1"));
        Objects.namespace(index, "accounts", Map.of());
        index.watched.gateways.put(WAYPOINT, Objects.gateway("accounts/waypoint", false, Map.of("team", "a"), "Same"));
    }

    @Test
    void aWaypointIsToBeDeployedUnderItsOwnNameWithItsLabels() {
        DeploymentWish wish = java.util.Objects.requireNonNull(wish());
        assertThat(wish.name()).isEqualTo("waypoint");
        assertThat(wish.serviceAccount()).isEqualTo("waypoint");
        assertThat(wish.kind().managed()).isEqualTo("istio.io-mesh-controller");
        assertThat(wish.labels()).containsExactly(Map.entry("team", "a"));
        assertThat(wish.network()).isEqualTo("network1");
    }

    @Test
    void annotationsNameItAndItsAccountOtherwise() {
        gateway(
                Map.of(),
                Map.of(
                        "gateway.istio.io/name-override", "other",
                        "gateway.istio.io/service-account", "account",
                        "networking.istio.io/service-type", "LoadBalancer"),
                List.of());
        DeploymentWish wish = java.util.Objects.requireNonNull(wish());
        assertThat(wish.name()).isEqualTo("other");
        assertThat(wish.serviceAccount()).isEqualTo("account");
        assertThat(wish.serviceType()).isEqualTo("LoadBalancer");
        assertThat(wish.annotations()).containsOnlyKeys("networking.istio.io/service-type");
    }

    @Test
    void nothingIsDeployedForAGatewayThatItsUserDeploys() {
        gateway(Map.of(), Map.of(), List.of(new Address("Hostname", "mine.example")));
        assertThat(wish()).isNull();
    }

    @Test
    void aWaypointThatItsUserDeploysIsProgrammedOnceTheServiceThatItNamesServes() {
        gateway(Map.of(), Map.of(), List.of(new Address("Hostname", "waypoint")));
        assertThat(condition("Programmed").message())
                .isEqualTo("Failed to assign to any requested addresses: hostname"
                        + " \"waypoint.accounts.svc.cluster.local\" not found");
        service();
        endpoint(true);
        assertThat(condition("Programmed").status()).isEqualTo("True");
    }

    @Test
    void anAddressOfAnotherTypeIsNotSupported() {
        gateway(Map.of(), Map.of(), List.of(new Address("NamedAddress", "a")));
        assertThat(condition("Accepted").reason()).isEqualTo("UnsupportedAddress");
        assertThat(wish()).isNull();
    }

    @Test
    void anAnnotationNarrowsTheAddressesToOneType() {
        gateway(Map.of(), Map.of("networking.istio.io/address-type", "IPAddress"), List.of());
        service();
        endpoint(true);
        assertThat(status().addresses()).containsExactly(new Address("IPAddress", "10.96.0.1"));
    }

    @Test
    void nothingIsDeployedWhereALaterControllerOrAnotherRevisionIsInCharge() {
        gateway(Map.of(), Map.of("gateway.istio.io/controller-version", "6"), List.of());
        assertThat(wish()).isNull();
        gateway(Map.of("istio.io/rev", "canary"), Map.of(), List.of());
        assertThat(wish()).isNull();
        assertThat(index.gatewayStatus.get(WAYPOINT)).isNull();
    }

    // l7-waypoint 1.3
    @Test
    void labelsAreNotCopiedWhereTheMeshSaysSo() {
        AmbientIndex plain = new AmbientIndex(MeshSettings.defaults("cluster1").with(MeshSwitch.GATEWAY_COPIES, false));
        assertThat(owns(plain, Map.of("team", "a"))).isTrue();
        assertThat(java.util.Objects.requireNonNull(
                                plain.ownGateways.deployments().get(WAYPOINT))
                        .labels())
                .isEmpty();
    }

    // Unlabelled objects are the default revision's: with two control planes side by side, one of them deploys.
    @Test
    void anotherRevisionLeavesUnlabelledGatewaysAlone() {
        AmbientIndex canary = ofRevision("canary");
        assertThat(owns(canary, Map.of())).isFalse();
        assertThat(owns(canary, Map.of("istio.io/rev", "canary"))).isTrue();
        assertThat(owns(index, Map.of("istio.io/rev", "default"))).isTrue();
        Objects.namespace(canary, "accounts", Map.of("istio.io/rev", "canary"));
        assertThat(owns(canary, Map.of())).isTrue();
        assertThat(owns(canary, Map.of("istio.io/rev", "default"))).isFalse();
    }

    @Test
    void aTagIsAnotherNameForARevision() {
        AmbientIndex canary = ofRevision("canary");
        for (AmbientIndex both : List.of(index, canary)) {
            both.watched.revisionTags.put("tagged-default", new RevisionTagInput("default", "canary"));
            Objects.service(
                    both,
                    "istio-system/istiod-revision-tag-prod",
                    Map.of("istio.io/tag", "prod", "istio.io/rev", "canary"),
                    Map.of());
            // Only the system namespace keeps tags.
            Objects.service(both, "accounts/tag", Map.of("istio.io/tag", "mine", "istio.io/rev", "default"), Map.of());
        }
        assertThat(owns(canary, Map.of("istio.io/rev", "prod"))).isTrue();
        assertThat(owns(canary, Map.of())).isTrue();
        assertThat(owns(index, Map.of())).isFalse();
        assertThat(owns(index, Map.of("istio.io/rev", "mine"))).isFalse();
        canary.watched.revisionTags.remove("tagged-default");
        assertThat(owns(canary, Map.of())).isFalse();
    }

    private static AmbientIndex ofRevision(String revision) {
        AmbientIndex other = new AmbientIndex(MeshSettings.defaults("cluster1").withRevision(revision));
        Objects.namespace(other, "istio-system", Map.of());
        Objects.namespace(other, "accounts", Map.of());
        return other;
    }

    private static boolean owns(AmbientIndex index, Map<String, String> labels) {
        index.watched.gateways.put(WAYPOINT, Objects.gateway("accounts/waypoint", false, labels, "Same"));
        index.graph().settle();
        boolean deploys = index.ownGateways.deployments().get(WAYPOINT) != null;
        assertThat(index.gatewayStatus.get(WAYPOINT) != null).isEqualTo(deploys);
        return deploys;
    }

    @Test
    void itIsProgrammedStepByStep() {
        assertThat(condition("Programmed").reason()).isEqualTo("AddressNotUsable");
        service();
        assertThat(condition("Programmed").reason()).isEqualTo("AddressNotAssigned");
        endpoint(false);
        assertThat(condition("Programmed").status()).isEqualTo("False");
        assertThat(status().addresses()).isEmpty();
        endpoint(true);
        assertThat(condition("Programmed").message())
                .isEqualTo("Resource programmed, assigned to service(s) waypoint.accounts.svc.cluster.local:15008");
        assertThat(status().addresses())
                .containsExactly(
                        new Address("IPAddress", "10.96.0.1"),
                        new Address("Hostname", "waypoint.accounts.svc.cluster.local"));
    }

    @Test
    void addressesStayWhenTheLastInstanceGoes() {
        index.watched.gateways.put(WAYPOINT, Objects.gateway("accounts/waypoint", true, Map.of(), "Same"));
        service();
        endpoint(false);
        assertThat(condition("Programmed").status()).isEqualTo("False");
        assertThat(status().addresses()).hasSize(1);
    }

    @Test
    void aProblemOfTheDeploymentIsTold() {
        index.watched.gatewayProblems.put(WAYPOINT, "somebody else's Service is in the way");
        assertThat(condition("Programmed").message()).isEqualTo("somebody else's Service is in the way");
    }

    @Test
    void aListenerOfAnotherKindIsNotValid() {
        GatewayInput g = Objects.gateway("accounts/waypoint", false, Map.of(), "Same");
        index.watched.gateways.put(
                WAYPOINT,
                new GatewayInput(
                        g.key(),
                        g.uid(),
                        2,
                        "",
                        Map.of(),
                        Map.of(),
                        g.className(),
                        List.of(new GatewayInput.Listener("http", 80, "HTTP", new GatewayInput.Allowed("Same", null))),
                        null,
                        null,
                        List.of(),
                        List.of(),
                        List.of()));
        assertThat(condition("Accepted").reason()).isEqualTo("ListenersNotValid");
        assertThat(status().listeners().getFirst().conditions().getFirst())
                .satisfies(c -> assertThat(c.reason()).isEqualTo("UnsupportedProtocol"))
                .satisfies(c -> assertThat(c.observedGeneration()).isEqualTo(2));
    }

    @Test
    void whatStandsThereAlreadyIsNotWrittenAgain() {
        assertThat(status().current()).isFalse();
        GatewayInput g = Objects.gateway("accounts/waypoint", false, Map.of(), "Same");
        index.watched.gateways.put(
                WAYPOINT,
                new GatewayInput(
                        g.key(),
                        g.uid(),
                        g.generation(),
                        "",
                        g.labels(),
                        Map.of(),
                        g.className(),
                        g.listeners(),
                        null,
                        null,
                        List.of(),
                        List.of(),
                        status().conditions(),
                        new GatewayInput.Edge(
                                GatewayInput.Allowed.NONE,
                                null,
                                Map.of(),
                                null,
                                status().listeners().stream()
                                        .map(l -> new ListenerStatusInput(
                                                l.name(), l.attachedRoutes(), l.supportedKinds(), l.conditions()))
                                        .toList(),
                                0)));
        assertThat(status().current()).isTrue();
    }

    private void gateway(Map<String, String> labels, Map<String, String> annotations, List<Address> addresses) {
        GatewayInput g = Objects.gateway("accounts/waypoint", false, labels, "Same");
        index.watched.gateways.put(
                WAYPOINT,
                new GatewayInput(
                        g.key(),
                        g.uid(),
                        1,
                        "",
                        labels,
                        annotations,
                        g.className(),
                        g.listeners(),
                        null,
                        null,
                        addresses,
                        List.of(),
                        List.of()));
    }

    private void service() {
        ServiceInput s = Objects.service("accounts/waypoint", Map.of(), Map.of());
        index.watched.services.put(
                WAYPOINT,
                new ServiceInput(
                        s.key(),
                        s.uid(),
                        s.created(),
                        s.labels(),
                        s.annotations(),
                        s.type(),
                        s.clusterIps(),
                        s.externalAddresses(),
                        s.ipFamilies(),
                        List.of(new ServiceInput.ServicePort("mesh", 15008, "TCP", "hbone", null, 15008)),
                        s.selector(),
                        false,
                        "",
                        "",
                        List.of()));
    }

    private void endpoint(boolean ready) {
        NamespacedName name = Objects.name("accounts/waypoint-1");
        index.watched.slices.put(
                name,
                new SliceInput(
                        name,
                        "waypoint",
                        "IPv4",
                        List.of(new SliceInput.SlicePort("mesh", 15008, "TCP")),
                        List.of(new SliceInput.Endpoint(List.of("10.1.0.9"), ready, null, ""))));
    }

    private @Nullable DeploymentWish wish() {
        index.graph().settle();
        return index.ownGateways.deployments().get(WAYPOINT);
    }

    private GatewayStatus status() {
        index.graph().settle();
        return java.util.Objects.requireNonNull(index.gatewayStatus.get(WAYPOINT));
    }

    private ConditionInput condition(String type) {
        return status().conditions().stream()
                .filter(condition -> condition.type().equals(type))
                .findFirst()
                .orElseThrow();
    }
}

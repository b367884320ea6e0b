package io.periplus.model;

import static org.assertj.core.api.Assertions.assertThat;

import io.periplus.api.NamespacedName;
import io.periplus.model.input.BackendTlsPolicyInput;
import io.periplus.model.input.BackendTlsPolicyInput.Target;
import io.periplus.model.input.CertificateBundleInput;
import io.periplus.model.input.ConditionInput;
import io.periplus.model.input.GatewayInput;
import io.periplus.model.input.PolicyAncestorStatus;
import io.periplus.model.input.ReferenceInput;
import io.periplus.model.input.RouteInput;
import io.periplus.model.input.RouteInput.Backend;
import io.periplus.model.input.RouteInput.BackendRef;
import io.periplus.model.input.RouteInput.ParentRef;
import io.periplus.model.input.RouteInput.Rule;
import io.periplus.model.input.RouteKey;
import io.periplus.model.input.ServiceEntryInput;
import io.periplus.model.input.ServiceInput.ServicePort;
import io.periplus.model.traffic.BackendTlsStatus;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The status of BackendTLSPolicies, item by item of the Gateway API. */
class BackendTlsStatusTest {
    private static final String GATEWAY = "shop/edge";

    private final AmbientIndex index = new AmbientIndex(MeshSettings.defaults("cluster1"));

    @BeforeEach
    void cluster() {
        Objects.namespace(index, "shop", Map.of());
        Objects.service(index, "shop/web", Map.of(), Map.of());
        Objects.service(index, "shop/unused", Map.of(), Map.of());
        gateway(GATEWAY);
        route("one", "edge");
        bundle("good", "");
        bundle("broken", "ca.crt: holds no certificate");
    }

    @Test
    void thereIsAnEntryForEveryGatewayThatSendsTrafficToItsServices() {
        policy("p", "2026-01-01T00:00:00Z", "web", "", "good");
        assertThat(status("p").wanted())
                .extracting(PolicyAncestorStatus::gateway)
                .containsExactly(Objects.name(GATEWAY));
        gateway("shop/other");
        route("two", "other");
        assertThat(status("p").wanted())
                .extracting(entry -> entry.gateway().name())
                .containsExactly("edge", "other");
        index.watched.routes.remove(new RouteKey(RouteKey.Kind.HTTP, Objects.name("shop/two")));
        assertThat(status("p").wanted()).hasSize(1);
        policy("p", "2026-01-01T00:00:00Z", "unused", "", "good");
        assertThat(status("p").wanted()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            nullValues = "-",
            value = {
                // kind, names of the references; Accepted, ResolvedRefs
                "ConfigMap, good, Accepted, ResolvedRefs",
                "ConfigMap, missing, NoValidCACertificate, InvalidCACertificateRef",
                "ConfigMap, broken, NoValidCACertificate, InvalidCACertificateRef",
                "Secret, good, NoValidCACertificate, InvalidKind",
                "ConfigMap, good+missing, Accepted, InvalidCACertificateRef",
                "ConfigMap, '', NoValidCACertificate, ResolvedRefs"
            })
    void authoritiesAreResolved(String kind, String names, String accepted, String resolved) {
        put("p", "", "web", "", names.isEmpty() ? List.of() : references(kind, names.split("\\+")), false);
        assertThat(reason("p", "Accepted")).isEqualTo(accepted);
        assertThat(reason("p", "ResolvedRefs")).isEqualTo(resolved);
    }

    @Test
    void theSystemsAuthoritiesNeedNoReference() {
        put("p", "", "web", "", List.of(), true);
        assertThat(reason("p", "Accepted")).isEqualTo("Accepted");
        assertThat(reason("p", "ResolvedRefs")).isEqualTo("ResolvedRefs");
    }

    @Test
    void aMissingAuthorityHealsWhenItAppears() {
        policy("p", "", "web", "", "later");
        assertThat(reason("p", "Accepted")).isEqualTo("NoValidCACertificate");
        bundle("later", "");
        assertThat(reason("p", "Accepted")).isEqualTo("Accepted");
    }

    @Test
    void ofSeveralForOneTargetTheOldestHoldsThenTheFirstByName() {
        policy("young", "2026-02-01T00:00:00Z", "web", "", "good");
        policy("old", "2026-01-01T00:00:00Z", "web", "", "good");
        policy("same-age", "2026-01-01T00:00:00Z", "web", "", "good");
        assertThat(reason("old", "Accepted")).isEqualTo("Accepted");
        assertThat(reason("young", "Accepted")).isEqualTo("Conflicted");
        assertThat(reason("same-age", "Accepted")).isEqualTo("Conflicted");
    }

    @Test
    void onePortAndAllPortsAreDifferentTargets() {
        policy("all", "2026-01-01T00:00:00Z", "web", "", "good");
        policy("port", "2026-02-01T00:00:00Z", "web", "http", "good");
        policy("no-port", "2026-02-01T00:00:00Z", "web", "nothing", "good");
        assertThat(reason("all", "Accepted")).isEqualTo("Accepted");
        assertThat(reason("port", "Accepted")).isEqualTo("Accepted");
        assertThat(reason("no-port", "Accepted")).isEqualTo("TargetNotFound");
    }

    @Test
    void aPolicyForAServiceEntryIsToldAsMuch() {
        NamespacedName api = Objects.name("shop/api");
        Objects.namespace(index, "shop", Map.of("istio.io/use-waypoint", "waypoint"));
        Objects.waypoint(index, "shop/waypoint");
        index.watched.serviceEntries.put(
                api,
                new ServiceEntryInput(
                        api,
                        "",
                        Map.of(),
                        Map.of(),
                        List.of("a.example", "b.example"),
                        List.of(),
                        List.of(),
                        List.of(new ServicePort("http", 80, "TCP", "http", null, 443)),
                        "DNS",
                        List.of(),
                        Map.of(),
                        List.of(),
                        List.of()));
        entryPolicy("old", "2026-01-01T00:00:00Z", "");
        entryPolicy("young", "2026-02-01T00:00:00Z", "");
        entryPolicy("no-port", "2026-01-01T00:00:00Z", "nothing");
        assertThat(status("old").wanted())
                .extracting(PolicyAncestorStatus::gateway)
                .containsExactly(Objects.name("shop/waypoint"));
        assertThat(reason("old", "Accepted")).isEqualTo("Accepted");
        assertThat(reason("young", "Accepted")).isEqualTo("Conflicted");
        assertThat(reason("no-port", "Accepted")).isEqualTo("TargetNotFound");
    }

    private void entryPolicy(String name, String created, String port) {
        NamespacedName key = Objects.name("shop/" + name);
        index.watched.backendTlsPolicies.put(
                key,
                new BackendTlsPolicyInput(
                        key,
                        7,
                        created,
                        List.of(new Target("networking.istio.io", "ServiceEntry", "api", port)),
                        references("ConfigMap", "good"),
                        false,
                        "a.example",
                        List.of()));
    }

    @Test
    void everyConditionIsOfThePolicysGenerationAndWhatStandsThereIsNotWrittenAgain() {
        policy("p", "", "web", "", "good");
        BackendTlsStatus status = status("p");
        assertThat(status.wanted().getFirst().conditions())
                .allSatisfy(c -> assertThat(c.observedGeneration()).isEqualTo(7));
        assertThat(status.current()).isFalse();
        index.watched.backendTlsAncestors.put(Objects.name("shop/p"), status.wanted());
        assertThat(status("p").current()).isTrue();
    }

    private void gateway(String name) {
        NamespacedName key = Objects.name(name);
        index.watched.gateways.put(
                key,
                new GatewayInput(
                        key,
                        "uid",
                        1,
                        "",
                        Map.of(),
                        Map.of(),
                        "istio",
                        List.of(new GatewayInput.Listener("http", 80, "HTTP", new GatewayInput.Allowed("Same", null))),
                        null,
                        null,
                        List.of(),
                        List.of(),
                        List.of()));
    }

    private void route(String name, String gateway) {
        RouteKey key = new RouteKey(RouteKey.Kind.HTTP, Objects.name("shop/" + name));
        Backend backend = new Backend(new BackendRef("", "Service", null, "web", 80), 1, List.of(), "", List.of());
        index.watched.routes.put(
                key,
                new RouteInput(
                        key,
                        1,
                        "",
                        List.of(new ParentRef(null, null, null, gateway, null, null)),
                        List.of(),
                        List.of(new Rule(
                                "", List.of(), false, List.of(), List.of(backend), null, null, null, "", List.of()))));
    }

    private void bundle(String name, String problem) {
        NamespacedName key = Objects.name("shop/" + name);
        index.watched.certificateBundles.put(key, new CertificateBundleInput(key, "PEM", problem));
    }

    private void policy(String name, String created, String service, String port, String bundle) {
        put(name, created, service, port, references("ConfigMap", bundle), false);
    }

    private void put(
            String name, String created, String service, String port, List<ReferenceInput> references, boolean system) {
        NamespacedName key = Objects.name("shop/" + name);
        index.watched.backendTlsPolicies.put(
                key,
                new BackendTlsPolicyInput(
                        key,
                        7,
                        created,
                        List.of(new Target("", "Service", service, port)),
                        references,
                        system,
                        "web.example.com",
                        List.of()));
    }

    private static List<ReferenceInput> references(String kind, String... names) {
        return List.of(names).stream()
                .map(name -> new ReferenceInput("", kind, "shop", name))
                .toList();
    }

    private BackendTlsStatus status(String policy) {
        index.graph().settle();
        return java.util.Objects.requireNonNull(index.backendTlsStatus.get(Objects.name("shop/" + policy)));
    }

    private String reason(String policy, String type) {
        return status(policy).wanted().getFirst().conditions().stream()
                .filter(condition -> condition.type().equals(type))
                .map(ConditionInput::reason)
                .findFirst()
                .orElseThrow();
    }
}

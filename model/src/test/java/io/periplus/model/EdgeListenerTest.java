package io.periplus.model;

import static org.assertj.core.api.Assertions.assertThat;

import io.periplus.api.NamespacedName;
import io.periplus.model.gateway.EdgeConfigs;
import io.periplus.model.gateway.GatewayStatus;
import io.periplus.model.gateway.ListenerSetStatus;
import io.periplus.model.gateway.ListenerStatus;
import io.periplus.model.input.CertificateBundleInput;
import io.periplus.model.input.ConditionInput;
import io.periplus.model.input.GatewayInput;
import io.periplus.model.input.GatewayInput.Allowed;
import io.periplus.model.input.GatewayInput.FrontendValidation;
import io.periplus.model.input.GatewayInput.GroupKind;
import io.periplus.model.input.GatewayInput.Listener;
import io.periplus.model.input.GatewayInput.Tls;
import io.periplus.model.input.ListenerSetInput;
import io.periplus.model.input.ReferenceGrantInput;
import io.periplus.model.input.ReferenceInput;
import io.periplus.model.input.SecretInput;
import io.periplus.model.input.ServiceInput;
import io.periplus.model.input.SliceInput;
import io.periplus.wire.waypoint.Gateway;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Listeners of Gateways of class {@code istio}, item by item of the Gateway API. */
class EdgeListenerTest {
    private static final NamespacedName GATEWAY = new NamespacedName("edge", "gw");
    private static final Allowed SAME = new Allowed("Same", null);
    private final AmbientIndex index = new AmbientIndex(MeshSettings.defaults("cluster1"));

    @BeforeEach
    void cluster() {
        for (String namespace : List.of("istio-system", "edge", "other", "team")) {
            io.periplus.model.Objects.namespace(index, namespace, Map.of("name", namespace));
        }
        secret("edge/cert", "");
        secret("other/cert", "");
        secret("edge/broken", "tls.crt: holds no certificate");
        bundle("edge/ca");
        serving();
    }

    @ParameterizedTest
    @CsvSource({
        "HTTP, True",
        "HTTPS, True",
        "TLS, True",
        "TCP, True",
        "UDP, False",
        "HBONE, False",
        "example.com/X, False"
    })
    void protocolsThatAreNotServedAreRefused(String protocol, String accepted) {
        gateway(listener("l", 80, protocol, "", "cert"));
        assertThat(condition("l", "Accepted").status()).isEqualTo(accepted);
        if (accepted.equals("False")) {
            assertThat(condition("l", "Accepted").reason()).isEqualTo("UnsupportedProtocol");
            assertThat(listener("l").supportedKinds()).isEmpty();
            assertThat(config().getListenersList()).isEmpty();
        }
    }

    @Test
    void aGatewayIsAcceptedAsLongAsOneListenerIs() {
        gateway(listener("good", 80, "HTTP", ""), listener("bad", 53, "UDP", ""));
        assertThat(condition("Accepted").status()).isEqualTo("True");
        assertThat(condition("Accepted").reason()).isEqualTo("ListenersNotValid");
        gateway(listener("bad", 53, "UDP", ""));
        assertThat(condition("Accepted").status()).isEqualTo("False");
        assertThat(condition("Accepted").reason()).isEqualTo("ListenersNotValid");
    }

    @ParameterizedTest
    @CsvSource({
        // first, second: protocol and host name; reason
        "HTTP,a.com, HTTP,a.com, HostnameConflict",
        "HTTP,'', HTTP,'', HostnameConflict",
        "HTTP,a.com, HTTP,'', NoConflicts",
        "HTTP,a.com, HTTP,*.a.com, NoConflicts",
        "HTTP,a.com, HTTPS,b.com, ProtocolConflict",
        "HTTP,a.com, TLS,b.com, ProtocolConflict",
        "HTTPS,a.com, HTTPS,a.com, HostnameConflict",
        "HTTPS,a.com, TLS,a.com, ProtocolConflict",
        "HTTPS,*.a.com, TLS,x.a.com, NoConflicts",
        "TCP,'', HTTP,a.com, ProtocolConflict",
        "TCP,'', TLS,a.com, ProtocolConflict",
        "TCP,'', TCP,'', ProtocolConflict",
        "TCP,'', UDP,'', NoConflicts",
    })
    void listenersOfOnePortHaveToBeDistinctAndNobodyWins(
            String protocol1, String hostname1, String protocol2, String hostname2, String reason) {
        gateway(
                listener("one", 443, protocol1, hostname1, "cert"),
                listener("two", 443, protocol2, hostname2, "cert"),
                listener("sound", 8080, "HTTP", ""));
        for (String name : List.of("one", "two")) {
            assertThat(condition(name, "Conflicted").reason()).isEqualTo(reason);
            if (!reason.equals("NoConflicts")) {
                assertThat(condition(name, "Accepted").reason()).isEqualTo("Invalid");
                assertThat(condition(name, "Programmed").status()).isEqualTo("False");
            }
        }
        assertThat(condition("sound", "Programmed").status()).isEqualTo("True");
        assertThat(condition("Accepted").status()).isEqualTo("True");
    }

    @Test
    void theSamePortTwiceIsNoConflictOnDifferentPorts() {
        gateway(listener("one", 80, "HTTP", ""), listener("two", 81, "HTTP", ""));
        assertThat(condition("two", "Conflicted").status()).isEqualTo("False");
    }

    @Test
    void aPortOfTheProxyItselfIsNotAvailable() {
        gateway(listener("l", 15021, "HTTP", ""));
        assertThat(condition("l", "Accepted").reason()).isEqualTo("PortUnavailable");
    }

    @Test
    void kindsFollowTheProtocolAndWhatTheListenerAllows() {
        gateway(
                kinds(listener("http", 80, "HTTP", "")),
                kinds(listener("some", 81, "HTTP", ""), "GRPCRoute", "TLSRoute"),
                kinds(listener("none", 82, "HTTP", ""), "TCPRoute"),
                kinds(listener("tls", 443, "TLS", "", "cert")),
                kinds(listener("tcp", 90, "TCP", "")));
        assertThat(kindsOf("http")).containsExactly("HTTPRoute", "GRPCRoute");
        assertThat(condition("http", "ResolvedRefs").status()).isEqualTo("True");
        assertThat(kindsOf("some")).containsExactly("GRPCRoute");
        assertThat(condition("some", "ResolvedRefs").reason()).isEqualTo("InvalidRouteKinds");
        assertThat(kindsOf("none")).isEmpty();
        assertThat(condition("none", "ResolvedRefs").reason()).isEqualTo("InvalidRouteKinds");
        assertThat(kindsOf("tls")).containsExactly("TLSRoute");
        assertThat(kindsOf("tcp")).containsExactly("TCPRoute");
    }

    @Test
    void aCertificateThatCannotBeUsedIsNotServed() {
        gateway(
                listener("good", 443, "HTTPS", "good.com", "cert"),
                listener("missing", 443, "HTTPS", "missing.com", "nothing"),
                listener("broken", 443, "HTTPS", "broken.com", "broken"),
                listener("none", 443, "HTTPS", "none.com"),
                tls(
                        listener("kind", 443, "HTTPS", "kind.com"),
                        "Terminate",
                        new ReferenceInput("", "ConfigMap", "edge", "cert")),
                tls(
                        listener("group", 443, "HTTPS", "group.com"),
                        "Terminate",
                        new ReferenceInput("wrong.group", "Secret", "edge", "cert")));
        for (String bad : List.of("missing", "broken", "none", "kind", "group")) {
            assertThat(condition(bad, "ResolvedRefs").reason()).isEqualTo("InvalidCertificateRef");
            assertThat(condition(bad, "Programmed").status()).isEqualTo("False");
            assertThat(condition(bad, "Accepted").status()).isEqualTo("True");
        }
        assertThat(config().getListenersList())
                .singleElement()
                .satisfies(l -> assertThat(l.getHostname()).isEqualTo("good.com"))
                .satisfies(l -> assertThat(l.getTls().getCertificates(0).getPrivateKey())
                        .isEqualTo("key of edge/cert"));
    }

    @Test
    void aCertificateOfAnotherNamespaceNeedsAGrantAndIsGoneWithIt() {
        gateway(tls(listener("l", 443, "HTTPS", ""), "Terminate", secretOf("other")));
        assertThat(condition("l", "ResolvedRefs").reason()).isEqualTo("RefNotPermitted");
        grant("other", "Gateway", "team");
        assertThat(condition("l", "ResolvedRefs").reason()).isEqualTo("RefNotPermitted");
        grant("other", "Gateway", "edge");
        assertThat(condition("l", "ResolvedRefs").status()).isEqualTo("True");
        assertThat(config().getListenersCount()).isEqualTo(1);
        index.watched.referenceGrants.remove(new NamespacedName("other", "grant"));
        assertThat(config().getListenersCount()).isZero();
        assertThat(condition("l", "ResolvedRefs").reason()).isEqualTo("RefNotPermitted");
    }

    @Test
    void aReplacedSecretIsServedAndADeletedOneIsNot() {
        gateway(listener("l", 443, "HTTPS", "", "cert"));
        index.graph().settle();
        NamespacedName name = new NamespacedName("edge", "cert");
        index.watched.tlsSecrets.put(name, new SecretInput(name, "new", "new key", ""));
        assertThat(config().getListeners(0).getTls().getCertificates(0).getPrivateKey())
                .isEqualTo("new key");
        index.watched.tlsSecrets.remove(name);
        assertThat(config().getListenersCount()).isZero();
    }

    @Test
    void keysShowNowhere() {
        gateway(listener("l", 443, "HTTPS", "", "cert"));
        index.graph().settle();
        assertThat(index.watched.tlsSecrets.entries().toString()).doesNotContain("key of");
        assertThat(index.ownGateways.edge().entries().toString()).doesNotContain("key of");
    }

    @Test
    void keysAreForTheGatewaysOwnServiceAccount() {
        gateway(listener("l", 443, "HTTPS", "", "cert"));
        index.graph().settle();
        assertThat(index.ownGateways.edgeConfigs().entries().keySet())
                .containsExactly(new EdgeConfigs.Key(GATEWAY, "gw-istio"));
    }

    @Test
    void passthroughNeedsNoCertificateAndHttpsCannotPassThrough() {
        gateway(
                tls(listener("tls", 443, "TLS", ""), "Passthrough"),
                tls(listener("https", 444, "HTTPS", ""), "Passthrough"));
        assertThat(condition("tls", "Programmed").status()).isEqualTo("True");
        assertThat(config().getListenersList())
                .singleElement()
                .satisfies(l -> assertThat(l.getTls().getPassthrough()).isTrue());
        assertThat(condition("https", "Accepted").status()).isEqualTo("False");
    }

    @Test
    void httpsListenersWithOverlappingNamesAreMarked() {
        gateway(
                listener("wild", 443, "HTTPS", "*.a.com", "cert"),
                listener("exact", 443, "HTTPS", "x.a.com", "cert"),
                listener("other", 443, "HTTPS", "b.com", "cert"),
                listener("port", 444, "HTTPS", "x.a.com", "cert"));
        assertThat(condition("wild", "OverlappingTLSConfig").reason()).isEqualTo("OverlappingHostnames");
        assertThat(condition("exact", "OverlappingTLSConfig").status()).isEqualTo("True");
        assertThat(listener("other").conditions()).noneMatch(c -> c.type().equals("OverlappingTLSConfig"));
        assertThat(listener("port").conditions()).noneMatch(c -> c.type().equals("OverlappingTLSConfig"));
    }

    @Test
    void clientsAreAskedForCertificatesWhereTheGatewaySaysSo() {
        put(
                edge(validation("ca", "AllowValidOnly"), Map.of(8443, new FrontendValidation(List.of(), ""))),
                listener("http", 80, "HTTP", ""),
                listener("https", 443, "HTTPS", "", "cert"),
                listener("free", 8443, "HTTPS", "", "cert"));
        assertThat(config().getListenersList())
                .anySatisfy(l -> assertThat(l.getTls().getClientValidation().getCaCertificates())
                        .isEqualTo("CA edge/ca\n"))
                .anySatisfy(l -> assertThat(l.getPort() == 8443 && !l.getTls().hasClientValidation())
                        .isTrue())
                .hasSize(3);
        assertThat(status().conditions()).noneMatch(c -> c.type().equals("InsecureFrontendValidationMode"));
    }

    @Test
    void aGatewayThatLetsUnprovenClientsInSaysSo() {
        put(edge(validation("ca", "AllowInsecureFallback"), Map.of()), listener("l", 443, "HTTPS", "", "cert"));
        assertThat(condition("InsecureFrontendValidationMode").reason()).isEqualTo("ConfigurationChanged");
        assertThat(config().getListeners(0).getTls().getClientValidation().getInsecureFallback())
                .isTrue();
    }

    @ParameterizedTest
    @CsvSource({
        "ConfigMap, edge, nothing, InvalidCACertificateRef",
        "Secret, edge, ca, InvalidCACertificateKind",
        "ConfigMap, other, ca, RefNotPermitted"
    })
    void withoutAnyAuthorityHttpsIsRefusedAndHttpIsNot(String kind, String namespace, String name, String reason) {
        FrontendValidation validation =
                new FrontendValidation(List.of(new ReferenceInput("", kind, namespace, name)), "AllowValidOnly");
        put(edge(validation, Map.of()), listener("http", 80, "HTTP", ""), listener("https", 443, "HTTPS", "", "cert"));
        assertThat(condition("https", "ResolvedRefs").reason()).isEqualTo(reason);
        assertThat(condition("https", "Accepted").reason()).isEqualTo("NoValidCACertificate");
        assertThat(condition("https", "Programmed").status()).isEqualTo("False");
        assertThat(condition("http", "Programmed").status()).isEqualTo("True");
        assertThat(condition("http", "ResolvedRefs").status()).isEqualTo("True");
    }

    @Test
    void aBadClientCertificateForBackendsIsToldAndNothingElseSuffers() {
        put(client(new ReferenceInput("", "Secret", "edge", "nothing")), listener("l", 80, "HTTP", ""));
        assertThat(condition("ResolvedRefs").reason()).isEqualTo("InvalidClientCertificateRef");
        assertThat(condition("Accepted").status()).isEqualTo("True");
        put(client(secretOf("other")), listener("l", 80, "HTTP", ""));
        assertThat(condition("ResolvedRefs").reason()).isEqualTo("RefNotPermitted");
        put(client(secretOf("edge")), listener("l", 80, "HTTP", ""));
        assertThat(condition("ResolvedRefs").status()).isEqualTo("True");
        assertThat(config().getBackendClientCertificate().getPrivateKey()).isEqualTo("key of edge/cert");
    }

    @ParameterizedTest
    @CsvSource({
        "ClusterIP, '', gw-istio.edge.svc.cluster.local",
        "ClusterIP, Hostname, gw-istio.edge.svc.cluster.local",
        "ClusterIP, IPAddress, 10.96.0.9",
        "LoadBalancer, '', 192.0.2.1",
        "LoadBalancer, IPAddress, 192.0.2.1"
    })
    void anAnnotationNarrowsTheAddressesToOneType(String service, String type, String address) {
        put(
                type.isEmpty() ? Map.of() : Map.of("networking.istio.io/address-type", type),
                GatewayInput.Edge.NONE,
                listener("l", 80, "HTTP", ""));
        serving(service);
        assertThat(status().addresses()).extracting(GatewayInput.Address::value).containsExactly(address);
    }

    @Test
    void listenerSetsAttachOnlyWhereTheyAreAllowed() {
        set("edge/set", "", listener("s", 81, "HTTP", ""));
        gateway(listener("l", 80, "HTTP", ""));
        assertThat(setCondition("edge/set", "Accepted").reason()).isEqualTo("NotAllowed");
        assertThat(setCondition("edge/set", "Programmed").reason()).isEqualTo("NotAllowed");
        put(allowing("Same"), listener("l", 80, "HTTP", ""));
        assertThat(setCondition("edge/set", "Accepted").status()).isEqualTo("True");
        assertThat(status().attachedSets()).isEqualTo(1);
        assertThat(config().getListenersList())
                .extracting(io.periplus.wire.waypoint.Listener::getName)
                .containsExactly("l", "edge/set/s");
        set("team/set", "", listener("s", 82, "HTTP", ""));
        assertThat(setCondition("team/set", "Accepted").reason()).isEqualTo("NotAllowed");
        put(allowing("All"), listener("l", 80, "HTTP", ""));
        assertThat(setCondition("team/set", "Accepted").status()).isEqualTo("True");
        assertThat(status().attachedSets()).isEqualTo(2);
    }

    @Test
    void theGatewayComesFirstThenSetsByAgeAndTheLoserAloneIsConflicted() {
        put(allowing("All"), listener("l", 80, "HTTP", "a.com"));
        set("edge/young", "2026-02-02T00:00:00Z", listener("s", 80, "HTTP", "b.com"));
        set("team/old", "2026-01-01T00:00:00Z", listener("s", 80, "HTTP", "b.com"), listener("t", 80, "HTTP", "a.com"));
        assertThat(condition("l", "Conflicted").status()).isEqualTo("False");
        assertThat(setListener("team/old", "s", "Conflicted").status()).isEqualTo("False");
        assertThat(setListener("team/old", "t", "Conflicted").reason()).isEqualTo("HostnameConflict");
        assertThat(setListener("edge/young", "s", "Conflicted").reason()).isEqualTo("HostnameConflict");
        assertThat(setCondition("team/old", "Accepted").status()).isEqualTo("True");
        assertThat(setCondition("edge/young", "Accepted").reason()).isEqualTo("ListenersNotValid");
        assertThat(setCondition("edge/young", "Accepted").status()).isEqualTo("False");
        assertThat(setCondition("edge/young", "Programmed").reason()).isEqualTo("ListenersNotValid");
        assertThat(status().attachedSets()).isEqualTo(1);
    }

    @Test
    void grantsForGatewaysAreNotForListenerSets() {
        put(allowing("All"), listener("l", 80, "HTTP", ""));
        set("edge/set", "", tls(listener("s", 443, "HTTPS", ""), "Terminate", secretOf("other")));
        grant("other", "Gateway", "edge");
        assertThat(setListener("edge/set", "s", "ResolvedRefs").reason()).isEqualTo("RefNotPermitted");
        grant("other", "ListenerSet", "edge");
        assertThat(setListener("edge/set", "s", "ResolvedRefs").status()).isEqualTo("True");
    }

    @Test
    void whatIsDeployedListensOnAllPortsOfGatewayAndSets() {
        put(allowing("All"), listener("l", 80, "HTTP", ""), listener("udp", 53, "UDP", ""));
        set("edge/set", "", listener("s", 81, "HTTP", ""));
        index.graph().settle();
        var wish = Objects.requireNonNull(index.ownGateways.deployments().get(GATEWAY));
        assertThat(wish.name()).isEqualTo("gw-istio");
        assertThat(wish.serviceType()).isEqualTo("LoadBalancer");
        assertThat(wish.listeners()).extracting(Listener::port).containsExactly(80, 81);
    }

    @ParameterizedTest
    @CsvSource({
        // type, value; Accepted, Programmed, what is asked of the load balancer
        "IPAddress, '', Accepted, Programmed, ''",
        "IPAddress, 192.0.2.1, Accepted, Programmed, 192.0.2.1",
        "IPAddress, 192.0.2.77, Accepted, AddressNotUsable, 192.0.2.77",
        "Hostname, '', Accepted, Programmed, ''",
        "Hostname, gw-istio.edge.svc.cluster.local, Accepted, Programmed, none",
        "Hostname, gw-istio, Accepted, Programmed, none",
        "Hostname, elsewhere.example.com, Accepted, AddressNotUsable, none",
        "example.com/Pool, blue, UnsupportedAddress, AddressNotUsable, none"
    })
    void addressesAreAskedForAndReported(String type, String value, String accepted, String programmed, String wanted) {
        index.watched.gateways.put(
                GATEWAY,
                new GatewayInput(
                        GATEWAY,
                        "uid",
                        3,
                        "",
                        Map.of(),
                        Map.of(),
                        "istio",
                        List.of(listener("l", 80, "HTTP", "")),
                        null,
                        null,
                        List.of(new GatewayInput.Address(type, value)),
                        List.of(),
                        List.of()));
        assertThat(condition("Accepted").reason()).isEqualTo(accepted);
        assertThat(condition("Programmed").reason()).isEqualTo(programmed);
        if (programmed.equals("Programmed")) {
            assertThat(status().addresses()).containsExactly(new GatewayInput.Address("IPAddress", "192.0.2.1"));
        }
        var wish = index.ownGateways.deployments().get(GATEWAY);
        if (wanted.equals("none")) {
            assertThat(wish).as("its user deploys it").isNull();
        } else {
            assertThat(String.join(",", Objects.requireNonNull(wish).addresses()))
                    .isEqualTo(wanted);
        }
    }

    @Test
    void policiesForTheGatewayAndThoseThatSelectItsPodsReachIt() {
        gateway(listener("l", 80, "HTTP", ""));
        Map<String, Object> get = io.periplus.model.Objects.to("methods", "GET");
        Map<String, Object> target = Map.of("group", "gateway.networking.k8s.io", "kind", "Gateway", "name", "gw");
        policy("edge/targeted", Map.of("targetRefs", List.of(target), "rules", List.of(get)));
        policy("edge/all", Map.of("rules", List.of(get)));
        policy("istio-system/mesh", Map.of("rules", List.of(get)));
        policy("edge/selected", selecting("gateway.networking.k8s.io/gateway-name", "gw"));
        policy("edge/others", selecting("app", "web"));
        policy("team/elsewhere", Map.of("rules", List.of(get)));
        index.graph().settle();
        assertThat(index.waypointPolicies.entries().keySet())
                .extracting(key -> key.policy().toString())
                .containsExactlyInAnyOrder("edge/targeted", "edge/all", "istio-system/mesh", "edge/selected");
        assertThat(index.waypointPolicies.entries().values())
                .allSatisfy(
                        policy -> assertThat(policy.getTargets(0).hasGateway()).isTrue());
        assertThat(Objects.requireNonNull(index.policyStatuses.get(new NamespacedName("edge", "targeted")))
                        .waypoint())
                .satisfies(c -> assertThat(Objects.requireNonNull(c).reason()).isEqualTo("AncestorNotBound"));
    }

    private void policy(String name, Map<String, Object> spec) {
        io.periplus.model.Objects.policy(index, name, spec);
    }

    private static Map<String, Object> selecting(String label, String value) {
        return Map.of(
                "selector",
                Map.of("matchLabels", Map.of(label, value)),
                "rules",
                List.of(io.periplus.model.Objects.to("methods", "GET")));
    }

    private void serving() {
        serving("LoadBalancer");
    }

    private void serving(String type) {
        NamespacedName service = new NamespacedName("edge", "gw-istio");
        index.watched.services.put(
                service,
                new ServiceInput(
                        service,
                        "uid",
                        "",
                        Map.of(),
                        Map.of(),
                        type,
                        List.of("10.96.0.9"),
                        type.equals("LoadBalancer") ? List.of("192.0.2.1") : List.of(),
                        List.of("IPv4"),
                        List.of(80, 81, 82, 90, 443, 444, 8080, 8443).stream()
                                .map(p -> new ServiceInput.ServicePort("p" + p, p, "TCP", null, null, p))
                                .toList(),
                        Map.of(),
                        false,
                        "",
                        "",
                        List.of()));
        NamespacedName slice = new NamespacedName("edge", "gw-istio-1");
        index.watched.slices.put(
                slice,
                new SliceInput(
                        slice,
                        "gw-istio",
                        "IPv4",
                        List.of(),
                        List.of(new SliceInput.Endpoint(List.of("10.1.0.9"), true, null, ""))));
    }

    private void gateway(Listener... listeners) {
        put(GatewayInput.Edge.NONE, listeners);
    }

    private void put(GatewayInput.Edge edge, Listener... listeners) {
        put(Map.of(), edge, listeners);
    }

    private void put(Map<String, String> annotations, GatewayInput.Edge edge, Listener... listeners) {
        index.watched.gateways.put(
                GATEWAY,
                new GatewayInput(
                        GATEWAY,
                        "uid",
                        3,
                        "",
                        Map.of(),
                        annotations,
                        "istio",
                        List.of(listeners),
                        null,
                        null,
                        List.of(),
                        List.of(),
                        List.of(),
                        edge));
    }

    private static GatewayInput.Edge edge(FrontendValidation frontend, Map<Integer, FrontendValidation> byPort) {
        return new GatewayInput.Edge(Allowed.NONE, frontend, byPort, null, List.of(), 0);
    }

    private static GatewayInput.Edge client(ReferenceInput certificate) {
        return new GatewayInput.Edge(Allowed.NONE, null, Map.of(), certificate, List.of(), 0);
    }

    private static GatewayInput.Edge allowing(String from) {
        return new GatewayInput.Edge(new Allowed(from, null), null, Map.of(), null, List.of(), 0);
    }

    private static FrontendValidation validation(String bundle, String mode) {
        return new FrontendValidation(List.of(new ReferenceInput("", "ConfigMap", "edge", bundle)), mode);
    }

    private static Listener listener(String name, int port, String protocol, String hostname) {
        return new Listener(name, port, protocol, hostname, SAME, List.of());
    }

    private static Listener listener(String name, int port, String protocol, String hostname, String secret) {
        Listener plain = listener(name, port, protocol, hostname);
        return protocol.equals("HTTPS") || protocol.equals("TLS")
                ? tls(plain, "Terminate", new ReferenceInput("", "Secret", "edge", secret))
                : plain;
    }

    private static Listener tls(Listener l, String mode, ReferenceInput... certificates) {
        return new Listener(
                l.name(),
                l.port(),
                l.protocol(),
                l.hostname(),
                l.allowed(),
                l.kinds(),
                new Tls(mode, List.of(certificates)));
    }

    private static Listener kinds(Listener l, String... kinds) {
        return new Listener(
                l.name(),
                l.port(),
                l.protocol(),
                l.hostname(),
                l.allowed(),
                List.of(kinds).stream()
                        .map(kind -> new GroupKind("gateway.networking.k8s.io", kind))
                        .toList(),
                l.tls());
    }

    private static ReferenceInput secretOf(String namespace) {
        return new ReferenceInput("", "Secret", namespace, "cert");
    }

    private void secret(String name, String problem) {
        NamespacedName key = io.periplus.model.Objects.name(name);
        index.watched.tlsSecrets.put(key, new SecretInput(key, "chain of " + name, "key of " + name, problem));
    }

    private void bundle(String name) {
        NamespacedName key = io.periplus.model.Objects.name(name);
        index.watched.certificateBundles.put(key, new CertificateBundleInput(key, "CA " + name, ""));
    }

    private void grant(String namespace, String kind, String from) {
        NamespacedName key = new NamespacedName(namespace, "grant");
        index.watched.referenceGrants.put(
                key,
                new ReferenceGrantInput(
                        key,
                        List.of(new ReferenceGrantInput.From("gateway.networking.k8s.io", kind, from)),
                        List.of(new ReferenceGrantInput.To("", "Secret", null))));
    }

    private void set(String name, String created, Listener... listeners) {
        NamespacedName key = io.periplus.model.Objects.name(name);
        index.watched.listenerSets.put(
                key,
                new ListenerSetInput(
                        key,
                        1,
                        created,
                        new ReferenceInput("gateway.networking.k8s.io", "Gateway", "edge", "gw"),
                        List.of(listeners),
                        List.of(),
                        List.of()));
    }

    private Gateway config() {
        index.graph().settle();
        return Objects.requireNonNull(index.ownGateways.edgeConfigs().get(new EdgeConfigs.Key(GATEWAY, "gw-istio")));
    }

    private GatewayStatus status() {
        index.graph().settle();
        return Objects.requireNonNull(index.gatewayStatus.get(GATEWAY));
    }

    private ConditionInput condition(String type) {
        return find(status().conditions(), type);
    }

    private ListenerStatus listener(String name) {
        return status().listeners().stream()
                .filter(l -> l.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    private ConditionInput condition(String listener, String type) {
        return find(listener(listener).conditions(), type);
    }

    private List<String> kindsOf(String listener) {
        return listener(listener).supportedKinds().stream().map(GroupKind::kind).toList();
    }

    private @Nullable ListenerSetStatus set(String name) {
        index.graph().settle();
        return index.listenerSetStatus.get(io.periplus.model.Objects.name(name));
    }

    private ConditionInput setCondition(String set, String type) {
        return find(Objects.requireNonNull(set(set)).conditions(), type);
    }

    private ConditionInput setListener(String set, String listener, String type) {
        return Objects.requireNonNull(set(set)).listeners().stream()
                .filter(l -> l.name().equals(listener))
                .map(l -> find(l.conditions(), type))
                .findFirst()
                .orElseThrow();
    }

    private static ConditionInput find(List<ConditionInput> conditions, String type) {
        return conditions.stream()
                .filter(condition -> condition.type().equals(type))
                .findFirst()
                .orElseThrow();
    }
}

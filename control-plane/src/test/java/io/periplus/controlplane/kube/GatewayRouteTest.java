package io.periplus.controlplane.kube;

import static org.assertj.core.api.Assertions.assertThat;

import io.periplus.wire.waypoint.RouteParent;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Routes at Gateways: which listeners take them, and what they are told. Each test names the rule, and the suite's test. */
class GatewayRouteTest {
    private static final String ACCEPTED = "True Accepted";
    private static final String TO_WEB = "rules: [{backendRefs: [{name: web, port: 80}]}]\n";

    private final Cluster cluster = Cluster.shop().gateway("shop/edge", """
            [{name: one, port: 80, protocol: HTTP, hostname: "*.one.test"},
             {name: two, port: 8080, protocol: HTTP, allowedRoutes: {namespaces: {from: All}}},
             {name: grpc, port: 9090, protocol: HTTP, allowedRoutes: {kinds: [{kind: GRPCRoute}]}},
             {name: tls, port: 443, protocol: TLS, hostname: "secure.test", tls: {mode: Passthrough}},
             {name: tcp, port: 5432, protocol: TCP}]""");

    private Map<String, String> route(String key, String ref, String rest) {
        return cluster.route(key, "parentRefs: [" + ref + "]\n" + rest).conditions(key);
    }

    private List<String> listeners(String key) {
        return cluster.at("shop/edge", key).getParentsList().stream()
                .map(RouteParent::getListener)
                .map(listener -> listener.getListener() + listener.getHostnamesList())
                .toList();
    }

    // AT-4, GW-25
    @Test
    void aRouteIsServedAtEveryListenerThatTakesIt() {
        assertThat(route("HTTPRoute/shop/r", "{name: edge}", TO_WEB))
                .containsEntry("Accepted", ACCEPTED)
                .containsEntry("ResolvedRefs", "True ResolvedRefs");
        assertThat(listeners("HTTPRoute/shop/r")).containsExactly("one[*.one.test]", "two[]");
        assertThat(cluster.status("HTTPRoute/shop/r").getFirst().conditions())
                .allSatisfy(
                        condition -> assertThat(condition.observedGeneration()).isEqualTo(7));
    }

    // AT-1: HTTPRouteInvalidParentRefNotMatchingSectionName, HTTPRouteInvalidParentRefSectionNameNotMatchingPort; AT-9
    @Test
    void sectionAndPortSelectListenersAndBothMustFit() {
        assertThat(route("HTTPRoute/shop/r", "{name: edge, sectionName: none}", TO_WEB))
                .containsEntry("Accepted", "False NoMatchingParent");
        assertThat(route("HTTPRoute/shop/r", "{name: edge, port: 81}", TO_WEB))
                .containsEntry("Accepted", "False NoMatchingParent");
        assertThat(route("HTTPRoute/shop/r", "{name: edge, sectionName: two, port: 80}", TO_WEB))
                .containsEntry("Accepted", "False NoMatchingParent");
        assertThat(cluster.served("shop/edge", "HTTPRoute/shop/r")).isNull();
        assertThat(route("HTTPRoute/shop/r", "{name: edge, port: 8080}", TO_WEB))
                .containsEntry("Accepted", ACCEPTED);
        assertThat(listeners("HTTPRoute/shop/r")).containsExactly("two[]");
    }

    // AT-2, AT-5: HTTPRouteInvalidCrossNamespaceParentRef; GW-9: HTTPRouteCrossNamespace
    @Test
    void aListenerTakesRoutesOfTheNamespacesThatItAllows() {
        String backend = "rules: [{backendRefs: [{name: own, port: 80}]}]\n";
        cluster.service("clients/own", "10.96.0.3");
        assertThat(route("HTTPRoute/clients/r", "{name: edge, namespace: shop, sectionName: one}", backend))
                .containsEntry("Accepted", "False NotAllowedByListeners")
                .containsEntry("ResolvedRefs", "True ResolvedRefs");
        assertThat(route("HTTPRoute/clients/r", "{name: edge, namespace: shop}", backend))
                .containsEntry("Accepted", ACCEPTED);
        assertThat(listeners("HTTPRoute/clients/r")).containsExactly("two[]");
    }

    // GW-9
    @Test
    void aNamespaceThatIsRelabelledLosesAndGainsListeners() {
        cluster.gateway("shop/edge", """
                [{name: one, port: 80, protocol: HTTP, allowedRoutes:
                  {namespaces: {from: Selector, selector: {matchLabels: {team: red}}}}}]""");
        assertThat(route("HTTPRoute/clients/r", "{name: edge, namespace: shop}", TO_WEB))
                .containsEntry("Accepted", ACCEPTED);
        cluster.namespace("clients", Map.of("team", "blue"));
        assertThat(cluster.conditions("HTTPRoute/clients/r")).containsEntry("Accepted", "False NotAllowedByListeners");
    }

    // AT-2: HTTPRouteDisallowedKind, TLSRouteInvalidNoMatchingListener, TCPRouteInvalidNonTCPListener; GW-10, TL-6
    @Test
    void aListenerTakesRoutesOfTheKindsOfItsProtocolThatItAllows() {
        assertThat(route("HTTPRoute/shop/r", "{name: edge, sectionName: grpc}", TO_WEB))
                .containsEntry("Accepted", "False NotAllowedByListeners");
        assertThat(route("TLSRoute/shop/r", "{name: edge, sectionName: one}", "hostnames: [a.one.test]\n" + TO_WEB))
                .containsEntry("Accepted", "False NotAllowedByListeners");
        assertThat(route("TCPRoute/shop/r", "{name: edge, sectionName: one}", TO_WEB))
                .containsEntry("Accepted", "False NotAllowedByListeners");
        assertThat(route("GRPCRoute/shop/r", "{name: edge, sectionName: grpc}", TO_WEB))
                .containsEntry("Accepted", ACCEPTED);
        // TC-4: TCPRouteParentRefAttachAll
        assertThat(route("TCPRoute/shop/r", "{name: edge}", TO_WEB)).containsEntry("Accepted", ACCEPTED);
        assertThat(listeners("TCPRoute/shop/r")).containsExactly("tcp[]");
    }

    // AT-3, AT-7: HTTPRouteHostnameIntersection, TLSRouteInvalidNoMatchingListenerHostname,
    // TLSRouteHostnameIntersection
    @Test
    void whatIsServedIsWhatListenerAndRouteHaveInCommon() {
        String hosts = "hostnames: [a.one.test, one.test, '*.test', other.test]\n" + TO_WEB;
        assertThat(route("HTTPRoute/shop/r", "{name: edge, sectionName: one}", hosts))
                .containsEntry("Accepted", ACCEPTED);
        assertThat(listeners("HTTPRoute/shop/r")).containsExactly("one[a.one.test, *.one.test]");
        assertThat(route("HTTPRoute/shop/r", "{name: edge, sectionName: one}", "hostnames: [one.test]\n" + TO_WEB))
                .containsEntry("Accepted", "False NoMatchingListenerHostname");
        assertThat(route("TLSRoute/shop/r", "{name: edge}", "hostnames: [other.test]\n" + TO_WEB))
                .containsEntry("Accepted", "False NoMatchingListenerHostname");
        assertThat(route("TLSRoute/shop/r", "{name: edge}", "hostnames: ['*.test']\n" + TO_WEB))
                .containsEntry("Accepted", ACCEPTED);
        assertThat(listeners("TLSRoute/shop/r")).containsExactly("tls[secure.test]");
    }

    // CM-1, AT-4
    @Test
    void aParentThatIsNotOursGetsNoStatus() {
        cluster.apply("""
                kind: Gateway
                metadata: {name: foreign, namespace: shop}
                spec: {gatewayClassName: somebody-elses, listeners: [{name: a, port: 80, protocol: HTTP}]}
                """).route("HTTPRoute/shop/r", """
                parentRefs:
                - {name: foreign}
                - {name: missing}
                - {group: example.test, kind: Thing, name: x}
                - {kind: ListenerSet, name: x}
                """);
        assertThat(cluster.status("HTTPRoute/shop/r")).isEmpty();
    }

    // differences.md: what does not work is said
    @Test
    void aWaypointTakesNoRoutesAndSaysWhereTheyBelong() {
        assertThat(route("HTTPRoute/shop/r", "{name: waypoint}", TO_WEB))
                .containsEntry("Accepted", "False NotAllowedByListeners");
        assertThat(cluster.message("HTTPRoute/shop/r", "Accepted")).contains("attach the route to the Service");
    }

    // GW-20: GatewayWithAttachedRoutes, HTTPRouteDisallowedKind
    @Test
    void aListenerCountsTheRoutesThatItAcceptedEachOnce() {
        assertThat(cluster.attached("shop/edge", "one")).isZero();
        route("HTTPRoute/shop/a", "{name: edge}, {name: edge, sectionName: one}", TO_WEB);
        route("HTTPRoute/shop/b", "{name: edge}", "rules: [{backendRefs: [{name: missing, port: 80}]}]\n");
        route("HTTPRoute/shop/c", "{name: edge}", "hostnames: [other.test]\n" + TO_WEB);
        assertThat(cluster.attached("shop/edge", "one")).isEqualTo(2);
        assertThat(cluster.attached("shop/edge", "two")).isEqualTo(3);
        assertThat(cluster.attached("shop/edge", "grpc")).isZero();
        cluster.remove("HTTPRoute/shop/a");
        assertThat(cluster.attached("shop/edge", "one")).isEqualTo(1);
    }

    // AT-10: HTTPRouteMultipleGateways; two references to one Gateway
    @Test
    void everyParentReferenceHasAStatusOfItsOwn() {
        cluster.gateway("shop/second", "[{name: one, port: 80, protocol: HTTP}]");
        route(
                "HTTPRoute/shop/r",
                "{name: edge, sectionName: one}, {name: edge, sectionName: none}, {name: second}",
                TO_WEB);
        assertThat(cluster.status("HTTPRoute/shop/r")).hasSize(3);
        assertThat(cluster.conditions("HTTPRoute/shop/r", 0)).containsEntry("Accepted", ACCEPTED);
        assertThat(cluster.conditions("HTTPRoute/shop/r", 1)).containsEntry("Accepted", "False NoMatchingParent");
        assertThat(cluster.conditions("HTTPRoute/shop/r", 2)).containsEntry("Accepted", ACCEPTED);
        assertThat(cluster.served("shop/second", "HTTPRoute/shop/r")).isNotNull();
    }

    // AT-8
    @Test
    void ofAnHttpAndAGrpcRouteForOneHostTheOlderIsServed() {
        String ref = "parentRefs: [{name: edge, sectionName: two}]\n";
        cluster.route("HTTPRoute/shop/young", "2026-01-03T00:00:00Z", ref + "hostnames: ['*.b.test']\n" + TO_WEB)
                .route("GRPCRoute/shop/middle", "2026-01-02T00:00:00Z", ref + "hostnames: [a.b.test]\n" + TO_WEB);
        assertThat(cluster.conditions("GRPCRoute/shop/middle")).containsEntry("Accepted", ACCEPTED);
        assertThat(cluster.conditions("HTTPRoute/shop/young")).containsEntry("Accepted", "False Conflicted");
        assertThat(cluster.served("shop/edge", "HTTPRoute/shop/young")).isNull();
        assertThat(cluster.attached("shop/edge", "two")).isEqualTo(1);

        // An older route displaces the one in the middle, which then no longer stands in the way of the youngest.
        cluster.route("HTTPRoute/shop/old", "2026-01-01T00:00:00Z", ref + "hostnames: [a.b.test]\n" + TO_WEB);
        assertThat(cluster.conditions("GRPCRoute/shop/middle")).containsEntry("Accepted", "False Conflicted");
        assertThat(cluster.conditions("HTTPRoute/shop/young")).containsEntry("Accepted", ACCEPTED);

        cluster.remove("HTTPRoute/shop/old");
        assertThat(cluster.conditions("GRPCRoute/shop/middle")).containsEntry("Accepted", ACCEPTED);
    }

    // AT-8: hosts without anything in common
    @Test
    void httpAndGrpcRoutesForDifferentHostsLiveSideBySide() {
        String ref = "parentRefs: [{name: edge, sectionName: two}]\n";
        cluster.route("HTTPRoute/shop/a", ref + "hostnames: ['*.b.test']\n" + TO_WEB)
                .route("GRPCRoute/shop/b", ref + "hostnames: [b.test, a.c.test]\n" + TO_WEB);
        assertThat(cluster.conditions("HTTPRoute/shop/a")).containsEntry("Accepted", ACCEPTED);
        assertThat(cluster.conditions("GRPCRoute/shop/b")).containsEntry("Accepted", ACCEPTED);
        // Every name meets them all.
        cluster.route("GRPCRoute/shop/all", "2026-02-02T00:00:00Z", ref + TO_WEB);
        assertThat(cluster.conditions("GRPCRoute/shop/all")).containsEntry("Accepted", "False Conflicted");
    }

    // TC-3: TCPRouteMultipleRoutesAttachment
    @Test
    void severalTcpRoutesOfAListenerAreAllAccepted() {
        route("TCPRoute/shop/a", "{name: edge}", TO_WEB);
        route("TCPRoute/shop/b", "{name: edge}", TO_WEB);
        assertThat(cluster.conditions("TCPRoute/shop/b")).containsEntry("Accepted", ACCEPTED);
        assertThat(cluster.attached("shop/edge", "tcp")).isEqualTo(2);
    }

    // GW-25: ListenerSetGatewayParentSectionNameNotFound, ListenerSetDualParentRefIndependence,
    // ListenerSetRouteStatusScopedToParentRef
    @Test
    void aGatewayAndItsListenerSetAreParentsOfTheirOwn() {
        cluster.apply("""
                kind: Gateway
                metadata: {name: shared, namespace: shop}
                spec:
                  gatewayClassName: istio
                  allowedListeners: {namespaces: {from: Same}}
                  listeners: [{name: own, port: 80, protocol: HTTP, hostname: own.test}]
                """).apply("""
                kind: ListenerSet
                metadata: {name: set, namespace: shop}
                spec:
                  parentRef: {name: shared}
                  listeners: [{name: extra, port: 80, protocol: HTTP, hostname: extra.test}]
                """);
        route("HTTPRoute/shop/r", """
                {name: shared}, {kind: ListenerSet, name: set}, {name: shared, sectionName: extra},
                {kind: ListenerSet, name: set, sectionName: own}""", TO_WEB);
        assertThat(cluster.conditions("HTTPRoute/shop/r", 0)).containsEntry("Accepted", ACCEPTED);
        assertThat(cluster.conditions("HTTPRoute/shop/r", 1)).containsEntry("Accepted", ACCEPTED);
        assertThat(cluster.conditions("HTTPRoute/shop/r", 2)).containsEntry("Accepted", "False NoMatchingParent");
        assertThat(cluster.conditions("HTTPRoute/shop/r", 3)).containsEntry("Accepted", "False NoMatchingParent");
        assertThat(cluster.at("shop/shared", "HTTPRoute/shop/r").getParentsList().stream()
                        .map(parent -> parent.getListener().getListener()
                                + parent.getListener().getHostnamesList()))
                .containsExactly("own[own.test]", "shop/set/extra[extra.test]");
        assertThat(cluster.attached("shop/shared", "own")).isEqualTo(1);
    }

    // CM-4, RG-1 to RG-4: HTTPRouteReferenceGrant, HTTPRouteInvalidReferenceGrant, TCPRouteReferenceGrant
    @Test
    void aBackendInAnotherNamespaceHasToBeGranted() {
        cluster.service("clients/far", "10.96.0.4");
        String far = "rules: [{backendRefs: [{name: far, namespace: clients, port: 80}]}]\n";
        assertThat(route("HTTPRoute/shop/r", "{name: edge, sectionName: two}", far))
                .containsEntry("Accepted", ACCEPTED)
                .containsEntry("ResolvedRefs", "False RefNotPermitted");
        grant("GRPCRoute", "far");
        grant("HTTPRoute", "other");
        assertThat(cluster.conditions("HTTPRoute/shop/r")).containsEntry("ResolvedRefs", "False RefNotPermitted");
        assertThat(cluster.at("shop/edge", "HTTPRoute/shop/r")
                        .getRules(0)
                        .getBackends(0)
                        .getInvalid())
                .contains("ReferenceGrant in namespace \"clients\"");
        grant("HTTPRoute", "far");
        assertThat(cluster.conditions("HTTPRoute/shop/r")).containsEntry("ResolvedRefs", "True ResolvedRefs");
        assertThat(cluster.at("shop/edge", "HTTPRoute/shop/r")
                        .getRules(0)
                        .getBackends(0)
                        .getService()
                        .getHostname())
                .isEqualTo("far.clients.svc.cluster.local");
        grant("HTTPRoute", "other");
        assertThat(cluster.conditions("HTTPRoute/shop/r")).containsEntry("ResolvedRefs", "False RefNotPermitted");
    }

    // RG-4
    @Test
    void withoutAGrantNothingIsSaidAboutWhatExists() {
        String none = "rules: [{backendRefs: [{name: none, namespace: clients, port: 80}]}]\n";
        assertThat(route("HTTPRoute/shop/r", "{name: edge}", none))
                .containsEntry("ResolvedRefs", "False RefNotPermitted");
    }

    // RG-3
    @Test
    void aHostNameIsNoWayAroundAGrant() {
        cluster.service("clients/far", "10.96.0.4");
        String host = "rules: [{backendRefs: [{group: networking.istio.io, kind: Hostname,"
                + " name: far.clients.svc.cluster.local, port: 80}]}]\n";
        assertThat(route("HTTPRoute/shop/r", "{name: edge}", host))
                .containsEntry("ResolvedRefs", "False RefNotPermitted");
        grant("HTTPRoute", "far");
        assertThat(cluster.conditions("HTTPRoute/shop/r")).containsEntry("ResolvedRefs", "True ResolvedRefs");
    }

    private void grant(String kind, String name) {
        cluster.apply("""
                kind: ReferenceGrant
                metadata: {name: grant, namespace: clients}
                spec:
                  from: [{group: gateway.networking.k8s.io, kind: %s, namespace: shop}]
                  to: [{group: "", kind: Service, name: %s}]
                """.formatted(kind, name));
    }
}

package io.periplus.controlplane.kube;

import static org.assertj.core.api.Assertions.assertThat;

import io.periplus.model.MeshSettings;
import io.periplus.model.MeshSwitch;
import io.periplus.wire.waypoint.RouteParent;
import io.periplus.wire.waypoint.ServiceParent;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Routes at services of the mesh: which waypoints are sent them, and what they are told. */
class MeshRouteTest {
    private static final String ACCEPTED = "True Accepted";
    private static final String TO_API = "rules: [{backendRefs: [{name: api, namespace: shop, port: 80}]}]\n";
    private static final String WEB = "{group: '', kind: Service, name: web, namespace: shop}";

    private final Cluster cluster = Cluster.shop();

    private Map<String, String> route(String key, String ref) {
        return cluster.route(key, "parentRefs: [" + ref + "]\n" + TO_API).conditions(key);
    }

    private List<String> ports(String key) {
        return cluster.at("shop/waypoint", key).getParentsList().stream()
                .map(RouteParent::getService)
                .map(service -> service.getService().getHostname() + ":" + service.getPort())
                .toList();
    }

    // ME-6: MeshHTTPRouteSimpleSameNamespace; ME-3, l7-waypoint 4.4
    @Test
    void aProducerRouteGoesToTheWaypointOfItsService() {
        assertThat(route("HTTPRoute/shop/r", WEB))
                .containsExactly(
                        Map.entry("Accepted", ACCEPTED),
                        Map.entry("ResolvedRefs", "True ResolvedRefs"),
                        Map.entry("ResolvedWaypoints", "True ResolvedWaypoints"));
        assertThat(cluster.message("HTTPRoute/shop/r", "Accepted")).isEqualTo("Route was valid");
        assertThat(cluster.message("HTTPRoute/shop/r", "ResolvedWaypoints")).isEqualTo("All waypoints resolved");
        assertThat(ports("HTTPRoute/shop/r")).containsExactly("web.shop.svc.cluster.local:0");
    }

    // ME-7: MeshConsumerRoute; ME-10
    @Test
    void aConsumerRouteGoesToTheWaypointOfTheServiceToo() {
        assertThat(route("HTTPRoute/clients/r", WEB))
                .containsEntry("Accepted", ACCEPTED)
                .containsEntry("ResolvedRefs", "True ResolvedRefs");
        assertThat(cluster.at("shop/waypoint", "HTTPRoute/clients/r").getNamespace())
                .isEqualTo("clients");
        assertThat(cluster.at("shop/waypoint", "HTTPRoute/clients/r")
                        .getRules(0)
                        .getBackends(0)
                        .getService()
                        .getHostname())
                .isEqualTo("api.shop.svc.cluster.local");
    }

    // l7-waypoint 4.4
    @Test
    void aRouteOfTheWaypointsNamespaceIsForEveryClient() {
        cluster.namespace(
                        "team", Map.of("istio.io/use-waypoint", "waypoint", "istio.io/use-waypoint-namespace", "shop"))
                .apply("""
                        kind: Gateway
                        metadata: {name: waypoint, namespace: shop}
                        spec:
                          gatewayClassName: istio-waypoint
                          listeners: [{name: mesh, port: 15008, protocol: HBONE, allowedRoutes: {namespaces: {from: All}}}]
                        status: {addresses: [{type: Hostname, value: waypoint.shop.svc.cluster.local}]}
                        """);
        cluster.service("team/app", "10.96.0.7");
        String app = "{group: '', kind: Service, name: app, namespace: team}";
        assertThat(route("HTTPRoute/shop/central", app)).containsEntry("Accepted", ACCEPTED);
        assertThat(route("HTTPRoute/clients/consumer", app)).containsEntry("Accepted", ACCEPTED);
        assertThat(route("HTTPRoute/team/producer", app)).containsEntry("Accepted", ACCEPTED);
        assertThat(List.of("shop/central", "clients/consumer", "team/producer"))
                .extracting(name -> cluster.at("shop/waypoint", "HTTPRoute/" + name)
                        .getParents(0)
                        .getService()
                        .getOfTheWaypoint())
                .containsExactly(true, false, false);
    }

    @Test
    void thatARouteComesToNothingCanBeSaidAsUpstreamDoes() {
        Cluster upstream = Cluster.shop(MeshSettings.defaults("cluster1").with(MeshSwitch.UNRESOLVED_WAYPOINTS, false));
        upstream.service("clients/plain", "10.96.0.5")
                .route("HTTPRoute/clients/r", "parentRefs: [{group: '', kind: Service, name: plain}]\n" + TO_API);
        assertThat(upstream.conditions("HTTPRoute/clients/r"))
                .containsEntry("ResolvedWaypoints", "True ResolvedWaypoints");
        assertThat(upstream.message("HTTPRoute/clients/r", "ResolvedWaypoints"))
                .startsWith("istio.io/use-waypoint label missing");
    }

    // differences §5: as upstream does, which accepts and ignores them
    @Test
    void consumerRoutesCanBeTurnedOff() {
        Cluster upstream = Cluster.shop(MeshSettings.defaults("cluster1").with(MeshSwitch.CONSUMER_ROUTES, false));
        upstream.route("HTTPRoute/clients/r", "parentRefs: [" + WEB + "]\n" + TO_API);
        upstream.route("HTTPRoute/shop/r", "parentRefs: [" + WEB + "]\n" + TO_API);
        assertThat(upstream.conditions("HTTPRoute/clients/r")).containsEntry("Accepted", ACCEPTED);
        assertThat(upstream.served("shop/waypoint", "HTTPRoute/clients/r")).isNull();
        assertThat(upstream.served("shop/waypoint", "HTTPRoute/shop/r")).isNotNull();
    }

    // ME-3: MeshPorts
    @Test
    void aPortIsNamedByNumberOrByItsName() {
        assertThat(route("HTTPRoute/shop/r", "{group: core, kind: Service, name: web, port: 90}"))
                .containsEntry("Accepted", ACCEPTED);
        assertThat(ports("HTTPRoute/shop/r")).containsExactly("web.shop.svc.cluster.local:90");
        route("HTTPRoute/shop/r", "{group: '', kind: Service, name: web, sectionName: http}");
        assertThat(ports("HTTPRoute/shop/r")).containsExactly("web.shop.svc.cluster.local:80");
        assertThat(route("HTTPRoute/shop/r", "{group: '', kind: Service, name: web, port: 91}"))
                .containsEntry("Accepted", "False NoMatchingParent");
        assertThat(route("HTTPRoute/shop/r", "{group: '', kind: Service, name: web, sectionName: http, port: 90}"))
                .containsEntry("Accepted", "False NoMatchingParent");
    }

    // AT-4, ME-19
    @Test
    void aServiceThatIsNotThereTakesNoRouteUntilItIs() {
        assertThat(route("HTTPRoute/shop/r", "{group: '', kind: Service, name: later}"))
                .containsEntry("Accepted", "False NoMatchingParent");
        assertThat(cluster.message("HTTPRoute/shop/r", "Accepted"))
                .isEqualTo("parent service: \"shop/later\" not found");
        assertThat(cluster.served("shop/waypoint", "HTTPRoute/shop/r")).isNull();
        cluster.service("shop/later", "10.96.0.9");
        assertThat(cluster.conditions("HTTPRoute/shop/r")).containsEntry("Accepted", ACCEPTED);
        assertThat(cluster.served("shop/waypoint", "HTTPRoute/shop/r")).isNotNull();
    }

    // ME-12
    @Test
    void aServiceWithoutAVirtualAddressTakesNoRoutes() {
        cluster.service("shop/headless", "None");
        assertThat(route("HTTPRoute/shop/r", "{group: '', kind: Service, name: headless}"))
                .containsEntry("Accepted", "False NoMatchingParent");
        assertThat(cluster.message("HTTPRoute/shop/r", "Accepted")).contains("no cluster IP");
    }

    // ME-17
    @Test
    void withoutAWaypointARouteIsAcceptedAndToldThatNothingComesOfIt() {
        cluster.service("clients/plain", "10.96.0.5");
        assertThat(route("HTTPRoute/clients/r", "{group: '', kind: Service, name: plain}"))
                .containsEntry("Accepted", ACCEPTED)
                .containsEntry("ResolvedWaypoints", "False MissingUseWaypointLabel");
        assertThat(cluster.message("HTTPRoute/clients/r", "ResolvedWaypoints"))
                .isEqualTo(
                        "istio.io/use-waypoint label missing from parent and parent namespace; in ambient mode, route"
                                + " will not be respected");
        cluster.namespace("clients", Map.of("istio.io/use-waypoint", "none-such"));
        assertThat(cluster.conditions("HTTPRoute/clients/r"))
                .containsEntry("ResolvedWaypoints", "False WaypointIsNotReady");
        cluster.namespace(
                "clients", Map.of("istio.io/use-waypoint", "waypoint", "istio.io/use-waypoint-namespace", "shop"));
        assertThat(cluster.conditions("HTTPRoute/clients/r"))
                .containsEntry("ResolvedWaypoints", "False AttachmentDenied");
    }

    // ME-17
    @Test
    void aServiceBehindSomebodyElsesWaypointIsLeftToThem() {
        cluster.apply("""
                kind: Gateway
                metadata: {name: waypoint, namespace: shop}
                spec: {gatewayClassName: somebody-elses, listeners: [{name: mesh, port: 15008, protocol: HBONE}]}
                status: {addresses: [{type: Hostname, value: waypoint.shop.svc.cluster.local}]}
                """);
        cluster.route("HTTPRoute/shop/r", "parentRefs: [" + WEB + "]\n" + TO_API);
        assertThat(cluster.status("HTTPRoute/shop/r")).isEmpty();
        assertThat(cluster.served("shop/waypoint", "HTTPRoute/shop/r")).isNull();
    }

    // ME-11
    @Test
    void atOnePortTheStrongerKindDisplacesTheOthers() {
        route("TCPRoute/shop/tcp", WEB);
        route("TLSRoute/shop/tls", WEB);
        route("HTTPRoute/shop/http", WEB);
        route("HTTPRoute/shop/http2", WEB);
        route("GRPCRoute/shop/grpc", "{group: '', kind: Service, name: web, port: 90}");
        assertThat(ports("GRPCRoute/shop/grpc")).containsExactly("web.shop.svc.cluster.local:90");
        assertThat(cluster.conditions("GRPCRoute/shop/grpc")).containsEntry("Accepted", ACCEPTED);
        // What remains of it: the other port.
        assertThat(cluster.conditions("HTTPRoute/shop/http2")).containsEntry("Accepted", ACCEPTED);
        assertThat(ports("HTTPRoute/shop/http")).containsExactly("web.shop.svc.cluster.local:80");
        assertThat(cluster.conditions("TLSRoute/shop/tls")).containsEntry("Accepted", "False Conflicted");
        assertThat(cluster.conditions("TCPRoute/shop/tcp")).containsEntry("Accepted", "False Conflicted");
        assertThat(cluster.served("shop/waypoint", "TCPRoute/shop/tcp")).isNull();

        cluster.remove("HTTPRoute/shop/http").remove("HTTPRoute/shop/http2");
        assertThat(ports("TLSRoute/shop/tls")).containsExactly("web.shop.svc.cluster.local:80");
        cluster.remove("GRPCRoute/shop/grpc");
        assertThat(ports("TLSRoute/shop/tls")).containsExactly("web.shop.svc.cluster.local:0");
    }

    // ME-8
    @Test
    void routesForTheClientsOfDifferentNamespacesDoNotMeet() {
        route("GRPCRoute/clients/grpc", WEB);
        assertThat(route("HTTPRoute/shop/http", WEB)).containsEntry("Accepted", ACCEPTED);
        assertThat(route("HTTPRoute/clients/http", WEB)).containsEntry("Accepted", "False Conflicted");
    }

    // ME-13
    @Test
    void aHostNameIsAParentToo() {
        assertThat(route("HTTPRoute/clients/r", """
                {group: networking.istio.io, kind: Hostname, name: web.shop.svc.cluster.local}""")).containsEntry("Accepted", ACCEPTED);
        assertThat(ports("HTTPRoute/clients/r")).containsExactly("web.shop.svc.cluster.local:0");
        assertThat(route("HTTPRoute/clients/r", "{group: networking.istio.io, kind: Hostname, name: a.test}"))
                .containsEntry("Accepted", "False NoMatchingParent");
        assertThat(route("HTTPRoute/clients/r", "{group: networking.istio.io, kind: ServiceEntry, name: a}"))
                .containsEntry("Accepted", "False NoMatchingParent");
    }

    // ME-13, BE-12
    @Test
    void aServiceEntryIsAParentWithAllItsHostsAndTheyAreBackends() {
        cluster.apply("""
                kind: ServiceEntry
                metadata: {name: outside, namespace: shop}
                spec:
                  hosts: [a.example.com, b.example.com]
                  addresses: [240.240.0.9]
                  ports: [{number: 80, name: http, protocol: HTTP}]
                  resolution: DNS
                """);
        cluster.route("HTTPRoute/shop/r", """
                parentRefs: [{group: networking.istio.io, kind: ServiceEntry, name: outside}]
                rules: [{backendRefs: [{group: networking.istio.io, kind: Hostname, name: b.example.com, port: 80}]}]
                """);
        assertThat(cluster.conditions("HTTPRoute/shop/r"))
                .containsEntry("Accepted", ACCEPTED)
                .containsEntry("ResolvedRefs", "True ResolvedRefs")
                .containsEntry("ResolvedWaypoints", "True ResolvedWaypoints");
        assertThat(ports("HTTPRoute/shop/r")).containsExactlyInAnyOrder("a.example.com:0", "b.example.com:0");
        assertThat(cluster.at("shop/waypoint", "HTTPRoute/shop/r")
                        .getRules(0)
                        .getBackends(0)
                        .getService()
                        .getHostname())
                .isEqualTo("b.example.com");
    }

    // ME-13: a Gateway and a Service as parents of one route, with rules of their own kind
    @Test
    void inTheMeshNothingHasToBeGrantedAndAtAGatewayItHas() {
        cluster.gateway("clients/edge", "[{name: one, port: 80, protocol: HTTP}]");
        cluster.route("HTTPRoute/clients/r", "parentRefs: [" + WEB + ", {name: edge}]\n" + TO_API);
        assertThat(cluster.conditions("HTTPRoute/clients/r", 0)).containsEntry("ResolvedRefs", "True ResolvedRefs");
        assertThat(cluster.conditions("HTTPRoute/clients/r", 1)).containsEntry("ResolvedRefs", "False RefNotPermitted");
        assertThat(cluster.at("shop/waypoint", "HTTPRoute/clients/r").getParentsList())
                .allMatch(RouteParent::hasService)
                .hasSize(1);
        assertThat(cluster.at("clients/edge", "HTTPRoute/clients/r").getParentsList())
                .allMatch(RouteParent::hasListener)
                .hasSize(1);
        assertThat(cluster.at("clients/edge", "HTTPRoute/clients/r")
                        .getRules(0)
                        .getBackends(0)
                        .hasService())
                .isFalse();
    }

    // ME-5
    @Test
    void hostNamesOfTlsRoutesAreServerNamesAndThoseOfOthersAreIgnored() {
        String hosts = "parentRefs: [" + WEB + "]\nhostnames: [a.test]\n" + TO_API;
        cluster.route("TLSRoute/shop/r", hosts);
        ServiceParent parent =
                cluster.at("shop/waypoint", "TLSRoute/shop/r").getParents(0).getService();
        assertThat(parent.getServerNamesList()).containsExactly("a.test");
        cluster.remove("TLSRoute/shop/r").route("HTTPRoute/shop/r", hosts);
        assertThat(cluster.at("shop/waypoint", "HTTPRoute/shop/r")
                        .getParents(0)
                        .getService()
                        .getServerNamesList())
                .isEmpty();
    }

    // ME-9
    @Test
    void aRouteMayLeadBackToItsOwnParent() {
        cluster.route(
                "HTTPRoute/shop/r", "parentRefs: [" + WEB + "]\nrules: [{backendRefs: [{name: web, port: 80}]}]\n");
        assertThat(cluster.conditions("HTTPRoute/shop/r")).containsEntry("ResolvedRefs", "True ResolvedRefs");
    }
}

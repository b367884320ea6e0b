package io.periplus.waypoint.route;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.periplus.dataplane.address.IpAddress;
import io.periplus.dataplane.http.RequestHead;
import io.periplus.waypoint.mesh.Destination;
import io.periplus.wire.workload.AppProtocol;
import java.net.InetAddress;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Which rule takes a request, in the words of the Gateway API. */
class RouteTableTest {
    private static final IpAddress ADDRESS = IpAddress.of(InetAddress.getLoopbackAddress());
    private static final Destination.OfService ACCOUNTS = service("accounts", 8080);

    private final RouteStore store = new RouteStore();

    private static Destination.OfService service(String name, int port) {
        String hostname = name + ".ns.svc.cluster.local";
        return new Destination.OfService("ns/" + hostname, "ns", hostname, name, ADDRESS, port, AppProtocol.HTTP11);
    }

    private static RequestHead get(String path, String... headers) {
        return request("GET", "accounts", path, headers);
    }

    private static RequestHead request(String method, String authority, String path, String... headers) {
        DefaultHttpHeaders fields = new DefaultHttpHeaders();
        for (int i = 0; i < headers.length; i += 2) {
            fields.add(headers[i], headers[i + 1]);
        }
        return new RequestHead(method, "http", authority, path, fields);
    }

    /** A route for all ports of the service {@code accounts} with these rules. */
    private static String http(String name, String... rules) {
        return of("HTTP", "ns", name, "", rules);
    }

    private static String of(String kind, String namespace, String name, String parent, String... rules) {
        StringBuilder text = new StringBuilder();
        text.append("kind: %s namespace: '%s' name: '%s' ".formatted(kind, namespace, name));
        text.append("parents { service { service { namespace: 'ns' hostname: 'accounts.ns.svc.cluster.local' } ");
        text.append(parent).append(" } } ");
        for (String rule : rules) {
            text.append("rules { ").append(rule).append(" } ");
        }
        return text.toString();
    }

    private String found(RequestHead head) {
        return found(ACCOUNTS, "client", head);
    }

    private String found(Destination destination, String clientNamespace, RequestHead head) {
        return nameOf(store.table().route(destination, clientNamespace, head));
    }

    private static String nameOf(Routing routing) {
        return switch (routing) {
            case Route route -> route.name();
            case NoRoute none -> none.name();
        };
    }

    // ---- what is spoken

    private boolean requestsOnly(int port, boolean only) {
        return store.table().takesRequestsOnly(service("accounts", port), "client", () -> only);
    }

    @Test
    void aPortThatARouteNamesTakesRequestsOnly() {
        assertThat(requestsOnly(80, true)).isFalse();
        RoutesOf.put(store, http("everywhere", ""), of("HTTP", "ns", "named", "port: 90", ""));
        assertThat(requestsOnly(90, false)).isTrue();
        assertThat(requestsOnly(80, false)).isFalse();
        assertThat(requestsOnly(80, true)).isTrue();
    }

    @Test
    void routesOfBytesSayNothingOfRequests() {
        RoutesOf.put(store, of("TCP", "ns", "bytes", "port: 90", ""));
        assertThat(requestsOnly(90, true)).isFalse();
    }

    // ---- matching

    @Test
    void withoutRoutesTrafficGoesWhereItIsAddressed() {
        assertThat(found(get("/"))).isEqualTo("default");
    }

    @Test
    void withRoutesWhatMatchesNoneIsNotFound() {
        RoutesOf.put(store, http("r", "matches { path { type: EXACT value: '/one' } }"));
        assertThat(found(get("/one"))).isEqualTo("ns.r.0");
        assertThat(found(get("/two"))).isEqualTo("NOT_FOUND");
        assertThat(found(service("other", 8080), "client", get("/two"))).isEqualTo("default");
    }

    @Test
    void aRuleWithoutMatchesTakesEverything() {
        RoutesOf.put(store, http("r", ""));
        assertThat(found(get("/any/thing?at=all"))).isEqualTo("ns.r.0");
        assertThat(found(request("OPTIONS", "a", "*"))).isEqualTo("ns.r.0");
    }

    @Test
    void anExactPathIsEqualWithCaseAndWithoutQuery() {
        RoutesOf.put(store, http("r", "matches { path { type: EXACT value: '/one' } }"));
        assertThat(found(get("/one?x=/y"))).isEqualTo("ns.r.0");
        assertThat(found(get("/one/"))).isEqualTo("NOT_FOUND");
        assertThat(found(get("/One"))).isEqualTo("NOT_FOUND");
        assertThat(found(get("/on"))).isEqualTo("NOT_FOUND");
    }

    @Test
    void aPrefixIsOfWholeSegments() {
        RoutesOf.put(
                store,
                http("r", "matches { path { type: PATH_PREFIX value: '/abc' } }"),
                http("s", "matches { path { type: PATH_PREFIX value: '/xyz/' } }"));
        for (String path : List.of("/abc", "/abc/", "/abc/d", "/abc?q=1", "/abc/d?q=/abcd")) {
            assertThat(found(get(path))).as(path).isEqualTo("ns.r.0");
        }
        assertThat(found(get("/abcd"))).isEqualTo("NOT_FOUND");
        assertThat(found(get("/ABC"))).isEqualTo("NOT_FOUND");
        for (String path : List.of("/xyz", "/xyz/", "/xyz/1")) {
            assertThat(found(get(path))).as(path).isEqualTo("ns.s.0");
        }
    }

    @Test
    void exactThenLongestPrefixThenRegexLast() {
        RoutesOf.put(
                store,
                http(
                        "r",
                        "matches { path { type: REGEX value: '/a/.*' } }",
                        "matches { path { type: PATH_PREFIX value: '/a' } }",
                        "matches { path { type: PATH_PREFIX value: '/a/b' } }",
                        "matches { path { type: EXACT value: '/a/b' } }",
                        "matches { path { type: REGEX value: '/z.*' } }"));
        assertThat(found(get("/a/b"))).isEqualTo("ns.r.3");
        assertThat(found(get("/a/b/c"))).isEqualTo("ns.r.2");
        assertThat(found(get("/a/c"))).isEqualTo("ns.r.1");
        assertThat(found(get("/zoo"))).isEqualTo("ns.r.4");
        assertThat(found(get("/a"))).isEqualTo("ns.r.1");
    }

    @Test
    void aShorterPrefixTakesWhatTheLongerOnesDoNot() {
        RoutesOf.put(
                store,
                http(
                        "r",
                        "matches { path { type: PATH_PREFIX value: '/a/b' } method: 'POST' }",
                        "matches { path { type: PATH_PREFIX value: '/a' } headers { name: 'v' value { value: '2' } } }",
                        "matches { path { type: PATH_PREFIX value: '/' } }"));
        assertThat(found(request("POST", "a", "/a/b/c"))).isEqualTo("ns.r.0");
        assertThat(found(get("/a/b/c", "v", "2"))).isEqualTo("ns.r.1");
        assertThat(found(get("/a/b/c"))).isEqualTo("ns.r.2");
    }

    @Test
    void amongEqualPathsMethodThenHeadersThenQueryDecide() {
        String path = "path { type: PATH_PREFIX value: '/p' } ";
        RoutesOf.put(
                store,
                http("r1", "matches { " + path + "query_params { name: 'q' value { value: '1' } } }"),
                http("r2", "matches { " + path + "headers { name: 'v' value { value: '2' } } }"),
                http("r3", "matches { " + path + "method: 'GET' }"),
                http("r4", "matches { " + path + "}"));
        assertThat(found(get("/p?q=1", "v", "2"))).isEqualTo("ns.r3.0");
        assertThat(found(request("PUT", "a", "/p?q=1", "v", "2"))).isEqualTo("ns.r2.0");
        assertThat(found(request("PUT", "a", "/p?q=1"))).isEqualTo("ns.r1.0");
        assertThat(found(request("PUT", "a", "/p"))).isEqualTo("ns.r4.0");
    }

    @Test
    void amongEqualsAgeThenNameThenOrderDecide() {
        String match = "matches { path { type: PATH_PREFIX value: '/p' } }";
        RoutesOf.put(
                store,
                http("b", match, match) + "created_seconds: 10",
                http("c", match) + "created_seconds: 5",
                http("a", match) + "created_seconds: 10");
        assertThat(found(get("/p"))).isEqualTo("ns.c.0");
        store.apply(Map.of(), List.of("HTTP/ns/c"));
        assertThat(found(get("/p"))).isEqualTo("ns.a.0");
        store.apply(Map.of(), List.of("HTTP/ns/a"));
        assertThat(found(get("/p"))).isEqualTo("ns.b.0");
    }

    @Test
    void headersCompareNamesWithoutCaseAndSeveralLinesAsOne() {
        RoutesOf.put(
                store,
                http(
                        "r",
                        "matches { headers { name: 'X-Version' value { value: 'two' } } }",
                        "matches { headers { name: 'list' value { value: 'a,b' } } }",
                        "matches { headers { name: 'n' value { type: REGEX value: '[0-9]+' } } }",
                        "matches { headers { name: 'host' value { value: 'special' } } }"));
        assertThat(found(get("/", "x-version", "two"))).isEqualTo("ns.r.0");
        assertThat(found(get("/", "X-VERSION", "Two"))).isEqualTo("NOT_FOUND");
        assertThat(found(get("/", "x-version", "two", "x-version", "three"))).isEqualTo("NOT_FOUND");
        assertThat(found(get("/", "list", "a", "list", "b"))).isEqualTo("ns.r.1");
        assertThat(found(get("/", "list", "a,b"))).isEqualTo("ns.r.1");
        assertThat(found(get("/", "n", "12"))).isEqualTo("ns.r.2");
        assertThat(found(get("/", "n", "12a"))).isEqualTo("NOT_FOUND");
        assertThat(found(request("GET", "special", "/"))).isEqualTo("ns.r.3");
    }

    @Test
    void ofAHeaderThatAMatchListsTwiceTheFirstCounts() {
        RoutesOf.put(
                store,
                http(
                        "r",
                        "matches { headers { name: 'a' value { value: '1' } } headers { name: 'A' value { value: '2' } } }"));
        assertThat(found(get("/", "a", "1"))).isEqualTo("ns.r.0");
        assertThat(found(get("/", "a", "2"))).isEqualTo("NOT_FOUND");
    }

    @Test
    void queryParametersCompareDecodedAndTheFirstOfAName() {
        RoutesOf.put(
                store,
                http(
                        "r",
                        "matches { query_params { name: 'animal' value { value: 'big whale' } } }",
                        "matches { query_params { name: 'empty' value { value: '' } } }",
                        "matches { query_params { name: 'n' value { type: REGEX value: '[0-9]+' } } }"));
        assertThat(found(get("/?animal=big%20whale"))).isEqualTo("ns.r.0");
        assertThat(found(get("/?x=1&animal=big%20whale&y"))).isEqualTo("ns.r.0");
        assertThat(found(get("/?%61nimal=big%20whale"))).isEqualTo("ns.r.0");
        assertThat(found(get("/?Animal=big%20whale"))).isEqualTo("NOT_FOUND");
        assertThat(found(get("/?animal=dog&animal=big%20whale"))).isEqualTo("NOT_FOUND");
        assertThat(found(get("/animal=big%20whale"))).isEqualTo("NOT_FOUND");
        assertThat(found(get("/?empty"))).isEqualTo("ns.r.1");
        assertThat(found(get("/?empty="))).isEqualTo("ns.r.1");
        assertThat(found(get("/?n=42"))).isEqualTo("ns.r.2");
        assertThat(found(get("/?n=%2"))).isEqualTo("NOT_FOUND");
    }

    @Test
    void aMatchThatCannotBeUnderstoodLeavesTheOthersAlone() {
        RoutesOf.put(
                store,
                http(
                        "r",
                        "matches { path { type: REGEX value: '(' } } matches { path { type: EXACT value: '/b' } }",
                        "matches { path { type: EXACT value: '/c' } }"));
        assertThat(found(get("/b"))).isEqualTo("ns.r.0");
        assertThat(found(get("/c"))).isEqualTo("ns.r.1");
    }

    // ---- gRPC

    @Test
    void grpcMatchesServiceAndMethod() {
        RoutesOf.put(
                store,
                of(
                        "GRPC",
                        "ns",
                        "g",
                        "",
                        "matches { grpc_method { value: 'Get' } }",
                        "matches { grpc_service { value: 'a.B' } }",
                        "matches { grpc_service { value: 'a.B' } grpc_method { value: 'Get' } }",
                        "matches { headers { name: 'v' value { value: '1' } } }",
                        "matches { grpc_service { type: REGEX value: 'x\\\\..*' } grpc_method { value: 'Put' } }"));
        assertThat(found(request("POST", "a", "/a.B/Get"))).isEqualTo("ns.g.2");
        assertThat(found(request("POST", "a", "/a.B/Put"))).isEqualTo("ns.g.1");
        assertThat(found(request("POST", "a", "/c.D/Get"))).isEqualTo("ns.g.0");
        assertThat(found(request("POST", "a", "/c.D/Put", "v", "1"))).isEqualTo("ns.g.3");
        assertThat(found(request("POST", "a", "/x.Y/Put"))).isEqualTo("ns.g.4");
        assertThat(found(request("POST", "a", "/a.B/get"))).isEqualTo("ns.g.1");
        assertThat(found(request("POST", "a", "/a.Bc/get"))).isEqualTo("NOT_FOUND");
    }

    @Test
    void ofSeveralKindsOneGoverns() {
        String tcp = of("TCP", "ns", "t", "", "");
        String http = http("h", "matches { path { type: EXACT value: '/one' } }");
        String grpc = of("GRPC", "ns", "g", "", "matches { grpc_method { value: 'Get' } }");
        RoutesOf.put(store, tcp);
        assertThat(found(get("/one"))).isEqualTo("ns.t.0");
        assertThat(nameOf(store.table().connection(ACCOUNTS, "c", ""))).isEqualTo("ns.t.0");
        RoutesOf.put(store, http);
        assertThat(found(get("/one"))).isEqualTo("ns.h.0");
        assertThat(nameOf(store.table().connection(ACCOUNTS, "c", ""))).isEqualTo("default");
        RoutesOf.put(store, grpc);
        assertThat(found(get("/one"))).isEqualTo("NOT_FOUND");
        assertThat(found(request("POST", "a", "/s/Get"))).isEqualTo("ns.g.0");
    }

    // ---- the mesh

    @Test
    void aPortNarrowsARouteAndMergesWithThoseForAllPorts() {
        RoutesOf.put(
                store,
                of("HTTP", "ns", "all", "", "matches { path { type: PATH_PREFIX value: '/all' } }"),
                of("HTTP", "ns", "one", "port: 8080", "matches { path { type: PATH_PREFIX value: '/one' } }"));
        assertThat(found(ACCOUNTS, "c", get("/all"))).isEqualTo("ns.all.0");
        assertThat(found(ACCOUNTS, "c", get("/one"))).isEqualTo("ns.one.0");
        assertThat(found(service("accounts", 9090), "c", get("/all"))).isEqualTo("ns.all.0");
        assertThat(found(service("accounts", 9090), "c", get("/one"))).isEqualTo("NOT_FOUND");
        store.apply(Map.of(), List.of("HTTP/ns/all"));
        assertThat(found(service("accounts", 9090), "c", get("/one"))).isEqualTo("default");
    }

    @Test
    void consumerRoutesReplaceProducerRoutesForTheirOwnNamespaceOnly() {
        RoutesOf.put(
                store,
                http("producer", "matches { path { type: PATH_PREFIX value: '/p' } }"),
                of("HTTP", "finance", "consumer", "", "matches { path { type: PATH_PREFIX value: '/c' } }"));
        assertThat(found(ACCOUNTS, "other", get("/p"))).isEqualTo("ns.producer.0");
        assertThat(found(ACCOUNTS, "other", get("/c"))).isEqualTo("NOT_FOUND");
        assertThat(found(ACCOUNTS, "finance", get("/c"))).isEqualTo("finance.consumer.0");
        assertThat(found(ACCOUNTS, "finance", get("/p"))).isEqualTo("NOT_FOUND");
        assertThat(nameOf(store.table().route(ACCOUNTS, null, get("/p")))).isEqualTo("ns.producer.0");
        store.apply(Map.of(), List.of("HTTP/ns/producer"));
        assertThat(found(ACCOUNTS, "other", get("/c"))).isEqualTo("default");
    }

    // l7-waypoint 4.4
    @Test
    void routesOfTheWaypointsNamespaceReplaceProducerRoutesForEveryClientWithoutRoutesOfItsOwn() {
        RoutesOf.put(
                store,
                http("producer", "matches { path { type: PATH_PREFIX value: '/p' } }"),
                of("HTTP", "infra", "w", "of_the_waypoint: true", "matches { path { type: PATH_PREFIX value: '/w' } }"),
                of("HTTP", "finance", "consumer", "", "matches { path { type: PATH_PREFIX value: '/c' } }"));
        assertThat(found(ACCOUNTS, "other", get("/w"))).isEqualTo("infra.w.0");
        assertThat(found(ACCOUNTS, "other", get("/p"))).isEqualTo("NOT_FOUND");
        assertThat(found(ACCOUNTS, "finance", get("/c"))).isEqualTo("finance.consumer.0");
        assertThat(nameOf(store.table().route(ACCOUNTS, null, get("/w")))).isEqualTo("infra.w.0");
        store.apply(Map.of(), List.of("HTTP/infra/w"));
        assertThat(found(ACCOUNTS, "other", get("/p"))).isEqualTo("ns.producer.0");
    }

    @Test
    void tlsConnectionsAreRoutedByServerName() {
        String parent = "server_names: 'a.example' server_names: '*.b.example'";
        RoutesOf.put(store, of("TLS", "ns", "t", parent, ""));
        RouteTable table = store.table();
        assertThat(table.asksForServerName(ACCOUNTS, "c")).isTrue();
        assertThat(nameOf(table.connection(ACCOUNTS, "c", "a.example"))).isEqualTo("ns.t.0");
        assertThat(nameOf(table.connection(ACCOUNTS, "c", "x.b.example"))).isEqualTo("ns.t.0");
        assertThat(nameOf(table.connection(ACCOUNTS, "c", ""))).isEqualTo("NOT_FOUND");
        assertThat(nameOf(table.connection(ACCOUNTS, "c", "c.example"))).isEqualTo("NOT_FOUND");
    }

    @Test
    void aPushReplacesAndRemoves() {
        RoutesOf.put(store, http("r", "matches { path { type: EXACT value: '/one' } }"));
        RouteTable before = store.table();
        RoutesOf.put(store, http("r", "matches { path { type: EXACT value: '/two' } }"));
        assertThat(found(get("/two"))).isEqualTo("ns.r.0");
        assertThat(found(get("/one"))).isEqualTo("NOT_FOUND");
        assertThat(nameOf(before.route(ACCOUNTS, "c", get("/one")))).isEqualTo("ns.r.0");
        store.apply(Map.of(), List.of("HTTP/ns/r"));
        assertThat(found(get("/one"))).isEqualTo("default");
        assertThat(store.current()).isEmpty();
    }

    // ---- listeners

    private static Destination.OfListener port(int port, boolean secure, String serverName) {
        return new Destination.OfListener("ns", "gateway", ADDRESS, port, AppProtocol.HTTP11, secure, serverName);
    }

    private static String at(String kind, String name, String listener, String hostname, String rule) {
        return "kind: %s namespace: 'ns' name: '%s' parents { listener { listener: '%s' %s } } rules { %s }"
                .formatted(kind, name, listener, hostname.isEmpty() ? "" : "hostnames: '" + hostname + "'", rule);
    }

    @Test
    void aRequestBelongsToTheMostSpecificListenerAlone() {
        store.listeners(RoutesOf.gateway("listeners { name: 'any' port: 80 }"
                + "listeners { name: 'wild' port: 80 hostname: '*.example.com' }"
                + "listeners { name: 'deep' port: 80 hostname: '*.foo.example.com' }"
                + "listeners { name: 'exact' port: 80 hostname: 'abc.foo.example.com' }"));
        RoutesOf.put(
                store,
                at("HTTP", "any", "any", "", "matches { path { type: PATH_PREFIX value: '/any' } }"),
                at("HTTP", "wild", "wild", "*.example.com", "matches { path { type: PATH_PREFIX value: '/wild' } }"),
                at(
                        "HTTP",
                        "deep",
                        "deep",
                        "*.foo.example.com",
                        "matches { path { type: PATH_PREFIX value: '/deep' } }"),
                at(
                        "HTTP",
                        "exact",
                        "exact",
                        "abc.foo.example.com",
                        "matches { path { type: PATH_PREFIX value: '/exact' } }"));
        Destination http = port(80, false, "");
        assertThat(found(http, "", request("GET", "bar.com", "/any"))).isEqualTo("ns.any.0");
        assertThat(found(http, "", request("GET", "bar.com", "/wild"))).isEqualTo("NOT_FOUND");
        assertThat(found(http, "", request("GET", "bar.example.com", "/wild"))).isEqualTo("ns.wild.0");
        assertThat(found(http, "", request("GET", "bar.example.com", "/any"))).isEqualTo("NOT_FOUND");
        assertThat(found(http, "", request("GET", "bar.foo.example.com", "/deep")))
                .isEqualTo("ns.deep.0");
        assertThat(found(http, "", request("GET", "bar.foo.example.com", "/wild")))
                .isEqualTo("NOT_FOUND");
        assertThat(found(http, "", request("GET", "abc.foo.example.com:80", "/exact")))
                .isEqualTo("ns.exact.0");
        assertThat(found(http, "", request("GET", "ABC.foo.example.com", "/deep")))
                .isEqualTo("NOT_FOUND");
        assertThat(found(port(81, false, ""), "", request("GET", "bar.com", "/any")))
                .isEqualTo("NOT_FOUND");
    }

    @Test
    void onAListenerMoreSpecificHostnamesComeFirstAndLessSpecificOnesFollow() {
        store.listeners(RoutesOf.gateway("listeners { name: 'l' port: 80 }"));
        RoutesOf.put(
                store,
                at("HTTP", "all", "l", "", ""),
                at("HTTP", "wild", "l", "*.com", "matches { path { type: EXACT value: '/x' } }"),
                at("HTTP", "exact", "l", "a.com", "matches { path { type: PATH_PREFIX value: '/y' } }"));
        Destination http = port(80, false, "");
        assertThat(found(http, "", request("GET", "a.com", "/y"))).isEqualTo("ns.exact.0");
        assertThat(found(http, "", request("GET", "a.com", "/x"))).isEqualTo("ns.wild.0");
        assertThat(found(http, "", request("GET", "a.com", "/z"))).isEqualTo("ns.all.0");
        assertThat(found(http, "", request("GET", "b.com", "/y"))).isEqualTo("ns.all.0");
    }

    @Test
    void aHostOfAnotherListenerThanTlsWasOpenedForIsMisdirected() {
        store.listeners(RoutesOf.gateway("listeners { name: 'a' port: 443 hostname: 'a.example' }"
                + "listeners { name: 'b' port: 443 hostname: '*.b.example' }"));
        RoutesOf.put(store, at("HTTP", "ra", "a", "a.example", ""), at("HTTP", "rb", "b", "*.b.example", ""));
        assertThat(found(port(443, true, "a.example"), "", request("GET", "a.example", "/")))
                .isEqualTo("ns.ra.0");
        assertThat(found(port(443, true, "a.example"), "", request("GET", "x.b.example", "/")))
                .isEqualTo("MISDIRECTED");
        assertThat(found(port(443, true, "x.b.example"), "", request("GET", "y.b.example", "/")))
                .isEqualTo("ns.rb.0");
        assertThat(found(port(443, true, "a.example"), "", request("GET", "c.example", "/")))
                .isEqualTo("NOT_FOUND");
    }

    @Test
    void connectionsOfAListenerAreRoutedByServerNameOrAllTheSame() {
        store.listeners(RoutesOf.gateway("listeners { name: 'tls' port: 443 protocol: LISTENER_TLS }"
                + "listeners { name: 'tcp' port: 5432 protocol: LISTENER_TCP }"));
        RoutesOf.put(
                store,
                at("TLS", "a", "tls", "a.example", "") + "created_seconds: 2",
                at("TLS", "older", "tls", "a.example", "") + "created_seconds: 1",
                at("TLS", "wild", "tls", "*.example", ""),
                at("TCP", "young", "tcp", "", "") + "created_seconds: 2",
                at("TCP", "old", "tcp", "", "") + "created_seconds: 1");
        RouteTable table = store.table();
        assertThat(nameOf(table.connection(port(443, false, ""), null, "a.example")))
                .isEqualTo("ns.older.0");
        assertThat(nameOf(table.connection(port(443, false, ""), null, "b.example")))
                .isEqualTo("ns.wild.0");
        assertThat(nameOf(table.connection(port(443, false, ""), null, ""))).isEqualTo("NOT_FOUND");
        assertThat(nameOf(table.connection(port(5432, false, ""), null, ""))).isEqualTo("ns.old.0");
    }

    @Test
    void routesMayComeBeforeTheirListenerAndOutliveIt() {
        RoutesOf.put(store, at("HTTP", "r", "l", "", ""));
        assertThat(found(port(80, false, ""), "", get("/"))).isEqualTo("NOT_FOUND");
        store.listeners(RoutesOf.gateway("listeners { name: 'l' port: 80 }"));
        assertThat(found(port(80, false, ""), "", get("/"))).isEqualTo("ns.r.0");
        store.listeners(null);
        assertThat(found(port(80, false, ""), "", get("/"))).isEqualTo("NOT_FOUND");
    }
}

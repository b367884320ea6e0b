package io.periplus.controlplane.kube;

import static org.assertj.core.api.Assertions.assertThat;

import io.periplus.wire.waypoint.HeaderModifier;
import io.periplus.wire.waypoint.Mirror;
import io.periplus.wire.waypoint.Redirect;
import io.periplus.wire.waypoint.Rewrite;
import io.periplus.wire.waypoint.Route;
import io.periplus.wire.waypoint.RouteBackend;
import io.periplus.wire.waypoint.RouteFilter;
import io.periplus.wire.waypoint.RouteMatch;
import io.periplus.wire.waypoint.RouteRule;
import io.periplus.wire.waypoint.SessionPersistence;
import io.periplus.wire.waypoint.StringMatch;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What proxies receive of a route, and what is said of the parts that cannot be applied. */
class RouteConversionTest {
    private static final String KEY = "HTTPRoute/shop/r";
    private static final String BACKEND = "backendRefs: [{name: api, port: 80}]";

    private final Cluster cluster = Cluster.shop();

    private Route http(String rules) {
        return route(KEY, rules);
    }

    private Route route(String key, String rules) {
        cluster.route(key, "parentRefs: [{group: '', kind: Service, name: web}]\nrules:\n" + rules);
        return cluster.at("shop/waypoint", key);
    }

    private RouteMatch match(String match) {
        RouteRule rule = http("- {matches: [" + match + "], " + BACKEND + "}").getRules(0);
        assertThat(rule.getMatchesList()).hasSize(1);
        return rule.getMatches(0);
    }

    private RouteFilter filter(String filter) {
        RouteRule rule = http("- {filters: [" + filter + "]}").getRules(0);
        assertThat(rule.getUnusable()).isEmpty();
        return rule.getFilters(0);
    }

    // HM-2, HM-3, HM-4, HM-5, CM-7
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{path: {type: Exact, value: /a}}              | EXACT       | /a",
                "{path: {type: PathPrefix, value: /a/}}        | PATH_PREFIX | /a/",
                "{path: {type: RegularExpression, value: /a.*}} | REGEX      | /a.*",
                "{path: {value: /a}}                           | PATH_PREFIX | /a",
                "{method: GET}                                 | PATH_PREFIX | /"
            })
    void aPathIsMatchedAsItSays(String match, StringMatch.Type type, String value) {
        assertThat(match(match).getPath())
                .isEqualTo(
                        StringMatch.newBuilder().setType(type).setValue(value).build());
    }

    // HM-6, HM-7, HM-8, HM-9
    @Test
    void ofPatternsForOneNameTheFirstCounts() {
        RouteMatch match = match("""
                {method: POST,
                 headers: [{name: X-A, value: one}, {name: x-a, value: two}, {name: b, type: RegularExpression, value: 'v.'}],
                 queryParams: [{name: q, value: one}, {name: Q, value: two}, {name: q, value: three}]}""");
        assertThat(match.getMethod()).isEqualTo("POST");
        assertThat(match.getHeadersList().stream()
                        .map(h -> h.getName() + "=" + h.getValue().getValue()))
                .containsExactly("x-a=one", "b=v.");
        assertThat(match.getHeaders(1).getValue().getType()).isEqualTo(StringMatch.Type.REGEX);
        assertThat(match.getQueryParamsList().stream()
                        .map(q -> q.getName() + "=" + q.getValue().getValue()))
                .containsExactly("q=one", "Q=two");
    }

    // CM-2, CM-3, HM-14: only the match is lost
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{path: {type: RegularExpression, value: '['}}",
                "{path: {type: Glob, value: /a}}",
                "{path: {type: Exact, value: /a//b}}",
                "{path: {value: a}}",
                "{path: {value: /a/../b}}",
                "{headers: [{name: a, type: Fuzzy, value: b}]}",
                "{queryParams: [{name: a, type: RegularExpression, value: '(?<x>a'}]}",
                "{headers: [{name: a, type: RegularExpression, value: '(a{30}){30}.*'}]}"
            })
    void aMatchThatCannotBeAppliedIsLeftOutAlone(String bad) {
        Route route = http("""
                - {name: bad, matches: [%s], %s}
                - {name: good, matches: [{path: {value: /good}}, %s], %s}""".formatted(bad, BACKEND, bad, BACKEND));
        assertThat(route.getRulesList()).extracting(RouteRule::getName).containsExactly("good");
        assertThat(route.getRules(0).getMatchesList()).hasSize(1);
        assertThat(route.getRules(0).getPosition()).isEqualTo(1);
        assertThat(cluster.conditions(KEY))
                .containsEntry("Accepted", "True Accepted")
                .containsEntry("PartiallyInvalid", "True UnsupportedValue");
        assertThat(cluster.message(KEY, "PartiallyInvalid"))
                .startsWith("Dropped Rule: rules[0]: ")
                .contains("rules[1]");
    }

    // ST-4
    @Test
    void aRouteOfWhichNothingCanBeAppliedIsNotAcceptedAndLetsNothingPass() {
        Route route = http("- {matches: [{path: {type: Glob, value: /}}], " + BACKEND + "}");
        assertThat(cluster.conditions(KEY))
                .containsEntry("Accepted", "False UnsupportedValue")
                .doesNotContainKey("PartiallyInvalid");
        assertThat(route.getParentsCount()).isEqualTo(1);
        assertThat(route.getRulesList()).isEmpty();
    }

    // GR-2, GR-3
    @Test
    void aGrpcMethodIsMatchedByItsParts() {
        RouteRule rule = route("GRPCRoute/shop/r", """
                - matches:
                  - {method: {service: a.B, method: C}, headers: [{name: x, value: y}]}
                  - {method: {type: RegularExpression, service: 'a.*'}}
                  - {method: {method: D}}
                  backendRefs: [{name: api, port: 80}]""").getRules(0);
        assertThat(rule.getMatchesList()).hasSize(3);
        assertThat(rule.getMatches(0).getGrpcService().getValue()).isEqualTo("a.B");
        assertThat(rule.getMatches(0).getGrpcMethod().getValue()).isEqualTo("C");
        assertThat(rule.getMatches(0).getHeaders(0).getName()).isEqualTo("x");
        assertThat(rule.getMatches(1).getGrpcService().getType()).isEqualTo(StringMatch.Type.REGEX);
        assertThat(rule.getMatches(1).hasGrpcMethod()).isFalse();
        assertThat(rule.getMatches(2).hasGrpcService()).isFalse();
        assertThat(rule.getMatches(2).hasPath()).isFalse();
    }

    // CM-3: what a proxy would not compile is not accepted either; it matches both parts in one expression.
    @Test
    void partsOfAGrpcMethodThatAreTooLargeTogetherAreLeftOut() {
        String half = "(a{20}){15}.*";
        route("GRPCRoute/shop/r", """
                - {matches: [{method: {type: RegularExpression, service: '%s', method: '%s'}}], %s}
                - {matches: [{method: {type: RegularExpression, service: '%s'}}], %s}
                """.formatted(half, half, BACKEND, half, BACKEND));
        assertThat(cluster.conditions("GRPCRoute/shop/r")).containsEntry("PartiallyInvalid", "True UnsupportedValue");
        assertThat(cluster.message("GRPCRoute/shop/r", "PartiallyInvalid")).contains("expands to about");
    }

    // FL-4
    @Test
    void headersAreChangedAndTheFirstOfANameCounts() {
        HeaderModifier headers = filter("""
                {type: RequestHeaderModifier, requestHeaderModifier: {
                  set: [{name: A, value: '1'}, {name: a, value: '2'}], add: [{name: B, value: '3'}], remove: [C]}}""").getRequestHeaders();
        assertThat(headers.getSetList()).hasSize(1);
        assertThat(headers.getSet(0).getValue()).isEqualTo("1");
        assertThat(headers.getAdd(0).getName()).isEqualTo("B");
        assertThat(headers.getRemoveList()).containsExactly("C");
        assertThat(filter("{type: ResponseHeaderModifier, responseHeaderModifier: {remove: [D]}}")
                        .getResponseHeaders()
                        .getRemoveList())
                .containsExactly("D");
    }

    // RD-1 to RD-7, RD-9, RW-1 to RW-3
    @Test
    void redirectsAndRewritesSayWhatTheyChange() {
        Redirect redirect = filter("""
                {type: RequestRedirect, requestRedirect: {scheme: https, hostname: a.test, port: 8443, statusCode: 301,
                  path: {type: ReplaceFullPath, replaceFullPath: /x}}}""").getRedirect();
        assertThat(redirect.getScheme()).isEqualTo("https");
        assertThat(redirect.getHostname()).isEqualTo("a.test");
        assertThat(redirect.getPort()).isEqualTo(8443);
        assertThat(redirect.getStatus()).isEqualTo(301);
        assertThat(redirect.getPath().getFullPath()).isEqualTo("/x");
        assertThat(cluster.conditions(KEY)).containsEntry("ResolvedRefs", "True ResolvedRefs");
        Rewrite rewrite = filter("""
                {type: URLRewrite, urlRewrite: {hostname: b.test,
                  path: {type: ReplacePrefixMatch, replacePrefixMatch: ''}}}""").getRewrite();
        assertThat(rewrite.getHostname()).isEqualTo("b.test");
        assertThat(rewrite.getPath().hasPrefix()).isTrue();
        assertThat(rewrite.getPath().getPrefix()).isEmpty();
    }

    // MI-1, MI-3
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "''                                              | 0 | 0",
                "', percent: 20'                                 | 20 | 100",
                "', percent: 0'                                  | 0 | 100",
                "', fraction: {numerator: 1}'                    | 1 | 100",
                "', fraction: {numerator: 1, denominator: 1000}' | 1 | 1000"
            })
    void aMirrorTakesItsShare(String share, int numerator, int denominator) {
        Mirror mirror = filter("{type: RequestMirror, requestMirror: {backendRef: {name: api, port: 80}" + share + "}}")
                .getMirror();
        assertThat(mirror.getBackend().getService().getHostname()).isEqualTo("api.shop.svc.cluster.local");
        assertThat(mirror.getNumerator()).isEqualTo(numerator);
        assertThat(mirror.getDenominator()).isEqualTo(denominator);
    }

    // MI-4
    @Test
    void aMirrorThatLeadsNowhereIsLeftOutAndTheTrafficGoesOn() {
        RouteRule rule = http("""
                - filters:
                  - {type: RequestMirror, requestMirror: {backendRef: {name: none, port: 80}}}
                  - {type: RequestMirror, requestMirror: {backendRef: {name: web, port: 80}}}
                  backendRefs: [{name: api, port: 80}]""").getRules(0);
        assertThat(rule.getFiltersList()).hasSize(1);
        assertThat(rule.getUnusable()).isEmpty();
        assertThat(rule.getBackends(0).hasService()).isTrue();
        assertThat(cluster.conditions(KEY)).containsEntry("ResolvedRefs", "False BackendNotFound");
    }

    // CO-1 to CO-8
    @Test
    void corsIsPassedOn() {
        var cors = filter("""
                {type: CORS, cors: {allowOrigins: ['https://*.a.test'], allowCredentials: true, allowMethods: [GET],
                  allowHeaders: [x], exposeHeaders: [y], maxAge: 60}}""").getCors();
        assertThat(cors.getAllowOriginsList()).containsExactly("https://*.a.test");
        assertThat(cors.getAllowCredentials()).isTrue();
        assertThat(cors.getMaxAge()).isEqualTo(60);
        assertThat(cors.getExposeHeadersList()).containsExactly("y");
    }

    // FL-1, FL-2, FL-8, RW-3, GR-7, XF-1, XF-2
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "HTTPRoute | {type: RequestRedirect, requestRedirect: {}}, {type: URLRewrite, urlRewrite: {}} | IncompatibleFilters",
                "HTTPRoute | {type: URLRewrite, urlRewrite: {}}, {type: URLRewrite, urlRewrite: {}}           | IncompatibleFilters",
                "HTTPRoute | {type: ExternalAuth, externalAuth: {}}                                         | UnsupportedValue",
                "HTTPRoute | {type: RequestRedirect}                                                        | UnsupportedValue",
                "HTTPRoute | {type: RequestRedirect, requestRedirect: {statusCode: 304}}                    | UnsupportedValue",
                "HTTPRoute | {type: RequestHeaderModifier, requestHeaderModifier: {set: [{name: 'a b', value: c}]}} | UnsupportedValue",
                "HTTPRoute | {type: RequestHeaderModifier, requestHeaderModifier: {set: [{name: a, value: \"b\\nc\"}]}} | UnsupportedValue",
                "HTTPRoute | {type: ResponseHeaderModifier, responseHeaderModifier: {add: [{name: Content-Length, value: '0'}]}} | UnsupportedValue",
                "HTTPRoute | {type: RequestHeaderModifier, requestHeaderModifier: {remove: [transfer-encoding]}}    | UnsupportedValue",
                "HTTPRoute | {type: RequestRedirect, requestRedirect: {hostname: \"a.test\\r\\nx\"}}              | UnsupportedValue",
                "HTTPRoute | {type: URLRewrite, urlRewrite: {path: {type: ReplaceFullPath, replaceFullPath: '/a b'}}} | UnsupportedValue",
                "HTTPRoute | {type: CORS, cors: {allowOrigins: [\"https://a\\nb\"]}}                               | UnsupportedValue",
                "HTTPRoute | {type: URLRewrite, urlRewrite: {path: {type: ReplaceFullPath, replaceFullPath: '/a#b'}}} | UnsupportedValue",
                "HTTPRoute | {type: RequestHeaderModifier, requestHeaderModifier: {set: [{name: a, value: caf\u0113}]}} | UnsupportedValue",
                "HTTPRoute | {type: RequestHeaderModifier, requestHeaderModifier: {add: [{name: host, value: b}]}} | UnsupportedValue",
                "HTTPRoute | {type: RequestHeaderModifier, requestHeaderModifier: {remove: [Host]}}             | UnsupportedValue",
                "HTTPRoute | {type: RequestHeaderModifier, requestHeaderModifier: {set: [{name: Host, value: 'a b'}]}} | UnsupportedValue",
                "HTTPRoute | {type: ResponseHeaderModifier, responseHeaderModifier: {set: [{name: Host, value: b}]}} | UnsupportedValue",
                "GRPCRoute | {type: URLRewrite, urlRewrite: {}}                                             | UnsupportedValue"
            })
    void aFilterThatCannotBeAppliedFailsItsRequests(String kind, String filters, String reason) {
        String key = kind + "/shop/r";
        Route route = route(key, "- {filters: [" + filters + "]}");
        assertThat(route.getRules(0).getUnusable()).startsWith("rules[0]: ");
        assertThat(cluster.conditions(key)).containsEntry("Accepted", "False " + reason);

        // Beside a rule that can be applied, only the one is lost.
        route = route(key, "- {filters: [" + filters + "]}\n- {" + BACKEND + "}");
        assertThat(route.getRules(0).getUnusable()).isNotEmpty();
        assertThat(route.getRules(1).getUnusable()).isEmpty();
        assertThat(cluster.conditions(key))
                .containsEntry("Accepted", "True Accepted")
                .containsEntry("PartiallyInvalid", "True UnsupportedValue");
    }

    // FL-1
    @Test
    void aRedirectHasNoBackends() {
        http("- {filters: [{type: RequestRedirect, requestRedirect: {}}], " + BACKEND + "}");
        assertThat(cluster.conditions(KEY)).containsEntry("Accepted", "False IncompatibleFilters");
    }

    // RW-3
    @Test
    void aPrefixIsReplacedOnlyWhereThereIsOne() {
        String rewrite = ", filters: [{type: URLRewrite, urlRewrite: {path: {type: ReplacePrefixMatch,"
                + " replacePrefixMatch: /x}}}], " + BACKEND + "}";
        http("- {matches: [{path: {type: Exact, value: /a}}]" + rewrite);
        assertThat(cluster.conditions(KEY)).containsEntry("Accepted", "False UnsupportedValue");
        http("- {matches: [{path: {value: /a}}, {path: {value: /b}}]" + rewrite);
        assertThat(cluster.conditions(KEY)).containsEntry("Accepted", "False UnsupportedValue");
        http("- {matches: [{path: {value: /a}}]" + rewrite);
        assertThat(cluster.conditions(KEY)).containsEntry("Accepted", "True Accepted");
    }

    // FL-2, XF-1
    @Test
    void anExtensionThatIsNotKnownFailsItsRequests() {
        Route route = http("- {filters: [{type: ExtensionRef, extensionRef: {group: a, kind: B, name: c}}]}");
        assertThat(route.getRules(0).getUnusable()).contains("kind \"B\"");
        assertThat(cluster.conditions(KEY))
                .containsEntry("Accepted", "True Accepted")
                .containsEntry("ResolvedRefs", "False InvalidKind");
    }

    // BE-1, BE-2, BE-3: HTTPRouteInvalidNonExistentBackendRef, HTTPRouteInvalidBackendRefUnknownKind
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{name: none, port: 80}                                       | BackendNotFound",
                "{name: api}                                                  | BackendNotFound",
                "{name: api, port: 81}                                        | BackendNotFound",
                "{group: other.test, kind: Thing, name: api, port: 80}        | InvalidKind",
                "{kind: Pod, name: api, port: 80}                             | InvalidKind",
                "{group: networking.istio.io, kind: Hostname, name: a.test, port: 80} | BackendNotFound",
                "{name: udp, port: 53}                                        | UnsupportedProtocol",
                "{name: udp, port: 99}                                        | UnsupportedProtocol"
            })
    void aBackendThatDoesNotResolveFailsItsShare(String ref, String reason) {
        cluster.apply("""
                kind: Service
                metadata: {name: udp, namespace: shop}
                spec:
                  clusterIP: 10.96.0.8
                  ports:
                  - {name: dns, port: 53, protocol: UDP}
                  - {name: odd, port: 99, appProtocol: kubernetes.io/quic}
                """);
        RouteRule rule = http("- {backendRefs: [" + ref + ", {name: api, port: 80, weight: 3}]}")
                .getRules(0);
        assertThat(rule.getBackends(0).getInvalid()).startsWith("rules[0].backendRefs[0]: ");
        assertThat(rule.getBackends(0).getWeight()).isEqualTo(1);
        assertThat(rule.getBackends(1).getService().getPort()).isEqualTo(80);
        assertThat(rule.getBackends(1).getWeight()).isEqualTo(3);
        assertThat(cluster.conditions(KEY))
                .containsEntry("Accepted", "True Accepted")
                .containsEntry("ResolvedRefs", "False " + reason);
    }

    // BE-4: HTTPRouteNoBackendRefs
    @Test
    void aRuleWithoutBackendsIsNoMistake() {
        assertThat(http("- {}").getRules(0).getBackendsList()).isEmpty();
        assertThat(cluster.conditions(KEY)).containsEntry("ResolvedRefs", "True ResolvedRefs");
    }

    // BE-5, BE-6: MeshGRPCRouteWeight
    @Test
    void aBackendWithoutWeightNeedNotExist() {
        RouteRule rule = http("- {backendRefs: [{name: none, port: 80, weight: 0}, {name: api, port: 80}]}")
                .getRules(0);
        assertThat(rule.getBackendsList()).hasSize(1);
        assertThat(cluster.conditions(KEY)).containsEntry("ResolvedRefs", "True ResolvedRefs");
    }

    // BE-12
    @Test
    void aHostNameIsABackendToo() {
        RouteBackend backend = http("""
                - {backendRefs: [{group: networking.istio.io, kind: Hostname, name: api.shop.svc.cluster.local, port: 90}]}""").getRules(0).getBackends(0);
        assertThat(backend.getService().getNamespace()).isEqualTo("shop");
        assertThat(backend.getService().getPort()).isEqualTo(90);
    }

    // FL-7, RW-6, RD-8
    @Test
    void aBackendHasFiltersOfItsOwnAndOnlyItsShareIsLostByThem() {
        RouteRule rule = http("""
                - backendRefs:
                  - name: api
                    port: 80
                    filters: [{type: RequestHeaderModifier, requestHeaderModifier: {set: [{name: a, value: b}]}}]
                  - {name: api, port: 90, filters: [{type: ExternalAuth}]}""").getRules(0);
        assertThat(rule.getUnusable()).isEmpty();
        assertThat(rule.getBackends(0).getFilters(0).hasRequestHeaders()).isTrue();
        assertThat(rule.getBackends(1).getInvalid()).contains("ExternalAuth");
        assertThat(cluster.conditions(KEY)).containsEntry("PartiallyInvalid", "True UnsupportedValue");
    }

    // TO-1 to TO-3, CM-8
    @Test
    void timeoutsKeepTheDifferenceBetweenNoneAndZero() {
        RouteRule rule = http("- {timeouts: {request: 1h2m3s4ms, backendRequest: 0s}, " + BACKEND + "}")
                .getRules(0);
        assertThat(rule.getTimeouts().getRequest().getSeconds()).isEqualTo(3723);
        assertThat(rule.getTimeouts().getRequest().getNanos()).isEqualTo(4_000_000);
        assertThat(rule.getTimeouts().hasBackendRequest()).isTrue();
        rule = http("- {timeouts: {request: 500ms}, " + BACKEND + "}").getRules(0);
        assertThat(rule.getTimeouts().hasBackendRequest()).isFalse();
        for (String wrong : List.of("1.5s", "-1s", "1us", "1", "100000s", "1h1h1h1h1h")) {
            assertThat(RouteTimes.duration(wrong)).as(wrong).isNull();
        }
    }

    // RT-1, RT-2, RT-4
    @Test
    void retriesArePassedOn() {
        RouteRule rule = http("- {retry: {codes: [503, 429], attempts: 4, backoff: 10ms}, " + BACKEND + "}")
                .getRules(0);
        assertThat(rule.getRetry().getCodesList()).containsExactly(503, 429);
        assertThat(rule.getRetry().getAttempts()).isEqualTo(4);
        assertThat(rule.getRetry().getBackoff().getNanos()).isEqualTo(10_000_000);
        assertThat(http("- {retry: {}, " + BACKEND + "}").getRules(0).getRetry().hasAttempts())
                .isFalse();
    }

    // SP-1, SP-2
    @Test
    void sessionsAreReadInBothSpellings() {
        SessionPersistence expected = SessionPersistence.newBuilder()
                .setName("s")
                .setPermanent(true)
                .setAbsoluteTimeout(RouteTimes.duration("1h"))
                .build();
        assertThat(sessions("sessionName: s, cookieConfig: {lifetimeType: Permanent}, absoluteTimeout: 1h"))
                .isEqualTo(expected);
        assertThat(sessions("type: Cookie, cookie: {name: s, lifetimeType: Permanent, path: /x}, absoluteTimeout: 1h"))
                .isEqualTo(expected.toBuilder().setPath("/x").build());
        assertThat(sessions("type: Header, header: {name: h}"))
                .isEqualTo(SessionPersistence.newBuilder()
                        .setType(SessionPersistence.Type.HEADER)
                        .setName("h")
                        .build());
        http("- {sessionPersistence: {cookie: {lifetimeType: Permanent}}, " + BACKEND + "}");
        assertThat(cluster.conditions(KEY)).containsEntry("Accepted", "False UnsupportedValue");
    }

    // SP-3
    @Test
    void aBackendWithoutWeightKeepsItsSessions() {
        RouteRule rule = http("""
                - sessionPersistence: {sessionName: s}
                  backendRefs: [{name: api, port: 80}, {name: web, port: 80, weight: 0}, {name: none, weight: 0}]""").getRules(0);
        assertThat(rule.getBackendsList()).hasSize(2);
        assertThat(rule.getBackends(1).getWeight()).isZero();
        assertThat(cluster.conditions(KEY)).containsEntry("ResolvedRefs", "True ResolvedRefs");
    }

    // CM-5, HM-11, HM-15: HTTPRouteNamedRule
    @Test
    void aRouteKeepsItsAgeAndItsRulesTheirNames() {
        Route route = http("- {name: first, " + BACKEND + "}");
        assertThat(route.getCreatedSeconds()).isEqualTo(1767225600);
        assertThat(route.getRules(0).getName()).isEqualTo("first");
    }

    // TC-1, TL-1
    @Test
    void tcpAndTlsRoutesHaveBackendsOnly() {
        for (String kind : List.of("TCPRoute", "TLSRoute")) {
            Route route = route(kind + "/shop/" + kind.toLowerCase(Locale.ROOT), """
                    - {name: a, backendRefs: [{name: api, port: 80, weight: 2}, {name: none, port: 80}]}""");
            assertThat(route.getRules(0).getBackendsList()).hasSize(2);
            assertThat(route.getRules(0).getMatchesList()).isEmpty();
            cluster.remove(kind + "/shop/" + kind.toLowerCase(Locale.ROOT));
        }
    }

    // CM-2
    @Test
    void nonsenseIsReadAsNothingAndNotStumbledOver() {
        cluster.apply("""
                kind: HTTPRoute
                metadata: {name: r, namespace: shop}
                spec: {parentRefs: {a: b}, hostnames: 7, rules: [1, {matches: x, filters: [{}], backendRefs: [null]}]}
                """);
        assertThat(cluster.status(KEY)).isEmpty();
    }

    private SessionPersistence sessions(String fields) {
        return http("- {sessionPersistence: {" + fields + "}, " + BACKEND + "}")
                .getRules(0)
                .getSessionPersistence();
    }
}

package io.periplus.dataplane.policy;

import static org.assertj.core.api.Assertions.assertThat;

import io.periplus.api.SpiffeId;
import io.periplus.dataplane.address.IpAddress;
import io.periplus.wire.waypoint.Action;
import io.periplus.wire.waypoint.AuthorizationPolicy;
import io.periplus.wire.waypoint.Condition;
import io.periplus.wire.waypoint.Operation;
import io.periplus.wire.waypoint.Rule;
import io.periplus.wire.waypoint.Source;
import io.periplus.wire.waypoint.Target;
import io.periplus.wire.waypoint.WholeGateway;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every field and every way to write its values, one after the other, against the same request: a GET of
 * {@code /v1/accounts/7} with a token, by {@code finance/curl}. What holds positively must not hold negated.
 */
class FieldTableTest {
    private static final SpiffeId CLIENT = new SpiffeId("cluster.local", "finance", "curl");
    private static final RequestAttributes CONNECTION = new Connection(CLIENT);
    private static final RequestAttributes REQUEST = new HttpRequestAttributes(CONNECTION, new Request());
    private static final RequestAttributes ANONYMOUS = new HttpRequestAttributes(
            new Connection(null), new PolicyGenerators.Request("POST", "/", "b.example", null, List.of()));

    @ParameterizedTest(name = "{0}: {1} is {2}")
    @CsvSource({
        "principals, cluster.local/ns/finance/sa/curl, true",
        "principals, spiffe://cluster.local/ns/finance/sa/curl, false",
        "principals, cluster.local/ns/finance/*, true",
        "principals, */sa/curl, true",
        "principals, *, true",
        "principals, cluster.local/ns/*/sa/curl, false",
        "principals, Cluster.local/ns/finance/sa/curl, false",
        "namespaces, finance, true",
        "namespaces, fin, false",
        "namespaces, FINANCE, false",
        "namespaces, fin*, true",
        "namespaces, *nance, true",
        "namespaces, f*n*e, true",
        "namespaces, *nan*, true",
        "namespaces, f*x*e, false",
        "namespaces, *, true",
        "serviceAccounts, finance/curl, true",
        "serviceAccounts, curl, false",
        "serviceAccounts, finance/*, false",
        "serviceAccounts, other/curl, false",
        "trustDomains, cluster.local, true",
        "trustDomains, cluster*, true",
        "trustDomains, *.local, true",
        "trustDomains, *, true",
        "trustDomains, other.local, false",
        "ipBlocks, 10.1.0.7, true",
        "ipBlocks, 10.1.0.8, false",
        "ipBlocks, 10.1.0.0/16, true",
        "ipBlocks, 0.0.0.0/0, true",
        "ipBlocks, 203.0.113.0/24, false",
        "ipBlocks, ::/0, false",
        "remoteIpBlocks, 203.0.113.9, true",
        "remoteIpBlocks, 203.0.113.0/24, true",
        "remoteIpBlocks, 10.1.0.7, false",
        "requestPrincipals, https://issuer.example/a/alice, true",
        "requestPrincipals, https://issuer.example/a/*, true",
        "requestPrincipals, https://issuer.example/a/al*, true",
        "requestPrincipals, https://issuer.example/*, false",
        "requestPrincipals, */alice, true",
        "requestPrincipals, *alice, true",
        "requestPrincipals, *.example/a/alice, true",
        "requestPrincipals, https://issuer*, false",
        "requestPrincipals, *, true",
        "requestPrincipals, https://issuer.example/bob, false",
        "hosts, accounts.example:8080, true",
        "hosts, ACCOUNTS.EXAMPLE:8080, true",
        "hosts, accounts.example, false",
        "hosts, accounts.*, true",
        "hosts, *.EXAMPLE:8080, true",
        "hosts, *, true",
        "ports, 8080, true",
        "ports, 80, false",
        "methods, GET, true",
        "methods, get, false",
        "methods, G*, true",
        "methods, *ET, true",
        "methods, *, true",
        "methods, POST, false",
        "paths, /v1/accounts/7, true",
        "paths, /v1/accounts/7?x=1, false",
        "paths, /V1/accounts/7, false",
        "paths, /v1/*, true",
        "paths, /v1/accounts/7*, true",
        "paths, */7, true",
        "paths, *, true",
        "paths, /v1/{*}/7, true",
        "paths, /{*}/{*}/{*}, true",
        "paths, /v1/{*}, false",
        "paths, /v1/{**}, true",
        "paths, /v1/accounts/7/{**}, false",
        "paths, /{**}, true",
        "paths, /v1/{**}/7, true",
        "paths, /{*}/{**}/7, true",
        "paths, /{**}/accounts/7, true",
        "paths, /v1/{**}/accounts/7, false",
        "paths, /v1/accounts/{**}/7, false",
        "paths, /v1/accounts/7/{**}/7, false",
        "source.ip, 10.1.0.0/16, true",
        "remote.ip, 203.0.113.9, true",
        "remote.ip, 10.1.0.7, false",
        "source.namespace, f*e, true",
        "source.serviceAccount, finance/curl, true",
        "source.serviceAccount, curl, false",
        "source.trustDomain, cluster.local, true",
        "source.principal, */sa/curl, true",
        "request.auth.principal, https://issuer.example/a/alice, true",
        "request.auth.principal, https://issuer.example/alice, false",
        "request.auth.audiences, shop, true",
        "request.auth.audiences, sh*, true",
        "request.auth.audiences, other, false",
        "request.auth.presenter, web, true",
        "request.auth.claims[groups], admins, true",
        "request.auth.claims[groups], users, true",
        "request.auth.claims[groups], none, false",
        "request.auth.claims[realm][roles], reader, true",
        "request.auth.claims[realm], reader, false",
        "request.auth.claims[absent], *, false",
        "request.headers[x-team], blue, true",
        "request.headers[X-Team], blue, true",
        "request.headers[x-team], BLUE, false",
        "request.headers[x-team], b*, true",
        "request.headers[x-team], *ue, true",
        "request.headers[x-team], *, true",
        "request.headers[x-absent], *, false",
        "destination.ip, 10.2.0.9, true",
        "destination.ip, 10.1.0.7, false",
        "destination.port, 8080, true",
        "connection.sni, accounts.example, true",
        "connection.sni, *.example, true",
        "connection.sni, Accounts.example, false",
        "experimental.envoy.filters.network.mysql_proxy[db.table], *, false",
    })
    void aFieldComparesAsDocumented(String field, String value, boolean holds) {
        assertThat(allows(REQUEST, rule(field, false, value))).isEqualTo(holds);
        assertThat(allows(REQUEST, rule(field, true, value))).isEqualTo(!holds);
        assertThat(allows(REQUEST, rule(field, false, other(field), value)))
                .as("values are ORed")
                .isEqualTo(holds);
        assertThat(allows(REQUEST, rule(field, true, other(field), value)))
                .as("negated, none may match")
                .isEqualTo(!holds);
    }

    /** A value of the field's form that never matches. */
    private static String other(String field) {
        return field.endsWith("ip") || field.endsWith("IpBlocks") || field.equals("ipBlocks")
                ? "192.0.2.1"
                : field.toLowerCase(java.util.Locale.ROOT).contains("port") ? "1" : "nothing/like/it";
    }

    @ParameterizedTest(name = "{0} of a client without identity or token")
    @CsvSource({
        "principals",
        "namespaces",
        "trustDomains",
        "requestPrincipals",
        "source.principal",
        "request.auth.principal",
        "request.auth.claims[groups]",
        "request.headers[x-team]"
    })
    void whatIsAbsentMatchesNothingNotEvenPresence(String field) {
        assertThat(allows(ANONYMOUS, rule(field, false, "*"))).isFalse();
        assertThat(allows(ANONYMOUS, rule(field, true, "*"))).isTrue();
    }

    static Stream<Arguments> httpFields() {
        return Stream.of(
                        "hosts",
                        "methods",
                        "paths",
                        "requestPrincipals",
                        "request.auth.principal",
                        "request.auth.claims[groups]",
                        "request.headers[x-team]")
                .map(Arguments::of);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("httpFields")
    void aConnectionIsAllowedLessAndDeniedMoreByWhatAsksAboutHttp(String field) {
        for (boolean negated : List.of(false, true)) {
            Rule rule = rule(field, negated, "*");
            assertThat(allows(CONNECTION, rule)).isFalse();
            assertThat(decide(CONNECTION, Action.DENY, rule).isAllowed()).isFalse();
        }
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "principals, *",
        "namespaces, finance",
        "serviceAccounts, finance/curl",
        "trustDomains, cluster.local",
        "ipBlocks, 10.0.0.0/8",
        "remoteIpBlocks, 203.0.113.9",
        "ports, 8080",
        "source.ip, 10.1.0.7",
        "source.namespace, finance",
        "source.principal, *",
        "destination.ip, 10.2.0.9",
        "destination.port, 8080",
        "connection.sni, accounts.example"
    })
    void aConnectionIsJudgedByTheRest(String field, String value) {
        assertThat(allows(CONNECTION, rule(field, false, value))).isTrue();
        assertThat(allows(CONNECTION, rule(field, true, value))).isFalse();
        assertThat(decide(CONNECTION, Action.DENY, rule(field, false, value)).isAllowed())
                .isFalse();
    }

    static Stream<Arguments> combinations() {
        Source.Builder finance = Source.newBuilder().addNamespaces("finance");
        Source.Builder other = Source.newBuilder().addNamespaces("other");
        Operation.Builder get = Operation.newBuilder().addMethods("GET");
        Operation.Builder put = Operation.newBuilder().addMethods("PUT");
        Condition.Builder blue =
                Condition.newBuilder().setKey("request.headers[x-team]").addValues("blue");
        Condition.Builder red =
                Condition.newBuilder().setKey("request.headers[x-team]").addValues("red");
        return Stream.of(
                Arguments.of("an empty rule", Rule.newBuilder(), true),
                Arguments.of(
                        "one of two sources", Rule.newBuilder().addFrom(other).addFrom(finance), true),
                Arguments.of(
                        "one of two operations", Rule.newBuilder().addTo(put).addTo(get), true),
                Arguments.of("from and to", Rule.newBuilder().addFrom(finance).addTo(put), false),
                Arguments.of("from and when", Rule.newBuilder().addFrom(finance).addWhen(red), false),
                Arguments.of("all of when", Rule.newBuilder().addWhen(blue).addWhen(red), false),
                Arguments.of(
                        "fields of a source are ANDed",
                        Rule.newBuilder()
                                .addFrom(Source.newBuilder()
                                        .addNamespaces("finance")
                                        .addIpBlocks("10.9.0.0/16")),
                        false),
                Arguments.of(
                        "a field and its negation",
                        Rule.newBuilder()
                                .addTo(Operation.newBuilder().addPaths("/v1/*").addNotPaths("/v1/accounts/*")),
                        false),
                Arguments.of(
                        "values and notValues",
                        Rule.newBuilder()
                                .addWhen(Condition.newBuilder()
                                        .setKey("request.headers[x-team]")
                                        .addValues("b*")
                                        .addNotValues("black")),
                        true));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("combinations")
    void partsOfARuleCombineAsDocumented(String name, Rule.Builder rule, boolean holds) {
        assertThat(allows(REQUEST, rule.build())).isEqualTo(holds);
    }

    private static boolean allows(RequestAttributes attributes, Rule... rules) {
        return decide(attributes, Action.ALLOW, rules).isAllowed();
    }

    private static Decision decide(RequestAttributes attributes, Action action, Rule... rules) {
        AuthorizationPolicy policy = AuthorizationPolicy.newBuilder()
                .setNamespace("accounts")
                .setName("p")
                .setAction(action)
                .addTargets(Target.newBuilder().setGateway(WholeGateway.getDefaultInstance()))
                .addAllRules(Arrays.asList(rules))
                .build();
        return PolicySet.of(List.of(WaypointPolicyCompiler.compile(policy)))
                .authorizeService("accounts", "accounts.example", attributes);
    }

    private static Rule rule(String field, boolean negated, String... values) {
        List<String> all = List.of(values);
        Source.Builder source = Source.newBuilder();
        Operation.Builder operation = Operation.newBuilder();
        switch (field) {
            case "principals" -> set(negated, all, source::addAllPrincipals, source::addAllNotPrincipals);
            case "namespaces" -> set(negated, all, source::addAllNamespaces, source::addAllNotNamespaces);
            case "serviceAccounts" ->
                set(negated, all, source::addAllServiceAccounts, source::addAllNotServiceAccounts);
            case "trustDomains" -> set(negated, all, source::addAllTrustDomains, source::addAllNotTrustDomains);
            case "ipBlocks" -> set(negated, all, source::addAllIpBlocks, source::addAllNotIpBlocks);
            case "remoteIpBlocks" -> set(negated, all, source::addAllRemoteIpBlocks, source::addAllNotRemoteIpBlocks);
            case "requestPrincipals" ->
                set(negated, all, source::addAllRequestPrincipals, source::addAllNotRequestPrincipals);
            case "hosts" -> set(negated, all, operation::addAllHosts, operation::addAllNotHosts);
            case "ports" -> set(negated, all, operation::addAllPorts, operation::addAllNotPorts);
            case "methods" -> set(negated, all, operation::addAllMethods, operation::addAllNotMethods);
            case "paths" -> set(negated, all, operation::addAllPaths, operation::addAllNotPaths);
            default -> {
                Condition.Builder when = Condition.newBuilder().setKey(field);
                set(negated, all, when::addAllValues, when::addAllNotValues);
                return Rule.newBuilder().addWhen(when).build();
            }
        }
        Rule.Builder rule = Rule.newBuilder();
        if (source.build().getSerializedSize() > 0) {
            rule.addFrom(source);
        }
        if (operation.build().getSerializedSize() > 0) {
            rule.addTo(operation);
        }
        return rule.build();
    }

    private interface Setter {
        Object set(Iterable<String> values);
    }

    private static void set(boolean negated, List<String> values, Setter positive, Setter negative) {
        (negated ? negative : positive).set(values);
    }

    private record Connection(@Nullable SpiffeId client) implements RequestAttributes {
        @Override
        public @Nullable String clientPrincipal() {
            return client == null ? null : client.principal();
        }

        @Override
        public IpAddress source() {
            return IpAddress.parse("10.1.0.7");
        }

        @Override
        public IpAddress remote() {
            return IpAddress.parse("203.0.113.9");
        }

        @Override
        public IpAddress destination() {
            return IpAddress.parse("10.2.0.9");
        }

        @Override
        public int destinationPort() {
            return 8080;
        }

        @Override
        public CharSequence serverName() {
            return "accounts.example";
        }
    }

    private record Request() implements HttpAttributes {
        private static final Map<List<String>, List<String>> CLAIMS = Map.of(
                List.of("iss"), List.of("https://issuer.example/a"),
                List.of("sub"), List.of("alice"),
                List.of("aud"), List.of("shop", "bank"),
                List.of("azp"), List.of("web"),
                List.of("groups"), List.of("users", "admins"),
                List.of("realm", "roles"), List.of("reader"));

        @Override
        public CharSequence method() {
            return "GET";
        }

        @Override
        public CharSequence path() {
            return "/v1/accounts/7";
        }

        @Override
        public CharSequence host() {
            return "Accounts.example:8080";
        }

        @Override
        public @Nullable CharSequence header(String name) {
            return name.equals("x-team") ? "blue" : null;
        }

        @Override
        public CharSequence requestPrincipal() {
            return "https://issuer.example/a/alice";
        }

        @Override
        public List<String> claim(List<String> path) {
            return CLAIMS.getOrDefault(path, List.of());
        }
    }
}

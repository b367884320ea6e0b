package io.periplus.dataplane.policy;

import static io.periplus.dataplane.policy.PolicyFixtures.FINANCE;
import static io.periplus.dataplane.policy.PolicyFixtures.OTHER;
import static io.periplus.dataplane.policy.PolicyFixtures.http;
import static io.periplus.dataplane.policy.PolicyFixtures.tcp;
import static org.assertj.core.api.Assertions.assertThat;

import io.periplus.wire.waypoint.Action;
import io.periplus.wire.waypoint.AuthorizationPolicy;
import io.periplus.wire.waypoint.Condition;
import io.periplus.wire.waypoint.EndpointScope;
import io.periplus.wire.waypoint.Operation;
import io.periplus.wire.waypoint.Rule;
import io.periplus.wire.waypoint.ServiceTarget;
import io.periplus.wire.waypoint.Source;
import io.periplus.wire.waypoint.Target;
import io.periplus.wire.waypoint.WholeGateway;
import io.periplus.wire.workload.Workload;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Policies as a waypoint judges them. */
class WaypointPolicyTest {
    private static final String HOST = "accounts.accounts.svc.cluster.local";
    private static final RequestAttributes REQUEST =
            http(FINANCE, "GET", "/v1/accounts/7", "Accounts.accounts.svc.cluster.local", Map.of("x-team", "blue"));

    @Test
    void getIsAllowedAndPostRefusedByThePolicyOfTheService() {
        AuthorizationPolicy getOnly = policy("allow-get-only", Action.ALLOW)
                .addRules(Rule.newBuilder()
                        .addFrom(Source.newBuilder().addNamespaces("finance"))
                        .addTo(Operation.newBuilder().addMethods("GET")))
                .build();
        assertThat(service(http(FINANCE, "GET", "/"), getOnly))
                .isEqualTo(new Decision.Allowed("accounts/allow-get-only", 0));
        assertThat(service(http(FINANCE, "POST", "/"), getOnly))
                .isInstanceOfSatisfying(Decision.Denied.class, denied -> {
                    assertThat(denied.policy()).isEqualTo("accounts/allow-get-only");
                    assertThat(denied.field()).isEqualTo("methods");
                    assertThat(denied.why()).contains("methods is \"POST\"");
                });
        assertThat(service(http(OTHER, "GET", "/"), getOnly).isAllowed()).isFalse();
        assertThat(service(http(null, "GET", "/"), getOnly).isAllowed()).isFalse();
    }

    @Test
    void policiesWithTargetsAreJudgedForTheirServiceAndTheOthersForEndpoints() {
        AuthorizationPolicy targeted = policy("targeted", Action.DENY)
                .addRules(Rule.getDefaultInstance())
                .build();
        AuthorizationPolicy gateway = AuthorizationPolicy.newBuilder()
                .setNamespace("accounts")
                .setName("gateway")
                .setAction(Action.DENY)
                .addTargets(Target.newBuilder().setGateway(WholeGateway.getDefaultInstance()))
                .addRules(Rule.newBuilder().addTo(Operation.newBuilder().addMethods("PUT")))
                .build();
        AuthorizationPolicy namespaced = AuthorizationPolicy.newBuilder()
                .setNamespace("accounts")
                .setName("deny-all")
                .setEndpointScope(EndpointScope.NAMESPACE)
                .build();
        PolicySet set = set(targeted, gateway, namespaced);
        assertThat(set.authorizeService("accounts", HOST, REQUEST).isAllowed()).isFalse();
        assertThat(set.authorizeService("accounts", "b.accounts.svc.cluster.local", REQUEST)
                        .isAllowed())
                .isTrue();
        assertThat(set.authorizeService("accounts", "b.accounts.svc.cluster.local", http(FINANCE, "PUT", "/"))
                        .isAllowed())
                .isFalse();
        assertThat(set.authorizeWorkload(workload("accounts"), REQUEST).isAllowed())
                .isFalse();
        assertThat(set.authorizeWorkload(workload("finance"), REQUEST).isAllowed())
                .isTrue();
    }

    @Test
    void aNamespaceWideAllowIsJudgedWithTheClientsIdentityAfterTheChoice() {
        AuthorizationPolicy denyAll = AuthorizationPolicy.newBuilder()
                .setNamespace("accounts")
                .setName("deny-all")
                .setEndpointScope(EndpointScope.NAMESPACE)
                .build();
        AuthorizationPolicy fromFinance = denyAll.toBuilder()
                .setName("allow-from-finance")
                .addRules(Rule.newBuilder().addFrom(Source.newBuilder().addNamespaces("finance")))
                .build();
        PolicySet set = set(denyAll, fromFinance);
        assertThat(set.authorizeWorkload(workload("accounts"), REQUEST).isAllowed())
                .isTrue();
        assertThat(set.authorizeWorkload(workload("accounts"), http(OTHER, "GET", "/"))
                        .isAllowed())
                .isFalse();
    }

    @Test
    void onTcpAnAllowRuleWithHttpFieldsIsDroppedAndADenyRuleIgnoresThem() {
        Rule.Builder get = Rule.newBuilder().addTo(Operation.newBuilder().addMethods("GET"));
        AuthorizationPolicy allow = policy("p", Action.ALLOW).addRules(get).build();
        AuthorizationPolicy deny = policy("p", Action.DENY)
                .addRules(Rule.newBuilder()
                        .addFrom(Source.newBuilder().addNamespaces("other"))
                        .addTo(Operation.newBuilder().addMethods("GET")))
                .build();
        assertThat(service(tcp(FINANCE), allow).isAllowed()).isFalse();
        assertThat(service(tcp(OTHER), deny).isAllowed()).isFalse();
        assertThat(service(tcp(FINANCE), deny).isAllowed()).isTrue();
        assertThat(service(http(OTHER, "PUT", "/"), deny).isAllowed()).isTrue();
    }

    @Test
    void customIsAskedAboutWhatItsRulesMatchAndAuditDecidesNothing() {
        AuthorizationPolicy custom = policy("ext", Action.CUSTOM)
                .setProvider("opa")
                .addRules(Rule.newBuilder().addTo(Operation.newBuilder().addPaths("/admin/*")))
                .build();
        PolicySet policies = set(custom);
        assertThat(policies.custom("accounts", HOST, http(FINANCE, "GET", "/admin/x")))
                .isNotNull()
                .satisfies(match -> assertThat(match.provider()).isEqualTo("opa"))
                .satisfies(match -> assertThat(match.unanswered().cause()).isEqualTo(Decision.Cause.CUSTOM_POLICY));
        assertThat(policies.custom("accounts", HOST, REQUEST)).isNull();
        assertThat(policies.custom("others", "elsewhere.example.com", http(FINANCE, "GET", "/admin/x")))
                .isNull();
        assertThat(service(http(FINANCE, "GET", "/admin/x"), custom).isAllowed())
                .as("the authorizer has been asked before")
                .isTrue();
        AuthorizationPolicy audit = policy("audit", Action.AUDIT)
                .addRules(Rule.getDefaultInstance())
                .build();
        assertThat(service(REQUEST, audit)).isEqualTo(Decision.NO_POLICY);
    }

    @Test
    void anAuthorizerIsAskedWhateverTheTokenMaySay() {
        AuthorizationPolicy custom = policy("ext", Action.CUSTOM)
                .setProvider("opa")
                .addRules(from(Source.newBuilder().addRequestPrincipals("*").addNamespaces("finance")))
                .addRules(when("request.auth.claims[groups]", "staff")
                        .addTo(Operation.newBuilder().addPaths("/admin/*")))
                .build();
        PolicySet policies = set(custom);
        assertThat(policies.custom("accounts", HOST, http(FINANCE, "GET", "/"))).isNotNull();
        assertThat(policies.custom("accounts", HOST, http(OTHER, "GET", "/"))).isNull();
        assertThat(policies.custom("accounts", HOST, http(OTHER, "GET", "/admin/x")))
                .isNotNull();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("unreadable")
    void whatIsNotUnderstoodRefusesWithItsReason(String reason, Rule.Builder rule) {
        Decision decision =
                service(REQUEST, policy("p", Action.ALLOW).addRules(rule).build());
        assertThat(decision).isInstanceOfSatisfying(Decision.Denied.class, denied -> {
            assertThat(denied.cause()).isEqualTo(Decision.Cause.POLICY_UNREADABLE);
            assertThat(denied.why()).contains(reason);
        });
    }

    static Stream<Arguments> unreadable() {
        return Stream.of(
                Arguments.of("request.unknown", when("request.unknown", "1")),
                Arguments.of("\"10.0.0.300\"", from(Source.newBuilder().addIpBlocks("10.0.0.300"))),
                Arguments.of("port \"http\"", to(Operation.newBuilder().addPorts("http"))),
                Arguments.of("path template", to(Operation.newBuilder().addPaths("/a/{**}/{*}"))),
                Arguments.of("from.source sets no field", from(Source.newBuilder())));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("matching")
    void everyFieldMatchesAsDocumented(String name, Rule.Builder rule, boolean expected) {
        Decision decision =
                service(REQUEST, policy("p", Action.ALLOW).addRules(rule).build());
        assertThat(decision.isAllowed()).isEqualTo(expected);
    }

    static Stream<Arguments> matching() {
        return Stream.of(
                Arguments.of("everything", Rule.newBuilder(), true),
                Arguments.of("principal", from(Source.newBuilder().addPrincipals(FINANCE.principal())), true),
                Arguments.of("principal prefix", from(Source.newBuilder().addPrincipals("cluster.local/*")), true),
                Arguments.of("principal suffix", from(Source.newBuilder().addPrincipals("*/sa/curl")), true),
                Arguments.of("principal present", from(Source.newBuilder().addPrincipals("*")), true),
                Arguments.of("not principal", from(Source.newBuilder().addNotPrincipals(FINANCE.principal())), false),
                Arguments.of(
                        "namespace with a star inside", from(Source.newBuilder().addNamespaces("f*n*e")), true),
                Arguments.of(
                        "namespace with another star", from(Source.newBuilder().addNamespaces("f*x*e")), false),
                Arguments.of("not namespace", from(Source.newBuilder().addNotNamespaces("finance")), false),
                Arguments.of(
                        "account of another namespace",
                        from(Source.newBuilder().addServiceAccounts("finance/curl")),
                        true),
                Arguments.of(
                        "account of its own namespace", from(Source.newBuilder().addServiceAccounts("curl")), false),
                Arguments.of("trust domain", from(Source.newBuilder().addTrustDomains("cluster.*")), true),
                Arguments.of("address", from(Source.newBuilder().addIpBlocks("10.1.0.0/16")), true),
                Arguments.of("one address", from(Source.newBuilder().addIpBlocks("10.1.0.8")), false),
                Arguments.of("remote address", from(Source.newBuilder().addRemoteIpBlocks("10.1.0.7")), true),
                Arguments.of("no token", from(Source.newBuilder().addRequestPrincipals("*")), false),
                Arguments.of("without token", from(Source.newBuilder().addNotRequestPrincipals("*")), true),
                Arguments.of("host ignores case", to(Operation.newBuilder().addHosts(HOST)), true),
                Arguments.of("host suffix", to(Operation.newBuilder().addHosts("*.SVC.cluster.local")), true),
                Arguments.of("not host", to(Operation.newBuilder().addNotHosts(HOST)), false),
                Arguments.of("port", to(Operation.newBuilder().addPorts("8080")), true),
                Arguments.of("not port", to(Operation.newBuilder().addNotPorts("8080")), false),
                Arguments.of("method", to(Operation.newBuilder().addMethods("GET")), true),
                Arguments.of("method has case", to(Operation.newBuilder().addMethods("get")), false),
                Arguments.of("path", to(Operation.newBuilder().addPaths("/v1/accounts/7")), true),
                Arguments.of("path prefix", to(Operation.newBuilder().addPaths("/v1/*")), true),
                Arguments.of("path suffix", to(Operation.newBuilder().addPaths("*/7")), true),
                Arguments.of("template", to(Operation.newBuilder().addPaths("/v1/{*}/7")), true),
                Arguments.of(
                        "template of one segment", to(Operation.newBuilder().addPaths("/v1/{*}")), false),
                Arguments.of("open template", to(Operation.newBuilder().addPaths("/v1/{**}")), true),
                Arguments.of("not path", to(Operation.newBuilder().addNotPaths("/v1/*")), false),
                Arguments.of("both", to(Operation.newBuilder().addMethods("GET").addPorts("1")), false),
                Arguments.of("header", when("request.headers[X-Team]", "blue"), true),
                Arguments.of("header present", when("request.headers[x-team]", "*"), true),
                Arguments.of("absent header", when("request.headers[x-none]", "*"), false),
                Arguments.of("source namespace", when("source.namespace", "finance"), true),
                Arguments.of("source ip", when("source.ip", "10.1.0.7"), true),
                Arguments.of("destination port", when("destination.port", "8080"), true),
                Arguments.of("claim", when("request.auth.claims[a][b]", "x"), false),
                Arguments.of("no server name", when("connection.sni", "*"), false),
                Arguments.of(
                        "conditions are anded",
                        when("source.ip", "10.1.0.7")
                                .addWhen(Condition.newBuilder()
                                        .setKey("source.namespace")
                                        .addNotValues("finance")),
                        false));
    }

    private static Rule.Builder from(Source.Builder source) {
        return Rule.newBuilder().addFrom(source);
    }

    private static Rule.Builder to(Operation.Builder operation) {
        return Rule.newBuilder().addTo(operation);
    }

    private static Rule.Builder when(String key, String value) {
        return Rule.newBuilder().addWhen(Condition.newBuilder().setKey(key).addValues(value));
    }

    private static AuthorizationPolicy.Builder policy(String name, Action action) {
        return AuthorizationPolicy.newBuilder()
                .setNamespace("accounts")
                .setName(name)
                .setAction(action)
                .addTargets(Target.newBuilder()
                        .setService(ServiceTarget.newBuilder()
                                .setNamespace("accounts")
                                .setHostname(HOST)));
    }

    private static Decision service(RequestAttributes attributes, AuthorizationPolicy... policies) {
        return set(policies).authorizeService("accounts", HOST, attributes);
    }

    private static PolicySet set(AuthorizationPolicy... policies) {
        return PolicySet.of(
                Arrays.stream(policies).map(WaypointPolicyCompiler::compile).toList());
    }

    private static Workload workload(String namespace) {
        return Workload.newBuilder().setUid("w").setNamespace(namespace).build();
    }
}

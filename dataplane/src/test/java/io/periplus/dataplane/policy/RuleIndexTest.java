package io.periplus.dataplane.policy;

import static io.periplus.dataplane.policy.PolicyFixtures.http;
import static org.assertj.core.api.Assertions.assertThat;

import io.periplus.api.SpiffeId;
import io.periplus.wire.waypoint.AuthorizationPolicy;
import io.periplus.wire.waypoint.EndpointScope;
import io.periplus.wire.waypoint.Operation;
import io.periplus.wire.waypoint.Rule;
import io.periplus.wire.waypoint.Source;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** How many rules are tried among many: the cost of a decision, whatever the machine does meanwhile. */
class RuleIndexTest {
    private static final int POLICIES = 10_000;
    private static final int TRIED_MAX = 8;

    static List<Arguments> kinds() {
        return List.of(
                kind("by principal", i -> from(source().addPrincipals(principal(i)))),
                kind("by namespace", i -> from(source().addNamespaces("ns-" + i))),
                kind("by account", i -> from(source().addServiceAccounts("ns-" + i + "/client"))),
                kind(
                        "by two namespaces",
                        i -> from(source().addNamespaces("ns-" + i).addNamespaces("other-" + i))),
                kind("by path", i -> to(operation().addPaths("/api/v1/" + i + "/statements"))),
                kind("by path and what is below it", i -> to(operation().addPaths("/api/v1/" + i + "/*"))),
                kind("by template", i -> to(operation().addPaths("/api/{*}/" + i + "/{**}"))),
                kind("by host", i -> to(operation().addHosts("T-" + i + ".EXAMPLE"))),
                kind(
                        "by few namespaces and methods, and then by path",
                        i -> from(source().addNamespaces("ns-" + i % 3 + "-of-many")
                                        .addNamespaces("ns-" + i))
                                .mergeFrom(to(operation()
                                                .addMethods(i % 2 == 0 ? "GET" : "PUT")
                                                .addPaths("/api/v1/" + i + "/*"))
                                        .build())),
                kind("each team in its own way", i -> switch (i % 4) {
                    case 0 -> from(source().addPrincipals(principal(i)));
                    case 1 -> from(source().addNamespaces("ns-" + i));
                    case 2 -> to(operation().addPaths("/api/v1/" + i + "/*"));
                    default -> to(operation().addHosts("t-" + i + ".example"));
                }));
    }

    private static Arguments kind(String name, IntFunction<Rule.Builder> rule) {
        return Arguments.of(name, rule);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("kinds")
    void fewRulesAreTriedAmongTenThousand(String name, IntFunction<Rule.Builder> rule) {
        List<CompiledPolicy> policies = new ArrayList<>();
        for (int i = 0; i < POLICIES; i++) {
            policies.add(policy(i, rule.apply(i)));
        }
        ActionRules rules = ActionRules.of(policies);
        for (int i = 0; i < POLICIES; i += 97) {
            RequestAttributes request = request(i);
            AtomicInteger tried = new AtomicInteger();
            rules.index(request).visit(request, _ -> tried.incrementAndGet() > POLICIES);
            assertThat(tried.get()).as("of request %s", i).isLessThanOrEqualTo(TRIED_MAX);
            RuleIndex.Candidate found = rules.first(request);
            assertThat(found).isNotNull();
            assertThat(found.policy().name()).isEqualTo("p" + i);
        }
    }

    @Test
    void theFirstInOrderIsFoundWhereverItStands() {
        List<CompiledPolicy> policies = List.of(
                policy(0, from(source().addNotNamespaces("ns-1"))),
                policy(1, from(source().addNamespaces("ns-1"))),
                policy(2, from(source().addNamespaces("ns-2"))),
                policy(3, from(source().addNamespaces("ns-3"))),
                policy(4, from(source().addNamespaces("ns-4"))),
                policy(5, Rule.newBuilder()));
        ActionRules rules = ActionRules.of(policies);
        assertThat(found(rules, 1)).isEqualTo("p1");
        assertThat(found(rules, 2)).isEqualTo("p0");
        assertThat(found(rules, 9)).isEqualTo("p0");
    }

    private static String found(ActionRules rules, int client) {
        RuleIndex.Candidate found = rules.first(request(client));
        return found == null ? "none" : found.policy().name();
    }

    @Test
    void aPushBuildsOnlyTheGroupsThatItChanges() {
        PolicySet before = PolicySet.of(List.of(
                policy(1, from(source().addNamespaces("ns-1"))),
                WaypointPolicyCompiler.compile(AuthorizationPolicy.newBuilder()
                        .setNamespace("elsewhere")
                        .setName("p")
                        .setEndpointScope(EndpointScope.NAMESPACE)
                        .build())));
        Map<String, CompiledPolicy> all = new java.util.HashMap<>(before.policies());
        CompiledPolicy added = policy(2, from(source().addNamespaces("ns-2")));
        all.put(added.key(), added);
        PolicySet after = before.next(all, Set.of());
        assertThat(after.group("elsewhere")).isSameAs(before.group("elsewhere"));
        assertThat(after.group("accounts")).isNotSameAs(before.group("accounts"));
        assertThat(after.group("accounts").all()).hasSize(2);
    }

    private static RequestAttributes request(int i) {
        return http(
                new SpiffeId("cluster.local", "ns-" + i, "client"),
                i % 2 == 0 ? "GET" : "PUT",
                "/api/v1/" + i + "/statements",
                "t-" + i + ".example",
                Map.of());
    }

    private static String principal(int i) {
        return "cluster.local/ns/ns-" + i + "/sa/client";
    }

    private static CompiledPolicy policy(int i, Rule.Builder rule) {
        return WaypointPolicyCompiler.compile(AuthorizationPolicy.newBuilder()
                .setNamespace("accounts")
                .setName("p" + i)
                .setEndpointScope(EndpointScope.NAMESPACE)
                .addRules(rule)
                .build());
    }

    private static Source.Builder source() {
        return Source.newBuilder();
    }

    private static Operation.Builder operation() {
        return Operation.newBuilder();
    }

    private static Rule.Builder from(Source.Builder source) {
        return Rule.newBuilder().addFrom(source);
    }

    private static Rule.Builder to(Operation.Builder operation) {
        return Rule.newBuilder().addTo(operation);
    }
}

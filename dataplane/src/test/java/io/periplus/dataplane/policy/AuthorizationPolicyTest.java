package io.periplus.dataplane.policy;

import static io.periplus.dataplane.policy.PolicyFixtures.FINANCE;
import static io.periplus.dataplane.policy.PolicyFixtures.OTHER;
import static io.periplus.dataplane.policy.PolicyFixtures.tcp;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.Empty;
import io.periplus.wire.authorization.Action;
import io.periplus.wire.authorization.Address;
import io.periplus.wire.authorization.Authorization;
import io.periplus.wire.authorization.Group;
import io.periplus.wire.authorization.Match;
import io.periplus.wire.authorization.Rules;
import io.periplus.wire.authorization.Scope;
import io.periplus.wire.authorization.ServiceAccountMatch;
import io.periplus.wire.authorization.StringMatch;
import io.periplus.wire.workload.Workload;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** L4 policies as ztunnel judges them. */
class AuthorizationPolicyTest {
    private static final Workload WORKLOAD =
            Workload.newBuilder().setUid("w").setNamespace("accounts").build();

    @Test
    void withoutPoliciesEverythingIsAllowed() {
        Decision decision = PolicySet.empty().authorizeWorkload(WORKLOAD, tcp(null));
        assertThat(decision).isEqualTo(Decision.NO_POLICY);
    }

    @Test
    void anAllowPolicyWithoutRulesRefusesAllAndOneForDenyNothing() {
        assertThat(judge(tcp(FINANCE), policy("none", Action.ALLOW)).isAllowed())
                .isFalse();
        assertThat(judge(tcp(FINANCE), policy("none", Action.DENY)).isAllowed()).isTrue();
    }

    @Test
    void aRuleWithoutClausesMatchesEverything() {
        Authorization all = policy("all", Action.ALLOW).toBuilder()
                .addGroups(Group.getDefaultInstance())
                .build();
        assertThat(judge(tcp(null), all)).isEqualTo(new Decision.Allowed("accounts/all", 0));
    }

    @Test
    void aClauseWithoutMatchesIsTrueAndAMatchWithoutFieldsIsFalse() {
        Authorization emptyClause = policy("p", Action.ALLOW).toBuilder()
                .addGroups(Group.newBuilder().addRules(Rules.getDefaultInstance()))
                .build();
        assertThat(judge(tcp(null), emptyClause).isAllowed()).isTrue();
        assertThat(judge(tcp(null), policy("p", Action.ALLOW, m -> {})).isAllowed())
                .isFalse();
        assertThat(judge(tcp(null), policy("p", Action.DENY, m -> {})).isAllowed())
                .isTrue();
    }

    @Test
    void denyComesBeforeAllow() {
        Decision decision = judge(
                tcp(FINANCE),
                policy("yes", Action.ALLOW, m -> m.addNamespaces(exact("finance"))),
                policy("no", Action.DENY, m -> m.addNamespaces(exact("finance"))));
        assertThat(decision)
                .isInstanceOfSatisfying(
                        Decision.Denied.class,
                        denied -> assertThat(denied.connectionError())
                                .isEqualTo(
                                        "connection closed due to policy rejection: explicitly denied by: accounts/no"));
    }

    @Test
    void aRefusalBecauseNothingAllowsNamesTheNearestPolicyAndTheField() {
        Decision decision =
                judge(tcp(OTHER), policy("from-finance", Action.ALLOW, m -> m.addNamespaces(exact("finance"))));
        assertThat(decision).isInstanceOfSatisfying(Decision.Denied.class, denied -> {
            assertThat(denied.logText()).isEqualTo("allow policies exist, but none allowed");
            assertThat(denied.policy()).isEqualTo("accounts/from-finance");
            assertThat(denied.field()).isEqualTo("namespaces");
            assertThat(denied.why()).contains("accounts/from-finance rule 0").contains("namespaces is \"other\"");
        });
    }

    @Test
    void rulesAreOredAndClausesAnded() {
        Authorization twoClauses = policy("p", Action.ALLOW).toBuilder()
                .addGroups(Group.newBuilder()
                        .addRules(
                                Rules.newBuilder().addMatches(Match.newBuilder().addNamespaces(exact("finance"))))
                        .addRules(Rules.newBuilder()
                                .addMatches(Match.newBuilder().addDestinationPorts(9999))
                                .addMatches(Match.newBuilder().addDestinationPorts(8080))))
                .addGroups(Group.newBuilder()
                        .addRules(
                                Rules.newBuilder().addMatches(Match.newBuilder().addNamespaces(exact("other")))))
                .build();
        assertThat(judge(tcp(FINANCE), twoClauses)).isEqualTo(new Decision.Allowed("accounts/p", 0));
        assertThat(judge(tcp(OTHER), twoClauses)).isEqualTo(new Decision.Allowed("accounts/p", 1));
        assertThat(judge(tcp(null), twoClauses).isAllowed()).isFalse();
    }

    @Test
    void scopeDecidesWhomAPolicyAppliesTo() {
        Authorization mesh = policy("mesh", Action.DENY, m -> m.addDestinationPorts(8080)).toBuilder()
                .setScope(Scope.GLOBAL)
                .setNamespace("istio-system")
                .build();
        Authorization elsewhere = policy("elsewhere", Action.DENY, m -> m.addDestinationPorts(8080)).toBuilder()
                .setNamespace("finance")
                .build();
        Authorization selected = policy("selected", Action.DENY, m -> m.addDestinationPorts(8080)).toBuilder()
                .setScope(Scope.WORKLOAD_SELECTOR)
                .build();
        Workload listing = WORKLOAD.toBuilder()
                .addAuthorizationPolicies("accounts/selected")
                .build();
        assertThat(judge(WORKLOAD, tcp(null), mesh).isAllowed()).isFalse();
        assertThat(judge(WORKLOAD, tcp(null), elsewhere).isAllowed()).isTrue();
        assertThat(judge(WORKLOAD, tcp(null), selected).isAllowed()).isTrue();
        assertThat(judge(listing, tcp(null), selected).isAllowed()).isFalse();
    }

    @Test
    void aPolicyThatChangesItsScopeAppliesWhereItSaysNow() {
        Authorization.Builder policy = policy("one", Action.DENY, m -> m.addDestinationPorts(8080)).toBuilder();
        Workload elsewhere = WORKLOAD.toBuilder().setNamespace("finance").build();
        Workload listing = elsewhere.toBuilder()
                .addAuthorizationPolicies(policy.getNamespace() + "/one")
                .build();
        PolicyStore store = new PolicyStore();
        Scope[] scopes = {Scope.NAMESPACE, Scope.GLOBAL, Scope.WORKLOAD_SELECTOR, Scope.NAMESPACE};
        for (Scope scope : scopes) {
            store.apply(
                    List.of(AuthorizationCompiler.compile(policy.setScope(scope).build())), List.of());
            PolicySet set = store.current();

            assertThat(set.authorizeWorkload(WORKLOAD, tcp(null)).isAllowed())
                    .as("own namespace, %s", scope)
                    .isEqualTo(scope == Scope.WORKLOAD_SELECTOR);
            assertThat(set.authorizeWorkload(elsewhere, tcp(null)).isAllowed())
                    .as("another namespace, %s", scope)
                    .isEqualTo(scope != Scope.GLOBAL);
            assertThat(set.authorizeWorkload(listing, tcp(null)).isAllowed())
                    .as("who lists it in another namespace, %s", scope)
                    .isFalse();
        }
    }

    @Test
    void aWorkloadThatListsAPolicyNeverReceivedIsClosedUntilItArrives() {
        Workload listing =
                WORKLOAD.toBuilder().addAuthorizationPolicies("accounts/late").build();
        PolicyStore store = new PolicyStore();
        assertThat(store.current().authorizeWorkload(listing, tcp(FINANCE)))
                .isInstanceOfSatisfying(
                        Decision.Denied.class,
                        denied -> assertThat(denied.cause()).isEqualTo(Decision.Cause.POLICY_MISSING));

        Authorization late = policy("late", Action.DENY, m -> m.addNamespaces(exact("other"))).toBuilder()
                .setScope(Scope.WORKLOAD_SELECTOR)
                .build();
        store.apply(List.of(AuthorizationCompiler.compile(late)), List.of());
        assertThat(store.current().authorizeWorkload(listing, tcp(FINANCE)).isAllowed())
                .isTrue();

        store.apply(List.of(), List.of("accounts/late"));
        assertThat(store.current().authorizeWorkload(listing, tcp(FINANCE)).isAllowed())
                .as("withdrawn, while the workload still lists it")
                .isTrue();
    }

    @Test
    void aWithdrawnPolicyClosesNobodyHoweverManyWereWithdrawnBefore() {
        PolicyStore store = new PolicyStore();
        List<CompiledPolicy> many = IntStream.range(0, 5_000)
                .mapToObj(i -> AuthorizationCompiler.compile(policy("p" + i, Action.DENY)))
                .toList();
        store.apply(many, List.of());
        for (List<CompiledPolicy> half : List.of(many.subList(0, 4_999), many.subList(4_999, 5_000))) {
            store.apply(List.of(), half.stream().map(CompiledPolicy::key).toList());
        }
        Workload listing =
                WORKLOAD.toBuilder().addAuthorizationPolicies("accounts/p4999").build();
        assertThat(store.current().authorizeWorkload(listing, tcp(FINANCE)).isAllowed())
                .isTrue();
    }

    @Test
    void dryRunPoliciesNeverDecide() {
        Authorization dry = policy("dry", Action.DENY, m -> m.addDestinationPorts(8080)).toBuilder()
                .setDryRun(true)
                .build();
        assertThat(judge(tcp(null), dry)).isEqualTo(Decision.NO_POLICY);
    }

    @Test
    void whatIsNotUnderstoodClosesItsScopeAndSaysWhy() {
        Authorization unknown = policy("odd", Action.ALLOW, m -> m.addPrincipals(StringMatch.getDefaultInstance()));
        assertThat(judge(tcp(FINANCE), unknown)).isInstanceOfSatisfying(Decision.Denied.class, denied -> {
            assertThat(denied.cause()).isEqualTo(Decision.Cause.POLICY_UNREADABLE);
            assertThat(denied.why()).contains("accounts/odd").contains("unknown kind");
        });
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("fields")
    void everyFieldMatchesAsDocumented(
            String name, Consumer<Match.Builder> match, boolean finance, boolean other, boolean plaintext) {
        Authorization policy = policy("p", Action.ALLOW, match);
        assertThat(judge(tcp(FINANCE), policy).isAllowed()).as("finance").isEqualTo(finance);
        assertThat(judge(tcp(OTHER), policy).isAllowed()).as("other").isEqualTo(other);
        assertThat(judge(tcp(null), policy).isAllowed()).as("no identity").isEqualTo(plaintext);
    }

    static Stream<Arguments> fields() {
        return Stream.of(
                row("namespace", m -> m.addNamespaces(exact("finance")), true, false, false),
                row("not namespace", m -> m.addNotNamespaces(exact("finance")), false, true, true),
                row("namespace present", m -> m.addNamespaces(present()), true, true, false),
                row("principal", m -> m.addPrincipals(exact("cluster.local/ns/finance/sa/curl")), true, false, false),
                row("with scheme", m -> m.addPrincipals(exact(FINANCE.toString())), false, false, false),
                row("principal prefix", m -> m.addPrincipals(prefix("cluster.local/ns/fin")), true, false, false),
                row("principal suffix", m -> m.addPrincipals(suffix("/other/sa/curl")), false, true, false),
                row("principal present", m -> m.addPrincipals(present()), true, true, false),
                row("not principal present", m -> m.addNotPrincipals(present()), false, false, true),
                row("account", m -> m.addServiceAccounts(account("finance", "curl")), true, false, false),
                row("not account", m -> m.addNotServiceAccounts(account("finance", "curl")), false, true, true),
                row("source ip", m -> m.addSourceIps(block(24, 10, 1, 0, 0)), true, true, true),
                row("other source ip", m -> m.addSourceIps(block(24, 10, 9, 0, 0)), false, false, false),
                row("not source ip", m -> m.addNotSourceIps(block(32, 10, 1, 0, 7)), false, false, false),
                row("destination ip", m -> m.addDestinationIps(block(32, 10, 2, 0, 9)), true, true, true),
                row("not destination ip", m -> m.addNotDestinationIps(block(8, 11, 0, 0, 0)), true, true, true),
                row("port", m -> m.addDestinationPorts(8080), true, true, true),
                row("one of ports", m -> m.addDestinationPorts(1).addDestinationPorts(8080), true, true, true),
                row("not port", m -> m.addNotDestinationPorts(8080), false, false, false),
                row(
                        "fields are anded",
                        m -> m.addNamespaces(exact("finance")).addDestinationPorts(1),
                        false,
                        false,
                        false));
    }

    private static Arguments row(
            String name, Consumer<Match.Builder> match, boolean finance, boolean other, boolean plaintext) {
        return Arguments.of(name, match, finance, other, plaintext);
    }

    private static Decision judge(RequestAttributes attributes, Authorization... policies) {
        return judge(WORKLOAD, attributes, policies);
    }

    private static Decision judge(Workload workload, RequestAttributes attributes, Authorization... policies) {
        return PolicySet.of(Arrays.stream(policies)
                        .map(AuthorizationCompiler::compile)
                        .toList())
                .authorizeWorkload(workload, attributes);
    }

    private static Authorization policy(String name, Action action) {
        return Authorization.newBuilder()
                .setName(name)
                .setNamespace("accounts")
                .setScope(Scope.NAMESPACE)
                .setAction(action)
                .build();
    }

    private static Authorization policy(String name, Action action, Consumer<Match.Builder> match) {
        Match.Builder builder = Match.newBuilder();
        match.accept(builder);
        return policy(name, action).toBuilder()
                .addGroups(Group.newBuilder().addRules(Rules.newBuilder().addMatches(builder)))
                .build();
    }

    private static StringMatch exact(String value) {
        return StringMatch.newBuilder().setExact(value).build();
    }

    private static StringMatch prefix(String value) {
        return StringMatch.newBuilder().setPrefix(value).build();
    }

    private static StringMatch suffix(String value) {
        return StringMatch.newBuilder().setSuffix(value).build();
    }

    private static StringMatch present() {
        return StringMatch.newBuilder().setPresence(Empty.getDefaultInstance()).build();
    }

    private static ServiceAccountMatch account(String namespace, String name) {
        return ServiceAccountMatch.newBuilder()
                .setNamespace(namespace)
                .setServiceAccount(name)
                .build();
    }

    private static Address block(int length, int... octets) {
        byte[] raw = new byte[octets.length];
        for (int i = 0; i < octets.length; i++) {
            raw[i] = (byte) octets[i];
        }
        return Address.newBuilder()
                .setAddress(ByteString.copyFrom(raw))
                .setLength(length)
                .build();
    }
}

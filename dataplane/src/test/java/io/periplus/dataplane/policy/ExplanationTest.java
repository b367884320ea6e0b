package io.periplus.dataplane.policy;

import static io.periplus.dataplane.policy.PolicyFixtures.FINANCE;
import static io.periplus.dataplane.policy.PolicyFixtures.OTHER;
import static io.periplus.dataplane.policy.PolicyFixtures.http;
import static io.periplus.dataplane.policy.PolicyFixtures.tcp;
import static org.assertj.core.api.Assertions.assertThat;

import io.periplus.dataplane.policy.PolicyExplanation.Outcome;
import io.periplus.wire.waypoint.Action;
import io.periplus.wire.waypoint.AuthorizationPolicy;
import io.periplus.wire.waypoint.EndpointScope;
import io.periplus.wire.waypoint.Operation;
import io.periplus.wire.waypoint.Rule;
import io.periplus.wire.waypoint.Source;
import io.periplus.wire.waypoint.Target;
import io.periplus.wire.waypoint.WholeGateway;
import io.periplus.wire.workload.Workload;
import java.util.Arrays;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

/** What is explained is what is done. */
class ExplanationTest {
    private static final String HOST = PolicyGenerators.HOST;

    /** The explanation asks every policy one by one; enforcement asks its index. They have to agree. */
    @Property(tries = 4000)
    void theExplanationAndEnforcementAgreeAboutAnyPoliciesAndTraffic(@ForAll long seed) {
        PolicyGenerators generate = new PolicyGenerators(seed);
        PolicySet policies = PolicySet.of(generate.policies(seed % 4 == 0 ? 80 : 8).stream()
                .map(WaypointPolicyCompiler::compile)
                .toList());
        for (int i = 0; i < 8; i++) {
            RequestAttributes traffic = generate.traffic();
            Explanation service = policies.explainService("accounts", HOST, traffic);
            assertThat(service.decision()).isEqualTo(policies.authorizeService("accounts", HOST, traffic));
            follows(service);
            Workload workload = generate.workload();
            Explanation endpoint = policies.explainWorkload(workload, traffic);
            assertThat(endpoint.decision()).isEqualTo(policies.authorizeWorkload(workload, traffic));
            follows(endpoint);
        }
    }

    /** That the decision follows from what is said of the policies, by the rules that users know. */
    private static void follows(Explanation explanation) {
        List<PolicyExplanation> deciding = explanation.policies().stream()
                .filter(policy -> !policy.dryRun())
                .toList();
        assertThat(explanation.changes()).isNotEmpty();
        boolean closed = deciding.stream()
                .filter(policy -> policy.action() != CompiledPolicy.Action.AUDIT)
                .anyMatch(policy -> policy.outcome() == Outcome.UNREADABLE || policy.outcome() == Outcome.MISSING);
        boolean denied = matches(deciding, CompiledPolicy.Action.DENY);
        boolean allows = deciding.stream().anyMatch(policy -> policy.action() == CompiledPolicy.Action.ALLOW);
        boolean allowed = !allows || matches(deciding, CompiledPolicy.Action.ALLOW);
        assertThat(explanation.decision().isAllowed()).as("%s", explanation).isEqualTo(!closed && !denied && allowed);
        switch (explanation.decision()) {
            case Decision.Allowed decision -> {
                if (decision.policy() != null) {
                    assertThat(named(deciding, decision.policy())
                                    .rules()
                                    .get(decision.rule())
                                    .holds())
                            .isTrue();
                }
            }
            case Decision.Denied decision -> {
                PolicyExplanation policy = named(deciding, decision.policy());
                switch (decision.cause()) {
                    case DENY_POLICY ->
                        assertThat(policy.rules().get(decision.rule()).holds()).isTrue();
                    case NOT_ALLOWED -> assertThat(policy.outcome()).isEqualTo(Outcome.NOT_MATCHED);
                    case POLICY_MISSING -> assertThat(policy.outcome()).isEqualTo(Outcome.MISSING);
                    case POLICY_UNREADABLE -> assertThat(policy.outcome()).isEqualTo(Outcome.UNREADABLE);
                    case CUSTOM_POLICY -> throw new AssertionError("there are none");
                }
            }
        }
    }

    private static boolean matches(List<PolicyExplanation> policies, CompiledPolicy.Action action) {
        return policies.stream().anyMatch(policy -> policy.action() == action && policy.outcome() == Outcome.MATCHED);
    }

    private static PolicyExplanation named(List<PolicyExplanation> policies, String key) {
        return policies.stream()
                .filter(policy -> policy.policy().equals(key))
                .filter(PolicyExplanation::decided)
                .findFirst()
                .orElseThrow();
    }

    @Test
    void aRefusalShowsEachFieldWithWhatTheTrafficHasAndWhatWouldHaveToChange() {
        AuthorizationPolicy getOnly = policy("get-only", Action.ALLOW)
                .addRules(Rule.newBuilder()
                        .addFrom(Source.newBuilder().addNamespaces("finance"))
                        .addTo(Operation.newBuilder().addMethods("GET").addMethods("HEAD")))
                .build();
        Explanation explanation = explain(http(FINANCE, "POST", "/"), getOnly);
        assertThat(explanation.decision()).isInstanceOf(Decision.Denied.class);
        PolicyExplanation policy = explanation.policies().getFirst();
        assertThat(policy.why()).isEqualTo("ALLOW policy accounts/get-only has no rule that holds");
        assertThat(policy.decided()).isTrue();
        RuleExplanation rule = policy.rules().getFirst();
        assertThat(rule.clauses())
                .extracting(RuleExplanation.ClauseExplanation::name, RuleExplanation.ClauseExplanation::holds)
                .containsExactly(
                        org.assertj.core.groups.Tuple.tuple("from", true),
                        org.assertj.core.groups.Tuple.tuple("to", false));
        assertThat(rule.clauses().getLast().alternatives().getFirst().fields())
                .containsExactly(new RuleExplanation.FieldExplanation(
                        "methods", List.of("GET", "HEAD"), false, "\"POST\"", false));
        assertThat(explanation.changes())
                .containsExactly(
                        "for ALLOW policy accounts/get-only rule 0: methods would have to be \"GET\" or \"HEAD\""
                                + " (is \"POST\")");
    }

    @Test
    void aDenialSaysWhichRuleWouldHaveToStopMatching() {
        AuthorizationPolicy deny = policy("no-others", Action.DENY)
                .addRules(Rule.newBuilder().addFrom(Source.newBuilder().addNotNamespaces("finance")))
                .build();
        assertThat(explain(http(OTHER, "GET", "/"), deny).changes())
                .containsExactly(
                        "DENY policy accounts/no-others rule 0 would have to stop matching: notNamespaces would"
                                + " have to be \"finance\" (is \"other\")");
        assertThat(explain(http(FINANCE, "GET", "/"), deny).changes())
                .hasSize(1)
                .first()
                .asString()
                .startsWith("no ALLOW policy applies");
    }

    @Test
    void policiesThatDecideNothingAreShownLast() {
        AuthorizationPolicy dry = policy("dry", Action.DENY)
                .setDryRun(true)
                .addRules(Rule.getDefaultInstance())
                .build();
        AuthorizationPolicy audit = policy("audit", Action.AUDIT)
                .addRules(Rule.getDefaultInstance())
                .build();
        AuthorizationPolicy allow =
                policy("zz", Action.ALLOW).addRules(Rule.getDefaultInstance()).build();
        Explanation explanation = explain(http(OTHER, "GET", "/"), dry, audit, allow);
        assertThat(explanation.decision()).isEqualTo(new Decision.Allowed("accounts/zz", 0));
        assertThat(explanation.policies())
                .extracting(PolicyExplanation::why)
                .containsExactly(
                        "ALLOW policy accounts/zz matches by rule 0",
                        "AUDIT policy accounts/audit matches by rule 0",
                        "dry-run DENY policy accounts/dry matches by rule 0");
    }

    @Test
    void aRuleThatAsksAboutHttpIsLeftOutForAConnection() {
        AuthorizationPolicy get = policy("get", Action.ALLOW)
                .addRules(Rule.newBuilder().addTo(Operation.newBuilder().addMethods("GET")))
                .build();
        Explanation explanation = explain(tcp(FINANCE), get);
        assertThat(explanation.policies().getFirst().rules().getFirst().leftOut())
                .isTrue();
        assertThat(explanation.policies().getFirst().why())
                .isEqualTo("ALLOW policy accounts/get asks about HTTP, and this traffic is judged as TCP");
    }

    @Test
    void aPolicyThatHasNotArrivedIsNamed() {
        Workload listing = Workload.newBuilder()
                .setUid("w")
                .setNamespace("accounts")
                .addAuthorizationPolicies("accounts/late")
                .build();
        Explanation explanation = PolicySet.empty().explainWorkload(listing, tcp(FINANCE));
        assertThat(explanation.policies())
                .extracting(PolicyExplanation::outcome)
                .containsExactly(Outcome.MISSING);
        assertThat(explanation.changes())
                .containsExactly("policy accounts/late would have to arrive from the control plane");
    }

    @Test
    void policiesForEndpointsAreNotShownForTheService() {
        AuthorizationPolicy endpoints = policy("endpoints", Action.DENY)
                .clearTargets()
                .setEndpointScope(EndpointScope.NAMESPACE)
                .addRules(Rule.getDefaultInstance())
                .build();
        assertThat(explain(http(OTHER, "GET", "/"), endpoints).policies()).isEmpty();
    }

    private static AuthorizationPolicy.Builder policy(String name, Action action) {
        return AuthorizationPolicy.newBuilder()
                .setNamespace("accounts")
                .setName(name)
                .setAction(action)
                .addTargets(Target.newBuilder().setGateway(WholeGateway.getDefaultInstance()));
    }

    private static Explanation explain(RequestAttributes attributes, AuthorizationPolicy... policies) {
        return PolicySet.of(Arrays.stream(policies)
                        .map(WaypointPolicyCompiler::compile)
                        .toList())
                .explainService("accounts", HOST, attributes);
    }
}

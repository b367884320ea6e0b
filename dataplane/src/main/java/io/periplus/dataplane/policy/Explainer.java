package io.periplus.dataplane.policy;

import io.periplus.dataplane.policy.PolicyExplanation.Outcome;
import io.periplus.dataplane.policy.RuleExplanation.AlternativeExplanation;
import io.periplus.dataplane.policy.RuleExplanation.ClauseExplanation;
import io.periplus.dataplane.policy.RuleExplanation.FieldExplanation;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Asks every policy that applies, one after the other, with the matchers that enforce. */
final class Explainer {
    private final Decision decision;
    private final @Nullable String decider;
    private final RequestAttributes attributes;
    private final List<PolicyExplanation> policies = new ArrayList<>();

    private Explainer(Decision decision, RequestAttributes attributes) {
        this.decision = decision;
        this.attributes = attributes;
        this.decider = switch (decision) {
            case Decision.Allowed allowed -> allowed.policy();
            case Decision.Denied denied -> denied.policy();
        };
    }

    /**
     * Explains a decision.
     *
     * @param missing keys of policies that apply and were not received
     * @param applying in the order of judgement
     */
    static Explanation explain(
            Decision decision, List<String> missing, List<CompiledPolicy> applying, RequestAttributes attributes) {
        Explainer explainer = new Explainer(decision, attributes);
        missing.forEach(explainer::missing);
        applying.forEach(explainer::policy);
        List<PolicyExplanation> policies = List.copyOf(explainer.policies);
        return new Explanation(decision, policies, Opposite.of(decision, policies));
    }

    private void missing(String key) {
        policies.add(new PolicyExplanation(
                key,
                null,
                "",
                false,
                Outcome.MISSING,
                key.equals(decider),
                List.of(),
                Refusals.missing(key).why()));
    }

    private void policy(CompiledPolicy policy) {
        String unreadable = policy.unreadable();
        List<RuleExplanation> rules = rules(policy);
        Outcome outcome = unreadable != null
                ? Outcome.UNREADABLE
                : rules.stream().anyMatch(RuleExplanation::holds) ? Outcome.MATCHED : Outcome.NOT_MATCHED;
        policies.add(new PolicyExplanation(
                policy.key(),
                policy.action(),
                policy.provider(),
                policy.dryRun(),
                outcome,
                !policy.dryRun() && policy.key().equals(decider),
                rules,
                why(policy, outcome, rules)));
    }

    private String why(CompiledPolicy policy, Outcome outcome, List<RuleExplanation> rules) {
        String subject = (policy.dryRun() ? "dry-run " : "") + policy.action() + " policy " + policy.key();
        return switch (outcome) {
            case UNREADABLE -> Refusals.unreadable(policy).why();
            case MATCHED ->
                subject + " matches by rule "
                        + rules.stream()
                                .filter(RuleExplanation::holds)
                                .map(RuleExplanation::index)
                                .findFirst()
                                .orElse(Rule.NONE);
            case NOT_MATCHED ->
                rules.isEmpty()
                        ? subject + " has no rules, so it matches nothing"
                        : rules.stream().allMatch(RuleExplanation::leftOut)
                                ? subject + " asks about HTTP, and this traffic is judged as TCP"
                                : subject + " has no rule that holds";
            case MISSING -> "";
        };
    }

    private List<RuleExplanation> rules(CompiledPolicy policy) {
        List<Rule> judged = policy.rulesFor(attributes);
        List<RuleExplanation> rules = new ArrayList<>(policy.httpRules().size());
        for (Rule written : policy.httpRules()) {
            Rule asked = judged.stream()
                    .filter(rule -> rule.index() == written.index())
                    .findFirst()
                    .orElse(null);
            rules.add(rule(asked == null ? written : asked, asked == null));
        }
        return List.copyOf(rules);
    }

    private RuleExplanation rule(Rule rule, boolean leftOut) {
        List<ClauseExplanation> clauses =
                rule.clauses().stream().map(this::clause).toList();
        return new RuleExplanation(rule.index(), !leftOut && rule.test(attributes), leftOut, clauses);
    }

    private ClauseExplanation clause(Rule.Clause clause) {
        return new ClauseExplanation(
                clause.name(),
                clause.test(attributes),
                clause.alternatives().stream().map(this::alternative).toList());
    }

    private AlternativeExplanation alternative(Rule.Alternative alternative) {
        return new AlternativeExplanation(
                alternative.test(attributes),
                alternative.conditions().stream().map(this::field).toList());
    }

    private FieldExplanation field(Condition condition) {
        return new FieldExplanation(
                condition.field(),
                condition.expected(),
                condition.negated(),
                condition.actual(attributes),
                condition.test(attributes));
    }
}

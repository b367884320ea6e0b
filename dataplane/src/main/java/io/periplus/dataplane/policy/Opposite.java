package io.periplus.dataplane.policy;

import io.periplus.dataplane.policy.CompiledPolicy.Action;
import io.periplus.dataplane.policy.PolicyExplanation.Outcome;
import io.periplus.dataplane.policy.RuleExplanation.AlternativeExplanation;
import io.periplus.dataplane.policy.RuleExplanation.ClauseExplanation;
import io.periplus.dataplane.policy.RuleExplanation.FieldExplanation;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** Says what would have to change for the opposite answer. */
final class Opposite {
    /** The nearest ways; more would hide them. */
    private static final int WAYS_MAX = 5;

    private Opposite() {}

    static List<String> of(Decision decision, List<PolicyExplanation> policies) {
        return switch (decision) {
            case Decision.Allowed ignored -> refused(policies);
            case Decision.Denied denied ->
                switch (denied.cause()) {
                    case DENY_POLICY, CUSTOM_POLICY -> notMatched(denied, policies);
                    case NOT_ALLOWED -> allowed(denied, policies);
                    case POLICY_MISSING, POLICY_UNREADABLE -> blocked(policies);
                };
        };
    }

    private static List<String> blocked(List<PolicyExplanation> policies) {
        return policies.stream()
                .filter(policy -> !policy.dryRun())
                .filter(policy -> policy.outcome() == Outcome.MISSING || policy.outcome() == Outcome.UNREADABLE)
                .map(policy -> policy.outcome() == Outcome.MISSING
                        ? "policy " + policy.policy() + " would have to arrive from the control plane"
                        : "policy " + policy.policy() + " would have to be corrected or deleted")
                .limit(WAYS_MAX)
                .toList();
    }

    /** Refusing policies that match: each of them would have to stop doing so. */
    private static List<String> notMatched(Decision.Denied denied, List<PolicyExplanation> policies) {
        List<String> ways = new ArrayList<>();
        for (PolicyExplanation policy : policies) {
            boolean refuses = !policy.dryRun() && policy.action() == Action.DENY && policy.outcome() == Outcome.MATCHED;
            if (!refuses && !policy.policy().equals(denied.policy())) {
                continue;
            }
            for (RuleExplanation rule : policy.rules()) {
                if (rule.holds() && ways.size() < WAYS_MAX) {
                    ways.add(at(policy, rule) + " would have to stop matching" + stopping(rule));
                }
            }
        }
        return List.copyOf(ways);
    }

    private static String stopping(RuleExplanation rule) {
        List<String> fields = rule.clauses().stream()
                .flatMap(clause -> clause.alternatives().stream())
                .filter(AlternativeExplanation::holds)
                .flatMap(alternative -> alternative.fields().stream())
                .map(FieldExplanation::opposite)
                .toList();
        return fields.isEmpty() ? ", and it matches everything" : ": " + String.join(", or ", fields);
    }

    /** Ways to be allowed, those that need the fewest fields first. */
    private static List<String> allowed(Decision.Denied denied, List<PolicyExplanation> policies) {
        record Way(int fields, boolean named, String text) {}
        List<Way> ways = new ArrayList<>();
        for (PolicyExplanation policy : policies) {
            if (policy.dryRun() || policy.action() != Action.ALLOW) {
                continue;
            }
            for (RuleExplanation rule : policy.rules()) {
                List<FieldExplanation> missing = rule.clauses().stream()
                        .filter(Predicate.not(ClauseExplanation::holds))
                        .flatMap(clause -> nearest(clause).stream())
                        .toList();
                if (!rule.leftOut() && !missing.isEmpty()) {
                    boolean named = policy.policy().equals(denied.policy()) && rule.index() == denied.rule();
                    ways.add(new Way(
                            missing.size(),
                            named,
                            "for " + at(policy, rule) + ": "
                                    + missing.stream()
                                            .map(FieldExplanation::opposite)
                                            .collect(Collectors.joining(", and "))));
                }
            }
        }
        List<String> texts = new ArrayList<>();
        ways.stream()
                .sorted((a, b) ->
                        a.named != b.named ? Boolean.compare(b.named, a.named) : Integer.compare(a.fields, b.fields))
                .limit(WAYS_MAX)
                .forEach(way -> texts.add(way.text));
        if (texts.isEmpty()) {
            texts.add("an ALLOW policy with a rule that this traffic matches would have to be added");
        }
        return List.copyOf(texts);
    }

    /** The fields that fail in the alternative that fails in the fewest. */
    private static List<FieldExplanation> nearest(ClauseExplanation clause) {
        List<FieldExplanation> fewest = List.of();
        for (AlternativeExplanation alternative : clause.alternatives()) {
            List<FieldExplanation> failing = alternative.fields().stream()
                    .filter(Predicate.not(FieldExplanation::holds))
                    .toList();
            if (fewest.isEmpty() || !failing.isEmpty() && failing.size() < fewest.size()) {
                fewest = failing;
            }
        }
        return fewest;
    }

    private static List<String> refused(List<PolicyExplanation> policies) {
        List<String> matching = new ArrayList<>();
        for (PolicyExplanation policy : policies) {
            for (RuleExplanation rule : policy.rules()) {
                if (rule.holds() && policy.action() == Action.ALLOW && !policy.dryRun()) {
                    matching.add(at(policy, rule));
                }
            }
        }
        return matching.isEmpty()
                ? List.of("no ALLOW policy applies, so a DENY policy that matches, or any ALLOW policy that does not,"
                        + " would have to be added")
                : List.of(
                        String.join(" and ", matching.subList(0, Math.min(WAYS_MAX, matching.size())))
                                + (matching.size() > WAYS_MAX ? " and " + (matching.size() - WAYS_MAX) + " more" : "")
                                + " would have to stop matching",
                        "a DENY policy that matches would have to be added");
    }

    private static String at(PolicyExplanation policy, RuleExplanation rule) {
        return policy.action() + " policy " + policy.policy() + " rule " + rule.index();
    }
}

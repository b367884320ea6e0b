package io.periplus.dataplane.explain;

import io.periplus.api.why.FieldCheck;
import io.periplus.api.why.Judgement;
import io.periplus.api.why.PolicyCheck;
import io.periplus.api.why.RuleCheck;
import io.periplus.api.why.Verdict;
import io.periplus.dataplane.policy.Decision;
import io.periplus.dataplane.policy.Explanation;
import io.periplus.dataplane.policy.PolicyExplanation;
import io.periplus.dataplane.policy.RuleExplanation;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The engine's explanations as answers show them. */
public final class Judgements {
    private Judgements() {}

    /** @param point what the policies are about, such as {@code service shop/stock} */
    public static Judgement of(String point, Explanation explanation) {
        List<PolicyCheck> considered =
                explanation.policies().stream().map(Judgements::check).toList();
        return switch (explanation.decision()) {
            case Decision.Allowed(@Nullable String policy, int rule) ->
                new Judgement(point, Verdict.ALLOWED, allowed(policy, rule, considered), policy, rule, "", considered);
            case Decision.Denied denied ->
                new Judgement(
                        point,
                        Verdict.DENIED,
                        denied.why(),
                        denied.policy(),
                        denied.rule(),
                        denied.field(),
                        considered);
        };
    }

    private static String allowed(@Nullable String policy, int rule, List<PolicyCheck> considered) {
        if (policy != null) {
            return "ALLOW policy " + policy + " rule " + rule + " matches";
        }
        return considered.isEmpty() ? "no policy applies" : "no ALLOW policy applies, and no other refuses";
    }

    private static PolicyCheck check(PolicyExplanation policy) {
        return new PolicyCheck(
                policy.policy(),
                policy.action() == null ? "" : policy.action().name(),
                policy.provider(),
                policy.outcome().name().toLowerCase(Locale.ROOT).replace('_', ' '),
                policy.dryRun(),
                policy.decided(),
                policy.why(),
                policy.rules().stream().map(Judgements::check).toList());
    }

    private static RuleCheck check(RuleExplanation rule) {
        return new RuleCheck(
                rule.index(),
                rule.holds(),
                rule.leftOut(),
                rule.clauses().stream()
                        .map(clause -> new RuleCheck.Clause(
                                clause.name(),
                                clause.holds(),
                                clause.alternatives().stream()
                                        .map(entry -> new RuleCheck.Entry(
                                                entry.holds(),
                                                entry.fields().stream()
                                                        .map(Judgements::check)
                                                        .toList()))
                                        .toList()))
                        .toList());
    }

    private static FieldCheck check(RuleExplanation.FieldExplanation field) {
        return new FieldCheck(field.field(), field.expected(), field.negated(), field.actual(), field.holds());
    }
}

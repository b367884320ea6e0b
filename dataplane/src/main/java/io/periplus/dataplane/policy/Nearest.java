package io.periplus.dataplane.policy;

import io.periplus.dataplane.policy.Decision.Cause;
import io.periplus.dataplane.policy.Decision.Denied;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Names the ALLOW rule that came nearest to allowing, and the field that kept it from matching. */
final class Nearest {
    /** A refusal is to be cheap too, however many policies there are. */
    private static final int COMPARED_MAX = 16;

    private final RequestAttributes attributes;
    private @Nullable CompiledPolicy nearest;
    private @Nullable Rule nearestRule;
    private int most = -1;
    private int compared;

    private Nearest(RequestAttributes attributes) {
        this.attributes = attributes;
    }

    /** The refusal when ALLOW policies apply and none matches. */
    static Denied refusal(List<ActionRules> allow, RequestAttributes attributes) {
        Nearest search = new Nearest(attributes);
        allow.forEach(rules -> rules.index(attributes)
                .visit(attributes, candidate -> search.compare(candidate.policy(), candidate.rule())));
        if (search.nearest == null) {
            allow.forEach(search::compareFirst);
        }
        return search.refusal(allow);
    }

    /** Rules that the index rules out: their most selective field fails, so any is as near. */
    private void compareFirst(ActionRules rules) {
        for (CompiledPolicy policy : rules.policies()) {
            for (Rule rule : policy.rulesFor(attributes)) {
                if (compare(policy, rule)) {
                    return;
                }
            }
        }
    }

    private boolean compare(CompiledPolicy policy, Rule rule) {
        int held = rule.clausesThatHold(attributes);
        if (held > most) {
            most = held;
            nearest = policy;
            nearestRule = rule;
        }
        compared++;
        return compared >= COMPARED_MAX;
    }

    private Denied refusal(List<ActionRules> allow) {
        CompiledPolicy policy = nearest;
        Rule rule = nearestRule;
        if (policy == null || rule == null) {
            CompiledPolicy first = allow.stream()
                    .flatMap(rules -> rules.policies().stream())
                    .findFirst()
                    .orElseThrow();
            String none = "ALLOW policy " + first.key() + " has no rule that this traffic could match";
            return new Denied(Cause.NOT_ALLOWED, first.key(), Rule.NONE, "", none);
        }
        Condition failing = firstFailing(rule.clauses().get(most));
        String field = failing == null ? "" : failing.field();
        String why = "no ALLOW policy matches; nearest is " + policy.key() + " rule " + rule.index()
                + (failing == null ? "" : ": " + field + " is " + failing.actual(attributes));
        return new Denied(Cause.NOT_ALLOWED, policy.key(), rule.index(), field, why);
    }

    private @Nullable Condition firstFailing(Rule.Clause clause) {
        for (Rule.Alternative alternative : clause.alternatives()) {
            Condition failing = alternative.firstFailing(attributes);
            if (failing != null) {
                return failing;
            }
        }
        return null;
    }
}

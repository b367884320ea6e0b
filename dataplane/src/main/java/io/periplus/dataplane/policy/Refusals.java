package io.periplus.dataplane.policy;

import io.periplus.dataplane.policy.Decision.Cause;
import io.periplus.dataplane.policy.Decision.Denied;
import org.jspecify.annotations.Nullable;

/** Builds refusals with their explanation. Only refused traffic pays for it. */
final class Refusals {
    private Refusals() {}

    static Denied unreadable(CompiledPolicy policy) {
        return new Denied(
                Cause.POLICY_UNREADABLE,
                policy.key(),
                Rule.NONE,
                "",
                "policy " + policy.key() + " cannot be enforced: " + policy.unreadable());
    }

    static Denied missing(String key) {
        return new Denied(
                Cause.POLICY_MISSING, key, Rule.NONE, "", "policy " + key + " applies but has not been received yet");
    }

    static Denied byCustom(CompiledPolicy policy, Rule rule) {
        return new Denied(
                Cause.CUSTOM_POLICY,
                policy.key(),
                rule.index(),
                rule.firstField(),
                "CUSTOM policy " + policy.key() + " applies and no external authorizer can be asked");
    }

    static Denied byDeny(CompiledPolicy policy, Rule rule, RequestAttributes attributes) {
        Condition shown = firstHolding(rule, attributes);
        String field = shown == null ? "" : shown.field();
        String why = "DENY policy " + policy.key() + " rule " + rule.index()
                + (shown == null ? " matches everything" : " matches: " + field + " is " + shown.actual(attributes));
        return new Denied(Cause.DENY_POLICY, policy.key(), rule.index(), field, why);
    }

    private static @Nullable Condition firstHolding(Rule rule, RequestAttributes attributes) {
        for (Rule.Clause clause : rule.clauses()) {
            for (Rule.Alternative alternative : clause.alternatives()) {
                if (!alternative.conditions().isEmpty() && alternative.test(attributes)) {
                    return alternative.conditions().getFirst();
                }
            }
        }
        return null;
    }
}

package io.periplus.dataplane.policy;

import io.periplus.dataplane.policy.CompiledPolicy.Action;
import io.periplus.dataplane.policy.RuleIndex.Candidate;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Policies that apply together, by what they do. Dry-run policies stand apart: they never decide.
 *
 * @param all in order of their names
 * @param unreadable refuse; among them no AUDIT policy, which could not refuse if it were readable
 */
record PolicyGroup(
        List<CompiledPolicy> all,
        List<CompiledPolicy> unreadable,
        Map<Action, ActionRules> enforced,
        Map<Action, ActionRules> dryRun,
        ActionRules custom,
        ActionRules deny,
        ActionRules allow) {
    static final PolicyGroup EMPTY = of(List.of());

    static PolicyGroup of(List<CompiledPolicy> policies) {
        List<CompiledPolicy> unreadable = new ArrayList<>();
        Map<Action, List<CompiledPolicy>> enforced = new EnumMap<>(Action.class);
        Map<Action, List<CompiledPolicy>> dryRun = new EnumMap<>(Action.class);
        for (CompiledPolicy policy : policies) {
            if (policy.unreadable() == null) {
                (policy.dryRun() ? dryRun : enforced)
                        .computeIfAbsent(policy.action(), _ -> new ArrayList<>())
                        .add(policy);
            } else if (!policy.dryRun() && policy.action() != Action.AUDIT) {
                unreadable.add(policy);
            }
        }
        Map<Action, ActionRules> deciding = indexed(enforced);
        return new PolicyGroup(
                List.copyOf(policies),
                List.copyOf(unreadable),
                deciding,
                indexed(dryRun),
                deciding.getOrDefault(Action.CUSTOM, ActionRules.NONE),
                deciding.getOrDefault(Action.DENY, ActionRules.NONE),
                deciding.getOrDefault(Action.ALLOW, ActionRules.NONE));
    }

    private static Map<Action, ActionRules> indexed(Map<Action, List<CompiledPolicy>> policies) {
        Map<Action, ActionRules> rules = new EnumMap<>(Action.class);
        policies.forEach((action, those) -> rules.put(action, ActionRules.of(those)));
        return rules;
    }

    /** The CUSTOM policy that applies, one that decides before one in dry run; or {@code null}. */
    @Nullable
    CustomMatch custom(RequestAttributes attributes) {
        Candidate match = custom.first(attributes);
        if (match == null && !dryRun.isEmpty()) {
            match = dryRun.getOrDefault(Action.CUSTOM, ActionRules.NONE).first(attributes);
        }
        return match == null ? null : new CustomMatch(match.policy(), match.rule());
    }

    /** The same among those whose provider was not asked yet. */
    @Nullable
    CustomMatch custom(RequestAttributes attributes, Set<String> asked) {
        List<CompiledPolicy> left = new ArrayList<>(custom.policies());
        left.addAll(dryRun.getOrDefault(Action.CUSTOM, ActionRules.NONE).policies());
        for (CompiledPolicy policy : left) {
            Rule rule = asked.contains(policy.provider()) ? null : policy.matching(attributes);
            if (rule != null) {
                return new CustomMatch(policy, rule);
            }
        }
        return null;
    }

    /** The refusal by an unreadable policy, or {@code null}. */
    Decision.@Nullable Denied closed() {
        return unreadable.isEmpty() ? null : Refusals.unreadable(unreadable.getFirst());
    }

    /** The refusal by a DENY policy, or {@code null}. */
    Decision.@Nullable Denied refusal(RequestAttributes attributes) {
        Candidate match = deny.first(attributes);
        return match == null ? null : Refusals.byDeny(match.policy(), match.rule(), attributes);
    }

    /** The decision of the ALLOW rule that holds, or {@code null}. */
    Decision.@Nullable Allowed permission(RequestAttributes attributes) {
        Candidate match = allow.first(attributes);
        return match == null ? null : match.rule().allowed();
    }
}

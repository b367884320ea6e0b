package io.periplus.dataplane.policy;

import io.periplus.dataplane.policy.CompiledPolicy.Action;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Policies that apply together, by what they do. Dry-run policies stand apart: they never decide. */
record PolicyGroup(
        List<CompiledPolicy> all,
        List<CompiledPolicy> unreadable,
        List<CompiledPolicy> custom,
        List<CompiledPolicy> deny,
        List<CompiledPolicy> allow,
        List<CompiledPolicy> dryRun) {
    static final PolicyGroup EMPTY = of(List.of());

    static PolicyGroup of(List<CompiledPolicy> policies) {
        List<CompiledPolicy> unreadable = new ArrayList<>();
        List<CompiledPolicy> custom = new ArrayList<>();
        List<CompiledPolicy> deny = new ArrayList<>();
        List<CompiledPolicy> allow = new ArrayList<>();
        List<CompiledPolicy> dryRun = new ArrayList<>();
        for (CompiledPolicy policy : policies) {
            if (policy.dryRun()) {
                dryRun.add(policy);
            } else if (policy.unreadable() != null) {
                unreadable.add(policy);
            } else {
                switch (policy.action()) {
                    case CUSTOM -> custom.add(policy);
                    case DENY -> deny.add(policy);
                    case ALLOW -> allow.add(policy);
                    case AUDIT -> {} // marks requests, decides nothing
                }
            }
        }
        return new PolicyGroup(
                List.copyOf(policies),
                List.copyOf(unreadable),
                List.copyOf(custom),
                List.copyOf(deny),
                List.copyOf(allow),
                List.copyOf(dryRun));
    }

    /** The CUSTOM policy that applies, one that decides before one in dry run; or {@code null}. */
    @Nullable
    CustomMatch custom(RequestAttributes attributes) {
        CustomMatch match = firstCustom(custom, attributes);
        return match != null ? match : firstCustom(dryRun, attributes);
    }

    private static @Nullable CustomMatch firstCustom(List<CompiledPolicy> policies, RequestAttributes attributes) {
        for (int i = 0; i < policies.size(); i++) {
            CompiledPolicy policy = policies.get(i);
            Rule rule = policy.action() == Action.CUSTOM ? policy.matching(attributes) : null;
            if (rule != null) {
                return new CustomMatch(policy, rule);
            }
        }
        return null;
    }

    /** The same among those whose provider was not asked yet. */
    @Nullable
    CustomMatch custom(RequestAttributes attributes, Set<String> asked) {
        List<CompiledPolicy> left = new ArrayList<>(custom);
        left.addAll(dryRun);
        left.removeIf(policy -> asked.contains(policy.provider()));
        return firstCustom(left, attributes);
    }

    /** A refusal by an unreadable or DENY policy, or {@code null}. */
    Decision.@Nullable Denied refusal(RequestAttributes attributes) {
        if (!unreadable.isEmpty()) {
            return Refusals.unreadable(unreadable.getFirst());
        }
        return firstMatch(deny, attributes);
    }

    /** The decision of the ALLOW rule that holds, or {@code null}. */
    Decision.@Nullable Allowed permission(RequestAttributes attributes) {
        for (int i = 0; i < allow.size(); i++) {
            Rule rule = allow.get(i).matching(attributes);
            if (rule != null) {
                return rule.allowed();
            }
        }
        return null;
    }

    private static Decision.@Nullable Denied firstMatch(List<CompiledPolicy> policies, RequestAttributes attributes) {
        for (int i = 0; i < policies.size(); i++) {
            CompiledPolicy policy = policies.get(i);
            Rule rule = policy.matching(attributes);
            if (rule != null) {
                return Refusals.byDeny(policy, rule, attributes);
            }
        }
        return null;
    }
}

package io.periplus.dataplane.policy;

import io.periplus.dataplane.policy.CompiledPolicy.Action;
import io.periplus.dataplane.policy.RuleIndex.Candidate;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Judges what decides nothing. */
final class Marking {
    private Marking() {}

    /** The marks of groups that apply together; {@code null} if no policy of theirs marks anything. */
    static @Nullable Marks of(RequestAttributes attributes, PolicyGroup... groups) {
        List<String> audited = new ArrayList<>();
        for (PolicyGroup group : groups) {
            ActionRules audits = group.enforced().get(Action.AUDIT);
            if (audits != null) {
                for (CompiledPolicy policy : audits.policies()) {
                    if (policy.matching(attributes) != null) {
                        audited.add(policy.key());
                    }
                }
            }
        }
        Marks.DryRun deny = dryRun(Action.DENY, attributes, groups);
        Marks.DryRun allow = dryRun(Action.ALLOW, attributes, groups);
        return audited.isEmpty() && deny == null && allow == null ? null : new Marks(List.copyOf(audited), deny, allow);
    }

    private static Marks.@Nullable DryRun dryRun(Action action, RequestAttributes attributes, PolicyGroup... groups) {
        boolean any = false;
        for (PolicyGroup group : groups) {
            ActionRules rules = group.dryRun().get(action);
            if (rules != null) {
                any = true;
                Candidate match = rules.first(attributes);
                if (match != null) {
                    return new Marks.DryRun(
                            action == Action.ALLOW,
                            match.policy().key(),
                            match.rule().index());
                }
            }
        }
        return any ? new Marks.DryRun(action != Action.ALLOW, null, Rule.NONE) : null;
    }
}

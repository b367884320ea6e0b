package io.periplus.model.policy;

import io.periplus.api.security.AuthorizationPolicy;
import io.periplus.api.security.AuthorizationPolicy.Rule;
import io.periplus.api.security.EnforcedRules;
import io.periplus.model.MeshSettings;
import io.periplus.model.MeshSwitch;
import io.periplus.wire.authorization.Action;
import io.periplus.wire.authorization.Group;
import io.periplus.wire.authorization.Scope;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * From an AuthorizationPolicy to what ztunnel can judge. An ALLOW rule with something that it cannot judge is left out (it
 * allows less); a DENY rule keeps the rest (it denies more).
 */
public final class L4Conversion {
    private L4Conversion() {}

    /** The L4 policy; null for one that ztunnels do not get: with targets, AUDIT, CUSTOM, or in dry run where that is off. */
    public static @Nullable L4Policy convert(AuthorizationPolicy policy, MeshSettings mesh) {
        if (!policy.targetRefs().isEmpty()
                || policy.dryRun() && !mesh.does(MeshSwitch.ZTUNNEL_DRY_RUN)
                || policy.action() == AuthorizationPolicy.Action.AUDIT
                || policy.action() == AuthorizationPolicy.Action.CUSTOM) {
            return null;
        }
        Scope scope = policy.selector() != null
                ? Scope.WORKLOAD_SELECTOR
                : policy.key().namespace().equals(mesh.rootNamespace()) ? Scope.GLOBAL : Scope.NAMESPACE;
        // An action that is not known is read as an ALLOW that allows nothing: closed, not open.
        Action action = policy.action() == AuthorizationPolicy.Action.DENY ? Action.DENY : Action.ALLOW;
        SortedSet<String> unsupported = new TreeSet<>();
        List<Group> groups = new ArrayList<>();
        List<Integer> ineffective = new ArrayList<>();
        List<Rule> rules = EnforcedRules.of(policy);
        for (int i = 0; i < rules.size(); i++) {
            SortedSet<String> found = L4Unsupported.of(rules.get(i));
            unsupported.addAll(found);
            if (action == Action.ALLOW && !found.isEmpty()) {
                continue;
            }
            L4Rule rule = L4Rule.of(rules.get(i), policy.key().namespace());
            boolean wider = action == Action.DENY && mesh.does(MeshSwitch.ZTUNNEL_DENIES_WITHOUT_HTTP);
            Group group = wider ? rule.withoutWhatCannotBeAsked() : rule.asWritten();
            groups.add(group);
            if (L4Rule.hasEmptyMatch(group)) {
                ineffective.add(i);
            }
        }
        return new L4Policy(
                policy.key(),
                scope,
                action,
                policy.dryRun(),
                Objects.requireNonNullElse(policy.selector(), Map.of()),
                List.copyOf(groups),
                List.copyOf(unsupported),
                List.copyOf(ineffective));
    }
}

package io.periplus.model.policy;

import io.periplus.api.NamespacedName;
import io.periplus.wire.authorization.Action;
import io.periplus.wire.authorization.Group;
import io.periplus.wire.authorization.Scope;
import java.util.List;
import java.util.Map;

/**
 * What a ztunnel can judge of an AuthorizationPolicy without targets.
 *
 * @param dryRun      counted, not enforced
 * @param selector    empty unless the scope is {@link Scope#WORKLOAD_SELECTOR}
 * @param groups      ORed; none means that the policy matches nothing
 * @param unsupported what ztunnel cannot ask, sorted
 * @param ineffective the rules, by their place in the policy, that have no effect where they ask for nothing else
 */
public record L4Policy(
        NamespacedName key,
        Scope scope,
        Action action,
        boolean dryRun,
        Map<String, String> selector,
        List<Group> groups,
        List<String> unsupported,
        List<Integer> ineffective) {

    /** Whether workloads to which it applies are open to nobody else. */
    public boolean allows() {
        return action == Action.ALLOW && !dryRun;
    }
}

package io.periplus.dataplane.policy;

import com.google.protobuf.Message;
import io.periplus.dataplane.policy.CompiledPolicy.Action;
import java.util.List;
import java.util.function.Supplier;

/** What every form of a policy has, and what becomes of one that cannot be understood. */
record PolicyHead(String namespace, String name, PolicyScope scope, boolean dryRun, Message source) {
    /** Rules in the making. */
    interface Rules {
        /** Throws {@link IllegalArgumentException} with what is wrong. */
        List<Rule> read(Action action);
    }

    /** The policy ready to be judged; one that cannot be understood closes what it applies to and says why. */
    CompiledPolicy compile(Supplier<Action> action, Rules rules) {
        Action known = Action.DENY;
        try {
            known = action.get();
            List<Rule> read = known == Action.CUSTOM
                    ? rules.read(known).stream().map(Rule::withoutTokens).toList()
                    : rules.read(known);
            List<Rule> tcp = known == Action.ALLOW
                    ? read.stream().filter(rule -> !rule.needsHttp()).toList()
                    : read.stream().map(Rule::withoutHttp).toList();
            return new CompiledPolicy(namespace, name, known, scope, dryRun, source, null, read, tcp);
        } catch (IllegalArgumentException e) {
            String why = String.valueOf(e.getMessage());
            return new CompiledPolicy(namespace, name, known, scope, dryRun, source, why, List.of(), List.of());
        }
    }

    /** The decision of an ALLOW rule that holds, made once. */
    Decision.Allowed allowed(int rule) {
        return new Decision.Allowed(namespace + "/" + name, rule);
    }
}

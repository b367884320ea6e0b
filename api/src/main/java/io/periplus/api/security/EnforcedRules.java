package io.periplus.api.security;

import io.periplus.api.security.AuthorizationPolicy.Action;
import io.periplus.api.security.AuthorizationPolicy.Condition;
import io.periplus.api.security.AuthorizationPolicy.Rule;
import java.util.ArrayList;
import java.util.List;

/**
 * The rules of a policy as proxies are told them. What is wrong closes: a rule of an ALLOW policy that has a problem is left
 * out, so that it allows nothing; of a rule of any other action the part that has it is left out ({@code from}, {@code to},
 * or an entry of {@code when}), so that it holds for more.
 */
public final class EnforcedRules {
    private EnforcedRules() {}

    /** The rules in order; none when the action is not known, which reads as an ALLOW that allows nothing. */
    public static List<Rule> of(AuthorizationPolicy policy) {
        if (policy.action() == null) {
            return List.of();
        }
        if (policy.problems().isEmpty()) {
            return policy.rules();
        }
        List<Rule> rules = new ArrayList<>();
        for (int i = 0; i < policy.rules().size(); i++) {
            String at = "spec.rules[" + i + "]";
            Rule rule = policy.rules().get(i);
            if (!isWrong(policy, at)) {
                rules.add(rule);
            } else if (policy.action() != Action.ALLOW) {
                rules.add(wider(policy, at, rule));
            }
        }
        return List.copyOf(rules);
    }

    private static Rule wider(AuthorizationPolicy policy, String at, Rule rule) {
        List<Condition> when = new ArrayList<>();
        for (int i = 0; i < rule.when().size(); i++) {
            if (!isWrong(policy, at + ".when[" + i + "]")) {
                when.add(rule.when().get(i));
            }
        }
        return new Rule(
                isWrong(policy, at + ".from") ? List.of() : rule.from(),
                isWrong(policy, at + ".to") ? List.of() : rule.to(),
                List.copyOf(when));
    }

    /** Whether one of the policy's problems is at this path or below. */
    private static boolean isWrong(AuthorizationPolicy policy, String path) {
        return policy.problems().stream()
                .anyMatch(problem -> problem.startsWith(path)
                        && problem.length() > path.length()
                        && ".:[".indexOf(problem.charAt(path.length())) >= 0);
    }
}

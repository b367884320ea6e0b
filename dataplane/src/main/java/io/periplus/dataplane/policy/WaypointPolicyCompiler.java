package io.periplus.dataplane.policy;

import io.periplus.dataplane.policy.CompiledPolicy.Action;
import io.periplus.wire.waypoint.AuthorizationPolicy;
import io.periplus.wire.waypoint.Operation;
import io.periplus.wire.waypoint.Source;
import io.periplus.wire.waypoint.Target;
import java.util.ArrayList;
import java.util.List;

/** Compiles the policies that waypoints receive, with values in the user's own syntax. */
public final class WaypointPolicyCompiler {
    private WaypointPolicyCompiler() {}

    /** The policy ready to be judged; one that cannot be understood closes what it applies to and says why. */
    public static CompiledPolicy compile(AuthorizationPolicy policy) {
        PolicyHead head =
                new PolicyHead(policy.getNamespace(), policy.getName(), scopeOf(policy), policy.getDryRun(), policy);
        return head.compile(() -> actionOf(policy), known -> {
            List<Rule> rules = new ArrayList<>(policy.getRulesCount());
            for (var rule : policy.getRulesList()) {
                rules.add(rule(head, rules.size(), rule, known == Action.ALLOW));
            }
            return List.copyOf(rules);
        });
    }

    private static PolicyScope scopeOf(AuthorizationPolicy policy) {
        return switch (policy.getEndpointScope()) {
            case ALL -> new PolicyScope.Everything();
            case NAMESPACE -> new PolicyScope.OwnNamespace();
            case SELECTED -> new PolicyScope.Listed();
            case NOT_ENDPOINTS -> {
                boolean whole = policy.getTargetsList().stream().anyMatch(Target::hasGateway);
                yield new PolicyScope.Services(services(policy), whole);
            }
            case UNRECOGNIZED -> new PolicyScope.Services(services(policy), true);
        };
    }

    private static List<PolicyScope.ServiceName> services(AuthorizationPolicy policy) {
        return policy.getTargetsList().stream()
                .filter(Target::hasService)
                .map(target -> new PolicyScope.ServiceName(
                        target.getService().getNamespace(), target.getService().getHostname()))
                .toList();
    }

    private static Action actionOf(AuthorizationPolicy policy) {
        return switch (policy.getAction()) {
            case ALLOW -> Action.ALLOW;
            case DENY -> Action.DENY;
            case AUDIT -> Action.AUDIT;
            case CUSTOM -> {
                if (policy.getTargetsCount() == 0) {
                    throw new IllegalArgumentException(
                            "CUSTOM is judged for services only, and the policy targets none");
                }
                yield Action.CUSTOM;
            }
            case UNRECOGNIZED -> throw new IllegalArgumentException("unknown action " + policy.getActionValue());
        };
    }

    private static Rule rule(PolicyHead head, int index, io.periplus.wire.waypoint.Rule rule, boolean allowing) {
        List<Rule.Clause> clauses = new ArrayList<>();
        if (rule.getFromCount() > 0) {
            List<Rule.Alternative> sources = new ArrayList<>();
            for (Source source : rule.getFromList()) {
                sources.add(alternative(SourceFields.conditions(head.namespace(), source), "from.source", index));
            }
            clauses.add(new Rule.Clause("from", List.copyOf(sources)));
        }
        if (rule.getToCount() > 0) {
            List<Rule.Alternative> operations = new ArrayList<>();
            for (Operation operation : rule.getToList()) {
                operations.add(alternative(OperationFields.conditions(operation), "to.operation", index));
            }
            clauses.add(new Rule.Clause("to", List.copyOf(operations)));
        }
        for (var condition : rule.getWhenList()) {
            List<Condition> conditions = WhenFields.conditions(head.namespace(), condition, allowing);
            clauses.add(new Rule.Clause("when", List.of(alternative(conditions, "when " + condition.getKey(), index))));
        }
        return new Rule(index, List.copyOf(clauses), head.allowed(index));
    }

    private static Rule.Alternative alternative(List<Condition> conditions, String where, int rule) {
        if (conditions.isEmpty()) {
            throw new IllegalArgumentException("rule " + rule + ": " + where + " sets no field");
        }
        return new Rule.Alternative(conditions);
    }
}

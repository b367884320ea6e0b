package io.periplus.dataplane.policy;

import io.periplus.dataplane.address.Cidr;
import io.periplus.dataplane.address.IpAddress;
import io.periplus.dataplane.policy.CompiledPolicy.Action;
import io.periplus.wire.authorization.Address;
import io.periplus.wire.authorization.Authorization;
import io.periplus.wire.authorization.Group;
import io.periplus.wire.authorization.Match;
import io.periplus.wire.authorization.Rules;
import io.periplus.wire.authorization.Scope;
import io.periplus.wire.authorization.ServiceAccountMatch;
import io.periplus.wire.authorization.StringMatch;
import java.util.ArrayList;
import java.util.List;

/** Compiles the L4 policies that ztunnel receives. */
public final class AuthorizationCompiler {
    private AuthorizationCompiler() {}

    /** The policy ready to be judged; one that cannot be understood closes what it applies to and says why. */
    public static CompiledPolicy compile(Authorization policy) {
        PolicyScope scope = scopeOf(policy.getScope());
        try {
            Action action = actionOf(policy);
            List<Rule> rules = new ArrayList<>(policy.getGroupsCount());
            for (Group group : policy.getGroupsList()) {
                rules.add(rule(policy, rules.size(), group));
            }
            return CompiledPolicy.of(
                    policy.getNamespace(),
                    policy.getName(),
                    action,
                    scope,
                    policy.getDryRun(),
                    policy,
                    List.copyOf(rules));
        } catch (IllegalArgumentException e) {
            return CompiledPolicy.unreadable(
                    policy.getNamespace(),
                    policy.getName(),
                    Action.DENY,
                    scope,
                    policy.getDryRun(),
                    policy,
                    String.valueOf(e.getMessage()));
        }
    }

    private static PolicyScope scopeOf(Scope scope) {
        return switch (scope) {
            case GLOBAL -> new PolicyScope.Everything();
            case WORKLOAD_SELECTOR -> new PolicyScope.Listed();
            case NAMESPACE, UNRECOGNIZED -> new PolicyScope.OwnNamespace();
        };
    }

    private static Action actionOf(Authorization policy) {
        if (policy.getScope() == Scope.UNRECOGNIZED) {
            throw new IllegalArgumentException("unknown scope " + policy.getScopeValue());
        }
        return switch (policy.getAction()) {
            case ALLOW -> Action.ALLOW;
            case DENY -> Action.DENY;
            case UNRECOGNIZED -> throw new IllegalArgumentException("unknown action " + policy.getActionValue());
        };
    }

    private static Rule rule(Authorization policy, int index, Group group) {
        List<Rule.Clause> clauses = new ArrayList<>(group.getRulesCount());
        for (Rules clause : group.getRulesList()) {
            if (clause.getMatchesCount() == 0) {
                continue; // a clause without matches is true
            }
            List<Rule.Alternative> alternatives = new ArrayList<>(clause.getMatchesCount());
            for (Match match : clause.getMatchesList()) {
                List<Condition> conditions = conditions(match);
                if (!conditions.isEmpty()) { // a match without fields is false
                    alternatives.add(new Rule.Alternative(conditions));
                }
            }
            clauses.add(new Rule.Clause("", List.copyOf(alternatives)));
        }
        String key = policy.getNamespace() + "/" + policy.getName();
        return new Rule(index, List.copyOf(clauses), new Decision.Allowed(key, index));
    }

    private static List<Condition> conditions(Match match) {
        if (match.getExtensionsCount() > 0) {
            throw new IllegalArgumentException(
                    "unknown extension " + match.getExtensions(0).getName());
        }
        List<Condition> all = new ArrayList<>();
        strings(all, "namespaces", Attributes::namespaceOrEmpty, match.getNamespacesList(), false);
        strings(all, "notNamespaces", Attributes::namespaceOrEmpty, match.getNotNamespacesList(), true);
        strings(all, "principals", RequestAttributes::clientPrincipal, match.getPrincipalsList(), false);
        strings(all, "notPrincipals", RequestAttributes::clientPrincipal, match.getNotPrincipalsList(), true);
        accounts(all, "serviceAccounts", match.getServiceAccountsList(), false);
        accounts(all, "notServiceAccounts", match.getNotServiceAccountsList(), true);
        addresses(all, "ipBlocks", RequestAttributes::source, match.getSourceIpsList(), false);
        addresses(all, "notIpBlocks", RequestAttributes::source, match.getNotSourceIpsList(), true);
        addresses(all, "destination.ip", RequestAttributes::destination, match.getDestinationIpsList(), false);
        addresses(all, "not destination.ip", RequestAttributes::destination, match.getNotDestinationIpsList(), true);
        ports(all, "ports", match.getDestinationPortsList(), false);
        ports(all, "notPorts", match.getNotDestinationPortsList(), true);
        return List.copyOf(all);
    }

    private static void strings(
            List<Condition> to,
            String field,
            Condition.StringAttribute attribute,
            List<StringMatch> values,
            boolean negated) {
        if (!values.isEmpty()) {
            List<StringMatcher> matchers =
                    values.stream().map(AuthorizationCompiler::matcher).toList();
            to.add(new Condition.OfString(field, attribute, matchers, negated));
        }
    }

    private static StringMatcher matcher(StringMatch match) {
        return switch (match.getMatchTypeCase()) {
            case EXACT -> new StringMatcher.Exact(match.getExact(), false);
            case PREFIX -> new StringMatcher.Prefix(match.getPrefix(), false);
            case SUFFIX -> new StringMatcher.Suffix(match.getSuffix(), false);
            case PRESENCE -> new StringMatcher.Presence();
            case MATCHTYPE_NOT_SET -> throw new IllegalArgumentException("string match of an unknown kind");
        };
    }

    private static void accounts(List<Condition> to, String field, List<ServiceAccountMatch> values, boolean negated) {
        if (!values.isEmpty()) {
            to.add(new Condition.OfServiceAccount(
                    field,
                    values.stream()
                            .map(a -> new Condition.OfServiceAccount.ServiceAccount(
                                    a.getNamespace(), a.getServiceAccount()))
                            .toList(),
                    negated));
        }
    }

    private static void addresses(
            List<Condition> to,
            String field,
            Condition.AddressAttribute attribute,
            List<Address> values,
            boolean negated) {
        if (!values.isEmpty()) {
            List<Cidr> blocks = values.stream()
                    .map(a -> new Cidr(IpAddress.ofBytes(a.getAddress()), a.getLength()))
                    .toList();
            to.add(new Condition.OfAddress(field, attribute, blocks, negated));
        }
    }

    private static void ports(List<Condition> to, String field, List<Integer> values, boolean negated) {
        if (!values.isEmpty()) {
            to.add(new Condition.OfPort(field, List.copyOf(values), negated));
        }
    }
}

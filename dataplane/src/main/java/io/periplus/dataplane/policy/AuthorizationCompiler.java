package io.periplus.dataplane.policy;

import io.periplus.dataplane.address.Cidr;
import io.periplus.dataplane.address.IpAddress;
import io.periplus.dataplane.policy.CompiledPolicy.Action;
import io.periplus.dataplane.policy.Condition.OfServiceAccount.ServiceAccount;
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
        PolicyHead head = new PolicyHead(
                policy.getNamespace(), policy.getName(), scopeOf(policy.getScope()), policy.getDryRun(), policy);
        return head.compile(() -> actionOf(policy), _ -> {
            List<Rule> rules = new ArrayList<>(policy.getGroupsCount());
            for (Group group : policy.getGroupsList()) {
                rules.add(rule(head, rules.size(), group));
            }
            return List.copyOf(rules);
        });
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

    private static Rule rule(PolicyHead head, int index, Group group) {
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
        return new Rule(index, List.copyOf(clauses), head.allowed(index));
    }

    private static List<Condition> conditions(Match match) {
        if (match.getExtensionsCount() > 0) {
            throw new IllegalArgumentException(
                    "unknown extension " + match.getExtensions(0).getName());
        }
        Fields to = new Fields();
        strings(to, "namespaces", TextAttribute.NAMESPACE, match.getNamespacesList(), false);
        strings(to, "notNamespaces", TextAttribute.NAMESPACE, match.getNotNamespacesList(), true);
        strings(to, "principals", TextAttribute.PRINCIPAL, match.getPrincipalsList(), false);
        strings(to, "notPrincipals", TextAttribute.PRINCIPAL, match.getNotPrincipalsList(), true);
        accounts(to, "serviceAccounts", match.getServiceAccountsList(), false);
        accounts(to, "notServiceAccounts", match.getNotServiceAccountsList(), true);
        addresses(to, "ipBlocks", RequestAttributes::source, match.getSourceIpsList(), false);
        addresses(to, "notIpBlocks", RequestAttributes::source, match.getNotSourceIpsList(), true);
        addresses(to, "destination.ip", RequestAttributes::destination, match.getDestinationIpsList(), false);
        addresses(to, "not destination.ip", RequestAttributes::destination, match.getNotDestinationIpsList(), true);
        to.port("ports", match.getDestinationPortsList(), false, port -> port);
        to.port("notPorts", match.getNotDestinationPortsList(), true, port -> port);
        return to.conditions();
    }

    private static void strings(
            Fields to, String field, TextAttribute attribute, List<StringMatch> values, boolean negated) {
        to.text(field, attribute, values, negated, AuthorizationCompiler::matcher);
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

    private static void accounts(Fields to, String field, List<ServiceAccountMatch> values, boolean negated) {
        to.serviceAccount(
                field,
                values,
                negated,
                account -> new ServiceAccount(account.getNamespace(), account.getServiceAccount()));
    }

    private static void addresses(
            Fields to, String field, Condition.AddressAttribute attribute, List<Address> values, boolean negated) {
        to.address(
                field,
                attribute,
                values,
                negated,
                address -> new Cidr(IpAddress.ofBytes(address.getAddress()), address.getLength()));
    }
}

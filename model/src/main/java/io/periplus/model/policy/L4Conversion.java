package io.periplus.model.policy;

import io.periplus.api.security.AuthorizationPolicy;
import io.periplus.api.security.AuthorizationPolicy.Condition;
import io.periplus.api.security.AuthorizationPolicy.Rule;
import io.periplus.api.security.AuthorizationPolicy.Source;
import io.periplus.model.MeshSettings;
import io.periplus.wire.authorization.Action;
import io.periplus.wire.authorization.Group;
import io.periplus.wire.authorization.Match;
import io.periplus.wire.authorization.Rules;
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
                || policy.dryRun() && !mesh.ztunnelDryRun()
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
        for (int i = 0; i < policy.rules().size() && policy.action() != null; i++) {
            Rule rule = policy.rules().get(i);
            SortedSet<String> found = L4Unsupported.of(rule);
            unsupported.addAll(found);
            boolean dropped = action == Action.ALLOW && (!found.isEmpty() || faulty(policy, i));
            if (!dropped) {
                groups.add(group(rule, policy.key().namespace()));
            }
        }
        return new L4Policy(
                policy.key(),
                scope,
                action,
                policy.dryRun(),
                Objects.requireNonNullElse(policy.selector(), Map.of()),
                List.copyOf(groups),
                List.copyOf(unsupported));
    }

    /** Whether one of a policy's problems is in this rule. */
    static boolean faulty(AuthorizationPolicy policy, int rule) {
        return policy.problems().stream().anyMatch(problem -> problem.startsWith("spec.rules[" + rule + "]"));
    }

    private static Group group(Rule rule, String namespace) {
        Group.Builder group = Group.newBuilder();
        if (!rule.to().isEmpty()) {
            Rules.Builder to = Rules.newBuilder();
            rule.to()
                    .forEach(operation -> to.addMatches(Match.newBuilder()
                            .addAllDestinationPorts(L4Values.ports(operation.ports()))
                            .addAllNotDestinationPorts(L4Values.ports(operation.notPorts()))));
            group.addRules(to);
        }
        if (!rule.from().isEmpty()) {
            Rules.Builder from = Rules.newBuilder();
            rule.from().forEach(source -> from.addMatches(source(source, namespace)));
            group.addRules(from);
        }
        for (Condition condition : rule.when()) {
            group.addRules(Rules.newBuilder().addMatches(condition(condition, namespace)));
        }
        return group.build();
    }

    private static Match source(Source source, String namespace) {
        Match.Builder match = Match.newBuilder()
                .addAllPrincipals(L4Values.strings(source.principals()))
                .addAllNotPrincipals(L4Values.strings(source.notPrincipals()))
                .addAllNamespaces(L4Values.namespaces(source.namespaces()))
                .addAllNotNamespaces(L4Values.strings(sayable(source.notNamespaces())))
                .addAllSourceIps(L4Values.addresses(source.ipBlocks()))
                .addAllNotSourceIps(L4Values.addresses(source.notIpBlocks()))
                .addAllServiceAccounts(L4Values.accounts(source.serviceAccounts(), namespace))
                .addAllNotServiceAccounts(L4Values.accounts(source.notServiceAccounts(), namespace));
        if (source.principals().isEmpty()) {
            trustDomains(match, source.trustDomains(), List.of());
        }
        trustDomains(match, List.of(), source.notTrustDomains());
        return match.build();
    }

    private static Match condition(Condition condition, String namespace) {
        Match.Builder match = Match.newBuilder();
        List<String> values = condition.values();
        List<String> not = condition.notValues();
        switch (condition.key()) {
            case "source.ip" ->
                match.addAllSourceIps(L4Values.addresses(values)).addAllNotSourceIps(L4Values.addresses(not));
            case "source.namespace" ->
                match.addAllNamespaces(L4Values.namespaces(values)).addAllNotNamespaces(L4Values.strings(sayable(not)));
            case "source.principal" ->
                match.addAllPrincipals(L4Values.strings(values)).addAllNotPrincipals(L4Values.strings(not));
            case "source.serviceAccount" ->
                match.addAllServiceAccounts(L4Values.accounts(values, namespace))
                        .addAllNotServiceAccounts(L4Values.accounts(not, namespace));
            case "source.trustDomain" -> trustDomains(match, values, not);
            case "destination.ip" ->
                match.addAllDestinationIps(L4Values.addresses(values)).addAllNotDestinationIps(L4Values.addresses(not));
            case "destination.port" ->
                match.addAllDestinationPorts(L4Values.ports(values)).addAllNotDestinationPorts(L4Values.ports(not));
            default -> {}
        }
        return match.build();
    }

    // A DENY denies more if a namespace that it excepts cannot be said, or a trust domain.
    private static List<String> sayable(List<String> excepted) {
        return excepted.stream().filter(value -> !L4Values.hasStarInside(value)).toList();
    }

    private static void trustDomains(Match.Builder match, List<String> values, List<String> not) {
        if (values.stream().anyMatch(L4Values::isEndOfTrustDomain)) {
            match.addAllPrincipals(L4Values.strings(List.of("*")));
        } else {
            match.addAllPrincipals(L4Values.trustDomains(values));
        }
        match.addAllNotPrincipals(L4Values.trustDomains(not.stream()
                .filter(value -> !L4Values.isEndOfTrustDomain(value))
                .toList()));
    }
}

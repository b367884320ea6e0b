package io.periplus.model.policy;

import com.google.protobuf.ByteString;
import com.google.protobuf.Empty;
import io.periplus.api.Cidr;
import io.periplus.api.security.AuthorizationPolicy;
import io.periplus.api.security.AuthorizationPolicy.Condition;
import io.periplus.api.security.AuthorizationPolicy.Operation;
import io.periplus.api.security.AuthorizationPolicy.Rule;
import io.periplus.api.security.AuthorizationPolicy.Source;
import io.periplus.api.security.Ports;
import io.periplus.wire.authorization.Action;
import io.periplus.wire.authorization.Address;
import io.periplus.wire.authorization.Group;
import io.periplus.wire.authorization.Match;
import io.periplus.wire.authorization.Rules;
import io.periplus.wire.authorization.Scope;
import io.periplus.wire.authorization.ServiceAccountMatch;
import io.periplus.wire.authorization.StringMatch;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * From an AuthorizationPolicy to what ztunnel can judge. An ALLOW rule that names an HTTP attribute is left out (it
 * allows less); a DENY rule keeps its L4 part (it denies more).
 */
public final class L4Conversion {
    private L4Conversion() {}

    /** The L4 policy; null for one that no ztunnel enforces (it has targets, or is AUDIT, CUSTOM or a dry run). */
    public static @Nullable L4Policy convert(AuthorizationPolicy policy, String rootNamespace) {
        if (!policy.targetRefs().isEmpty()
                || policy.dryRun()
                || policy.action() == AuthorizationPolicy.Action.AUDIT
                || policy.action() == AuthorizationPolicy.Action.CUSTOM) {
            return null;
        }
        Scope scope = policy.selector() != null
                ? Scope.WORKLOAD_SELECTOR
                : policy.key().namespace().equals(rootNamespace) ? Scope.GLOBAL : Scope.NAMESPACE;
        // An action that is not known is read as an ALLOW that allows nothing: closed, not open.
        Action action = policy.action() == AuthorizationPolicy.Action.DENY ? Action.DENY : Action.ALLOW;
        SortedSet<String> unsupported = new TreeSet<>();
        List<Group> groups = new ArrayList<>();
        for (int i = 0; i < policy.rules().size() && policy.action() != null; i++) {
            Rule rule = policy.rules().get(i);
            SortedSet<String> found = unsupported(rule);
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
                            .addAllDestinationPorts(ports(operation.ports()))
                            .addAllNotDestinationPorts(ports(operation.notPorts()))));
            group.addRules(to);
        }
        if (!rule.from().isEmpty()) {
            Rules.Builder from = Rules.newBuilder();
            rule.from().forEach(source -> from.addMatches(source(source, namespace)));
            group.addRules(from);
        }
        for (Condition condition : rule.when()) {
            group.addRules(Rules.newBuilder().addMatches(condition(condition)));
        }
        return group.build();
    }

    private static Match source(Source source, String namespace) {
        return Match.newBuilder()
                .addAllPrincipals(strings(source.principals()))
                .addAllNotPrincipals(strings(source.notPrincipals()))
                .addAllNamespaces(strings(source.namespaces()))
                .addAllNotNamespaces(strings(source.notNamespaces()))
                .addAllSourceIps(addresses(source.ipBlocks()))
                .addAllNotSourceIps(addresses(source.notIpBlocks()))
                .addAllServiceAccounts(accounts(source.serviceAccounts(), namespace))
                .addAllNotServiceAccounts(accounts(source.notServiceAccounts(), namespace))
                .build();
    }

    private static Match condition(Condition condition) {
        Match.Builder match = Match.newBuilder();
        List<String> values = condition.values();
        List<String> not = condition.notValues();
        switch (condition.key()) {
            case "source.ip" -> match.addAllSourceIps(addresses(values)).addAllNotSourceIps(addresses(not));
            case "source.namespace" -> match.addAllNamespaces(strings(values)).addAllNotNamespaces(strings(not));
            case "source.principal" -> match.addAllPrincipals(strings(values)).addAllNotPrincipals(strings(not));
            case "destination.ip" ->
                match.addAllDestinationIps(addresses(values)).addAllNotDestinationIps(addresses(not));
            case "destination.port" ->
                match.addAllDestinationPorts(ports(values)).addAllNotDestinationPorts(ports(not));
            default -> {}
        }
        return match.build();
    }

    private static SortedSet<String> unsupported(Rule rule) {
        SortedSet<String> found = new TreeSet<>();
        for (Source source : rule.from()) {
            note(found, "requestPrincipals", source.requestPrincipals());
            note(found, "notRequestPrincipals", source.notRequestPrincipals());
            note(found, "remoteIpBlocks", source.remoteIpBlocks());
            note(found, "notRemoteIpBlocks", source.notRemoteIpBlocks());
            note(found, "trustDomains", source.trustDomains());
            note(found, "notTrustDomains", source.notTrustDomains());
        }
        for (Operation operation : rule.to()) {
            note(found, "hosts", operation.hosts());
            note(found, "notHosts", operation.notHosts());
            note(found, "methods", operation.methods());
            note(found, "notMethods", operation.notMethods());
            note(found, "paths", operation.paths());
            note(found, "notPaths", operation.notPaths());
        }
        for (Condition condition : rule.when()) {
            switch (condition.key()) {
                case "source.ip", "source.namespace", "source.principal", "destination.ip", "destination.port" -> {}
                default -> found.add(condition.key());
            }
        }
        return found;
    }

    private static void note(SortedSet<String> found, String field, List<String> values) {
        if (!values.isEmpty()) {
            found.add(field);
        }
    }

    private static List<StringMatch> strings(List<String> values) {
        return values.stream().map(L4Conversion::string).toList();
    }

    private static StringMatch string(String value) {
        StringMatch.Builder match = StringMatch.newBuilder();
        if (value.equals("*")) {
            match.setPresence(Empty.getDefaultInstance());
        } else if (value.startsWith("*")) {
            match.setSuffix(value.substring(1));
        } else if (value.endsWith("*")) {
            match.setPrefix(value.substring(0, value.length() - 1));
        } else {
            match.setExact(value);
        }
        return match.build();
    }

    private static List<Address> addresses(List<String> values) {
        return values.stream()
                .flatMap(value -> Cidr.parse(value).stream())
                .map(cidr -> Address.newBuilder()
                        .setAddress(ByteString.copyFrom(cidr.address().getAddress()))
                        .setLength(cidr.length())
                        .build())
                .toList();
    }

    private static List<Integer> ports(List<String> values) {
        return values.stream()
                .flatMapToInt(value -> Ports.parse(value).stream())
                .boxed()
                .toList();
    }

    private static List<ServiceAccountMatch> accounts(List<String> values, String namespace) {
        return values.stream()
                .map(value -> {
                    int slash = value.indexOf('/');
                    return ServiceAccountMatch.newBuilder()
                            .setNamespace(slash < 0 ? namespace : value.substring(0, slash))
                            .setServiceAccount(value.substring(slash + 1))
                            .build();
                })
                .toList();
    }
}

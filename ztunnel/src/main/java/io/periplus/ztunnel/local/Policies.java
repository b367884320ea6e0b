package io.periplus.ztunnel.local;

import com.google.protobuf.ByteString;
import com.google.protobuf.Empty;
import io.periplus.dataplane.address.Cidr;
import io.periplus.wire.authorization.Action;
import io.periplus.wire.authorization.Address;
import io.periplus.wire.authorization.Authorization;
import io.periplus.wire.authorization.Group;
import io.periplus.wire.authorization.Match;
import io.periplus.wire.authorization.Rules;
import io.periplus.wire.authorization.Scope;
import io.periplus.wire.authorization.ServiceAccountMatch;
import io.periplus.wire.authorization.StringMatch;
import java.util.List;
import java.util.Map;

/** Policies of the file: rules of clauses of matches. */
final class Policies {
    private static final Map<String, Scope> SCOPES =
            Map.of("Global", Scope.GLOBAL, "Namespace", Scope.NAMESPACE, "WorkloadSelector", Scope.WORKLOAD_SELECTOR);
    private static final Map<String, Action> ACTIONS = Map.of("Allow", Action.ALLOW, "Deny", Action.DENY);

    private Policies() {}

    static Authorization read(Entry from) {
        Authorization.Builder policy = Authorization.newBuilder()
                .setName(from.required("name"))
                .setNamespace(from.required("namespace"))
                .setScope(from.oneOf("scope", Scope.NAMESPACE, SCOPES))
                .setAction(from.oneOf("action", Action.ALLOW, ACTIONS))
                .setDryRun(from.flag("dryRun"));
        for (Object rule : from.list("rules")) {
            Group.Builder group = Group.newBuilder();
            for (Object clause : list(from, rule)) {
                Rules.Builder matches = Rules.newBuilder();
                list(from, clause).forEach(match -> matches.addMatches(match(Entry.of(match, "rules"))));
                group.addRules(matches);
            }
            policy.addGroups(group);
        }
        from.done();
        return policy.build();
    }

    private static List<?> list(Entry from, Object value) {
        if (value instanceof List<?> list) {
            return list;
        }
        throw from.unexpected(
                "rules", value, "a list of rules, which are lists of clauses, which are lists of matches");
    }

    private static Match match(Entry from) {
        Match match = Match.newBuilder()
                .addAllNamespaces(strings(from, "namespaces"))
                .addAllNotNamespaces(strings(from, "notNamespaces"))
                .addAllServiceAccounts(accounts(from, "serviceAccounts"))
                .addAllNotServiceAccounts(accounts(from, "notServiceAccounts"))
                .addAllPrincipals(strings(from, "principals"))
                .addAllNotPrincipals(strings(from, "notPrincipals"))
                .addAllSourceIps(blocks(from, "sourceIps"))
                .addAllNotSourceIps(blocks(from, "notSourceIps"))
                .addAllDestinationIps(blocks(from, "destinationIps"))
                .addAllNotDestinationIps(blocks(from, "notDestinationIps"))
                .addAllDestinationPorts(from.numbers("destinationPorts", 0, 0xffff))
                .addAllNotDestinationPorts(from.numbers("notDestinationPorts", 0, 0xffff))
                .build();
        from.done();
        return match;
    }

    private static List<StringMatch> strings(Entry from, String name) {
        return from.entries(name).stream().map(Policies::string).toList();
    }

    private static StringMatch string(Entry from) {
        StringMatch.Builder match = StringMatch.newBuilder();
        String exact = from.text("Exact");
        String prefix = from.text("Prefix");
        String suffix = from.text("Suffix");
        if (!exact.isEmpty()) {
            match.setExact(exact);
        } else if (!prefix.isEmpty()) {
            match.setPrefix(prefix);
        } else if (!suffix.isEmpty()) {
            match.setSuffix(suffix);
        } else {
            from.list("Presence");
            match.setPresence(Empty.getDefaultInstance());
        }
        from.done();
        return match.build();
    }

    private static List<ServiceAccountMatch> accounts(Entry from, String name) {
        return from.entries(name).stream()
                .map(account -> {
                    ServiceAccountMatch match = ServiceAccountMatch.newBuilder()
                            .setNamespace(account.required("namespace"))
                            .setServiceAccount(account.required("serviceAccount"))
                            .build();
                    account.done();
                    return match;
                })
                .toList();
    }

    private static List<Address> blocks(Entry from, String name) {
        return from.texts(name).stream()
                .map(text -> {
                    Cidr block = from.parsed(name, text, Cidr::parse);
                    return Address.newBuilder()
                            .setAddress(ByteString.copyFrom(
                                    block.base().toInetAddress().getAddress()))
                            .setLength(block.length())
                            .build();
                })
                .toList();
    }
}

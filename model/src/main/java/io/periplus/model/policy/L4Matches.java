package io.periplus.model.policy;

import io.periplus.api.security.AuthorizationPolicy.Condition;
import io.periplus.api.security.AuthorizationPolicy.Operation;
import io.periplus.api.security.AuthorizationPolicy.Source;
import io.periplus.wire.authorization.Match;
import java.util.List;

/** What ztunnel can compare of a source, an operation or a condition: nothing, where it only asks for what ztunnel cannot tell. */
final class L4Matches {
    private L4Matches() {}

    static Match operation(Operation operation) {
        return Match.newBuilder()
                .addAllDestinationPorts(L4Values.ports(operation.ports()))
                .addAllNotDestinationPorts(L4Values.ports(operation.notPorts()))
                .build();
    }

    static Match source(Source source, String namespace) {
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

    static Match condition(Condition condition, String namespace) {
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

package io.periplus.model.policy;

import io.periplus.api.security.AuthorizationPolicy.Condition;
import io.periplus.api.security.AuthorizationPolicy.Operation;
import io.periplus.api.security.AuthorizationPolicy.Rule;
import io.periplus.api.security.AuthorizationPolicy.Source;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Predicate;

/** What ztunnel cannot judge of a rule: HTTP attributes, and values that its messages cannot carry. */
final class L4Unsupported {
    private final SortedSet<String> found = new TreeSet<>();

    private L4Unsupported() {}

    /** The attributes, as users write them. */
    static SortedSet<String> of(Rule rule) {
        L4Unsupported unsupported = new L4Unsupported();
        rule.from().forEach(unsupported::source);
        rule.to().forEach(unsupported::operation);
        rule.when().forEach(unsupported::condition);
        return unsupported.found;
    }

    private void source(Source source) {
        note("requestPrincipals", source.requestPrincipals());
        note("notRequestPrincipals", source.notRequestPrincipals());
        note("remoteIpBlocks", source.remoteIpBlocks());
        note("notRemoteIpBlocks", source.notRemoteIpBlocks());
        noteAny("namespaces", source.namespaces(), L4Values::hasStarInside);
        noteAny("notNamespaces", source.notNamespaces(), L4Values::hasStarInside);
        // Both would be principals, of which any one may match.
        if (source.principals().isEmpty()) {
            noteAny("trustDomains", source.trustDomains(), L4Values::isEndOfTrustDomain);
        } else {
            note("trustDomains", source.trustDomains());
        }
        noteAny("notTrustDomains", source.notTrustDomains(), L4Values::isEndOfTrustDomain);
    }

    private void operation(Operation operation) {
        note("hosts", operation.hosts());
        note("notHosts", operation.notHosts());
        note("methods", operation.methods());
        note("notMethods", operation.notMethods());
        note("paths", operation.paths());
        note("notPaths", operation.notPaths());
    }

    private void condition(Condition condition) {
        String key = condition.key();
        switch (key) {
            case "source.ip", "source.principal", "source.serviceAccount", "destination.ip", "destination.port" -> {}
            case "source.namespace" -> {
                noteAny(key, condition.values(), L4Values::hasStarInside);
                noteAny(key, condition.notValues(), L4Values::hasStarInside);
            }
            case "source.trustDomain" -> {
                noteAny(key, condition.values(), L4Values::isEndOfTrustDomain);
                noteAny(key, condition.notValues(), L4Values::isEndOfTrustDomain);
            }
            default -> found.add(key);
        }
    }

    private void note(String field, List<String> values) {
        noteAny(field, values, _ -> true);
    }

    private void noteAny(String field, List<String> values, Predicate<String> unsupported) {
        if (values.stream().anyMatch(unsupported)) {
            found.add(field);
        }
    }
}

package io.periplus.model;

import io.periplus.wire.authorization.Action;
import io.periplus.wire.authorization.Authorization;
import io.periplus.wire.authorization.Group;
import io.periplus.wire.authorization.Match;
import io.periplus.wire.authorization.Rules;
import io.periplus.wire.authorization.Scope;
import io.periplus.wire.authorization.StringMatch;
import io.periplus.wire.workload.Workload;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;

/**
 * Judges as a ztunnel does what it was sent: namespace and global policies by scope, others where the workload lists
 * them; DENY first; no ALLOW means accepted. Knows principals, namespaces and ports, which is what these tests use.
 */
final class ZtunnelJudge {
    private final AmbientIndex index;

    ZtunnelJudge(AmbientIndex index) {
        this.index = index;
    }

    /** Whether a connection is accepted. An empty principal is a client without an identity. */
    boolean accepts(String pod, String principal, int port) {
        Workload workload = java.util.Objects.requireNonNull(index.podWorkloads.get(Objects.name(pod)))
                .forZtunnel();
        boolean anyAllow = false;
        boolean allowed = false;
        Map<String, Authorization> policies = policies();
        for (String listed : workload.getAuthorizationPoliciesList()) {
            if (!policies.containsKey(listed)) {
                throw new AssertionError(pod + " lists " + listed + ", which was not sent");
            }
        }
        for (Map.Entry<String, Authorization> entry : policies.entrySet()) {
            Authorization policy = entry.getValue();
            boolean applies = policy.getScope() == Scope.GLOBAL
                    || (policy.getScope() == Scope.NAMESPACE
                            && policy.getNamespace().equals(workload.getNamespace()))
                    || workload.getAuthorizationPoliciesList().contains(entry.getKey());
            if (!applies) {
                continue;
            }
            boolean matches = policy.getGroupsList().stream().anyMatch(g -> matches(g, principal, port));
            if (policy.getAction() == Action.DENY && matches) {
                return false;
            }
            anyAllow |= policy.getAction() == Action.ALLOW;
            allowed |= policy.getAction() == Action.ALLOW && matches;
        }
        return !anyAllow || allowed;
    }

    /** Everything that is sent to ztunnels. */
    Map<String, Authorization> policies() {
        Map<String, Authorization> all =
                new TreeMap<>(index.nodePolicies.shaped().entries());
        all.putAll(index.nodePolicies.peer().entries());
        all.putAll(index.nodePolicies.ofMesh().entries());
        return all;
    }

    private static boolean matches(Group group, String principal, int port) {
        for (Rules rules : group.getRulesList()) {
            if (rules.getMatchesCount() > 0
                    && rules.getMatchesList().stream().noneMatch(m -> matches(m, principal, port))) {
                return false;
            }
        }
        return true;
    }

    private static boolean matches(Match match, String principal, int port) {
        if (match.equals(Match.getDefaultInstance())) {
            return false;
        }
        String namespace = principal.isEmpty() ? "" : principal.split("/")[2];
        Predicate<StringMatch> name = m -> matches(m, principal);
        Predicate<StringMatch> space = m -> matches(m, namespace);
        return positive(match.getPrincipalsList(), name)
                && match.getNotPrincipalsList().stream().noneMatch(name)
                && positive(match.getNamespacesList(), space)
                && match.getNotNamespacesList().stream().noneMatch(space)
                && positive(match.getDestinationPortsList(), p -> p == port)
                && match.getNotDestinationPortsList().stream().noneMatch(p -> p == port);
    }

    private static <T> boolean positive(List<T> values, Predicate<T> test) {
        return values.isEmpty() || values.stream().anyMatch(test);
    }

    private static boolean matches(StringMatch match, String value) {
        return switch (match.getMatchTypeCase()) {
            case EXACT -> match.getExact().equals(value);
            case PREFIX -> value.startsWith(match.getPrefix());
            case SUFFIX -> value.endsWith(match.getSuffix());
            case PRESENCE -> !value.isEmpty();
            case MATCHTYPE_NOT_SET -> false;
        };
    }
}

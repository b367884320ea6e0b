package io.periplus.api.security;

import io.periplus.api.NamespacedName;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * An {@code AuthorizationPolicy} as its user wrote it.
 *
 * @param generation     the object's generation, for status conditions
 * @param created        creation time as the API server wrote it (RFC 3339), so that order of age is order of text
 * @param selector       labels of the workloads it applies to; null when it has none
 * @param targetRefs     what it is attached to at a waypoint; empty when it has no targets
 * @param action         null when the value is not known (then {@code problems} says so)
 * @param provider       for {@link Action#CUSTOM}
 * @param dryRun         evaluated and reported, not enforced
 * @param rules          ORed
 * @param problems       what is wrong with it, one sentence each, naming the field; empty for a valid policy
 */
public record AuthorizationPolicy(
        NamespacedName key,
        long generation,
        String created,
        @Nullable Map<String, String> selector,
        List<TargetRef> targetRefs,
        @Nullable Action action,
        @Nullable String provider,
        boolean dryRun,
        List<Rule> rules,
        List<String> problems) {

    /** The same with other rules. */
    public AuthorizationPolicy withRules(List<Rule> others) {
        return new AuthorizationPolicy(
                key, generation, created, selector, targetRefs, action, provider, dryRun, others, problems);
    }

    /** What a matching rule means. */
    public enum Action {
        ALLOW,
        DENY,
        AUDIT,
        CUSTOM
    }

    /** An object a policy is attached to, always in the policy's namespace or cluster-scoped. */
    public record TargetRef(String group, String kind, String name) {}

    /** {@code from}, {@code to} and {@code when} are ANDed; entries of from and of to ORed, of when ANDed. */
    public record Rule(List<Source> from, List<Operation> to, List<Condition> when) {}

    /** A condition on an attribute. */
    public record Condition(String key, List<String> values, List<String> notValues) {}

    /** Who calls. Fields are ANDed, values of one field ORed. */
    public record Source(
            List<String> principals,
            List<String> notPrincipals,
            List<String> requestPrincipals,
            List<String> notRequestPrincipals,
            List<String> namespaces,
            List<String> notNamespaces,
            List<String> ipBlocks,
            List<String> notIpBlocks,
            List<String> remoteIpBlocks,
            List<String> notRemoteIpBlocks,
            List<String> serviceAccounts,
            List<String> notServiceAccounts,
            List<String> trustDomains,
            List<String> notTrustDomains) {
        /** The values of each field. */
        Stream<List<String>> fields() {
            return Stream.of(
                    principals,
                    notPrincipals,
                    requestPrincipals,
                    notRequestPrincipals,
                    namespaces,
                    notNamespaces,
                    ipBlocks,
                    notIpBlocks,
                    remoteIpBlocks,
                    notRemoteIpBlocks,
                    serviceAccounts,
                    notServiceAccounts,
                    trustDomains,
                    notTrustDomains);
        }

        /** The same with what is said of identities written anew: each list of principals, and each of trust domains. */
        public Source withIdentities(UnaryOperator<List<String>> byPrincipal, UnaryOperator<List<String>> byDomain) {
            return new Source(
                    byPrincipal.apply(principals),
                    byPrincipal.apply(notPrincipals),
                    requestPrincipals,
                    notRequestPrincipals,
                    namespaces,
                    notNamespaces,
                    ipBlocks,
                    notIpBlocks,
                    remoteIpBlocks,
                    notRemoteIpBlocks,
                    serviceAccounts,
                    notServiceAccounts,
                    byDomain.apply(trustDomains),
                    byDomain.apply(notTrustDomains));
        }
    }

    /** What is called. Fields are ANDed, values of one field ORed. */
    public record Operation(
            List<String> hosts,
            List<String> notHosts,
            List<String> ports,
            List<String> notPorts,
            List<String> methods,
            List<String> notMethods,
            List<String> paths,
            List<String> notPaths) {
        /** The values of each field. */
        Stream<List<String>> fields() {
            return Stream.of(hosts, notHosts, ports, notPorts, methods, notMethods, paths, notPaths);
        }
    }
}

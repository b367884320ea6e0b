package io.periplus.dataplane.policy;

import io.periplus.dataplane.policy.Listings.Listing;
import io.periplus.wire.workload.Workload;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * All policies that this proxy knows, as one immutable snapshot, and the judgement over them. Order: CUSTOM, which
 * callers ask for beforehand ({@link #custom}); then a policy that cannot be understood or has not arrived refuses, then
 * DENY, then, if ALLOW policies apply, one of them has to match. Judging allocates nothing unless it refuses, and hardly
 * takes longer among many policies than among few.
 */
public final class PolicySet {
    private final Map<String, CompiledPolicy> policies;
    private final Set<String> withdrawn;
    private final PolicyGroups groups;
    private final Listings listings;
    private final boolean asksForServerName;

    private PolicySet(Map<String, CompiledPolicy> policies, Set<String> withdrawn, PolicyGroups groups) {
        this.policies = policies;
        this.withdrawn = withdrawn;
        this.groups = groups;
        this.listings = new Listings(groups.listed(), this::isMissing);
        this.asksForServerName = policies.values().stream().anyMatch(CompiledPolicy::asksForServerName);
    }

    /** No policies. */
    public static PolicySet empty() {
        return new PolicySet(Map.of(), Set.of(), PolicyGroups.NONE);
    }

    /** These policies. */
    public static PolicySet of(Collection<CompiledPolicy> policies) {
        Map<String, CompiledPolicy> byKey = new HashMap<>();
        policies.forEach(policy -> byKey.put(policy.key(), policy));
        return empty().next(byKey, Set.of());
    }

    /**
     * Other policies in place of these; what is the same in both is not built again.
     *
     * @param gone names that the control plane withdrew: a workload that still lists one is not closed for it
     */
    PolicySet next(Map<String, CompiledPolicy> all, Set<String> gone) {
        return new PolicySet(Map.copyOf(all), Set.copyOf(gone), PolicyGroups.of(all.values(), groups));
    }

    /** Every policy by {@code namespace/name}. */
    public Map<String, CompiledPolicy> policies() {
        return policies;
    }

    /** The policies of a namespace. */
    PolicyGroup group(String namespace) {
        return groups.namespace(namespace);
    }

    /**
     * Judges traffic for a workload by the policies of the mesh, of its namespace and those that it lists: ztunnel's
     * judgement, and the waypoint's after it has chosen an endpoint. A listed policy that was never received refuses.
     */
    public Decision authorizeWorkload(Workload workload, RequestAttributes attributes) {
        Listing listing = listings.of(workload);
        if (listing.missing() != null) {
            return Refusals.missing(listing.missing());
        }
        return judge(groups.everywhere(), groups.namespace(workload.getNamespace()), listing.group(), attributes);
    }

    /** Judges a request for a service by the policies that target it or the whole gateway, before an endpoint is chosen. */
    public Decision authorizeService(String namespace, String hostname, RequestAttributes attributes) {
        return judge(groups.wholeGateway(), groups.service(namespace, hostname), PolicyGroup.EMPTY, attributes);
    }

    /**
     * The CUSTOM policy about which an external authorizer has to be asked before this traffic for a service is judged; one
     * that decides comes before one in dry run. {@code null} if there is none.
     */
    public @Nullable CustomMatch custom(String namespace, String hostname, RequestAttributes attributes) {
        CustomMatch wide = groups.wholeGateway().custom(attributes);
        if (wide != null && !wide.dryRun()) {
            return wide;
        }
        CustomMatch narrow = groups.service(namespace, hostname).custom(attributes);
        return narrow == null || (wide != null && narrow.dryRun()) ? wide : narrow;
    }

    /**
     * The same among the policies whose provider was not asked yet: all that apply have to be asked.
     *
     * @param asked names of providers
     */
    public @Nullable CustomMatch custom(
            String namespace, String hostname, RequestAttributes attributes, Set<String> asked) {
        if (asked.isEmpty()) {
            return custom(namespace, hostname, attributes);
        }
        CustomMatch wide = groups.wholeGateway().custom(attributes, asked);
        if (wide != null && !wide.dryRun()) {
            return wide;
        }
        CustomMatch narrow = groups.service(namespace, hostname).custom(attributes, asked);
        return narrow == null || (wide != null && narrow.dryRun()) ? wide : narrow;
    }

    /** Whether any policy asks for the server name of clients' own TLS, so that it has to be looked for. */
    public boolean asksForServerName() {
        return asksForServerName;
    }

    /** Whether any policy is AUDIT or in dry run. */
    public boolean leavesMarks() {
        return groups.marking();
    }

    /** What AUDIT and dry-run policies for a service say; {@code null} if there is nothing to say. */
    public @Nullable Marks marksOfService(String namespace, String hostname, RequestAttributes attributes) {
        return groups.marking()
                ? Marking.of(attributes, groups.wholeGateway(), groups.service(namespace, hostname))
                : null;
    }

    /** What AUDIT and dry-run policies for a workload say; {@code null} if there is nothing to say. */
    public @Nullable Marks marksOfWorkload(Workload workload, RequestAttributes attributes) {
        return groups.marking()
                ? Marking.of(
                        attributes,
                        groups.everywhere(),
                        groups.namespace(workload.getNamespace()),
                        listings.of(workload).group())
                : null;
    }

    /** How {@link #authorizeWorkload} comes to its decision. For people: it asks every policy that applies. */
    public Explanation explainWorkload(Workload workload, RequestAttributes attributes) {
        List<String> missing = workload.getAuthorizationPoliciesList().stream()
                .filter(this::isMissing)
                .toList();
        List<CompiledPolicy> applying = ordered(
                groups.everywhere(),
                groups.namespace(workload.getNamespace()),
                listings.of(workload).group());
        return Explainer.explain(authorizeWorkload(workload, attributes), missing, applying, attributes);
    }

    /**
     * How {@link #authorizeService} comes to its decision. CUSTOM policies are shown with their matches; what their
     * authorizers would answer is not known here, and the decision is the one after they agreed.
     */
    public Explanation explainService(String namespace, String hostname, RequestAttributes attributes) {
        List<CompiledPolicy> applying = ordered(groups.wholeGateway(), groups.service(namespace, hostname));
        return Explainer.explain(authorizeService(namespace, hostname, attributes), List.of(), applying, attributes);
    }

    /** In the order of judgement; what decides nothing comes last. */
    private static List<CompiledPolicy> ordered(PolicyGroup... groups) {
        List<CompiledPolicy> all = new ArrayList<>();
        for (PolicyGroup group : groups) {
            all.addAll(group.all());
        }
        all.sort(Comparator.comparingInt(PolicySet::stage));
        return all;
    }

    private static int stage(CompiledPolicy policy) {
        if (policy.dryRun()) {
            return 5;
        }
        if (policy.unreadable() != null && policy.action() != CompiledPolicy.Action.AUDIT) {
            return 0;
        }
        return switch (policy.action()) {
            case CUSTOM -> 1;
            case DENY -> 2;
            case ALLOW -> 3;
            case AUDIT -> 4;
        };
    }

    private boolean isMissing(String name) {
        return !policies.containsKey(name) && !withdrawn.contains(name);
    }

    private static Decision judge(
            PolicyGroup wide, PolicyGroup narrow, PolicyGroup listed, RequestAttributes attributes) {
        Decision.Denied refusal = wide.closed();
        refusal = refusal != null ? refusal : narrow.closed();
        refusal = refusal != null ? refusal : listed.closed();
        refusal = refusal != null ? refusal : wide.refusal(attributes);
        refusal = refusal != null ? refusal : narrow.refusal(attributes);
        refusal = refusal != null ? refusal : listed.refusal(attributes);
        if (refusal != null) {
            return refusal;
        }
        Decision.Allowed permission = wide.permission(attributes);
        permission = permission != null ? permission : narrow.permission(attributes);
        permission = permission != null ? permission : listed.permission(attributes);
        if (permission != null) {
            return permission;
        }
        return wide.allow().isEmpty()
                        && narrow.allow().isEmpty()
                        && listed.allow().isEmpty()
                ? Decision.NO_POLICY
                : Nearest.refusal(List.of(wide.allow(), narrow.allow(), listed.allow()), attributes);
    }
}

package io.periplus.dataplane.policy;

import io.periplus.wire.workload.Workload;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * All policies that this proxy knows, as one immutable snapshot, and the judgement over them. Order: CUSTOM, which
 * callers ask for beforehand ({@link #custom}); then a policy that cannot be understood refuses, then DENY, then, if ALLOW
 * policies apply, one of them has to match.
 * Judging allocates nothing unless it refuses.
 */
public final class PolicySet {
    private final Map<String, CompiledPolicy> policies;
    private final Set<String> withdrawn;
    private final PolicyGroup everywhere;
    private final Map<String, PolicyGroup> byNamespace;
    /** By policy key: those that workloads list. */
    private final Map<String, PolicyGroup> listed;

    private final PolicyGroup wholeGateway;
    /** By host name, then namespace. */
    private final Map<String, Map<String, PolicyGroup>> byService;

    PolicySet(Map<String, CompiledPolicy> policies, Set<String> withdrawn) {
        this.policies = Map.copyOf(policies);
        this.withdrawn = Set.copyOf(withdrawn);
        List<CompiledPolicy> everything = new ArrayList<>();
        List<CompiledPolicy> gateway = new ArrayList<>();
        Map<String, List<CompiledPolicy>> namespaces = new HashMap<>();
        Map<String, PolicyGroup> selected = new HashMap<>();
        Map<String, Map<String, List<CompiledPolicy>>> services = new HashMap<>();
        for (CompiledPolicy policy : new java.util.TreeMap<>(policies).values()) {
            switch (policy.scope()) {
                case PolicyScope.Everything() -> everything.add(policy);
                case PolicyScope.OwnNamespace() ->
                    namespaces
                            .computeIfAbsent(policy.namespace(), key -> new ArrayList<>())
                            .add(policy);
                case PolicyScope.Listed() -> selected.put(policy.key(), PolicyGroup.of(List.of(policy)));
                case PolicyScope.Services(var targets, boolean whole) -> {
                    if (whole) {
                        gateway.add(policy);
                    }
                    for (PolicyScope.ServiceName target : targets) {
                        services.computeIfAbsent(target.hostname(), key -> new HashMap<>())
                                .computeIfAbsent(target.namespace(), key -> new ArrayList<>())
                                .add(policy);
                    }
                }
            }
        }
        this.everywhere = PolicyGroup.of(everything);
        this.wholeGateway = PolicyGroup.of(gateway);
        this.byNamespace = grouped(namespaces);
        this.listed = Map.copyOf(selected);
        this.byService = new HashMap<>();
        services.forEach((hostname, perNamespace) -> byService.put(hostname, grouped(perNamespace)));
    }

    /** No policies. */
    public static PolicySet empty() {
        return new PolicySet(Map.of(), Set.of());
    }

    /** These policies. */
    public static PolicySet of(Collection<CompiledPolicy> policies) {
        Map<String, CompiledPolicy> byKey = new HashMap<>();
        policies.forEach(policy -> byKey.put(policy.key(), policy));
        return new PolicySet(byKey, Set.of());
    }

    /** Every policy by {@code namespace/name}. */
    public Map<String, CompiledPolicy> policies() {
        return policies;
    }

    /** Names that the control plane withdrew: a workload that still lists one is not closed for it. */
    Set<String> withdrawn() {
        return withdrawn;
    }

    /**
     * Judges traffic for a workload by the policies of the mesh, of its namespace and those that it lists: ztunnel's
     * judgement, and the waypoint's after it has chosen an endpoint. A listed policy that was never received refuses.
     */
    public Decision authorizeWorkload(Workload workload, RequestAttributes attributes) {
        PolicyGroup namespace = byNamespace.getOrDefault(workload.getNamespace(), PolicyGroup.EMPTY);
        return judge(everywhere, namespace, workload.getAuthorizationPoliciesList(), attributes);
    }

    /** Judges a request for a service by the policies that target it or the whole gateway, before an endpoint is chosen. */
    public Decision authorizeService(String namespace, String hostname, RequestAttributes attributes) {
        Map<String, PolicyGroup> perNamespace = byService.get(hostname);
        PolicyGroup own = perNamespace == null ? null : perNamespace.get(namespace);
        return judge(wholeGateway, own == null ? PolicyGroup.EMPTY : own, List.of(), attributes);
    }

    /**
     * How {@link #authorizeWorkload} comes to its decision. For people: it asks every policy that applies.
     */
    public Explanation explainWorkload(Workload workload, RequestAttributes attributes) {
        PolicyGroup namespace = byNamespace.getOrDefault(workload.getNamespace(), PolicyGroup.EMPTY);
        List<PolicyGroup> groups = new ArrayList<>(List.of(everywhere, namespace));
        List<String> missing = new ArrayList<>();
        for (String name : workload.getAuthorizationPoliciesList()) {
            PolicyGroup group = listed.get(name);
            if (group != null) {
                groups.add(group);
            } else if (isMissing(name)) {
                missing.add(name);
            }
        }
        return Explainer.explain(authorizeWorkload(workload, attributes), missing, ordered(groups), attributes);
    }

    /**
     * How {@link #authorizeService} comes to its decision. CUSTOM policies are shown with their matches; what their
     * authorizers would answer is not known here, and the decision is the one after they agreed.
     */
    public Explanation explainService(String namespace, String hostname, RequestAttributes attributes) {
        Map<String, PolicyGroup> perNamespace = byService.getOrDefault(hostname, Map.of());
        List<PolicyGroup> groups = List.of(wholeGateway, perNamespace.getOrDefault(namespace, PolicyGroup.EMPTY));
        return Explainer.explain(
                authorizeService(namespace, hostname, attributes), List.of(), ordered(groups), attributes);
    }

    /** In the order of judgement; what decides nothing comes last. */
    private static List<CompiledPolicy> ordered(List<PolicyGroup> groups) {
        return groups.stream()
                .flatMap(group -> group.all().stream())
                .sorted(java.util.Comparator.comparingInt(PolicySet::stage))
                .toList();
    }

    private static int stage(CompiledPolicy policy) {
        if (policy.dryRun()) {
            return 5;
        }
        if (policy.unreadable() != null) {
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

    /**
     * The CUSTOM policy about which an external authorizer has to be asked before this traffic for a service is judged; one
     * that decides comes before one in dry run. {@code null} if there is none.
     */
    public @Nullable CustomMatch custom(String namespace, String hostname, RequestAttributes attributes) {
        CustomMatch wide = wholeGateway.custom(attributes);
        if (wide != null && !wide.dryRun()) {
            return wide;
        }
        Map<String, PolicyGroup> perNamespace = byService.get(hostname);
        PolicyGroup own = perNamespace == null ? null : perNamespace.get(namespace);
        CustomMatch narrow = own == null ? null : own.custom(attributes);
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
        CustomMatch wide = wholeGateway.custom(attributes, asked);
        if (wide != null && !wide.dryRun()) {
            return wide;
        }
        Map<String, PolicyGroup> perNamespace = byService.get(hostname);
        PolicyGroup own = perNamespace == null ? null : perNamespace.get(namespace);
        CustomMatch narrow = own == null ? null : own.custom(attributes, asked);
        return narrow == null || (wide != null && narrow.dryRun()) ? wide : narrow;
    }

    private Decision judge(PolicyGroup wide, PolicyGroup narrow, List<String> names, RequestAttributes attributes) {
        Decision.Denied refusal = wide.refusal(attributes);
        refusal = refusal != null ? refusal : narrow.refusal(attributes);
        refusal = refusal != null ? refusal : refusalOfListed(names, attributes);
        if (refusal != null) {
            return refusal;
        }
        Decision.Allowed permission = wide.permission(attributes);
        permission = permission != null ? permission : narrow.permission(attributes);
        permission = permission != null ? permission : permissionOfListed(names, attributes);
        if (permission != null) {
            return permission;
        }
        boolean open = wide.allow().isEmpty() && narrow.allow().isEmpty() && !listsAllow(names);
        return open ? Decision.NO_POLICY : Refusals.notAllowed(allowing(wide, narrow, names), attributes);
    }

    private Decision.@Nullable Denied refusalOfListed(List<String> names, RequestAttributes attributes) {
        for (int i = 0; i < names.size(); i++) {
            PolicyGroup group = listed.get(names.get(i));
            if (group == null && isMissing(names.get(i))) {
                return Refusals.missing(names.get(i));
            }
            Decision.Denied refusal = group == null ? null : group.refusal(attributes);
            if (refusal != null) {
                return refusal;
            }
        }
        return null;
    }

    private Decision.@Nullable Allowed permissionOfListed(List<String> names, RequestAttributes attributes) {
        for (int i = 0; i < names.size(); i++) {
            PolicyGroup group = listed.get(names.get(i));
            Decision.Allowed permission = group == null ? null : group.permission(attributes);
            if (permission != null) {
                return permission;
            }
        }
        return null;
    }

    private boolean listsAllow(List<String> names) {
        for (int i = 0; i < names.size(); i++) {
            PolicyGroup group = listed.get(names.get(i));
            if (group != null && !group.allow().isEmpty()) {
                return true;
            }
        }
        return false;
    }

    private List<CompiledPolicy> allowing(PolicyGroup wide, PolicyGroup narrow, List<String> names) {
        List<CompiledPolicy> all = new ArrayList<>(wide.allow());
        all.addAll(narrow.allow());
        for (String name : names) {
            PolicyGroup group = listed.get(name);
            if (group != null) {
                all.addAll(group.allow());
            }
        }
        return all;
    }

    private static Map<String, PolicyGroup> grouped(Map<String, List<CompiledPolicy>> lists) {
        Map<String, PolicyGroup> groups = new HashMap<>();
        lists.forEach((key, list) -> groups.put(key, PolicyGroup.of(list)));
        return groups;
    }
}

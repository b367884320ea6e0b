package io.periplus.dataplane.policy;

import io.periplus.dataplane.policy.CompiledPolicy.Action;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Policies by what they apply to.
 *
 * @param services by host name, then namespace
 * @param listed by key: those that workloads may list, which is every policy that is for workloads, whatever its own scope
 * @param marking whether any policy decides nothing and so leaves marks
 */
record PolicyGroups(
        PolicyGroup everywhere,
        PolicyGroup wholeGateway,
        Map<String, PolicyGroup> namespaces,
        Map<String, Map<String, PolicyGroup>> services,
        Map<String, CompiledPolicy> listed,
        boolean marking) {
    static final PolicyGroups NONE =
            new PolicyGroups(PolicyGroup.EMPTY, PolicyGroup.EMPTY, Map.of(), Map.of(), Map.of(), false);

    /** The group of a namespace. */
    PolicyGroup namespace(String name) {
        return namespaces.getOrDefault(name, PolicyGroup.EMPTY);
    }

    /** The group of a service. */
    PolicyGroup service(String namespace, String hostname) {
        Map<String, PolicyGroup> byNamespace = services.get(hostname);
        return byNamespace == null ? PolicyGroup.EMPTY : byNamespace.getOrDefault(namespace, PolicyGroup.EMPTY);
    }

    /** Groups policies; a group that has the same policies as before is the same. */
    static PolicyGroups of(Collection<CompiledPolicy> policies, PolicyGroups before) {
        List<CompiledPolicy> everywhere = new ArrayList<>();
        List<CompiledPolicy> gateway = new ArrayList<>();
        Map<String, List<CompiledPolicy>> namespaces = new HashMap<>();
        Map<String, Map<String, List<CompiledPolicy>>> services = new HashMap<>();
        Map<String, CompiledPolicy> listed = new HashMap<>();
        List<CompiledPolicy> sorted = new ArrayList<>(policies);
        sorted.sort(Comparator.comparing(CompiledPolicy::key));
        for (CompiledPolicy policy : sorted) {
            if (!(policy.scope() instanceof PolicyScope.Services)) {
                listed.put(policy.key(), policy);
            }
            switch (policy.scope()) {
                case PolicyScope.Everything() -> everywhere.add(policy);
                case PolicyScope.OwnNamespace() ->
                    namespaces
                            .computeIfAbsent(policy.namespace(), _ -> new ArrayList<>())
                            .add(policy);
                case PolicyScope.Listed() -> {} // applies only where it is listed
                case PolicyScope.Services(var targets, boolean whole) -> {
                    if (whole) {
                        gateway.add(policy);
                    }
                    for (PolicyScope.ServiceName target : targets) {
                        services.computeIfAbsent(target.hostname(), _ -> new HashMap<>())
                                .computeIfAbsent(target.namespace(), _ -> new ArrayList<>())
                                .add(policy);
                    }
                }
            }
        }
        Map<String, Map<String, PolicyGroup>> byService = new HashMap<>();
        services.forEach((hostname, lists) ->
                byService.put(hostname, grouped(lists, before.services.getOrDefault(hostname, Map.of()))));
        return new PolicyGroups(
                group(everywhere, before.everywhere),
                group(gateway, before.wholeGateway),
                grouped(namespaces, before.namespaces),
                byService,
                listed,
                policies.stream().anyMatch(policy -> policy.dryRun() || policy.action() == Action.AUDIT));
    }

    private static Map<String, PolicyGroup> grouped(
            Map<String, List<CompiledPolicy>> lists, Map<String, PolicyGroup> before) {
        Map<String, PolicyGroup> groups = new HashMap<>();
        lists.forEach((key, list) -> groups.put(key, group(list, before.getOrDefault(key, PolicyGroup.EMPTY))));
        return groups;
    }

    private static PolicyGroup group(List<CompiledPolicy> policies, PolicyGroup before) {
        return isSame(policies, before.all()) ? before : PolicyGroup.of(policies);
    }

    // Policies are immutable, and compiled anew when they change.
    @SuppressWarnings("ReferenceEquality")
    private static boolean isSame(List<CompiledPolicy> a, List<CompiledPolicy> b) {
        if (a.size() != b.size()) {
            return false;
        }
        for (int i = 0; i < a.size(); i++) {
            if (a.get(i) != b.get(i)) {
                return false;
            }
        }
        return true;
    }
}

package io.periplus.model.policy;

import io.periplus.api.NamespacedName;
import io.periplus.model.collection.Collection;
import io.periplus.model.collection.Fetch;
import io.periplus.model.waypoint.Waypoint;
import io.periplus.wire.authorization.Action;
import io.periplus.wire.authorization.Authorization;
import io.periplus.wire.authorization.Group;
import io.periplus.wire.authorization.Match;
import io.periplus.wire.authorization.Rules;
import io.periplus.wire.authorization.Scope;
import io.periplus.wire.authorization.ServiceAccountMatch;
import io.periplus.wire.authorization.StringMatch;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Makes policies follow the traffic through a waypoint: about a hop from a workload's own waypoint the client is not
 * known at the destination, so the waypoint has judged it, and ztunnel must admit it.
 *
 * <ul>
 *   <li>An ALLOW stays as it is; where any ALLOW applies to a workload behind a waypoint, one for the waypoint's
 *       principals is listed beside it ({@link #allow}).
 *   <li>A DENY with a selector has one variant for each set of waypoints that workloads stand behind, which does not
 *       apply to their principals; the workload lists the variant instead.
 *   <li>A DENY for a namespace or the mesh keeps its name and scope, and no longer applies to the principals of waypoints
 *       there; a complement with a selector's scope applies to just those, and is listed by the workloads that do not
 *       stand behind them. So there is never a moment without the policy for ordinary clients.
 * </ul>
 *
 * A rule that names a waypoint's principal exactly goes on applying to it. Principals are those in all names of the trust
 * domain.
 */
public record Shaping(Collection<NamespacedName, Waypoint> waypoints, Function<Fetch, TrustDomains> trustDomains) {
    // An underscore cannot occur in the name of an object, so these names cannot collide with users'.
    private static final String BEHIND = "_behind_";
    private static final String FROM_WAYPOINTS = "_from_waypoints";

    /** All forms of a policy, by resource name. */
    public Map<String, Authorization> forms(Fetch fetch, L4Policy policy, Shape shape) {
        Map<String, Authorization> forms = new LinkedHashMap<>();
        if (policy.action() == Action.ALLOW || shape.waypoints().isEmpty()) {
            add(forms, policy, policy.key().name(), policy.scope(), policy.groups());
        } else if (policy.scope() == Scope.WORKLOAD_SELECTOR) {
            add(forms, policy, policy.key().name(), policy.scope(), policy.groups());
            for (List<NamespacedName> set : shape.behind()) {
                if (!set.isEmpty()) {
                    List<Group> groups = except(policy.groups(), principals(fetch, set));
                    add(forms, policy, variant(policy, set), policy.scope(), groups);
                }
            }
        } else {
            SortedSet<String> all = principals(fetch, shape.waypoints());
            add(forms, policy, policy.key().name(), policy.scope(), except(policy.groups(), all));
            for (List<NamespacedName> set : shape.behind()) {
                SortedSet<String> foreign = foreign(fetch, shape, set);
                if (!foreign.isEmpty()) {
                    List<Group> groups = only(policy.groups(), foreign);
                    add(forms, policy, complement(policy, set), Scope.WORKLOAD_SELECTOR, groups);
                }
            }
        }
        return forms;
    }

    /** The resource name that a workload behind these waypoints lists for a policy that selects it. */
    public static String selected(L4Policy policy, List<NamespacedName> behind) {
        return policy.action() == Action.ALLOW || behind.isEmpty()
                ? policy.key().toString()
                : policy.key().namespace() + "/" + variant(policy, behind);
    }

    /**
     * The resource name that a workload behind these waypoints lists beside a policy for its namespace or the mesh; null
     * when it lists none.
     *
     * @param shape of the part of the mesh in which the policy holds
     */
    public @Nullable String beside(Fetch fetch, L4Policy policy, Shape shape, List<NamespacedName> behind) {
        boolean none = policy.scope() == Scope.WORKLOAD_SELECTOR
                || policy.action() == Action.ALLOW
                || foreign(fetch, shape, behind).isEmpty();
        return none ? null : policy.key().namespace() + "/" + complement(policy, behind);
    }

    /** The resource name of {@link #allow}; null for a waypoint without principals. */
    public @Nullable String allowName(Fetch fetch, NamespacedName waypoint) {
        Waypoint found = fetch.get(waypoints, waypoint);
        return found == null || found.principals().isEmpty()
                ? null
                : waypoint.namespace() + "/" + allowPolicyName(waypoint);
    }

    /** The policy that admits a waypoint, for workloads behind it to which some other ALLOW applies. */
    public Map<String, Authorization> allow(Fetch fetch, NamespacedName waypoint) {
        SortedSet<String> principals = principals(fetch, List.of(waypoint));
        if (principals.isEmpty()) {
            return Map.of();
        }
        String name = allowPolicyName(waypoint);
        Authorization policy = Authorization.newBuilder()
                .setName(name)
                .setNamespace(waypoint.namespace())
                .setScope(Scope.WORKLOAD_SELECTOR)
                .setAction(Action.ALLOW)
                .addGroups(Group.newBuilder().addRules(principalRule(principals, true)))
                .build();
        return Map.of(waypoint.namespace() + "/" + name, policy);
    }

    private static String allowPolicyName(NamespacedName waypoint) {
        return "istio_allow_waypoint_" + waypoint.namespace() + "_" + waypoint.name();
    }

    private static String variant(L4Policy policy, List<NamespacedName> behind) {
        return policy.key().name() + BEHIND + names(behind);
    }

    private static String complement(L4Policy policy, List<NamespacedName> behind) {
        return policy.key().name() + FROM_WAYPOINTS + (behind.isEmpty() ? "" : BEHIND + names(behind));
    }

    private static String names(List<NamespacedName> waypoints) {
        return waypoints.stream().map(w -> w.namespace() + "." + w.name()).collect(Collectors.joining("_"));
    }

    private SortedSet<String> foreign(Fetch fetch, Shape shape, List<NamespacedName> behind) {
        SortedSet<String> foreign = principals(fetch, shape.waypoints());
        foreign.removeAll(principals(fetch, behind));
        return foreign;
    }

    private SortedSet<String> principals(Fetch fetch, List<NamespacedName> names) {
        SortedSet<String> principals = new TreeSet<>();
        for (NamespacedName name : names) {
            Waypoint waypoint = fetch.get(waypoints, name);
            if (waypoint != null) {
                principals.addAll(waypoint.principals());
            }
        }
        return trustDomains.apply(fetch).principals(principals);
    }

    private static List<Group> except(List<Group> groups, SortedSet<String> principals) {
        return groups.stream()
                .map(group -> {
                    List<String> excepted = unnamed(group, principals);
                    return excepted.isEmpty()
                            ? group
                            : group.toBuilder()
                                    .addRules(principalRule(excepted, false))
                                    .build();
                })
                .toList();
    }

    private static List<Group> only(List<Group> groups, SortedSet<String> principals) {
        return groups.stream()
                .filter(group -> !unnamed(group, principals).isEmpty())
                .map(group -> group.toBuilder()
                        .addRules(principalRule(unnamed(group, principals), true))
                        .build())
                .toList();
    }

    private static List<String> unnamed(Group group, SortedSet<String> principals) {
        return principals.stream().filter(p -> !names(group, p)).toList();
    }

    private static boolean names(Group group, String principal) {
        for (Rules rules : group.getRulesList()) {
            for (Match match : rules.getMatchesList()) {
                for (StringMatch exact : match.getPrincipalsList()) {
                    if (exact.getExact().equals(principal)) {
                        return true;
                    }
                }
                for (ServiceAccountMatch account : match.getServiceAccountsList()) {
                    if (principal.endsWith("/ns/" + account.getNamespace() + "/sa/" + account.getServiceAccount())) {
                        return true;
                    }
                }
            }
        }
        return false;
    }

    private static Rules principalRule(Iterable<String> principals, boolean positive) {
        Match.Builder match = Match.newBuilder();
        for (String principal : principals) {
            StringMatch exact = StringMatch.newBuilder().setExact(principal).build();
            if (positive) {
                match.addPrincipals(exact);
            } else {
                match.addNotPrincipals(exact);
            }
        }
        return Rules.newBuilder().addMatches(match).build();
    }

    private static void add(
            Map<String, Authorization> forms, L4Policy policy, String name, Scope scope, List<Group> groups) {
        Authorization authorization = Authorization.newBuilder()
                .setName(name)
                .setNamespace(policy.key().namespace())
                .setScope(scope)
                .setAction(policy.action())
                .setDryRun(policy.dryRun())
                .addAllGroups(groups)
                .build();
        forms.put(policy.key().namespace() + "/" + name, authorization);
    }
}

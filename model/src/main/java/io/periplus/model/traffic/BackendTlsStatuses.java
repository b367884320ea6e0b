package io.periplus.model.traffic;

import io.periplus.api.NamespacedName;
import io.periplus.model.collection.Collection;
import io.periplus.model.collection.Fetch;
import io.periplus.model.collection.Index;
import io.periplus.model.gateway.References;
import io.periplus.model.input.BackendTlsPolicyInput;
import io.periplus.model.input.BackendTlsPolicyInput.Target;
import io.periplus.model.input.ConditionInput;
import io.periplus.model.input.PolicyAncestorStatus;
import io.periplus.model.route.ServedRouteKey;
import io.periplus.model.workload.ServiceInfo;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What the status of BackendTLSPolicies says: an entry for every Gateway, waypoints included, that sends traffic to a service
 * which the policy targets.
 *
 * @param ofEntry  services of ServiceEntries by the name of the entry
 * @param routed   by the services that are routed to
 * @param ancestors what of it stands in the objects already
 */
public record BackendTlsStatuses(
        Collection<NamespacedName, ServiceInfo> services,
        Index<NamespacedName, String, ServiceInfo> ofEntry,
        BackendTlsPolicies policies,
        Index<String, ServedRouteKey, RoutedServices> routed,
        References references,
        Collection<NamespacedName, List<PolicyAncestorStatus>> ancestors) {
    private static final String ACCEPTED = "Accepted";
    private static final String RESOLVED = "ResolvedRefs";

    /** Of the API. */
    private static final int ANCESTORS_MAX = 16;

    /** What became of a target, the best last. */
    private enum Outcome {
        CONFLICTED,
        NO_SUCH_PORT,
        WON
    }

    /** The status. */
    public BackendTlsStatus of(Fetch fetch, BackendTlsPolicyInput policy) {
        Map<NamespacedName, Outcome> outcomes = new TreeMap<>();
        for (Target target : policy.targets()) {
            for (ServiceInfo service : services(fetch, policy, target)) {
                Outcome outcome = outcome(fetch, policy, service, target);
                gateways(fetch, service)
                        .forEach(gateway -> outcomes.merge(gateway, outcome, (a, b) -> a.compareTo(b) > 0 ? a : b));
            }
        }
        List<PolicyAncestorStatus> wanted = outcomes.entrySet().stream()
                .limit(ANCESTORS_MAX)
                .map(entry -> new PolicyAncestorStatus(
                        entry.getKey(),
                        conditions(fetch, policy, entry.getValue()).stream()
                                .map(condition -> condition.observed(policy.generation()))
                                .toList()))
                .toList();
        return new BackendTlsStatus(
                policy.key(), wanted, Objects.requireNonNullElse(fetch.get(ancestors, policy.key()), List.of()));
    }

    private List<ServiceInfo> services(Fetch fetch, BackendTlsPolicyInput policy, Target target) {
        NamespacedName name = new NamespacedName(policy.key().namespace(), target.name());
        if (BackendTlsPolicies.isEntry(target)) {
            return fetch.by(ofEntry, name);
        }
        ServiceInfo service = BackendTlsPolicies.isService(target) ? fetch.get(services, name) : null;
        return service == null ? List.of() : List.of(service);
    }

    private Set<NamespacedName> gateways(Fetch fetch, ServiceInfo service) {
        Set<NamespacedName> gateways = new TreeSet<>(service.binding().allExpected());
        fetch.by(routed, service.resourceName()).forEach(route -> gateways.add(route.gateway()));
        return gateways;
    }

    private Outcome outcome(Fetch fetch, BackendTlsPolicyInput policy, ServiceInfo service, Target target) {
        boolean known = target.sectionName().isEmpty()
                || service.ports().stream().anyMatch(port -> port.name().equals(target.sectionName()));
        if (!known) {
            return Outcome.NO_SUCH_PORT;
        }
        BackendTlsPolicyInput winner = policies.of(fetch, service, target.sectionName());
        return winner != null && winner.key().equals(policy.key()) ? Outcome.WON : Outcome.CONFLICTED;
    }

    private List<ConditionInput> conditions(Fetch fetch, BackendTlsPolicyInput policy, Outcome outcome) {
        References.Resolved authorities =
                references.authorities(fetch, policy.key().namespace(), policy.authorities());
        return List.of(accepted(policy, outcome, authorities), resolved(policy, authorities));
    }

    private static ConditionInput accepted(
            BackendTlsPolicyInput policy, Outcome outcome, References.Resolved authorities) {
        return switch (outcome) {
            case CONFLICTED ->
                refused("Conflicted", "an older policy, or one with a lesser name, has the same targets");
            case NO_SUCH_PORT -> refused("TargetNotFound", "the service has no port of the name in sectionName");
            case WON -> {
                if (policy.system() || !authorities.usable().isEmpty()) {
                    yield ConditionInput.of(ACCEPTED, true, ACCEPTED, "Configuration is valid");
                }
                References.@Nullable Problem problem = authorities.problem();
                yield refused(
                        "NoValidCACertificate",
                        problem == null
                                ? "neither caCertificateRefs nor wellKnownCACertificates says whom to trust"
                                : "no certificate authority can be used: " + problem.message()
                                        + "; connections to the backend fail");
            }
        };
    }

    private static ConditionInput resolved(BackendTlsPolicyInput policy, References.Resolved authorities) {
        References.@Nullable Problem problem = policy.system() ? null : authorities.problem();
        return problem == null
                ? ConditionInput.of(RESOLVED, true, RESOLVED, "All references resolved")
                : ConditionInput.of(RESOLVED, false, problem.reason(), problem.message());
    }

    private static ConditionInput refused(String reason, String message) {
        return ConditionInput.of(ACCEPTED, false, reason, message);
    }
}

package io.periplus.model.policy;

import io.periplus.api.NamespacedName;
import io.periplus.api.security.AuthorizationPolicy;
import io.periplus.api.security.AuthorizationPolicy.Action;
import io.periplus.model.MeshSettings;
import io.periplus.model.MeshSwitch;
import io.periplus.model.collection.Collection;
import io.periplus.model.collection.Fetch;
import io.periplus.model.input.ConditionInput;
import io.periplus.model.mesh.Providers;
import io.periplus.wire.waypoint.ExtensionProvider;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The status conditions of AuthorizationPolicies. */
public record PolicyStatuses(
        MeshSettings mesh,
        TargetVerdicts targets,
        Collection<String, Shape> shapes,
        EdgePods edgePods,
        Collection<String, ExtensionProvider> providers) {

    /** The status of a policy. */
    public PolicyStatus of(Fetch fetch, AuthorizationPolicy policy) {
        ConditionInput condition = policy.problems().isEmpty()
                ? null
                : ConditionInput.of("", false, "Invalid", String.join("; ", policy.problems()) + closing(policy));
        if (policy.targetRefs().isEmpty()) {
            return new PolicyStatus(
                    policy.key(), typed(PolicyStatus.ZTUNNEL, condition, ztunnel(fetch, policy), policy), null);
        }
        Verdict verdict =
                absent(policy, withoutProvider(fetch, policy, targets.of(fetch, policy.key(), policy.targetRefs())));
        return new PolicyStatus(policy.key(), null, typed(PolicyStatus.WAYPOINT, condition, verdict, policy));
    }

    // What a waypoint would have to ask about and cannot, it denies.
    private Verdict withoutProvider(Fetch fetch, AuthorizationPolicy policy, Verdict verdict) {
        String problem = policy.action() == Action.CUSTOM && verdict.accepted()
                ? Providers.problem(fetch, providers, policy.provider())
                : null;
        return problem == null
                ? verdict
                : new Verdict(
                        true,
                        verdict.reason(),
                        verdict.message() + ". Extension provider \"" + policy.provider() + "\" " + problem
                                + ": requests that match the rules are denied");
    }

    // Metadata of Envoy's filters, none of which runs here.
    private static Verdict absent(AuthorizationPolicy policy, Verdict verdict) {
        List<String> keys = policy.rules().stream()
                .flatMap(rule -> rule.when().stream())
                .map(AuthorizationPolicy.Condition::key)
                .filter(key -> key.startsWith("experimental."))
                .distinct()
                .toList();
        return keys.isEmpty() || !verdict.accepted()
                ? verdict
                : new Verdict(
                        true,
                        verdict.reason(),
                        verdict.message() + ". Nothing sets " + String.join(", ", keys)
                                + ": values never match, notValues always do");
    }

    private static ConditionInput typed(
            String type, @Nullable ConditionInput problem, Verdict verdict, AuthorizationPolicy policy) {
        ConditionInput condition = problem == null
                ? ConditionInput.of(type, verdict.accepted(), verdict.reason(), verdict.message())
                : ConditionInput.of(type, false, problem.reason(), problem.message());
        return condition.observed(policy.generation());
    }

    private Verdict ztunnel(Fetch fetch, AuthorizationPolicy policy) {
        String elsewhere = elsewhere(fetch, policy);
        if (policy.action() == Action.AUDIT || policy.action() == Action.CUSTOM) {
            return unsupported("ztunnel does not support action " + policy.action()
                    + "; add targetRefs to enforce it at a waypoint" + elsewhere);
        }
        L4Policy converted = L4Conversion.convert(policy, mesh);
        if (converted == null) {
            return unsupported("ztunnel does not support dry-run policies"
                    + (elsewhere.isEmpty() ? "; the policy has no effect" : elsewhere));
        }
        if (converted.unsupported().isEmpty()) {
            return new Verdict(true, "Accepted", "attached to ztunnel" + elsewhere);
        }
        return new Verdict(
                true,
                "UnsupportedValue",
                "ztunnel does not support HTTP attributes (found: " + String.join(", ", converted.unsupported())
                        + "). In ambient mode you must use a waypoint proxy to enforce HTTP rules. "
                        + effect(policy, converted)
                        + elsewhere);
    }

    private String effect(AuthorizationPolicy policy, L4Policy converted) {
        if (policy.action() != Action.DENY) {
            return "Within ztunnel the rules that contain them are left out, which allows less than written";
        }
        String rules =
                converted.ineffective().stream().map(i -> "rules[" + i + "]").collect(Collectors.joining(", "));
        String none = mesh.does(MeshSwitch.ZTUNNEL_DENIES_WITHOUT_HTTP)
                ? "; what asks for nothing else denies nothing there ("
                : "; rules with a part that asks for nothing else deny nothing there (";
        return "Within ztunnel the policy keeps the other attributes of its rules, which denies more than written"
                + (rules.isEmpty() ? "" : none + rules + ")");
    }

    // What is wrong within a rule; other problems say themselves what they do.
    private static String closing(AuthorizationPolicy policy) {
        if (policy.action() == null || policy.problems().stream().noneMatch(text -> text.startsWith("spec.rules["))) {
            return "";
        }
        return switch (policy.action()) {
            case ALLOW -> ". The rules with these fields are left out: they allow nothing";
            case DENY -> ". These parts of the rules are left out: the rules deny more than written";
            case CUSTOM -> ". These parts of the rules are left out: the provider is asked about more than written";
            case AUDIT -> ". These parts of the rules are left out: the rules mark more than written";
        };
    }

    /** The proxies other than ztunnels that judge a policy without targets; empty if there are none. */
    private String elsewhere(Fetch fetch, AuthorizationPolicy policy) {
        List<NamespacedName> behind = WaypointPolicies.isForEndpoints(policy)
                ? Shapes.around(fetch, mesh, shapes, policy.key().namespace()).waypoints()
                : List.of();
        List<NamespacedName> gateways = edgePods.selectedBy(fetch, policy.key().namespace(), policy.selector());
        return where("requests that come through a waypoint", behind) + where("requests at a Gateway", gateways);
    }

    private static String where(String what, List<NamespacedName> proxies) {
        return proxies.isEmpty()
                ? ""
                : "; " + what + " ("
                        + proxies.stream().map(NamespacedName::toString).collect(Collectors.joining(", "))
                        + ") are judged there by the whole policy";
    }

    private static Verdict unsupported(String message) {
        return new Verdict(false, "UnsupportedValue", message);
    }
}

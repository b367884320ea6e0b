package io.periplus.model.policy;

import io.periplus.api.NamespacedName;
import io.periplus.api.security.AuthorizationPolicy;
import io.periplus.api.security.AuthorizationPolicy.Action;
import io.periplus.api.security.AuthorizationPolicy.TargetRef;
import io.periplus.model.MeshSettings;
import io.periplus.model.collection.Collection;
import io.periplus.model.collection.Fetch;
import io.periplus.model.collection.Index;
import io.periplus.model.input.ConditionInput;
import io.periplus.model.input.GatewayClassInput;
import io.periplus.model.mesh.Providers;
import io.periplus.model.waypoint.Binding;
import io.periplus.model.waypoint.Waypoint;
import io.periplus.model.waypoint.Waypoints;
import io.periplus.model.workload.ServiceInfo;
import io.periplus.wire.waypoint.ExtensionProvider;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The status conditions of AuthorizationPolicies. */
public record PolicyStatuses(
        MeshSettings mesh,
        Collection<NamespacedName, ServiceInfo> services,
        Index<NamespacedName, String, ServiceInfo> servicesOfEntry,
        Collection<NamespacedName, Waypoint> waypoints,
        Collection<String, GatewayClassInput> classes,
        Collection<String, Shape> shapes,
        Collection<String, ExtensionProvider> providers) {

    private record Verdict(boolean accepted, String reason, String message) {}

    /** The status of a policy. */
    public PolicyStatus of(Fetch fetch, AuthorizationPolicy policy) {
        ConditionInput condition = policy.problems().isEmpty()
                ? null
                : ConditionInput.of("", false, "Invalid", String.join("; ", policy.problems()));
        if (policy.targetRefs().isEmpty()) {
            return new PolicyStatus(
                    policy.key(), typed(PolicyStatus.ZTUNNEL, condition, ztunnel(fetch, policy), policy), null);
        }
        Verdict verdict = withoutProvider(fetch, policy, waypoint(fetch, policy));
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

    private static ConditionInput typed(
            String type, @Nullable ConditionInput problem, Verdict verdict, AuthorizationPolicy policy) {
        ConditionInput condition = problem == null
                ? ConditionInput.of(type, verdict.accepted(), verdict.reason(), verdict.message())
                : ConditionInput.of(type, false, problem.reason(), problem.message());
        return condition.observed(policy.generation());
    }

    private Verdict ztunnel(Fetch fetch, AuthorizationPolicy policy) {
        if (policy.action() == Action.AUDIT || policy.action() == Action.CUSTOM) {
            return unsupported("ztunnel does not support action " + policy.action()
                    + "; add targetRefs to enforce it at a waypoint");
        }
        if (policy.dryRun()) {
            return unsupported("ztunnel does not support dry-run policies; the policy has no effect");
        }
        L4Policy converted = L4Conversion.convert(policy, mesh.rootNamespace());
        if (converted == null || converted.unsupported().isEmpty()) {
            return new Verdict(true, "Accepted", "attached to ztunnel");
        }
        String effect = policy.action() == Action.DENY
                ? "Within ztunnel the policy keeps the other attributes of its rules, which denies more than written,"
                        + " or nothing where a rule has no others."
                : "Within ztunnel the rules that contain them are left out, which allows less than written.";
        List<NamespacedName> behind =
                Shapes.around(fetch, mesh, shapes, policy.key().namespace()).waypoints();
        String elsewhere = behind.isEmpty()
                ? ""
                : " Requests that come through a waypoint ("
                        + behind.stream().map(NamespacedName::toString).collect(Collectors.joining(", "))
                        + ") are judged there by the whole policy.";
        return new Verdict(
                true,
                "UnsupportedValue",
                "ztunnel does not support HTTP attributes (found: " + String.join(", ", converted.unsupported())
                        + "). In ambient mode you must use a waypoint proxy to enforce HTTP rules. " + effect
                        + elsewhere);
    }

    private static Verdict unsupported(String message) {
        return new Verdict(false, "UnsupportedValue", message);
    }

    private Verdict waypoint(Fetch fetch, AuthorizationPolicy policy) {
        List<Verdict> verdicts = new ArrayList<>();
        List<String> bad = new ArrayList<>();
        for (TargetRef ref : policy.targetRefs()) {
            Verdict verdict = target(fetch, policy, ref);
            verdicts.add(verdict);
            if (!verdict.accepted()) {
                bad.add(ref.kind() + "." + ref.group() + ":" + policy.key().namespace() + "/" + ref.name());
            }
        }
        if (verdicts.size() == 1) {
            return verdicts.getFirst();
        }
        if (bad.isEmpty()) {
            return new Verdict(
                    true,
                    "Accepted",
                    verdicts.stream().map(Verdict::message).distinct().collect(Collectors.joining(", ")));
        }
        return bad.size() < verdicts.size()
                ? new Verdict(true, "PartiallyInvalid", "targetRefs that are not bound: " + String.join(", ", bad))
                : new Verdict(false, "Invalid", "no targetRef is bound: " + String.join(", ", bad));
    }

    private Verdict target(Fetch fetch, AuthorizationPolicy policy, TargetRef ref) {
        NamespacedName name = new NamespacedName(policy.key().namespace(), ref.name());
        String group = ref.group().equals("core") ? "" : ref.group();
        return switch (group + "/" + ref.kind()) {
            case "/Service" -> service(fetch.get(services, name), "Service", name);
            case "gateway.networking.k8s.io/Gateway" -> gateway(fetch.get(waypoints, name), name);
            case "gateway.networking.k8s.io/GatewayClass" -> gatewayClass(fetch, policy, ref);
            case "networking.istio.io/ServiceEntry" ->
                service(fetch.by(servicesOfEntry, name).stream().findFirst().orElse(null), "ServiceEntry", name);
            default ->
                new Verdict(
                        false,
                        "Invalid",
                        "targetRefs of kind \"" + ref.kind() + "\" in group \"" + ref.group()
                                + "\" are not supported (expected a Service, ServiceEntry, Gateway or GatewayClass)");
        };
    }

    private static Verdict service(@Nullable ServiceInfo service, String kind, NamespacedName name) {
        if (service == null) {
            return new Verdict(false, "TargetNotFound", kind + " " + name + " was not found");
        }
        return switch (service.binding()) {
            case Binding.Bound bound -> new Verdict(true, "Accepted", "bound to " + bound.waypoint());
            case Binding.Waiting waiting ->
                notBound("waypoint \"" + waiting.waypoint() + "\" of " + kind + " " + name + " is not ready");
            case Binding.Leaving leaving ->
                notBound("waypoint \"" + leaving.waypoint() + "\" of " + kind + " " + name + " is not ready");
            case Binding.Refused refused -> notBound(kind + " " + name + ": " + refused.message());
            case Binding.None ignored ->
                notBound(kind + " " + name + " is not bound to a waypoint; label it or its namespace with"
                        + " istio.io/use-waypoint");
        };
    }

    private static Verdict notBound(String message) {
        return new Verdict(false, "AncestorNotBound", message);
    }

    private static Verdict gateway(@Nullable Waypoint waypoint, NamespacedName name) {
        if (waypoint == null || waypoint.leaving()) {
            return new Verdict(false, "TargetNotFound", "Gateway " + name + " was not found");
        }
        return waypoint.address() != null
                ? new Verdict(true, "Accepted", "bound to " + name)
                : notBound("Gateway " + name + " has no address yet");
    }

    private Verdict gatewayClass(Fetch fetch, AuthorizationPolicy policy, TargetRef ref) {
        if (!policy.key().namespace().equals(mesh.rootNamespace())) {
            return new Verdict(
                    false,
                    "Invalid",
                    "a policy that targets a GatewayClass must be in the root namespace " + mesh.rootNamespace());
        }
        String controller = Waypoints.controller(ref.name(), fetch.get(classes, ref.name()));
        if (controller.isEmpty()) {
            return new Verdict(false, "TargetNotFound", "GatewayClass " + ref.name() + " was not found");
        }
        return controller.equals(Waypoint.CONTROLLER)
                ? new Verdict(true, "Accepted", "bound to " + ref.name())
                : new Verdict(
                        false,
                        "Invalid",
                        "GatewayClass " + ref.name() + " is handled by " + controller + ", not by waypoints");
    }
}

package io.periplus.model.policy;

import io.periplus.api.NamespacedName;
import io.periplus.api.security.AuthorizationPolicy.TargetRef;
import io.periplus.model.MeshSettings;
import io.periplus.model.collection.Collection;
import io.periplus.model.collection.Fetch;
import io.periplus.model.collection.Index;
import io.periplus.model.input.GatewayClassInput;
import io.periplus.model.waypoint.Binding;
import io.periplus.model.waypoint.Waypoint;
import io.periplus.model.waypoint.Waypoints;
import io.periplus.model.workload.ServiceInfo;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Whether what a policy's {@code targetRefs} name is served by a waypoint or Gateway. */
public record TargetVerdicts(
        MeshSettings mesh,
        Collection<NamespacedName, ServiceInfo> services,
        Index<NamespacedName, String, ServiceInfo> servicesOfEntry,
        Collection<NamespacedName, Waypoint> waypoints,
        Collection<String, GatewayClassInput> classes) {

    /** The verdict about all targets of a policy. */
    public Verdict of(Fetch fetch, NamespacedName policy, List<TargetRef> refs) {
        List<Verdict> verdicts = new ArrayList<>();
        List<String> bad = new ArrayList<>();
        for (TargetRef ref : refs) {
            Verdict verdict = target(fetch, policy, ref);
            verdicts.add(verdict);
            if (!verdict.accepted()) {
                bad.add(ref.kind() + "." + ref.group() + ":" + policy.namespace() + "/" + ref.name());
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

    private Verdict target(Fetch fetch, NamespacedName policy, TargetRef ref) {
        NamespacedName name = new NamespacedName(policy.namespace(), ref.name());
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

    private Verdict gatewayClass(Fetch fetch, NamespacedName policy, TargetRef ref) {
        if (!policy.namespace().equals(mesh.rootNamespace())) {
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

package io.periplus.model.waypoint;

import io.periplus.api.Annotations;
import io.periplus.api.Labels;
import io.periplus.api.NamespacedName;
import io.periplus.api.limit.RateLimitPolicy;
import io.periplus.api.security.AuthorizationPolicy;
import io.periplus.api.security.RequestAuthentication;
import io.periplus.model.MeshSettings;
import io.periplus.model.MeshSwitch;
import io.periplus.model.collection.Collection;
import io.periplus.model.collection.Fetch;
import io.periplus.model.collection.Index;
import io.periplus.model.input.GatewayInput;
import io.periplus.model.input.NamespaceInput;
import io.periplus.model.input.PodInput;
import io.periplus.model.input.Selectors;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Resolves which waypoint a service or a workload uses.
 *
 * @param authorizing    AuthorizationPolicies by what they are attached to
 * @param authenticating RequestAuthentications by what they are attached to
 * @param untargeted     AuthorizationPolicies without targets that are enforced in full at waypoints only, by namespace
 * @param limiting       RateLimitPolicies that fail closed by what they are attached to
 */
public record Bindings(
        MeshSettings mesh,
        Collection<String, NamespaceInput> namespaces,
        Collection<NamespacedName, Waypoint> waypoints,
        Index<Target, NamespacedName, AuthorizationPolicy> authorizing,
        Index<String, NamespacedName, AuthorizationPolicy> untargeted,
        Index<Target, NamespacedName, RequestAuthentication> authenticating,
        Index<Target, NamespacedName, RateLimitPolicy> limiting) {

    private static final Set<String> NEVER_BOUND = Set.of("istio.io-mesh-controller", "istio.io-eastwest-controller");

    /** The waypoint of a Service or ServiceEntry. */
    public Binding of(Fetch fetch, Bindable service) {
        return of(fetch, service, false);
    }

    /** The same for one whose traffic must not leave its namespace. */
    public Binding within(Fetch fetch, Bindable service) {
        return of(fetch, service, true);
    }

    private Binding of(Fetch fetch, Bindable service, boolean within) {
        if (NEVER_BOUND.contains(service.labels().getOrDefault(Labels.GATEWAY_MANAGED, ""))) {
            return Binding.NONE;
        }
        NamespaceInput namespace = fetch.get(namespaces, service.key().namespace());
        Reference reference = Reference.of(service.labels(), service.key().namespace(), namespace);
        if (reference == null) {
            return Binding.NONE;
        }
        Binding first = of(fetch, service, namespace, reference.waypoint(), within);
        if (!(first instanceof Binding.Bound bound)) {
            return first;
        }
        Canaries canary = canary(service, namespace, reference);
        if (canary == null) {
            return first;
        }
        return new Binding.Bound(
                bound.waypoint(),
                bound.address(),
                bound.ingress(),
                canary.with(bound.waypoint(), of(fetch, service, namespace, canary.waypoint(), within)));
    }

    private static @Nullable Canaries canary(
            Bindable service, @Nullable NamespaceInput namespace, Reference reference) {
        if (!reference.inherited()) {
            return Canaries.of(
                    service.labels(), service.annotations(), service.key().namespace());
        }
        return namespace == null ? null : Canaries.of(namespace.labels(), namespace.annotations(), namespace.name());
    }

    private Binding of(
            Fetch fetch, Bindable service, @Nullable NamespaceInput namespace, NamespacedName name, boolean within) {
        if (within && !name.namespace().equals(service.key().namespace())) {
            return new Binding.Refused(
                    name,
                    "CrossNamespaceWaypointForbidden",
                    "waypoint \"" + name + "\" is in another namespace, and only this namespace may see the object");
        }
        Waypoint waypoint = fetch.get(waypoints, name);
        if (waypoint == null) {
            return new Binding.Waiting(name, false, null);
        }
        Binding refusal = refusal(waypoint, service.key().namespace(), namespace);
        if (refusal != null) {
            return refusal;
        }
        if (!waypoint.traffic().services()) {
            return unsupported(waypoint, "service");
        }
        if (waypoint.leaving()) {
            return new Binding.Leaving(waypoint.key());
        }
        if (waypoint.address() != null) {
            return new Binding.Bound(waypoint.key(), waypoint.address(), ingress(service.labels(), namespace), null);
        }
        boolean closed = mesh.does(MeshSwitch.WAYPOINT_FAIL_CLOSED)
                && (targeted(fetch, service.target())
                        || governed(fetch, waypoint)
                        || reached(fetch, service.key().namespace(), service::mayHave));
        return waiting(waypoint, closed);
    }

    /** The waypoint of a pod or another workload itself, apart from its services'. */
    public Binding of(Fetch fetch, PodInput pod) {
        if (pod.labels().containsKey(Labels.GATEWAY_NAME)) {
            return Binding.NONE;
        }
        NamespaceInput namespace = fetch.get(namespaces, pod.key().namespace());
        Reference reference = Reference.of(pod.labels(), pod.key().namespace(), namespace);
        if (reference == null) {
            return Binding.NONE;
        }
        Waypoint waypoint = fetch.get(waypoints, reference.waypoint());
        if (waypoint == null) {
            return reference.inherited() ? Binding.NONE : new Binding.Waiting(reference.waypoint(), false, null);
        }
        if (!waypoint.traffic().workloads()) {
            return reference.inherited() ? Binding.NONE : unsupported(waypoint, "workload");
        }
        Binding refusal = refusal(waypoint, pod.key().namespace(), namespace);
        if (refusal != null) {
            return refusal;
        }
        if (waypoint.leaving()) {
            return new Binding.Leaving(waypoint.key());
        }
        if (waypoint.address() != null) {
            return new Binding.Bound(waypoint.key(), waypoint.address(), false, null);
        }
        boolean closed = mesh.does(MeshSwitch.WAYPOINT_FAIL_CLOSED)
                && (governed(fetch, waypoint)
                        || reached(
                                fetch, pod.key().namespace(), selector -> Selectors.matches(selector, pod.labels())));
        return waiting(waypoint, closed);
    }

    private Binding waiting(Waypoint waypoint, boolean closed) {
        return new Binding.Waiting(waypoint.key(), true, closed ? Waypoints.expectedAddress(mesh, waypoint) : null);
    }

    private boolean governed(Fetch fetch, Waypoint waypoint) {
        return targeted(fetch, Target.gateway(waypoint.key()))
                || (waypoint.controller().equals(Waypoint.CONTROLLER)
                        && targeted(fetch, Target.gatewayClass(Waypoint.CLASS_NAME)));
    }

    private boolean targeted(Fetch fetch, Target target) {
        return !fetch.by(authorizing, target).isEmpty()
                || !fetch.by(authenticating, target).isEmpty()
                || !fetch.by(limiting, target).isEmpty();
    }

    /** Whether a policy of the mesh or the namespace, for all pods or for those of a selector, counts on the waypoint. */
    private boolean reached(Fetch fetch, String namespace, Predicate<Map<String, String>> selected) {
        return Stream.of(mesh.rootNamespace(), namespace)
                .distinct()
                .flatMap(origin -> fetch.by(untargeted, origin).stream())
                .anyMatch(policy -> policy.selector() == null || selected.test(policy.selector()));
    }

    private static boolean ingress(Map<String, String> labels, @Nullable NamespaceInput namespace) {
        String own = labels.get(Annotations.INGRESS_USE_WAYPOINT);
        if (own == null && namespace != null) {
            own = namespace.labels().get(Annotations.INGRESS_USE_WAYPOINT);
        }
        return "true".equals(own);
    }

    private static @Nullable Binding refusal(Waypoint waypoint, String from, @Nullable NamespaceInput namespace) {
        GatewayInput.Allowed allowed = waypoint.allowed();
        boolean permitted = switch (allowed.from()) {
            case "All" -> true;
            case "Same" -> waypoint.key().namespace().equals(from);
            case "Selector" ->
                namespace != null && Objects.requireNonNull(allowed.selector()).matches(namespace.labels());
            default -> false;
        };
        return permitted
                ? null
                : new Binding.Refused(
                        waypoint.key(),
                        "AttachmentDenied",
                        "we are not permitted to attach to waypoint \"" + waypoint.key()
                                + "\" (missing allowedRoutes?)");
    }

    private static Binding unsupported(Waypoint waypoint, String traffic) {
        return new Binding.Refused(
                waypoint.key(),
                "UnsupportedTrafficType",
                "attempting to bind to traffic type \"" + traffic + "\" which the waypoint \"" + waypoint.key()
                        + "\" does not support");
    }
}

package io.periplus.model.route;

import io.periplus.api.NamespacedName;
import io.periplus.model.collection.Fetch;
import io.periplus.model.collection.Index;
import io.periplus.model.input.ReferenceGrantInput;
import io.periplus.model.input.RouteInput;
import io.periplus.model.input.RouteInput.BackendRef;
import io.periplus.model.input.RouteKey;
import io.periplus.model.input.RouteProblem;
import io.periplus.model.input.RouteProblem.Reason;
import io.periplus.model.input.ServiceInput.ServicePort;
import io.periplus.model.workload.ServiceInfo;
import io.periplus.wire.waypoint.BackendService;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Resolves references to backends.
 *
 * @param grants by their namespace
 */
record Backends(MeshServices services, Index<String, NamespacedName, ReferenceGrantInput> grants) {
    private static final String GROUP = "gateway.networking.k8s.io";

    /** What a reference leads to. */
    sealed interface Resolution {
        record Found(BackendService service) implements Resolution {}

        record Failed(RouteProblem problem) implements Resolution {}
    }

    /**
     * Resolves a reference.
     *
     * @param granted whether a reference into another namespace needs a grant
     * @param where   in the route, for messages
     */
    Resolution resolve(Fetch fetch, RouteInput route, BackendRef ref, boolean granted, String where) {
        String group = ref.group().equals("core") ? "" : ref.group();
        return switch (group + "/" + ref.kind()) {
            case "/Service" -> service(fetch, route, ref, granted, where);
            case MeshServices.ISTIO_GROUP + "/Hostname" -> hostname(fetch, route, ref, granted, where);
            default ->
                failed(
                        Reason.INVALID_KIND,
                        where,
                        "references of kind \"" + ref.kind() + "\" in group \"" + ref.group()
                                + "\" are not supported (expected a core Service, or a Hostname of "
                                + MeshServices.ISTIO_GROUP + ")");
        };
    }

    private Resolution service(Fetch fetch, RouteInput route, BackendRef ref, boolean granted, String where) {
        String own = route.key().name().namespace();
        NamespacedName name = new NamespacedName(Objects.requireNonNullElse(ref.namespace(), own), ref.name());
        if (isRefused(fetch, route, name, granted)) {
            return notPermitted(route, name, where);
        }
        return found(services.service(fetch, name), ref, where, "Service \"" + name + "\"");
    }

    private Resolution hostname(Fetch fetch, RouteInput route, BackendRef ref, boolean granted, String where) {
        if (ref.namespace() != null) {
            return failed(
                    Reason.INVALID_KIND,
                    where,
                    "a reference of kind Hostname has no namespace (found: \"" + ref.namespace() + "\")");
        }
        // Another way to name a Service is no way around its namespace's grants.
        String[] labels = ref.name().split("\\.", 4);
        if (labels.length > 2 && labels[2].equals("svc")) {
            NamespacedName name = new NamespacedName(labels[1], labels[0]);
            if (isRefused(fetch, route, name, granted)) {
                return notPermitted(route, name, where);
            }
        }
        return found(
                services.host(fetch, ref.name(), route.key().name().namespace()),
                ref,
                where,
                "hostname \"" + ref.name() + "\"");
    }

    private static Resolution found(@Nullable ServiceInfo service, BackendRef ref, String where, String what) {
        if (service == null) {
            return failed(Reason.BACKEND_NOT_FOUND, where, what + " not found");
        }
        if (ref.port() == null) {
            return failed(Reason.BACKEND_NOT_FOUND, where, "a port of " + what + " has to be given");
        }
        int wanted = ref.port();
        List<ServicePort> ports =
                service.ports().stream().filter(port -> port.port() == wanted).toList();
        if (ports.isEmpty()) {
            return failed(
                    Reason.BACKEND_NOT_FOUND,
                    where,
                    what + " has no port " + wanted + " (it has: "
                            + service.ports().stream().map(ServicePort::port).toList() + ")");
        }
        Optional<ServicePort> port = ports.stream().filter(Backends::isSpoken).findFirst();
        if (port.isEmpty()) {
            ServicePort unknown = ports.getFirst();
            return failed(
                    Reason.UNSUPPORTED_PROTOCOL,
                    where,
                    "port " + wanted + " of " + what + " speaks "
                            + (unknown.appProtocol() == null
                                            || !unknown.protocol().equals("TCP")
                                    ? unknown.protocol()
                                    : unknown.appProtocol())
                            + ", which is not supported");
        }
        return new Resolution.Found(BackendService.newBuilder()
                .setNamespace(service.key().namespace())
                .setHostname(service.message().getHostname())
                .setPort(wanted)
                .build());
    }

    // Names under kubernetes.io are standardised; others are for their users to know.
    private static boolean isSpoken(ServicePort port) {
        String protocol = port.appProtocol();
        return port.protocol().equals("TCP")
                && (protocol == null
                        || !protocol.startsWith("kubernetes.io/")
                        || List.of("kubernetes.io/h2c", "kubernetes.io/ws", "kubernetes.io/wss")
                                .contains(protocol));
    }

    private boolean isRefused(Fetch fetch, RouteInput route, NamespacedName target, boolean granted) {
        return granted
                && !target.namespace().equals(route.key().name().namespace())
                && !isGranted(fetch, route.key(), target);
    }

    private static Resolution notPermitted(RouteInput route, NamespacedName target, String where) {
        return failed(
                Reason.REF_NOT_PERMITTED,
                where,
                "Service \"" + target + "\" may not be referred to from namespace \""
                        + route.key().name().namespace() + "\"; a ReferenceGrant in namespace \"" + target.namespace()
                        + "\" from kind " + route.key().kind().kind() + " is missing");
    }

    private boolean isGranted(Fetch fetch, RouteKey route, NamespacedName target) {
        ReferenceGrantInput.From from = new ReferenceGrantInput.From(
                GROUP, route.kind().kind(), route.name().namespace());
        return fetch.by(grants, target.namespace()).stream()
                .anyMatch(grant -> grant.permits(from, "", "Service", target.name()));
    }

    private static Resolution failed(Reason reason, String where, String message) {
        return new Resolution.Failed(new RouteProblem(reason, where + ": " + message));
    }
}

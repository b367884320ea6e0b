package io.periplus.model.limit;

import io.periplus.api.NamespacedName;
import io.periplus.api.limit.RateLimitPolicy;
import io.periplus.model.collection.Collection;
import io.periplus.model.collection.Fetch;
import io.periplus.model.collection.Index;
import io.periplus.model.gateway.EdgeGateway;
import io.periplus.model.gateway.EdgeListener;
import io.periplus.model.input.GatewayInput;
import io.periplus.model.input.RouteInput;
import io.periplus.model.input.RouteKey;
import io.periplus.model.limit.Attachment.Outcome;
import io.periplus.model.route.ParentKey;
import io.periplus.model.route.ServedRouteKey;
import io.periplus.model.waypoint.Waypoint;
import io.periplus.model.workload.ServiceInfo;
import io.periplus.wire.waypoint.LimitTarget;
import io.periplus.wire.waypoint.RouteTarget;
import io.periplus.wire.waypoint.ServiceTarget;
import io.periplus.wire.waypoint.WholeGateway;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Finds what policies are attached to, and which proxies serve it. Of several policies for a place the oldest holds, then the
 * first by name.
 *
 * @param byPlace     policies by what they name
 * @param byRoute     where routes are served
 * @param ofEntry     hosts of ServiceEntries by the name of the entry
 */
public record LimitAttachments(
        Index<LimitPlace, NamespacedName, RateLimitPolicy> byPlace,
        Collection<NamespacedName, GatewayInput> gateways,
        Collection<NamespacedName, Waypoint> waypoints,
        Collection<NamespacedName, EdgeGateway> edges,
        Collection<NamespacedName, ServiceInfo> services,
        Index<NamespacedName, String, ServiceInfo> ofEntry,
        Collection<RouteKey, RouteInput> routes,
        Index<RouteKey, ServedRouteKey, ServedRouteKey> byRoute) {
    private static final Comparator<RateLimitPolicy> OLDEST_FIRST =
            Comparator.comparing(RateLimitPolicy::created).thenComparing(RateLimitPolicy::key);

    /** What became of each place of a policy. */
    List<Attachment> of(Fetch fetch, RateLimitPolicy policy) {
        List<Attachment> attachments = new ArrayList<>();
        for (LimitPlace place : LimitPlace.of(policy)) {
            Attachment found = find(fetch, place);
            RateLimitPolicy winner =
                    fetch.by(byPlace, place).stream().min(OLDEST_FIRST).orElse(policy);
            boolean beaten =
                    found.outcome() == Attachment.HOLDS && !winner.key().equals(policy.key());
            attachments.add(
                    beaten ? new Attachment(place, new Outcome.Conflicted(winner.key()), found.targets()) : found);
        }
        return attachments;
    }

    private Attachment find(Fetch fetch, LimitPlace place) {
        return switch (place.kind()) {
            case GATEWAY -> gateway(fetch, place);
            case SERVICE -> {
                ServiceInfo service = fetch.get(services, place.name());
                yield services(place, service == null ? List.of() : List.of(service));
            }
            case SERVICE_ENTRY -> services(place, fetch.by(ofEntry, place.name()));
            case HTTP_ROUTE -> route(fetch, place, RouteKey.Kind.HTTP);
            case GRPC_ROUTE -> route(fetch, place, RouteKey.Kind.GRPC);
        };
    }

    private Attachment gateway(Fetch fetch, LimitPlace place) {
        GatewayInput gateway = fetch.get(gateways, place.name());
        if (gateway == null) {
            return Attachment.nowhere(place, new Outcome.NotFound("Gateway " + place.name() + " does not exist"));
        }
        EdgeGateway edge = fetch.get(edges, place.name());
        Waypoint waypoint = fetch.get(waypoints, place.name());
        boolean ours = edge != null || waypoint != null && waypoint.controller().equals(Waypoint.CONTROLLER);
        if (!ours) {
            return Attachment.nowhere(place, Attachment.FOREIGN);
        }
        if (place.section().isEmpty()) {
            return holds(
                    place,
                    place.name(),
                    LimitTarget.newBuilder()
                            .setGateway(WholeGateway.getDefaultInstance())
                            .build());
        }
        if (edge == null) {
            return Attachment.nowhere(
                    place,
                    new Outcome.NotFound("Gateway " + place.name()
                            + " is a waypoint, whose listeners are no places of their own; leave sectionName out"));
        }
        for (EdgeListener listener : edge.of(ParentKey.gateway(place.name()))) {
            if (listener.spec().name().equals(place.section())) {
                return holds(
                        place,
                        place.name(),
                        LimitTarget.newBuilder()
                                .setListener(listener.uniqueName())
                                .build());
            }
        }
        return Attachment.nowhere(
                place,
                new Outcome.NotFound("Gateway " + place.name() + " has no listener \"" + place.section() + "\""));
    }

    private static Attachment services(LimitPlace place, List<ServiceInfo> found) {
        if (found.isEmpty()) {
            return Attachment.nowhere(
                    place, new Outcome.NotFound(place.kind().kind() + " " + place.name() + " does not exist"));
        }
        Map<NamespacedName, List<LimitTarget>> targets = new TreeMap<>();
        for (ServiceInfo service : found) {
            LimitTarget target = LimitTarget.newBuilder()
                    .setService(ServiceTarget.newBuilder()
                            .setNamespace(service.key().namespace())
                            .setHostname(service.message().getHostname()))
                    .build();
            for (NamespacedName waypoint : service.binding().allExpected()) {
                targets.computeIfAbsent(waypoint, _ -> new ArrayList<>()).add(target);
            }
        }
        return targets.isEmpty()
                ? Attachment.nowhere(
                        place,
                        new Outcome.NotBound(place.kind().kind() + " " + place.name()
                                + " is not bound to a waypoint; label it or its namespace istio.io/use-waypoint"))
                : new Attachment(place, Attachment.HOLDS, targets);
    }

    private Attachment route(Fetch fetch, LimitPlace place, RouteKey.Kind kind) {
        RouteKey key = new RouteKey(kind, place.name());
        RouteInput route = fetch.get(routes, key);
        if (route == null) {
            return Attachment.nowhere(
                    place, new Outcome.NotFound(kind.kind() + " " + place.name() + " does not exist"));
        }
        boolean known = place.section().isEmpty()
                || route.rules().stream().anyMatch(rule -> rule.name().equals(place.section()));
        if (!known) {
            return Attachment.nowhere(
                    place,
                    new Outcome.NotFound(
                            kind.kind() + " " + place.name() + " has no rule \"" + place.section() + "\""));
        }
        LimitTarget target = LimitTarget.newBuilder()
                .setRoute(RouteTarget.newBuilder()
                        .setKind(kind.wire())
                        .setNamespace(place.name().namespace())
                        .setName(place.name().name())
                        .setRule(place.section()))
                .build();
        Map<NamespacedName, List<LimitTarget>> targets = new TreeMap<>();
        fetch.by(byRoute, key).forEach(served -> targets.put(served.gateway(), List.of(target)));
        return targets.isEmpty()
                ? Attachment.nowhere(
                        place,
                        new Outcome.NotBound(kind.kind() + " " + place.name()
                                + " is served by no Gateway or waypoint; see the status of the route"))
                : new Attachment(place, Attachment.HOLDS, targets);
    }

    private static Attachment holds(LimitPlace place, NamespacedName gateway, LimitTarget target) {
        return new Attachment(place, Attachment.HOLDS, Map.of(gateway, List.of(target)));
    }
}

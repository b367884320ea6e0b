package io.periplus.model.limit;

import io.periplus.api.NamespacedName;
import io.periplus.api.limit.RateLimitPolicy;
import io.periplus.model.collection.Collection;
import io.periplus.model.collection.Graph;
import io.periplus.model.collection.Index;
import io.periplus.model.gateway.EdgeGateway;
import io.periplus.model.input.CredentialInput;
import io.periplus.model.input.GatewayInput;
import io.periplus.model.input.RouteInput;
import io.periplus.model.input.RouteKey;
import io.periplus.model.route.ServedRouteKey;
import io.periplus.model.traffic.ProxyAccounts;
import io.periplus.model.waypoint.Waypoint;
import io.periplus.model.workload.ServiceInfo;
import io.periplus.wire.waypoint.Route;
import java.util.List;
import java.util.Map;

/** What follows from RateLimitPolicies, as one page. */
public final class Limits {
    /** What policies may be attached to. */
    public record Places(
            Collection<NamespacedName, GatewayInput> gateways,
            Collection<NamespacedName, Waypoint> waypoints,
            Collection<NamespacedName, EdgeGateway> edges,
            Collection<NamespacedName, ServiceInfo> services,
            Index<NamespacedName, String, ServiceInfo> ofEntry,
            Collection<RouteKey, RouteInput> routes,
            Collection<ServedRouteKey, Route> served) {}

    /** Policies for the proxies of each Gateway and waypoint; they may hold passwords. */
    public final Collection<LimitPolicyKey, io.periplus.wire.waypoint.RateLimitPolicy> served;

    /** What is to be written. */
    public final Collection<NamespacedName, LimitStatus> statuses;

    /**
     * The collections.
     *
     * @param written what stands in the policies' status on behalf of this controller
     */
    public Limits(
            Graph graph,
            Collection<NamespacedName, RateLimitPolicy> policies,
            Collection<NamespacedName, List<LimitAncestor>> written,
            Places places,
            Collection<NamespacedName, CredentialInput> credentials,
            ProxyAccounts accounts) {
        Collection<ServedRouteKey, ServedRouteKey> routes =
                graph.flatMapEntries("limitedRoutes", places.served(), (_, key, _) -> Map.of(key, key));
        LimitAttachments attachments = new LimitAttachments(
                policies.index(LimitPlace::of),
                places.gateways(),
                places.waypoints(),
                places.edges(),
                places.services(),
                places.ofEntry(),
                places.routes(),
                routes.index(key -> List.of(key.route())));
        LimitMessages messages = new LimitMessages(credentials);
        served = graph.flatMap("limitPolicies", policies, new LimitPolicies(attachments, messages, accounts)::of);
        statuses = graph.map("limitStatuses", policies, new LimitStatuses(attachments, messages, written)::of);
    }
}

package io.periplus.model.gateway;

import io.periplus.api.NamespacedName;
import io.periplus.model.ClusterNetwork;
import io.periplus.model.MeshSettings;
import io.periplus.model.MeshSwitch;
import io.periplus.model.collection.Collection;
import io.periplus.model.collection.Fetch;
import io.periplus.model.collection.Graph;
import io.periplus.model.collection.Index;
import io.periplus.model.collection.Source;
import io.periplus.model.input.GatewayInput;
import io.periplus.model.input.PodInput;
import io.periplus.model.input.Watched;
import io.periplus.model.mesh.MeshConfig;
import io.periplus.model.route.ListenerViews;
import io.periplus.model.route.ParentKey;
import io.periplus.model.waypoint.Waypoint;
import io.periplus.model.waypoint.Waypoints;
import io.periplus.wire.waypoint.Gateway;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The Gateways that belong to this control plane: what is deployed for them, and what their proxies are sent. */
public final class OwnGateways {
    private final MeshSettings mesh;
    private final ClusterNetwork network;
    private final Watched watched;
    private final Revisions revisions;
    private final Collection<NamespacedName, EdgeGateway> edge;
    private final Collection<EdgeConfigs.Key, Gateway> edgeConfigs;
    private final Collection<NamespacedName, ParametersOf.Found> parameters;
    private final Collection<NamespacedName, String> parameterProblems;
    private final Collection<NamespacedName, DeploymentWish> deployments;
    private final Collection<ParentKey, ListenerViews> listenerViews;

    /** @param podsByGateway by the Gateway as their label names it */
    public OwnGateways(
            Graph graph,
            MeshSettings mesh,
            ClusterNetwork network,
            Watched watched,
            Source<String, MeshSettings> settings,
            Index<NamespacedName, NamespacedName, PodInput> podsByGateway,
            References references) {
        this.mesh = mesh;
        this.network = network;
        this.watched = watched;
        revisions = new Revisions(graph, mesh, watched, settings);
        EdgeGateways atEdge = new EdgeGateways(
                watched.namespaces,
                watched.listenerSets.index(set -> List.of(set.parent().key())),
                references);
        edge = graph.map(
                "edgeGateways",
                watched.gateways,
                (fetch, gateway) -> has(fetch, gateway, EdgeGateways.CONTROLLER) ? atEdge.of(fetch, gateway) : null);
        edgeConfigs =
                graph.flatMap("edgeConfigs", edge, new EdgeConfigs(references, watched.gateways, podsByGateway)::of);
        ParametersOf parametersOf = new ParametersOf(
                mesh,
                watched.parameters,
                watched.parameters.index(map -> map.defaultsFor().isEmpty() ? List.of() : List.of(map.defaultsFor())));
        parameters = graph.map("gatewayParameters", watched.gateways, parametersOf::of);
        parameterProblems = graph.map(
                "parametersProblems", watched.gateways, (fetch, gateway) -> parameterProblem(fetch, gateway.key()));
        deployments = graph.map("deployments", watched.gateways, this::deployment);
        listenerViews = graph.flatMap("listenerViews", watched.gateways, this::listenerViews);
    }

    /** Those at the edge of the mesh. */
    public Collection<NamespacedName, EdgeGateway> edge() {
        return edge;
    }

    /** What the proxies of Gateways at the edge are sent; it holds private keys. */
    public Collection<EdgeConfigs.Key, Gateway> edgeConfigs() {
        return edgeConfigs;
    }

    /** What should run; none while a Gateway's parameters are wrong, so that what runs stays as it is. */
    public Collection<NamespacedName, DeploymentWish> deployments() {
        return deployments;
    }

    /** What is wrong with parameters, for people. */
    public Collection<NamespacedName, String> parameterProblems() {
        return parameterProblems;
    }

    /** The listeners to which routes can be attached. */
    public Collection<ParentKey, ListenerViews> listenerViews() {
        return listenerViews;
    }

    /** Whether a Gateway belongs to this control plane by its revision, and is not on its way out. */
    public boolean isOurs(Fetch fetch, GatewayInput gateway) {
        return fetch.get(watched.leavingGateways, gateway.key()) == null
                && revisions.isOurs(fetch, gateway.key().namespace(), gateway.labels());
    }

    private boolean has(Fetch fetch, GatewayInput gateway, String controller) {
        return isOurs(fetch, gateway) && controller(fetch, gateway).equals(controller);
    }

    private String controller(Fetch fetch, GatewayInput gateway) {
        return Waypoints.controller(gateway.className(), fetch.get(watched.gatewayClasses, gateway.className()));
    }

    private @Nullable DeploymentWish deployment(Fetch fetch, GatewayInput gateway) {
        if (!isOurs(fetch, gateway)) {
            return null;
        }
        EdgeGateway atEdge = fetch.get(edge, gateway.key());
        ParametersOf.Found found = fetch.get(parameters, gateway.key());
        if (found == null || found.problem() != null) {
            return null;
        }
        return DeploymentWishes.derive(
                network.of(fetch),
                gateway,
                controller(fetch, gateway),
                atEdge == null ? gateway.listeners() : atEdge.served(),
                found.parameters(),
                Objects.requireNonNullElse(fetch.get(watched.meshConfig, Watched.MESH), MeshConfig.NONE)
                        .proxyEnvironment(),
                mesh.does(MeshSwitch.GATEWAY_COPIES));
    }

    private @Nullable String parameterProblem(Fetch fetch, NamespacedName gateway) {
        ParametersOf.Found found = fetch.get(parameters, gateway);
        String missing = found == null ? null : found.problem();
        return missing != null ? missing : fetch.get(watched.overlayProblems, gateway);
    }

    // Waypoints take none, and their routes are told so.
    private Map<ParentKey, ListenerViews> listenerViews(Fetch fetch, GatewayInput gateway) {
        EdgeGateway atEdge = fetch.get(edge, gateway.key());
        if (atEdge != null) {
            return EdgeViews.of(atEdge);
        }
        return has(fetch, gateway, Waypoint.CONTROLLER)
                ? Map.of(ParentKey.gateway(gateway.key()), ListenerViews.of(gateway))
                : Map.of();
    }
}

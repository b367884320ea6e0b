package io.periplus.model.route;

import io.periplus.api.NamespacedName;
import io.periplus.model.MeshSettings;
import io.periplus.model.MeshSwitch;
import io.periplus.model.collection.Collection;
import io.periplus.model.collection.Graph;
import io.periplus.model.input.NamespaceInput;
import io.periplus.model.input.ReferenceGrantInput;
import io.periplus.model.input.RouteInput;
import io.periplus.model.input.RouteKey;
import io.periplus.model.input.RouteParentStatus;
import io.periplus.model.waypoint.Waypoint;
import io.periplus.model.workload.ServiceInfo;
import io.periplus.wire.waypoint.Route;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What follows from routes, as one page. */
public final class Routes {
    /** Routes at the parents that take them. */
    public final Collection<RouteKey, RouteParents> parents;

    /** Routes for the proxies of each Gateway and waypoint. */
    public final Collection<ServedRouteKey, Route> served;

    /** What is to be written. */
    public final Collection<RouteKey, RouteStatus> statuses;

    /** How many routes are attached to each listener (0 for none), whatever else is wrong with listener or route. */
    public final Collection<ListenerKey, Integer> attachedRoutes;

    /**
     * The collections.
     *
     * @param written   what stands in the routes' status on behalf of this controller
     * @param listeners of Gateways and ListenerSets that are ours
     */
    public Routes(
            Graph graph,
            MeshSettings settings,
            Collection<RouteKey, RouteInput> routes,
            Collection<RouteKey, List<RouteParentStatus>> written,
            Collection<NamespacedName, ReferenceGrantInput> grants,
            Collection<ParentKey, ListenerViews> listeners,
            Collection<NamespacedName, ServiceInfo> services,
            Collection<String, ServiceInfo> entryServices,
            Collection<NamespacedName, Waypoint> waypoints,
            Collection<String, NamespaceInput> namespaces) {
        MeshServices mesh = new MeshServices(
                services,
                services.index(service -> List.of(service.message().getHostname())),
                entryServices.index(service -> List.of(service.message().getHostname())),
                entryServices.index(service -> List.of(service.key())),
                waypoints);
        Attaching attaching = new Attaching(
                new ServiceAttachment(mesh, settings.does(MeshSwitch.UNRESOLVED_WAYPOINTS)),
                new ListenerAttachment(listeners, namespaces));
        Collection<RouteKey, RouteParents> wanted = graph.map("routeWishes", routes, attaching::attach);
        Conflicts conflicts = new Conflicts(wanted.index(Meeting::of));
        parents = graph.map("routeParents", wanted, conflicts::settle);

        var byListener = parents.index(RouteParents::counted);
        attachedRoutes = graph.flatMap("attachedRoutes", listeners, (fetch, views) -> {
            Map<ListenerKey, Integer> counts = new HashMap<>();
            views.listeners().forEach(listener -> counts.put(listener.key(), fetch.count(byListener, listener.key())));
            return counts;
        });

        var grantsByNamespace = grants.index(grant -> List.of(grant.key().namespace()));
        RuleConversion conversion = new RuleConversion(new Backends(mesh, grantsByNamespace));
        Collection<RouteKey, ResolvedRules.Pair> rules = graph.map("routeRules", routes, conversion::convert);
        ServedRoutes serving = new ServedRoutes(settings.does(MeshSwitch.CONSUMER_ROUTES), routes, rules);
        served = graph.flatMap("servedRoutes", parents, serving::of);
        RouteStatuses reporting = new RouteStatuses(parents, rules, written);
        statuses = graph.map("routeStatuses", routes, reporting::of);
    }
}

package io.periplus.model;

import io.periplus.api.Labels;
import io.periplus.api.NamespacedName;
import io.periplus.api.security.AuthorizationPolicy;
import io.periplus.model.authn.TokenPolicyKey;
import io.periplus.model.authn.Tokens;
import io.periplus.model.authn.WantedKeys;
import io.periplus.model.collection.Collection;
import io.periplus.model.collection.Fetch;
import io.periplus.model.collection.Graph;
import io.periplus.model.collection.Source;
import io.periplus.model.gateway.EdgeGatewayStatuses;
import io.periplus.model.gateway.GatewayServices;
import io.periplus.model.gateway.GatewayStatus;
import io.periplus.model.gateway.GatewayStatuses;
import io.periplus.model.gateway.ListenerSetStatus;
import io.periplus.model.gateway.ListenerSetStatuses;
import io.periplus.model.gateway.ListenerStatuses;
import io.periplus.model.gateway.OwnGateways;
import io.periplus.model.gateway.References;
import io.periplus.model.gateway.WaypointStatuses;
import io.periplus.model.input.ConditionInput;
import io.periplus.model.input.PodInput;
import io.periplus.model.input.ServiceEntryInput;
import io.periplus.model.input.ServiceEntryInput.HostAddress;
import io.periplus.model.input.SliceInput;
import io.periplus.model.input.Watched;
import io.periplus.model.limit.LimitPlace;
import io.periplus.model.limit.Limits;
import io.periplus.model.mesh.GatewayProviders;
import io.periplus.model.mesh.MeshConfig;
import io.periplus.model.mesh.ProviderInput;
import io.periplus.model.mesh.ProviderUse;
import io.periplus.model.mesh.Providers;
import io.periplus.model.policy.EdgePods;
import io.periplus.model.policy.NodePolicies;
import io.periplus.model.policy.PolicyStatus;
import io.periplus.model.policy.PolicyStatuses;
import io.periplus.model.policy.Shape;
import io.periplus.model.policy.Shapes;
import io.periplus.model.policy.Shaping;
import io.periplus.model.policy.TargetVerdicts;
import io.periplus.model.policy.TargetedProxies;
import io.periplus.model.policy.TrustDomains;
import io.periplus.model.policy.WaypointPolicies;
import io.periplus.model.proxy.ProxyNames;
import io.periplus.model.route.Routes;
import io.periplus.model.route.ServedRouteKey;
import io.periplus.model.status.ConditionSet;
import io.periplus.model.status.ObjectConditions;
import io.periplus.model.traffic.BackendPolicies;
import io.periplus.model.traffic.BackendPolicyKey;
import io.periplus.model.traffic.BackendTlsPolicies;
import io.periplus.model.traffic.BackendTlsStatus;
import io.periplus.model.traffic.BackendTlsStatuses;
import io.periplus.model.traffic.ClientCertificates;
import io.periplus.model.traffic.DestinationRuleStatus;
import io.periplus.model.traffic.DestinationRules;
import io.periplus.model.traffic.ProxyAccounts;
import io.periplus.model.traffic.RoutedServices;
import io.periplus.model.traffic.TlsSettings;
import io.periplus.model.waypoint.Bindings;
import io.periplus.model.waypoint.InboundBindings;
import io.periplus.model.waypoint.Target;
import io.periplus.model.waypoint.Waypoint;
import io.periplus.model.waypoint.WaypointCondition;
import io.periplus.model.waypoint.Waypoints;
import io.periplus.model.workload.AddressAllocation;
import io.periplus.model.workload.AllocatedAddresses;
import io.periplus.model.workload.Attachment;
import io.periplus.model.workload.Attachments;
import io.periplus.model.workload.EntryServices;
import io.periplus.model.workload.EntryStatuses;
import io.periplus.model.workload.EntryVisibilities;
import io.periplus.model.workload.EntryWorkloads;
import io.periplus.model.workload.PodWorkloads;
import io.periplus.model.workload.SelectingServices;
import io.periplus.model.workload.ServiceInfo;
import io.periplus.model.workload.Services;
import io.periplus.model.workload.SliceWorkloads;
import io.periplus.model.workload.WorkloadInfo;
import io.periplus.wire.waypoint.BackendPolicy;
import io.periplus.wire.waypoint.ExtensionProvider;
import io.periplus.wire.workload.ApplicationTunnel;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Everything that is derived from the cluster's objects, as one page: the sources, and what follows from what. Confined
 * to one thread, like its {@link #graph()}.
 */
public final class AmbientIndex {
    private final MeshSettings mesh;
    private final Graph graph = new Graph();

    /** What is watched. */
    public final Watched watched;

    // What follows.
    public final ClusterNetwork network;
    public final Collection<NamespacedName, Waypoint> waypoints;
    public final Collection<NamespacedName, ServiceInfo> services;
    /** Services of ServiceEntries, one for each host, by resource name. */
    public final Collection<String, ServiceInfo> entryServices;
    /** Addresses that the mesh chose for hosts of ServiceEntries, by entry. */
    public final Collection<NamespacedName, AllocatedAddresses> allocatedAddresses;

    public final Collection<NamespacedName, WorkloadInfo> entryWorkloads;
    public final Collection<String, WorkloadInfo> entryEndpoints;
    public final Collection<NamespacedName, ConditionSet> entryStatus;
    public final Collection<NamespacedName, ObjectConditions> workloadEntryStatus;
    public final Collection<NamespacedName, ConditionInput> waypointConditions;
    public final Collection<NamespacedName, Attachment> attachments;
    public final Collection<String, Shape> shapes;
    /** The policies as ztunnels judge them. */
    public final NodePolicies nodePolicies;

    public final Collection<NamespacedName, WorkloadInfo> podWorkloads;
    public final Collection<String, WorkloadInfo> sliceWorkloads;
    public final Collection<WaypointPolicies.Key, io.periplus.wire.waypoint.AuthorizationPolicy> waypointPolicies;
    /** The extension providers of the mesh configuration by name, with their services. */
    public final Collection<String, ExtensionProvider> extensionProviders;

    /** What proxies are sent of them. */
    public final Collection<GatewayProviders.Key, ExtensionProvider> gatewayProviders;

    public final Collection<NamespacedName, PolicyStatus> policyStatuses;
    /** Which tokens the proxies of which Gateway accept; it may hold keys that are secret. */
    public final Collection<TokenPolicyKey, io.periplus.wire.waypoint.RequestAuthentication> tokenPolicies;
    /** The keys of issuers that have to be fetched. */
    public final Collection<WantedKeys.Key, WantedKeys> wantedKeys;

    public final Collection<NamespacedName, ObjectConditions> tokenStatus;
    public final Collection<NamespacedName, ObjectConditions> serviceStatus;
    public final Collection<NamespacedName, ObjectConditions> ztunnelStatus;
    public final Collection<NamespacedName, ObjectConditions> waypointStatus;
    /** The Gateways of this control plane and what becomes of them. */
    public final OwnGateways ownGateways;

    public final Collection<NamespacedName, GatewayStatus> gatewayStatus;
    public final Collection<NamespacedName, ListenerSetStatus> listenerSetStatus;

    public final Routes routes;

    /** What proxies are sent about the endpoints of services; it may hold private keys. */
    public final Collection<BackendPolicyKey, BackendPolicy> backendPolicies;

    public final Collection<BackendPolicyKey, BackendPolicy> entryBackendPolicies;
    public final Collection<NamespacedName, ObjectConditions> destinationRuleStatus;
    public final Collection<NamespacedName, BackendTlsStatus> backendTlsStatus;

    /** What follows from RateLimitPolicies. */
    public final Limits limits;

    /** An empty index. */
    public AmbientIndex(MeshSettings mesh) {
        this.mesh = mesh;
        watched = new Watched(graph, mesh.rootNamespace());
        Source<String, MeshSettings> settings = graph.source("settings");
        settings.put(Watched.MESH, mesh);

        network = new ClusterNetwork(graph, watched.namespaces, mesh.rootNamespace());
        var podsByGateway = watched.pods.index(pod -> present(gatewayOf(pod)));
        waypoints = graph.map(
                "waypoints",
                watched.gateways,
                (fetch, gateway) -> Waypoints.derive(
                        mesh,
                        network.of(fetch),
                        gateway,
                        fetch.get(watched.gatewayClasses, gateway.className()),
                        fetch.by(podsByGateway, labelOf(gateway.key())),
                        fetch.get(watched.leavingGateways, gateway.key()) != null));

        Bindings bindings = new Bindings(
                mesh,
                watched.namespaces,
                waypoints,
                watched.authorizationPolicies.index(
                        policy -> Target.of(policy.key(), policy.targetRefs(), mesh.rootNamespace())),
                watched.authorizationPolicies.index(policy -> WaypointPolicies.countsOnWaypoints(policy, mesh)
                        ? List.of(policy.key().namespace())
                        : List.of()),
                watched.requestAuthentications.index(
                        policy -> Target.of(policy.key(), policy.targetRefs(), mesh.rootNamespace())),
                watched.rateLimitPolicies.index(LimitPlace::closed));
        services = graph.map(
                "services",
                watched.services,
                (fetch, service) -> Services.derive(
                        mesh,
                        network.of(fetch),
                        service,
                        fetch.get(watched.namespaces, service.key().namespace()),
                        bindings.of(fetch, service)));
        var servicesByHost = services.index(service -> List.of(service.message().getHostname()));
        Collection<NamespacedName, List<HostAddress>> allocated = graph.flatMap(
                "allocated",
                settings,
                (fetch, ignored) ->
                        AddressAllocation.of(fetch.all(watched.serviceEntries).values()));
        allocatedAddresses = graph.map(
                "allocatedAddresses",
                watched.serviceEntries,
                (fetch, entry) -> new AllocatedAddresses(
                        entry.key(),
                        Objects.requireNonNullElse(fetch.get(allocated, entry.key()), List.of()),
                        entry.allocated()));
        EntryVisibilities visibilities = new EntryVisibilities(watched.meshConfig, watched.namespaces, bindings);
        EntryServices entries = new EntryServices(
                mesh,
                visibilities,
                watched.namespaces,
                servicesByHost,
                watched.serviceEntries.index(ServiceEntryInput::hosts),
                allocated);
        entryServices = graph.flatMap(
                "entryServices", watched.serviceEntries, (fetch, entry) -> entries.of(fetch, network.of(fetch), entry));
        entryStatus = graph.map("entryStatus", watched.serviceEntries, new EntryStatuses(visibilities)::of);
        workloadEntryStatus = graph.map(
                "workloadEntryStatus",
                watched.workloadEntries,
                (fetch, entry) -> new ObjectConditions(
                        entry.key(),
                        WaypointCondition.TYPE,
                        WaypointCondition.ofWorkload(bindings.of(fetch, entry.asPod())),
                        entry.conditions()));
        waypointConditions =
                graph.map("waypointConditions", services, (fetch, service) -> WaypointCondition.of(service.binding()));

        var servicesByNamespace =
                services.index(service -> List.of(service.key().namespace()));
        var slicesByPod = watched.slices.index(AmbientIndex::podsOf);
        var selecting = new SelectingServices<>(graph, "selectingServices", services, ServiceInfo::key);
        var selectingEntries =
                new SelectingServices<>(graph, "selectingEntryServices", entryServices, ServiceInfo::resourceName);
        Attachments attaching = new Attachments(bindings, services, selecting, selectingEntries, slicesByPod);
        attachments = graph.map("attachments", watched.pods, attaching::of);
        var attachmentsByNamespace =
                attachments.index(attachment -> List.of(attachment.pod().namespace()));
        Collection<String, Shape> namespaceShapes = graph.map(
                "namespaceShapes",
                watched.namespaces,
                (fetch, ns) -> Shapes.ofNamespace(fetch, ns, servicesByNamespace, attachmentsByNamespace));
        shapes = graph.flatMap("shapes", settings, (fetch, ignored) -> Shapes.all(fetch.all(namespaceShapes)));

        Collection<NamespacedName, AuthorizationPolicy> expandedPolicies = graph.map(
                "expandedPolicies",
                watched.authorizationPolicies,
                (fetch, policy) -> trustDomains(fetch).expand(policy));
        nodePolicies = new NodePolicies(
                graph, mesh, watched, settings, new Shaping(waypoints, this::trustDomains), shapes, expandedPolicies);

        Collection<NamespacedName, ApplicationTunnel> inboundBindings =
                graph.flatMap("inboundBindings", watched.gateways, (fetch, gateway) -> {
                    ApplicationTunnel inbound =
                            InboundBindings.of(gateway, fetch.get(watched.gatewayClasses, gateway.className()));
                    return inbound == null ? Map.of() : Map.of(labelOf(gateway.key()), inbound);
                });
        PodWorkloads workloads = new PodWorkloads(
                mesh, watched.nodes, attachments, services, entryServices, nodePolicies.names(), inboundBindings);
        podWorkloads =
                graph.map("podWorkloads", watched.pods, (fetch, pod) -> workloads.of(fetch, network.of(fetch), pod));
        var servicesOfEntry = entryServices.index(service -> List.of(service.key()));
        EntryWorkloads ofEntries =
                new EntryWorkloads(mesh, bindings, selecting, selectingEntries, servicesOfEntry, nodePolicies.names());
        entryWorkloads = graph.map(
                "entryWorkloads",
                watched.workloadEntries,
                (fetch, entry) -> ofEntries.of(fetch, network.of(fetch), entry));
        entryEndpoints = graph.flatMap(
                "entryEndpoints",
                watched.serviceEntries,
                (fetch, entry) -> ofEntries.of(fetch, network.of(fetch), entry));
        sliceWorkloads = graph.flatMap(
                "sliceWorkloads",
                watched.slices,
                (fetch, slice) -> SliceWorkloads.derive(
                        mesh,
                        network.of(fetch),
                        slice,
                        fetch.get(services, new NamespacedName(slice.key().namespace(), slice.service()))));

        TargetVerdicts targetVerdicts =
                new TargetVerdicts(mesh, services, servicesOfEntry, waypoints, watched.gatewayClasses);
        Collection<String, ProviderInput> providerInputs =
                graph.flatMap("providerInputs", watched.meshConfig, (fetch, config) -> config.providers());
        Providers providers = new Providers(
                servicesByHost,
                entryServices.index(service -> List.of(service.message().getHostname())));
        extensionProviders = graph.map("extensionProviders", providerInputs, providers::resolve);

        serviceStatus = graph.map(
                "serviceStatus",
                watched.services,
                (fetch, service) -> new ObjectConditions(
                        service.key(),
                        WaypointCondition.TYPE,
                        fetch.get(waypointConditions, service.key()),
                        service.conditions()));
        var slicesByService = watched.slices.index(
                slice -> List.of(new NamespacedName(slice.key().namespace(), slice.service())));
        References references = new References(
                watched.referenceGrants.index(grant -> List.of(grant.key().namespace())),
                watched.tlsSecrets,
                watched.certificateBundles);
        ownGateways = new OwnGateways(graph, mesh, network, watched, settings, podsByGateway, references);
        EdgePods edgePods =
                new EdgePods(ownGateways.edge(), ownGateways.deployments(), podsByGateway, mesh.rootNamespace());
        TargetedProxies targeted = new TargetedProxies(mesh, services, servicesOfEntry, waypoints);
        WaypointPolicies atWaypoints = new WaypointPolicies(mesh, targeted, shapes, edgePods);
        waypointPolicies = graph.flatMap("waypointPolicies", expandedPolicies, atWaypoints::of);
        PolicyStatuses statuses = new PolicyStatuses(mesh, targetVerdicts, shapes, edgePods, extensionProviders);
        policyStatuses = graph.map("policyStatuses", watched.authorizationPolicies, statuses::of);
        ztunnelStatus = graph.map(
                "ztunnelStatus",
                policyStatuses,
                (fetch, status) -> conditions(fetch, status.key(), PolicyStatus.ZTUNNEL, status.ztunnel()));
        waypointStatus = graph.map(
                "waypointStatus",
                policyStatuses,
                (fetch, status) -> conditions(fetch, status.key(), PolicyStatus.WAYPOINT, status.waypoint()));
        ProxyAccounts accounts = new ProxyAccounts(watched.gateways, watched.gatewayClasses, podsByGateway);
        Tokens tokens = new Tokens(
                graph,
                watched.requestAuthentications,
                targeted,
                edgePods,
                accounts,
                targetVerdicts,
                watched.fetchedKeys);
        tokenPolicies = tokens.policies();
        wantedKeys = tokens.wantedKeys();
        tokenStatus = graph.map(
                "tokenStatus",
                tokens.statuses(),
                (fetch, status) -> new ObjectConditions(
                        status.key(),
                        PolicyStatus.WAYPOINT,
                        status.condition(),
                        Objects.requireNonNullElse(
                                fetch.get(watched.requestAuthenticationConditions, status.key()), List.of())));
        Collection<ProviderUse, ProviderUse> providerUses = graph.flatMapEntries(
                "providerUses", waypointPolicies, (fetch, key, policy) -> ProviderUse.of(key, policy));
        gatewayProviders = graph.flatMap(
                "gatewayProviders",
                watched.gateways,
                new GatewayProviders(providerUses.index(use -> List.of(use.gateway())), extensionProviders)::of);
        routes = new Routes(
                graph,
                mesh,
                watched.routes,
                watched.routeConditions,
                watched.referenceGrants,
                ownGateways.listenerViews(),
                services,
                entryServices,
                waypoints,
                watched.namespaces);
        Collection<ServedRouteKey, RoutedServices> routedServices = graph.flatMapEntries(
                "routedServices",
                routes.served,
                (fetch, key, route) -> Map.of(key, RoutedServices.of(key.gateway(), route)));
        BackendTlsPolicies tlsPolicies =
                new BackendTlsPolicies(watched.backendTlsPolicies.index(BackendTlsPolicies::targets));
        var routedTo = routedServices.index(RoutedServices::services);
        BackendPolicies backends = new BackendPolicies(
                watched.meshConfig,
                new DestinationRules(mesh, watched.destinationRules.index(rule -> List.of(rule.fullHost(mesh)))),
                tlsPolicies,
                new TlsSettings(watched.credentials, watched.certificateBundles),
                new ClientCertificates(ownGateways.edge(), watched.tlsSecrets),
                accounts,
                routedTo);
        backendPolicies = graph.flatMap("backendPolicies", services, backends::of);
        entryBackendPolicies = graph.flatMap("entryBackendPolicies", entryServices, backends::of);
        destinationRuleStatus = graph.map(
                "destinationRuleStatus",
                watched.destinationRules,
                (fetch, rule) -> DestinationRuleStatus.of(
                        rule,
                        Objects.requireNonNullElse(
                                fetch.get(watched.destinationRuleConditions, rule.key()), List.of())));
        BackendTlsStatuses tlsStatuses = new BackendTlsStatuses(
                services, servicesOfEntry, tlsPolicies, routedTo, references, watched.backendTlsAncestors);
        backendTlsStatus = graph.map("backendTlsStatus", watched.backendTlsPolicies, tlsStatuses::of);
        limits = new Limits(
                graph,
                watched.rateLimitPolicies,
                watched.rateLimitAncestors,
                new Limits.Places(
                        watched.gateways,
                        waypoints,
                        ownGateways.edge(),
                        services,
                        servicesOfEntry,
                        watched.routes,
                        routes.served),
                watched.credentials,
                accounts);
        ListenerStatuses listenerStatuses = new ListenerStatuses(routes.attachedRoutes);
        GatewayServices gatewayServices = new GatewayServices(mesh, watched.services, slicesByService);
        GatewayStatuses gatewayStatuses = new GatewayStatuses(
                watched.gatewayClasses,
                new WaypointStatuses(gatewayServices, watched.gatewayProblems, ownGateways.parameterProblems()),
                new EdgeGatewayStatuses(
                        mesh,
                        ownGateways.edge(),
                        gatewayServices,
                        watched.gatewayProblems,
                        ownGateways.parameterProblems(),
                        listenerStatuses));
        gatewayStatus = graph.map(
                "gatewayStatus",
                watched.gateways,
                (fetch, gateway) -> ownGateways.isOurs(fetch, gateway) ? gatewayStatuses.of(fetch, gateway) : null);
        ListenerSetStatuses setStatuses =
                new ListenerSetStatuses(watched.gateways, ownGateways.edge(), gatewayStatus, listenerStatuses);
        listenerSetStatus = graph.map("listenerSetStatus", watched.listenerSets, setStatuses::of);
    }

    /** The graph that owns the collections. */
    public Graph graph() {
        return graph;
    }

    /** The settings the index was made with. */
    public MeshSettings mesh() {
        return mesh;
    }

    private ObjectConditions conditions(
            Fetch fetch, NamespacedName policy, String type, @Nullable ConditionInput wanted) {
        return new ObjectConditions(
                policy,
                type,
                wanted,
                Objects.requireNonNullElse(fetch.get(watched.policyConditions, policy), List.of()));
    }

    private TrustDomains trustDomains(Fetch fetch) {
        MeshConfig config = Objects.requireNonNullElse(fetch.get(watched.meshConfig, Watched.MESH), MeshConfig.NONE);
        return TrustDomains.of(mesh.trustDomain(), config.trustDomains());
    }

    private static List<NamespacedName> podsOf(SliceInput slice) {
        List<NamespacedName> pods = new ArrayList<>();
        slice.endpoints().forEach(endpoint -> pods.addAll(present(endpoint.pod())));
        return pods;
    }

    private static NamespacedName labelOf(NamespacedName gateway) {
        return new NamespacedName(gateway.namespace(), ProxyNames.label(gateway.name()));
    }

    // A Gateway as its pods' label names it.
    private static @Nullable NamespacedName gatewayOf(PodInput pod) {
        String gateway = pod.labels().get(Labels.GATEWAY_NAME);
        return gateway == null ? null : new NamespacedName(pod.key().namespace(), gateway);
    }

    private static <T> List<T> present(@Nullable T value) {
        return value == null ? List.of() : List.of(value);
    }
}

package io.periplus.model;

import io.periplus.api.Labels;
import io.periplus.api.NamespacedName;
import io.periplus.api.limit.RateLimitPolicy;
import io.periplus.api.security.AuthorizationPolicy;
import io.periplus.api.security.PeerAuthentication;
import io.periplus.api.security.RequestAuthentication;
import io.periplus.model.authn.FetchedKeys;
import io.periplus.model.authn.KeySource;
import io.periplus.model.authn.TokenPolicyKey;
import io.periplus.model.authn.Tokens;
import io.periplus.model.authn.WantedKeys;
import io.periplus.model.collection.Collection;
import io.periplus.model.collection.Fetch;
import io.periplus.model.collection.Graph;
import io.periplus.model.collection.Source;
import io.periplus.model.gateway.DeploymentWish;
import io.periplus.model.gateway.DeploymentWishes;
import io.periplus.model.gateway.EdgeConfigs;
import io.periplus.model.gateway.EdgeGateway;
import io.periplus.model.gateway.EdgeGatewayStatuses;
import io.periplus.model.gateway.EdgeGateways;
import io.periplus.model.gateway.EdgeViews;
import io.periplus.model.gateway.GatewayServices;
import io.periplus.model.gateway.GatewayStatus;
import io.periplus.model.gateway.GatewayStatuses;
import io.periplus.model.gateway.ListenerSetStatus;
import io.periplus.model.gateway.ListenerSetStatuses;
import io.periplus.model.gateway.ListenerStatuses;
import io.periplus.model.gateway.ParametersOf;
import io.periplus.model.gateway.References;
import io.periplus.model.gateway.WaypointStatuses;
import io.periplus.model.input.BackendTlsPolicyInput;
import io.periplus.model.input.CertificateBundleInput;
import io.periplus.model.input.ConditionInput;
import io.periplus.model.input.CredentialInput;
import io.periplus.model.input.DestinationRuleInput;
import io.periplus.model.input.GatewayClassInput;
import io.periplus.model.input.GatewayInput;
import io.periplus.model.input.ListenerSetInput;
import io.periplus.model.input.NamespaceInput;
import io.periplus.model.input.NodeInput;
import io.periplus.model.input.ParametersInput;
import io.periplus.model.input.PodInput;
import io.periplus.model.input.PolicyAncestorStatus;
import io.periplus.model.input.ReferenceGrantInput;
import io.periplus.model.input.RouteInput;
import io.periplus.model.input.RouteKey;
import io.periplus.model.input.RouteParentStatus;
import io.periplus.model.input.SecretInput;
import io.periplus.model.input.ServiceEntryInput;
import io.periplus.model.input.ServiceEntryInput.HostAddress;
import io.periplus.model.input.ServiceInput;
import io.periplus.model.input.SliceInput;
import io.periplus.model.input.WorkloadEntryInput;
import io.periplus.model.limit.LimitAncestor;
import io.periplus.model.limit.LimitPlace;
import io.periplus.model.limit.Limits;
import io.periplus.model.mesh.GatewayProviders;
import io.periplus.model.mesh.MeshConfig;
import io.periplus.model.mesh.ProviderInput;
import io.periplus.model.mesh.ProviderUse;
import io.periplus.model.mesh.Providers;
import io.periplus.model.policy.EdgePods;
import io.periplus.model.policy.L4Conversion;
import io.periplus.model.policy.L4Policy;
import io.periplus.model.policy.PeerAuthentications;
import io.periplus.model.policy.PolicyNames;
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
import io.periplus.model.route.ListenerViews;
import io.periplus.model.route.ParentKey;
import io.periplus.model.route.Routes;
import io.periplus.model.route.ServedRouteKey;
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
import io.periplus.model.workload.EntryWorkloads;
import io.periplus.model.workload.PodWorkloads;
import io.periplus.model.workload.ServiceInfo;
import io.periplus.model.workload.Services;
import io.periplus.model.workload.SliceWorkloads;
import io.periplus.model.workload.WorkloadInfo;
import io.periplus.wire.authorization.Authorization;
import io.periplus.wire.waypoint.BackendPolicy;
import io.periplus.wire.waypoint.ExtensionProvider;
import io.periplus.wire.waypoint.Gateway;
import io.periplus.wire.workload.ApplicationTunnel;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Everything that is derived from the cluster's objects, as one page: the sources, and what follows from what. Confined
 * to one thread, like its {@link #graph()}.
 */
public final class AmbientIndex {
    /** The key of what there is one of. */
    public static final String MESH = "";

    private final MeshSettings mesh;
    private final Graph graph = new Graph();

    // What is watched.
    public final Source<String, NamespaceInput> namespaces = graph.source("namespaces");
    public final Source<String, NodeInput> nodes = graph.source("nodes");
    public final Source<NamespacedName, PodInput> pods = graph.source("pods");
    public final Source<NamespacedName, ServiceInput> serviceInputs = graph.source("serviceInputs");
    public final Source<NamespacedName, ServiceEntryInput> serviceEntries = graph.source("serviceEntries");
    public final Source<NamespacedName, WorkloadEntryInput> workloadEntries = graph.source("workloadEntries");
    public final Source<NamespacedName, SliceInput> slices = graph.source("endpointSlices");
    public final Source<String, GatewayClassInput> gatewayClasses = graph.source("gatewayClasses");
    public final Source<NamespacedName, GatewayInput> gateways = graph.source("gateways");
    /** Deleted Gateways that stay in {@link #gateways} for a moment, while their pods finish; the values are arbitrary. */
    public final Source<NamespacedName, Long> leavingGateways = graph.source("leavingGateways");

    public final Source<NamespacedName, AuthorizationPolicy> authorizationPolicies =
            graph.source("authorizationPolicies");
    public final Source<NamespacedName, PeerAuthentication> peerAuthentications = graph.source("peerAuthentications");
    public final Source<NamespacedName, RequestAuthentication> requestAuthentications =
            graph.source("requestAuthentications");
    public final Source<NamespacedName, List<ConditionInput>> requestAuthenticationConditions =
            graph.source("requestAuthenticationConditions");
    /** Keys of issuers, as they were last fetched. */
    public final Source<KeySource, FetchedKeys> fetchedKeys = graph.source("fetchedKeys");

    public final Source<NamespacedName, List<ConditionInput>> policyConditions = graph.source("policyConditions");
    public final Source<NamespacedName, String> gatewayProblems = graph.source("gatewayProblems");
    /** What is wrong with overlays that were found but could not be applied. */
    public final Source<NamespacedName, String> overlayProblems = graph.source("overlayProblems");

    public final Source<NamespacedName, ParametersInput> parameters = graph.source("parameters");
    public final Source<NamespacedName, ListenerSetInput> listenerSets = graph.source("listenerSets");
    public final Source<NamespacedName, SecretInput> tlsSecrets = graph.source("tlsSecrets");
    public final Source<NamespacedName, CertificateBundleInput> certificateBundles = graph.source("certificateBundles");
    public final Source<RouteKey, RouteInput> routeInputs = graph.source("routeInputs");
    public final Source<RouteKey, List<RouteParentStatus>> routeConditions = graph.source("routeConditions");
    public final Source<NamespacedName, ReferenceGrantInput> referenceGrants = graph.source("referenceGrants");
    public final Source<NamespacedName, DestinationRuleInput> destinationRules = graph.source("destinationRules");
    public final Source<NamespacedName, List<ConditionInput>> destinationRuleConditions =
            graph.source("destinationRuleConditions");
    public final Source<NamespacedName, BackendTlsPolicyInput> backendTlsPolicies = graph.source("backendTlsPolicies");
    /** What the status of BackendTLSPolicies says on our behalf. */
    public final Source<NamespacedName, List<PolicyAncestorStatus>> backendTlsAncestors =
            graph.source("backendTlsAncestors");

    public final Source<NamespacedName, RateLimitPolicy> rateLimitPolicies = graph.source("rateLimitPolicies");
    /** What the status of RateLimitPolicies says on our behalf. */
    public final Source<NamespacedName, List<LimitAncestor>> rateLimitAncestors = graph.source("rateLimitAncestors");

    public final Source<NamespacedName, CredentialInput> credentials = graph.source("credentials");
    /** The mesh configuration, under {@link #MESH}; none before it was read. */
    public final Source<String, MeshConfig> meshConfig = graph.source("meshConfig");

    private final Source<String, MeshSettings> settings = graph.source("settings");

    // What follows.
    public final Collection<String, String> networks;
    public final Collection<NamespacedName, Waypoint> waypoints;
    public final Collection<NamespacedName, ServiceInfo> services;
    /** Services of ServiceEntries, one for each host, by resource name. */
    public final Collection<String, ServiceInfo> entryServices;
    /** Addresses that the mesh chose for hosts of ServiceEntries, by entry. */
    public final Collection<NamespacedName, AllocatedAddresses> allocatedAddresses;

    public final Collection<NamespacedName, WorkloadInfo> entryWorkloads;
    public final Collection<String, WorkloadInfo> entryEndpoints;
    public final Collection<NamespacedName, ObjectConditions> entryStatus;
    public final Collection<NamespacedName, ConditionInput> waypointConditions;
    public final Collection<NamespacedName, Attachment> attachments;
    public final Collection<String, Shape> shapes;
    public final Collection<NamespacedName, L4Policy> l4Policies;
    public final Collection<String, Authorization> shapedPolicies;
    public final Collection<String, Authorization> peerPolicies;
    public final Collection<String, Authorization> meshPolicies;
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
    private final Collection<NamespacedName, ParametersOf.Found> gatewayParameters;
    public final Collection<NamespacedName, DeploymentWish> deployments;
    public final Collection<NamespacedName, GatewayStatus> gatewayStatus;
    public final Collection<NamespacedName, EdgeGateway> edgeGateways;
    /** What the proxies of Gateways at the edge are sent; it holds private keys. */
    public final Collection<EdgeConfigs.Key, Gateway> edgeConfigs;

    public final Collection<NamespacedName, ListenerSetStatus> listenerSetStatus;

    /** The listeners to which routes can be attached. */
    public final Collection<ParentKey, ListenerViews> listenerViews;

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
        settings.put(MESH, mesh);

        networks = graph.map("networks", namespaces, (fetch, ns) -> ns.labels().get(Labels.NETWORK));
        var podsByGateway = pods.index(pod -> present(gatewayOf(pod)));
        waypoints = graph.map(
                "waypoints",
                gateways,
                (fetch, gateway) -> Waypoints.derive(
                        mesh,
                        network(fetch),
                        gateway,
                        fetch.get(gatewayClasses, gateway.className()),
                        fetch.by(podsByGateway, labelOf(gateway.key())),
                        fetch.get(leavingGateways, gateway.key()) != null));

        Bindings bindings = new Bindings(
                mesh,
                namespaces,
                waypoints,
                authorizationPolicies.index(
                        policy -> Target.of(policy.key(), policy.targetRefs(), mesh.rootNamespace())),
                requestAuthentications.index(
                        policy -> Target.of(policy.key(), policy.targetRefs(), mesh.rootNamespace())),
                rateLimitPolicies.index(LimitPlace::closed));
        services = graph.map(
                "services",
                serviceInputs,
                (fetch, service) -> Services.derive(
                        mesh,
                        network(fetch),
                        service,
                        fetch.get(namespaces, service.key().namespace()),
                        bindings.of(fetch, service)));
        var servicesByHost = services.index(service -> List.of(service.message().getHostname()));
        Collection<NamespacedName, List<HostAddress>> allocated = graph.flatMap(
                "allocated",
                settings,
                (fetch, ignored) ->
                        AddressAllocation.of(fetch.all(serviceEntries).values()));
        allocatedAddresses = graph.map(
                "allocatedAddresses",
                serviceEntries,
                (fetch, entry) -> new AllocatedAddresses(
                        entry.key(),
                        Objects.requireNonNullElse(fetch.get(allocated, entry.key()), List.of()),
                        entry.allocated()));
        EntryServices entries = new EntryServices(
                mesh, bindings, namespaces, servicesByHost, serviceEntries.index(ServiceEntryInput::hosts), allocated);
        entryServices = graph.flatMap(
                "entryServices", serviceEntries, (fetch, entry) -> entries.of(fetch, network(fetch), entry));
        var entriesByNamespace =
                entryServices.index(service -> List.of(service.key().namespace()));
        entryStatus = graph.map(
                "entryStatus",
                serviceEntries,
                (fetch, entry) -> new ObjectConditions(
                        entry.key(),
                        WaypointCondition.TYPE,
                        WaypointCondition.of(bindings.of(fetch, entry)),
                        entry.conditions()));
        waypointConditions =
                graph.map("waypointConditions", services, (fetch, service) -> WaypointCondition.of(service.binding()));

        var servicesByNamespace =
                services.index(service -> List.of(service.key().namespace()));
        var slicesByPod = slices.index(AmbientIndex::podsOf);
        Attachments attaching =
                new Attachments(bindings, services, servicesByNamespace, entriesByNamespace, slicesByPod);
        attachments = graph.map("attachments", pods, attaching::of);
        var attachmentsByNamespace =
                attachments.index(attachment -> List.of(attachment.pod().namespace()));
        Collection<String, Shape> namespaceShapes = graph.map(
                "namespaceShapes",
                namespaces,
                (fetch, ns) -> Shapes.ofNamespace(fetch, ns, servicesByNamespace, attachmentsByNamespace));
        shapes = graph.flatMap("shapes", settings, (fetch, ignored) -> Shapes.all(fetch.all(namespaceShapes)));

        Collection<NamespacedName, AuthorizationPolicy> expandedPolicies = graph.map(
                "expandedPolicies",
                authorizationPolicies,
                (fetch, policy) -> trustDomains(fetch).expand(policy));
        var writtenByNamespace =
                authorizationPolicies.index(policy -> List.of(policy.key().namespace()));
        l4Policies = graph.map("l4Policies", expandedPolicies, (fetch, policy) -> L4Conversion.convert(policy, mesh));
        var peersByNamespace =
                peerAuthentications.index(peer -> List.of(peer.key().namespace()));
        Collection<String, Boolean> strict = graph.map(
                "strictNamespaces",
                namespaces,
                (fetch, ns) -> PeerAuthentications.inheritedStrict(
                        fetch.by(peersByNamespace, ns.name()), fetch.by(peersByNamespace, mesh.rootNamespace())));
        Shaping shaping = new Shaping(waypoints);
        var policiesByNamespace =
                l4Policies.index(policy -> List.of(policy.key().namespace()));
        Collection<PolicyNames.Place, List<String>> beside = graph.flatMap(
                "policiesBeside",
                namespaces,
                (fetch, ns) -> Shapes.beside(fetch, mesh, shapes, policiesByNamespace, shaping, ns));
        PolicyNames names = new PolicyNames(
                mesh, writtenByNamespace, policiesByNamespace, peersByNamespace, strict, beside, shaping);
        shapedPolicies = graph.flatMap(
                "shapedPolicies",
                l4Policies,
                (fetch, policy) -> shaping.forms(
                        fetch,
                        policy,
                        Shapes.around(fetch, mesh, shapes, policy.key().namespace())));
        peerPolicies = graph.flatMap("peerPolicies", peerAuthentications, (fetch, peer) -> peer(fetch, strict, peer));
        meshPolicies = graph.flatMap("meshPolicies", settings, (fetch, ignored) -> meshPolicies(fetch));

        Collection<NamespacedName, ApplicationTunnel> inboundBindings =
                graph.flatMap("inboundBindings", gateways, (fetch, gateway) -> {
                    ApplicationTunnel inbound =
                            InboundBindings.of(gateway, fetch.get(gatewayClasses, gateway.className()));
                    return inbound == null ? Map.of() : Map.of(labelOf(gateway.key()), inbound);
                });
        PodWorkloads workloads =
                new PodWorkloads(mesh, nodes, attachments, services, entryServices, names, inboundBindings);
        podWorkloads = graph.map("podWorkloads", pods, (fetch, pod) -> workloads.of(fetch, network(fetch), pod));
        var servicesOfEntry = entryServices.index(service -> List.of(service.key()));
        EntryWorkloads ofEntries =
                new EntryWorkloads(mesh, servicesByNamespace, entriesByNamespace, servicesOfEntry, names);
        entryWorkloads = graph.map(
                "entryWorkloads", workloadEntries, (fetch, entry) -> ofEntries.of(fetch, network(fetch), entry));
        entryEndpoints = graph.flatMap(
                "entryEndpoints", serviceEntries, (fetch, entry) -> ofEntries.of(fetch, network(fetch), entry));
        sliceWorkloads = graph.flatMap(
                "sliceWorkloads",
                slices,
                (fetch, slice) -> SliceWorkloads.derive(
                        mesh,
                        network(fetch),
                        slice,
                        fetch.get(services, new NamespacedName(slice.key().namespace(), slice.service()))));

        TargetVerdicts targetVerdicts = new TargetVerdicts(mesh, services, servicesOfEntry, waypoints, gatewayClasses);
        Collection<String, ProviderInput> providerInputs =
                graph.flatMap("providerInputs", meshConfig, (fetch, config) -> config.providers());
        Providers providers = new Providers(
                servicesByHost,
                entryServices.index(service -> List.of(service.message().getHostname())));
        extensionProviders = graph.map("extensionProviders", providerInputs, providers::resolve);

        serviceStatus = graph.map(
                "serviceStatus",
                serviceInputs,
                (fetch, service) -> new ObjectConditions(
                        service.key(),
                        WaypointCondition.TYPE,
                        fetch.get(waypointConditions, service.key()),
                        service.conditions()));
        var slicesByService =
                slices.index(slice -> List.of(new NamespacedName(slice.key().namespace(), slice.service())));
        References references = new References(
                referenceGrants.index(grant -> List.of(grant.key().namespace())), tlsSecrets, certificateBundles);
        EdgeGateways atEdge = new EdgeGateways(
                namespaces, listenerSets.index(set -> List.of(set.parent().key())), references);
        edgeGateways = graph.map(
                "edgeGateways",
                gateways,
                (fetch, gateway) -> isEdge(fetch, gateway) ? atEdge.of(fetch, gateway) : null);
        EdgeConfigs configs = new EdgeConfigs(references, gateways, podsByGateway);
        edgeConfigs = graph.flatMap("edgeConfigs", edgeGateways, configs::of);
        ParametersOf parametersOf = new ParametersOf(
                mesh,
                parameters,
                parameters.index(map -> map.defaultsFor().isEmpty() ? List.of() : List.of(map.defaultsFor())));
        gatewayParameters = graph.map("gatewayParameters", gateways, parametersOf::of);
        deployments = graph.map("deployments", gateways, this::deployment);
        EdgePods edgePods = new EdgePods(edgeGateways, deployments, podsByGateway, mesh.rootNamespace());
        TargetedProxies targeted = new TargetedProxies(mesh, services, servicesOfEntry, waypoints);
        WaypointPolicies atWaypoints = new WaypointPolicies(mesh, targeted, shapes, edgePods);
        waypointPolicies = graph.flatMap("waypointPolicies", expandedPolicies, atWaypoints::of);
        PolicyStatuses statuses = new PolicyStatuses(mesh, targetVerdicts, shapes, edgePods, extensionProviders);
        policyStatuses = graph.map("policyStatuses", authorizationPolicies, statuses::of);
        ztunnelStatus = graph.map(
                "ztunnelStatus",
                policyStatuses,
                (fetch, status) -> conditions(fetch, status.key(), PolicyStatus.ZTUNNEL, status.ztunnel()));
        waypointStatus = graph.map(
                "waypointStatus",
                policyStatuses,
                (fetch, status) -> conditions(fetch, status.key(), PolicyStatus.WAYPOINT, status.waypoint()));
        ProxyAccounts accounts = new ProxyAccounts(gateways, gatewayClasses, podsByGateway);
        Tokens tokens =
                new Tokens(graph, requestAuthentications, targeted, edgePods, accounts, targetVerdicts, fetchedKeys);
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
                                fetch.get(requestAuthenticationConditions, status.key()), List.of())));
        Collection<ProviderUse, ProviderUse> providerUses = graph.flatMapEntries(
                "providerUses", waypointPolicies, (fetch, key, policy) -> ProviderUse.of(key, policy));
        gatewayProviders = graph.flatMap(
                "gatewayProviders",
                gateways,
                new GatewayProviders(providerUses.index(use -> List.of(use.gateway())), extensionProviders)::of);
        listenerViews = graph.flatMap("listenerViews", gateways, this::listenerViews);
        routes = new Routes(
                graph,
                routeInputs,
                routeConditions,
                referenceGrants,
                listenerViews,
                services,
                entryServices,
                waypoints,
                namespaces);
        Collection<ServedRouteKey, RoutedServices> routedServices = graph.flatMapEntries(
                "routedServices",
                routes.served,
                (fetch, key, route) -> Map.of(key, RoutedServices.of(key.gateway(), route)));
        BackendTlsPolicies tlsPolicies = new BackendTlsPolicies(backendTlsPolicies.index(BackendTlsPolicies::targets));
        var routedTo = routedServices.index(RoutedServices::services);
        BackendPolicies backends = new BackendPolicies(
                new DestinationRules(mesh, destinationRules.index(rule -> List.of(rule.host()))),
                tlsPolicies,
                new TlsSettings(credentials, certificateBundles),
                new ClientCertificates(edgeGateways, tlsSecrets),
                accounts,
                routedTo);
        backendPolicies = graph.flatMap("backendPolicies", services, backends::of);
        entryBackendPolicies = graph.flatMap("entryBackendPolicies", entryServices, backends::of);
        destinationRuleStatus = graph.map(
                "destinationRuleStatus",
                destinationRules,
                (fetch, rule) -> DestinationRuleStatus.of(
                        rule, Objects.requireNonNullElse(fetch.get(destinationRuleConditions, rule.key()), List.of())));
        BackendTlsStatuses tlsStatuses =
                new BackendTlsStatuses(services, tlsPolicies, routedTo, references, backendTlsAncestors);
        backendTlsStatus = graph.map("backendTlsStatus", backendTlsPolicies, tlsStatuses::of);
        limits = new Limits(
                graph,
                rateLimitPolicies,
                rateLimitAncestors,
                new Limits.Places(
                        gateways, waypoints, edgeGateways, services, servicesOfEntry, routeInputs, routes.served),
                credentials,
                accounts);
        ListenerStatuses listenerStatuses = new ListenerStatuses(routes.attachedRoutes);
        Collection<NamespacedName, String> parametersProblems =
                graph.map("parametersProblems", gateways, (fetch, gateway) -> parametersProblem(fetch, gateway.key()));
        GatewayServices gatewayServices = new GatewayServices(mesh, serviceInputs, slicesByService);
        GatewayStatuses gatewayStatuses = new GatewayStatuses(
                gatewayClasses,
                new WaypointStatuses(gatewayServices, gatewayProblems, parametersProblems),
                new EdgeGatewayStatuses(
                        mesh, edgeGateways, gatewayServices, gatewayProblems, parametersProblems, listenerStatuses));
        gatewayStatus = graph.map(
                "gatewayStatus",
                gateways,
                (fetch, gateway) -> isOurs(fetch, gateway) ? gatewayStatuses.of(fetch, gateway) : null);
        ListenerSetStatuses setStatuses =
                new ListenerSetStatuses(gateways, edgeGateways, gatewayStatus, listenerStatuses);
        listenerSetStatus = graph.map("listenerSetStatus", listenerSets, setStatuses::of);
    }

    /** The graph that owns the collections. */
    public Graph graph() {
        return graph;
    }

    /** The settings the index was made with. */
    public MeshSettings mesh() {
        return mesh;
    }

    /** The network of this cluster, for a derivation; empty when it has no name. */
    public String network(Fetch fetch) {
        return Objects.requireNonNullElse(fetch.get(networks, mesh.rootNamespace()), "");
    }

    private ObjectConditions conditions(
            Fetch fetch, NamespacedName policy, String type, @Nullable ConditionInput wanted) {
        return new ObjectConditions(
                policy, type, wanted, Objects.requireNonNullElse(fetch.get(policyConditions, policy), List.of()));
    }

    private @Nullable DeploymentWish deployment(Fetch fetch, GatewayInput gateway) {
        if (!isOurs(fetch, gateway)) {
            return null;
        }
        String controller = Waypoints.controller(gateway.className(), fetch.get(gatewayClasses, gateway.className()));
        EdgeGateway edge = fetch.get(edgeGateways, gateway.key());
        ParametersOf.Found found = fetch.get(gatewayParameters, gateway.key());
        if (found == null || found.problem() != null) {
            // What is deployed stays as it is until the parameters are right.
            return null;
        }
        return DeploymentWishes.derive(
                network(fetch),
                gateway,
                controller,
                edge == null ? gateway.listeners() : edge.served(),
                found.parameters(),
                Objects.requireNonNullElse(fetch.get(meshConfig, MESH), MeshConfig.NONE)
                        .proxyEnvironment());
    }

    private @Nullable String parametersProblem(Fetch fetch, NamespacedName gateway) {
        ParametersOf.Found found = fetch.get(gatewayParameters, gateway);
        String missing = found == null ? null : found.problem();
        return missing != null ? missing : fetch.get(overlayProblems, gateway);
    }

    private boolean isEdge(Fetch fetch, GatewayInput gateway) {
        return isOurs(fetch, gateway)
                && Waypoints.controller(gateway.className(), fetch.get(gatewayClasses, gateway.className()))
                        .equals(EdgeGateways.CONTROLLER);
    }

    // Waypoints take none, and their routes are told so.
    private Map<ParentKey, ListenerViews> listenerViews(Fetch fetch, GatewayInput gateway) {
        EdgeGateway edge = fetch.get(edgeGateways, gateway.key());
        if (edge != null) {
            return EdgeViews.of(edge);
        }
        String controller = Waypoints.controller(gateway.className(), fetch.get(gatewayClasses, gateway.className()));
        return isOurs(fetch, gateway) && controller.equals(Waypoint.CONTROLLER)
                ? Map.of(ParentKey.gateway(gateway.key()), ListenerViews.of(gateway))
                : Map.of();
    }

    // A Gateway belongs to the control plane of its revision, or of its namespace's.
    private boolean isOurs(Fetch fetch, GatewayInput gateway) {
        if (fetch.get(leavingGateways, gateway.key()) != null) {
            return false;
        }
        String revision = gateway.labels().get(Labels.REVISION);
        NamespaceInput namespace = fetch.get(namespaces, gateway.key().namespace());
        if (revision == null && namespace != null) {
            revision = namespace.labels().get(Labels.REVISION);
        }
        return revision == null || revision.equals(mesh.revision());
    }

    private Map<String, Authorization> peer(Fetch fetch, Collection<String, Boolean> strict, PeerAuthentication peer) {
        String namespace = peer.key().namespace();
        if (namespace.equals(mesh.rootNamespace())) {
            return Map.of();
        }
        boolean inherited = Boolean.TRUE.equals(fetch.get(strict, namespace));
        Authorization policy = PeerAuthentications.convert(peer, inherited);
        return policy == null ? Map.of() : Map.of(namespace + "/" + policy.getName(), policy);
    }

    private TrustDomains trustDomains(Fetch fetch) {
        MeshConfig config = Objects.requireNonNullElse(fetch.get(meshConfig, MESH), MeshConfig.NONE);
        return TrustDomains.of(mesh.trustDomain(), config.trustDomains());
    }

    private Map<String, Authorization> meshPolicies(Fetch fetch) {
        Map<String, Authorization> policies = new LinkedHashMap<>();
        if (!fetch.all(peerAuthentications).isEmpty()) {
            policies.put(
                    mesh.rootNamespace() + "/" + PeerAuthentications.STATIC_STRICT,
                    PeerAuthentications.staticStrict(mesh.rootNamespace()));
        }
        // Listed only beside another ALLOW, so not needed before there is one.
        boolean anyAllow = fetch.all(l4Policies).values().stream().anyMatch(L4Policy::allows);
        Shape shape = mesh.policyFollowsTraffic() && anyAllow ? fetch.get(shapes, Shapes.MESH) : null;
        if (shape != null) {
            for (NamespacedName name : shape.waypoints()) {
                Waypoint waypoint = fetch.get(waypoints, name);
                if (waypoint != null) {
                    policies.putAll(Shaping.allow(waypoint));
                }
            }
        }
        return policies;
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

package io.periplus.model.input;

import io.periplus.api.NamespacedName;
import io.periplus.api.limit.RateLimitPolicy;
import io.periplus.api.security.AuthorizationPolicy;
import io.periplus.api.security.PeerAuthentication;
import io.periplus.api.security.RequestAuthentication;
import io.periplus.model.authn.FetchedKeys;
import io.periplus.model.authn.KeySource;
import io.periplus.model.collection.Collection;
import io.periplus.model.collection.Gate;
import io.periplus.model.collection.Graph;
import io.periplus.model.collection.Source;
import io.periplus.model.limit.LimitAncestor;
import io.periplus.model.mesh.MeshConfig;
import java.util.List;

/**
 * Everything that is watched, as the sources of a graph; of objects in namespaces only those whose namespace belongs to the
 * mesh. Confined to the graph's thread.
 */
public final class Watched {
    /** The key of what there is one of. */
    public static final String MESH = "";

    public final Source<String, NamespaceInput> namespaces;
    public final Source<String, NodeInput> nodes;
    public final Source<NamespacedName, PodInput> pods;
    public final Source<NamespacedName, ServiceInput> services;
    public final Source<NamespacedName, ServiceEntryInput> serviceEntries;
    public final Source<NamespacedName, WorkloadEntryInput> workloadEntries;
    public final Source<NamespacedName, SliceInput> slices;
    public final Source<String, GatewayClassInput> gatewayClasses;
    public final Source<NamespacedName, GatewayInput> gateways;

    /** Deleted Gateways that stay in {@link #gateways} for a moment, while their pods finish; the values are arbitrary. */
    public final Source<NamespacedName, Long> leavingGateways;

    public final Source<NamespacedName, AuthorizationPolicy> authorizationPolicies;
    public final Source<NamespacedName, PeerAuthentication> peerAuthentications;
    public final Source<NamespacedName, RequestAuthentication> requestAuthentications;
    public final Source<NamespacedName, List<ConditionInput>> requestAuthenticationConditions;

    /** Keys of issuers, as they were last fetched. */
    public final Source<KeySource, FetchedKeys> fetchedKeys;

    public final Source<NamespacedName, List<ConditionInput>> policyConditions;
    public final Source<NamespacedName, String> gatewayProblems;

    /** What is wrong with overlays that were found but could not be applied. */
    public final Source<NamespacedName, String> overlayProblems;

    public final Source<NamespacedName, ParametersInput> parameters;
    public final Source<NamespacedName, ListenerSetInput> listenerSets;
    public final Source<NamespacedName, SecretInput> tlsSecrets;
    public final Source<NamespacedName, CertificateBundleInput> certificateBundles;
    public final Source<RouteKey, RouteInput> routes;
    public final Source<RouteKey, List<RouteParentStatus>> routeConditions;
    public final Source<NamespacedName, ReferenceGrantInput> referenceGrants;
    public final Source<NamespacedName, DestinationRuleInput> destinationRules;
    public final Source<NamespacedName, List<ConditionInput>> destinationRuleConditions;
    public final Source<NamespacedName, BackendTlsPolicyInput> backendTlsPolicies;

    /** What the status of BackendTLSPolicies says on our behalf. */
    public final Source<NamespacedName, List<PolicyAncestorStatus>> backendTlsAncestors;

    public final Source<NamespacedName, RateLimitPolicy> rateLimitPolicies;

    /** What the status of RateLimitPolicies says on our behalf. */
    public final Source<NamespacedName, List<LimitAncestor>> rateLimitAncestors;

    public final Source<NamespacedName, CredentialInput> credentials;

    /** Tags of revisions that webhooks keep, by the webhook's name. */
    public final Source<String, RevisionTagInput> revisionTags;

    /** The mesh configuration, under {@link #MESH}; none before it was read. */
    public final Source<String, MeshConfig> meshConfig;

    /**
     * Sources without a value.
     *
     * @param rootNamespace which always belongs to the mesh
     */
    public Watched(Graph graph, String rootNamespace) {
        namespaces = graph.source("namespaces");
        meshConfig = graph.source("meshConfig");
        Collection<String, Boolean> outside = Discovery.outside(graph, rootNamespace, namespaces, meshConfig);
        Gate<NamespacedName> mesh = new Gate<>(outside, NamespacedName::namespace);
        nodes = graph.source("nodes");
        pods = graph.source("pods", mesh);
        services = graph.source("serviceInputs", mesh);
        serviceEntries = graph.source("serviceEntries", mesh);
        workloadEntries = graph.source("workloadEntries", mesh);
        slices = graph.source("endpointSlices", mesh);
        gatewayClasses = graph.source("gatewayClasses");
        gateways = graph.source("gateways", mesh);
        leavingGateways = graph.source("leavingGateways");
        authorizationPolicies = graph.source("authorizationPolicies", mesh);
        peerAuthentications = graph.source("peerAuthentications", mesh);
        requestAuthentications = graph.source("requestAuthentications", mesh);
        requestAuthenticationConditions = graph.source("requestAuthenticationConditions");
        fetchedKeys = graph.source("fetchedKeys");
        policyConditions = graph.source("policyConditions");
        gatewayProblems = graph.source("gatewayProblems");
        overlayProblems = graph.source("overlayProblems");
        parameters = graph.source("parameters", mesh);
        listenerSets = graph.source("listenerSets", mesh);
        tlsSecrets = graph.source("tlsSecrets", mesh);
        certificateBundles = graph.source("certificateBundles", mesh);
        routes = graph.source(
                "routeInputs", new Gate<>(outside, key -> key.name().namespace()));
        routeConditions = graph.source("routeConditions");
        referenceGrants = graph.source("referenceGrants", mesh);
        destinationRules = graph.source("destinationRules", mesh);
        destinationRuleConditions = graph.source("destinationRuleConditions");
        backendTlsPolicies = graph.source("backendTlsPolicies", mesh);
        backendTlsAncestors = graph.source("backendTlsAncestors");
        rateLimitPolicies = graph.source("rateLimitPolicies", mesh);
        rateLimitAncestors = graph.source("rateLimitAncestors");
        credentials = graph.source("credentials", mesh);
        revisionTags = graph.source("revisionTagInputs");
    }
}

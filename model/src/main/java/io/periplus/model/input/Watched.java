package io.periplus.model.input;

import io.periplus.api.NamespacedName;
import io.periplus.api.limit.RateLimitPolicy;
import io.periplus.api.security.AuthorizationPolicy;
import io.periplus.api.security.PeerAuthentication;
import io.periplus.api.security.RequestAuthentication;
import io.periplus.model.authn.FetchedKeys;
import io.periplus.model.authn.KeySource;
import io.periplus.model.collection.Graph;
import io.periplus.model.collection.Source;
import io.periplus.model.limit.LimitAncestor;
import io.periplus.model.mesh.MeshConfig;
import java.util.List;

/** Everything that is watched, as the sources of a graph. Confined to the graph's thread. */
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

    /** Sources without a value. */
    public Watched(Graph graph) {
        namespaces = graph.source("namespaces");
        nodes = graph.source("nodes");
        pods = graph.source("pods");
        services = graph.source("serviceInputs");
        serviceEntries = graph.source("serviceEntries");
        workloadEntries = graph.source("workloadEntries");
        slices = graph.source("endpointSlices");
        gatewayClasses = graph.source("gatewayClasses");
        gateways = graph.source("gateways");
        leavingGateways = graph.source("leavingGateways");
        authorizationPolicies = graph.source("authorizationPolicies");
        peerAuthentications = graph.source("peerAuthentications");
        requestAuthentications = graph.source("requestAuthentications");
        requestAuthenticationConditions = graph.source("requestAuthenticationConditions");
        fetchedKeys = graph.source("fetchedKeys");
        policyConditions = graph.source("policyConditions");
        gatewayProblems = graph.source("gatewayProblems");
        overlayProblems = graph.source("overlayProblems");
        parameters = graph.source("parameters");
        listenerSets = graph.source("listenerSets");
        tlsSecrets = graph.source("tlsSecrets");
        certificateBundles = graph.source("certificateBundles");
        routes = graph.source("routeInputs");
        routeConditions = graph.source("routeConditions");
        referenceGrants = graph.source("referenceGrants");
        destinationRules = graph.source("destinationRules");
        destinationRuleConditions = graph.source("destinationRuleConditions");
        backendTlsPolicies = graph.source("backendTlsPolicies");
        backendTlsAncestors = graph.source("backendTlsAncestors");
        rateLimitPolicies = graph.source("rateLimitPolicies");
        rateLimitAncestors = graph.source("rateLimitAncestors");
        credentials = graph.source("credentials");
        revisionTags = graph.source("revisionTagInputs");
        meshConfig = graph.source("meshConfig");
    }
}

package io.periplus.controlplane.kube;

import io.fabric8.kubernetes.client.dsl.base.ResourceDefinitionContext;
import io.periplus.model.input.RouteKey;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** The kinds of objects that are read and written as plain JSON. */
public final class Kinds {
    static final ResourceDefinitionContext NAMESPACE = scoped("", "Namespace", "namespaces");
    static final ResourceDefinitionContext NODE = scoped("", "Node", "nodes");
    static final ResourceDefinitionContext POD = namespaced("", "Pod", "pods");
    static final ResourceDefinitionContext SERVICE_ACCOUNT = namespaced("", "ServiceAccount", "serviceaccounts");
    static final ResourceDefinitionContext SECRET = namespaced("", "Secret", "secrets");
    static final ResourceDefinitionContext CONFIG_MAP = namespaced("", "ConfigMap", "configmaps");
    static final ResourceDefinitionContext DEPLOYMENT = namespaced("apps", "Deployment", "deployments");
    static final ResourceDefinitionContext ENDPOINT_SLICE =
            namespaced("discovery.k8s.io", "EndpointSlice", "endpointslices");
    /** ServiceEntries. */
    public static final ResourceDefinitionContext SERVICE_ENTRY =
            namespaced("networking.istio.io", "ServiceEntry", "serviceentries");

    /** WorkloadEntries. */
    public static final ResourceDefinitionContext WORKLOAD_ENTRY =
            namespaced("networking.istio.io", "WorkloadEntry", "workloadentries");

    static final ResourceDefinitionContext REFERENCE_GRANT =
            namespaced("gateway.networking.k8s.io", "ReferenceGrant", "referencegrants");
    static final ResourceDefinitionContext BACKEND_TLS_POLICY =
            namespaced("gateway.networking.k8s.io", "BackendTLSPolicy", "backendtlspolicies");
    static final ResourceDefinitionContext PEER_AUTHENTICATION =
            namespaced("security.istio.io", "PeerAuthentication", "peerauthentications");

    /** RequestAuthentications. */
    public static final ResourceDefinitionContext REQUEST_AUTHENTICATION =
            namespaced("security.istio.io", "RequestAuthentication", "requestauthentications");

    static final ResourceDefinitionContext AUTOSCALER =
            versioned("autoscaling", "v2", "HorizontalPodAutoscaler", "horizontalpodautoscalers");
    static final ResourceDefinitionContext DISRUPTION_BUDGET =
            namespaced("policy", "PodDisruptionBudget", "poddisruptionbudgets");

    /** Core Services. */
    public static final ResourceDefinitionContext SERVICE = namespaced("", "Service", "services");

    /** DestinationRules. */
    public static final ResourceDefinitionContext DESTINATION_RULE =
            namespaced("networking.istio.io", "DestinationRule", "destinationrules");

    /** AuthorizationPolicies. */
    public static final ResourceDefinitionContext AUTHORIZATION_POLICY =
            namespaced("security.istio.io", "AuthorizationPolicy", "authorizationpolicies");

    static final ResourceDefinitionContext RATE_LIMIT_POLICY =
            versioned("policy.periplus.io", "v1alpha1", "RateLimitPolicy", "ratelimitpolicies");

    /** Gateways of the Gateway API. */
    public static final ResourceDefinitionContext GATEWAY =
            namespaced("gateway.networking.k8s.io", "Gateway", "gateways");

    /** GatewayClasses. */
    public static final ResourceDefinitionContext GATEWAY_CLASS =
            scoped("gateway.networking.k8s.io", "GatewayClass", "gatewayclasses");

    static final ResourceDefinitionContext MUTATING_WEBHOOK =
            scoped("admissionregistration.k8s.io", "MutatingWebhookConfiguration", "mutatingwebhookconfigurations");

    /** Definitions of custom resources. */
    public static final ResourceDefinitionContext CUSTOM_RESOURCE_DEFINITION =
            scoped("apiextensions.k8s.io", "CustomResourceDefinition", "customresourcedefinitions");

    /** ListenerSets. */
    public static final ResourceDefinitionContext LISTENER_SET =
            namespaced("gateway.networking.k8s.io", "ListenerSet", "listenersets");

    private static final Map<RouteKey.Kind, ResourceDefinitionContext> ROUTES = Map.of(
            RouteKey.Kind.GRPC, namespaced("gateway.networking.k8s.io", "GRPCRoute", "grpcroutes"),
            RouteKey.Kind.HTTP, namespaced("gateway.networking.k8s.io", "HTTPRoute", "httproutes"),
            RouteKey.Kind.TLS, namespaced("gateway.networking.k8s.io", "TLSRoute", "tlsroutes"),
            RouteKey.Kind.TCP, namespaced("gateway.networking.k8s.io", "TCPRoute", "tcproutes"));

    private static final List<ResourceDefinitionContext> DEPLOYED =
            List.of(SERVICE_ACCOUNT, DEPLOYMENT, SERVICE, AUTOSCALER, DISRUPTION_BUDGET);

    private Kinds() {}

    /** A kind of routes. */
    public static ResourceDefinitionContext route(RouteKey.Kind kind) {
        return Objects.requireNonNull(ROUTES.get(kind));
    }

    /** The kind of an object that is deployed for a Gateway. */
    static ResourceDefinitionContext deployed(String kind) {
        return DEPLOYED.stream()
                .filter(context -> context.getKind().equals(kind))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("kind " + kind + " is not deployed for Gateways"));
    }

    static String apiVersion(ResourceDefinitionContext kind) {
        return kind.getGroup().isEmpty() ? kind.getVersion() : kind.getGroup() + "/" + kind.getVersion();
    }

    private static ResourceDefinitionContext scoped(String group, String kind, String plural) {
        return context(group, "v1", kind, plural, false);
    }

    private static ResourceDefinitionContext namespaced(String group, String kind, String plural) {
        return context(group, "v1", kind, plural, true);
    }

    private static ResourceDefinitionContext versioned(String group, String version, String kind, String plural) {
        return context(group, version, kind, plural, true);
    }

    private static ResourceDefinitionContext context(
            String group, String version, String kind, String plural, boolean namespaced) {
        return new ResourceDefinitionContext.Builder()
                .withGroup(group)
                .withVersion(version)
                .withKind(kind)
                .withPlural(plural)
                .withNamespaced(namespaced)
                .build();
    }
}

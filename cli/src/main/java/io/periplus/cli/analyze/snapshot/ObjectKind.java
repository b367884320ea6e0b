package io.periplus.cli.analyze.snapshot;

import io.periplus.cli.kube.Resource;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The kinds of objects that the mesh reads. */
public enum ObjectKind {
    NAMESPACE("", "v1", "Namespace", "namespaces", false),
    POD("", "v1", "Pod", "pods"),
    SERVICE("", "v1", "Service", "services"),
    SERVICE_ACCOUNT("", "v1", "ServiceAccount", "serviceaccounts"),
    CONFIG_MAP("", "v1", "ConfigMap", "configmaps"),
    /** Only those that others name are read from clusters. */
    SECRET("", "v1", "Secret", "secrets"),
    DEPLOYMENT("apps", "v1", "Deployment", "deployments"),
    DEFINITION("apiextensions.k8s.io", "v1", "CustomResourceDefinition", "customresourcedefinitions", false),
    GATEWAY_CLASS("gateway.networking.k8s.io", "v1", "GatewayClass", "gatewayclasses", false),
    GATEWAY("gateway.networking.k8s.io", "v1", "Gateway", "gateways"),
    LISTENER_SET("gateway.networking.k8s.io", "v1", "ListenerSet", "listenersets"),
    HTTP_ROUTE("gateway.networking.k8s.io", "v1", "HTTPRoute", "httproutes"),
    GRPC_ROUTE("gateway.networking.k8s.io", "v1", "GRPCRoute", "grpcroutes"),
    TLS_ROUTE("gateway.networking.k8s.io", "v1", "TLSRoute", "tlsroutes"),
    TCP_ROUTE("gateway.networking.k8s.io", "v1", "TCPRoute", "tcproutes"),
    REFERENCE_GRANT("gateway.networking.k8s.io", "v1", "ReferenceGrant", "referencegrants"),
    BACKEND_TLS_POLICY("gateway.networking.k8s.io", "v1", "BackendTLSPolicy", "backendtlspolicies"),
    AUTHORIZATION_POLICY("security.istio.io", "v1", "AuthorizationPolicy", "authorizationpolicies"),
    PEER_AUTHENTICATION("security.istio.io", "v1", "PeerAuthentication", "peerauthentications"),
    REQUEST_AUTHENTICATION("security.istio.io", "v1", "RequestAuthentication", "requestauthentications"),
    SERVICE_ENTRY("networking.istio.io", "v1", "ServiceEntry", "serviceentries"),
    WORKLOAD_ENTRY("networking.istio.io", "v1", "WorkloadEntry", "workloadentries"),
    WORKLOAD_GROUP("networking.istio.io", "v1", "WorkloadGroup", "workloadgroups"),
    DESTINATION_RULE("networking.istio.io", "v1", "DestinationRule", "destinationrules"),
    TELEMETRY("telemetry.istio.io", "v1", "Telemetry", "telemetries"),
    RATE_LIMIT_POLICY("policy.periplus.io", "v1alpha1", "RateLimitPolicy", "ratelimitpolicies");

    private static final Map<String, ObjectKind> BY_NAME = new HashMap<>();

    static {
        for (ObjectKind kind : values()) {
            BY_NAME.put(kind.resource.group() + "/" + kind.title, kind);
        }
    }

    private final Resource resource;
    private final String title;

    ObjectKind(String group, String version, String title, String plural, boolean namespaced) {
        this.resource = new Resource(group, version, plural, namespaced);
        this.title = title;
    }

    ObjectKind(String group, String version, String title, String plural) {
        this(group, version, title, plural, true);
    }

    /** The kind's own name, for example {@code HTTPRoute}. */
    public String title() {
        return title;
    }

    /** Where the API server keeps it. */
    public Resource resource() {
        return resource;
    }

    /** Whether objects of the kind belong to a namespace. */
    public boolean namespaced() {
        return resource.namespaced();
    }

    /** Name of the kind's definition, if it is one of a custom resource. */
    public String definition() {
        return resource.plural() + "." + resource.group();
    }

    /** Whether the kind is not part of Kubernetes itself. */
    public boolean isCustom() {
        return resource.group().indexOf('.') > 0 && !resource.group().equals("apiextensions.k8s.io");
    }

    /** The kind of a group (empty for core) and name, or null if the mesh does not read it. */
    public static @Nullable ObjectKind of(String group, String title) {
        return BY_NAME.get((group.equals("core") ? "" : group) + "/" + title);
    }

    /** The kind of a manifest's {@code apiVersion} and {@code kind}, or null if the mesh does not read it. */
    public static @Nullable ObjectKind ofManifest(String apiVersion, String title) {
        int slash = apiVersion.indexOf('/');
        return of(slash < 0 ? "" : apiVersion.substring(0, slash), title);
    }
}

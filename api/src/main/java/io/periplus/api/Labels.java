package io.periplus.api;

/** Labels and annotations that Istio's users know, by the names they know. */
public final class Labels {
    /** Label on namespaces and pods: {@code ambient} enrols, {@code none} on a pod opts out. */
    public static final String DATAPLANE_MODE = "istio.io/dataplane-mode";

    /** Label on services, pods and namespaces: the waypoint's name, or {@code none}. */
    public static final String USE_WAYPOINT = "istio.io/use-waypoint";

    /** Label beside {@link #USE_WAYPOINT}: the waypoint's namespace when it is another one. */
    public static final String USE_WAYPOINT_NAMESPACE = "istio.io/use-waypoint-namespace";

    /** Label beside {@link #USE_WAYPOINT}: a second waypoint, for a share of the connections. */
    public static final String USE_WAYPOINT_CANARY = "istio.io/use-waypoint-canary";

    /** Label beside {@link #USE_WAYPOINT_CANARY}: its namespace when it is another one. */
    public static final String USE_WAYPOINT_CANARY_NAMESPACE = "istio.io/use-waypoint-canary-namespace";

    /** Label on a Gateway or GatewayClass: {@code service} (default), {@code workload}, {@code all}, {@code none}. */
    public static final String WAYPOINT_FOR = "istio.io/waypoint-for";

    /** Label on anything the control plane deployed for a Gateway: controller name with {@code /} as {@code -}. */
    public static final String GATEWAY_MANAGED = "gateway.istio.io/managed";

    /** Label on a Gateway's objects and pods. */
    public static final String GATEWAY_NAME = "gateway.networking.k8s.io/gateway-name";

    /** Label on a Gateway's objects and pods. */
    public static final String GATEWAY_CLASS_NAME = "gateway.networking.k8s.io/gateway-class-name";

    /** Annotation on pods: {@code enabled}, {@code pending} or absent. */
    public static final String REDIRECTION = "ambient.istio.io/redirection";

    /** Label on the system namespace, waypoints and gateways. */
    public static final String NETWORK = "topology.istio.io/network";

    /** Label: the control plane revision that owns an object. */
    public static final String REVISION = "istio.io/rev";

    /** Label on a Service of the system namespace or a webhook: another name for the revision in {@link #REVISION}. */
    public static final String REVISION_TAG = "istio.io/tag";

    private Labels() {}
}

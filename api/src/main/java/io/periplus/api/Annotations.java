package io.periplus.api;

/** Annotations, and labels with a meaning of their own, beside those of {@link Labels}. */
public final class Annotations {
    /** On Services and Namespaces: {@code PreferClose}, {@code PreferSameZone}, {@code PreferSameNode}. */
    public static final String TRAFFIC_DISTRIBUTION = "networking.istio.io/traffic-distribution";

    /** Label on Services and Namespaces: {@code true} sends traffic from ingress gateways through the waypoint. */
    public static final String INGRESS_USE_WAYPOINT = "istio.io/ingress-use-waypoint";

    /** On AuthorizationPolicies: {@code true} evaluates without enforcing. */
    public static final String DRY_RUN = "istio.io/dry-run";

    /** Label on pods: a comma list; {@code http} says that the workload itself terminates HBONE. */
    public static final String TUNNEL = "networking.istio.io/tunnel";

    /** Label on pods: the name that dashboards show for the workload. */
    public static final String WORKLOAD_NAME = "service.istio.io/workload-name";

    /** Label on pods: canonical service name. */
    public static final String CANONICAL_NAME = "service.istio.io/canonical-name";

    /** Label on pods: canonical service revision. */
    public static final String CANONICAL_REVISION = "service.istio.io/canonical-revision";

    /** Beside the label for a canary waypoint: of 100 connections, how many take it. */
    public static final String WAYPOINT_CANARY_WEIGHT = "istio.io/use-waypoint-canary-weight";

    /** On a Gateway: kind of its status's addresses, {@code IPAddress} or {@code Hostname}. */
    public static final String ADDRESS_TYPE = "networking.istio.io/address-type";

    /** Label on a ConfigMap of the system namespace: what Gateways of this class are deployed with. */
    public static final String DEFAULTS_FOR_CLASS = "gateway.istio.io/defaults-for-class";

    /** On a waypoint's Gateway: {@code true} puts the client's identity into {@code x-forwarded-client-cert}. */
    public static final String XFCC_CLIENT_IDENTITY = "ambient.istio.io/xfcc-include-client-identity";

    /** On a Gateway or GatewayClass: {@code NONE|PROXY[/port]}. */
    public static final String INBOUND_BINDING = "ambient.istio.io/waypoint-inbound-binding";

    /** On a Gateway: the service account of its pods, when it is not the Gateway's name. */
    public static final String GATEWAY_SERVICE_ACCOUNT = "gateway.istio.io/service-account";

    /** On a Gateway: the name of the objects deployed for it, when it is not the Gateway's name. */
    public static final String GATEWAY_NAME_OVERRIDE = "gateway.istio.io/name-override";

    /** On a Gateway: the version of the controller that manages it. */
    public static final String GATEWAY_CONTROLLER_VERSION = "gateway.istio.io/controller-version";

    /** On a Gateway: type of the Service deployed for it. */
    public static final String SERVICE_TYPE = "networking.istio.io/service-type";

    /** On ServiceEntries: {@link #RACE_FIRST_TCP_CONNECT}. */
    public static final String CONNECT_STRATEGY = "istio.io/connect-strategy";

    /** The addresses of a name are tried at the same time, and the first that answers is taken. */
    public static final String RACE_FIRST_TCP_CONNECT = "RACE_FIRST_TCP_CONNECT";

    private Annotations() {}
}

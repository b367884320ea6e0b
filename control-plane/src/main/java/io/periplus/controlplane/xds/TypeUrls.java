package io.periplus.controlplane.xds;

/** The resource types that are served. */
public final class TypeUrls {
    /** Workloads and services. */
    public static final String ADDRESS = "type.googleapis.com/istio.workload.Address";

    /** Policies for ztunnels. */
    public static final String AUTHORIZATION = "type.googleapis.com/istio.security.Authorization";

    /** Policies for waypoints. */
    public static final String WAYPOINT_POLICY = "type.googleapis.com/periplus.waypoint.v1.AuthorizationPolicy";

    /** Which tokens are accepted, for the proxies of Gateways and waypoints. */
    public static final String REQUEST_AUTHENTICATION =
            "type.googleapis.com/periplus.waypoint.v1.RequestAuthentication";
    /** External authorizers, for the proxies that have a policy which names them. */
    public static final String EXTENSION_PROVIDER = "type.googleapis.com/periplus.waypoint.v1.ExtensionProvider";

    /** Routes, for the proxies of Gateways and waypoints that serve one of their parents. */
    public static final String ROUTE = "type.googleapis.com/periplus.waypoint.v1.Route";

    /** How services are spoken to, for the proxies of Gateways and waypoints. */
    public static final String BACKEND_POLICY = "type.googleapis.com/periplus.waypoint.v1.BackendPolicy";

    /** The listeners of a Gateway at the edge, for its own proxies. */
    public static final String GATEWAY = "type.googleapis.com/periplus.waypoint.v1.Gateway";

    /** Rate limits, for the proxies of Gateways and waypoints. */
    public static final String RATE_LIMIT_POLICY = "type.googleapis.com/periplus.waypoint.v1.RateLimitPolicy";

    private TypeUrls() {}

    /** Whether resources of this type have to be there before addresses refer to them. */
    static boolean isPolicy(String typeUrl) {
        return typeUrl.equals(AUTHORIZATION)
                || typeUrl.equals(WAYPOINT_POLICY)
                || typeUrl.equals(REQUEST_AUTHENTICATION)
                || typeUrl.equals(RATE_LIMIT_POLICY);
    }

    /** Whether resources of this type are pushed before all others and removed after them. */
    static boolean comesFirst(String typeUrl) {
        return isPolicy(typeUrl) || typeUrl.equals(EXTENSION_PROVIDER);
    }

    /** The short name under which metrics count a type. */
    static String shortName(String typeUrl) {
        return switch (typeUrl) {
            case ADDRESS -> "wds";
            case AUTHORIZATION -> "wads";
            case WAYPOINT_POLICY -> "waypoint-policies";
            case REQUEST_AUTHENTICATION -> "request-authentications";
            case EXTENSION_PROVIDER -> "extension-providers";
            case ROUTE -> "routes";
            case BACKEND_POLICY -> "backend-policies";
            case GATEWAY -> "gateways";
            case RATE_LIMIT_POLICY -> "rate-limit-policies";
            default -> "other";
        };
    }
}

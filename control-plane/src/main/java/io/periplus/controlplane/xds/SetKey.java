package io.periplus.controlplane.xds;

import io.periplus.api.NamespacedName;

/**
 * A set of resources that some clients see alike.
 *
 * @param scope who sees it
 */
public record SetKey(String typeUrl, String scope) {
    /** Addresses with policies as ztunnels need them. */
    public static final SetKey ZTUNNEL_ADDRESSES = new SetKey(TypeUrls.ADDRESS, "ztunnel");

    /** Addresses with policies as waypoints need them. */
    public static final SetKey WAYPOINT_ADDRESSES = new SetKey(TypeUrls.ADDRESS, "waypoint");

    /** Policies for every ztunnel. */
    public static final SetKey AUTHORIZATIONS = new SetKey(TypeUrls.AUTHORIZATION, "ztunnel");

    /** Policies for one waypoint. */
    public static SetKey waypointPolicies(NamespacedName waypoint) {
        return of(TypeUrls.WAYPOINT_POLICY, waypoint);
    }

    /** The listeners of one Gateway with their keys, for proxies that run as this service account and no others. */
    public static SetKey edge(NamespacedName gateway, String serviceAccount) {
        return new SetKey(TypeUrls.GATEWAY, gateway + "/" + serviceAccount);
    }

    /** How services are spoken to, which may hold keys, for proxies of a Gateway that run as this account and no others. */
    public static SetKey backends(NamespacedName gateway, String serviceAccount) {
        return new SetKey(TypeUrls.BACKEND_POLICY, gateway + "/" + serviceAccount);
    }

    /** Rate limits, which may hold passwords, for proxies of a Gateway that run as this account and no others. */
    public static SetKey limits(NamespacedName gateway, String serviceAccount) {
        return new SetKey(TypeUrls.RATE_LIMIT_POLICY, gateway + "/" + serviceAccount);
    }

    /** Which tokens are accepted, with keys that may be secret, for proxies of a Gateway that run as this account. */
    public static SetKey tokens(NamespacedName gateway, String serviceAccount) {
        return new SetKey(TypeUrls.REQUEST_AUTHENTICATION, gateway + "/" + serviceAccount);
    }

    /** What the proxies of one Gateway or waypoint are sent of a type. */
    public static SetKey of(String typeUrl, NamespacedName gateway) {
        return new SetKey(typeUrl, gateway.toString());
    }
}

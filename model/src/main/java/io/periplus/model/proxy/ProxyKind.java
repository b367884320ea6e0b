package io.periplus.model.proxy;

import org.jspecify.annotations.Nullable;

/**
 * What differs between the proxies that are deployed for Gateways, by the controller of their class.
 *
 * @param className   the class that exists even when nobody made the class object
 * @param controller  of the classes whose Gateways get such a proxy
 * @param suffixed    whether the names of the objects end in the class's name
 * @param serviceType of the Service, unless an annotation says otherwise
 * @param role        first argument of the container: the role of the distribution
 * @param networked   whether objects and pods carry the label of the network they are on
 * @param lowPorts    whether the proxy listens on its listeners' own ports, which may be below 1024
 */
public record ProxyKind(
        String className,
        String controller,
        boolean suffixed,
        String serviceType,
        String role,
        boolean networked,
        boolean lowPorts) {

    /** A waypoint. */
    public static final ProxyKind WAYPOINT =
            new ProxyKind("istio-waypoint", "istio.io/mesh-controller", false, "ClusterIP", "waypoint", true, false);

    /** A gateway at the edge of the mesh. */
    public static final ProxyKind EDGE =
            new ProxyKind("istio", "istio.io/gateway-controller", true, "LoadBalancer", "gateway", false, true);

    /** The kind that Gateways of a controller get; null when nothing is deployed for them. */
    public static @Nullable ProxyKind of(String controller) {
        if (controller.equals(WAYPOINT.controller)) {
            return WAYPOINT;
        }
        return controller.equals(EDGE.controller) ? EDGE : null;
    }

    /** Value of the label {@code gateway.istio.io/managed} on everything that is deployed. */
    public String managed() {
        return controller.replace('/', '-');
    }
}

package io.periplus.model;

/**
 * What holds for the whole mesh.
 *
 * @param clusterDomain        domain suffix of Services
 * @param rootNamespace        the system namespace; policies in it hold everywhere
 * @param revision             of this control plane; {@code default} owns unlabelled objects
 * @param policyFollowsTraffic policies are shaped so that a hop from a workload's own waypoint is admitted
 * @param waypointFailClosed   an unready waypoint refuses traffic where L7 policy targets the service
 * @param ztunnelDryRun        ztunnels get policies in dry run too
 * @param consumerRoutes       routes in a client's namespace apply to that namespace's clients
 * @param gatewayCopies        what is deployed for a Gateway has its labels and annotations, unless it says others
 */
public record MeshSettings(
        String clusterId,
        String clusterDomain,
        String trustDomain,
        String rootNamespace,
        String revision,
        boolean policyFollowsTraffic,
        boolean waypointFailClosed,
        boolean ztunnelDryRun,
        boolean consumerRoutes,
        boolean gatewayCopies) {

    /** The settings of a mesh with consumer routes and copies on Gateways, as they are unless somebody says otherwise. */
    public MeshSettings(
            String clusterId,
            String clusterDomain,
            String trustDomain,
            String rootNamespace,
            String revision,
            boolean policyFollowsTraffic,
            boolean waypointFailClosed,
            boolean ztunnelDryRun) {
        this(
                clusterId,
                clusterDomain,
                trustDomain,
                rootNamespace,
                revision,
                policyFollowsTraffic,
                waypointFailClosed,
                ztunnelDryRun,
                true,
                true);
    }

    /** The settings of a mesh that sets none. */
    public static MeshSettings defaults(String clusterId) {
        return new MeshSettings(
                clusterId, "cluster.local", "cluster.local", "istio-system", "default", true, true, false, true, true);
    }

    /** The host name of a Service. */
    public String hostname(String namespace, String service) {
        return service + "." + namespace + ".svc." + clusterDomain;
    }
}

package io.periplus.waypoint.upstream;

import io.periplus.waypoint.upstream.policy.Limits;
import io.periplus.wire.workload.Locality;

/**
 * The state of one endpoint of a cluster.
 *
 * @param cluster by Envoy's name
 * @param limits of the cluster
 * @param address IP or host name, and port
 * @param connections open to it
 * @param active requests and connections in progress
 * @param total of those, since it became an endpoint
 * @param ejected whether it is left alone at the moment
 */
record EndpointReport(
        String cluster,
        Limits limits,
        String address,
        int connections,
        int active,
        long total,
        boolean ejected,
        long weight,
        Locality locality) {
    /** What two event loops say together of one endpoint. */
    EndpointReport with(EndpointReport other) {
        return new EndpointReport(
                cluster,
                limits,
                address,
                connections + other.connections,
                active + other.active,
                total + other.total,
                ejected || other.ejected,
                weight,
                locality);
    }
}

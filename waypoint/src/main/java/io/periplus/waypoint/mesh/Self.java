package io.periplus.waypoint.mesh;

import io.periplus.dataplane.address.IpAddress;
import io.periplus.dataplane.index.ServiceEntry;
import io.periplus.dataplane.index.WorkloadIndex;
import io.periplus.wire.workload.GatewayAddress;
import io.periplus.wire.workload.NetworkAddress;
import io.periplus.wire.workload.Workload;
import org.jspecify.annotations.Nullable;

/**
 * This waypoint's own place in the mesh.
 *
 * @param workload its network, cluster, node and namespace, which decide what is near
 * @param hostname of the Service of its Gateway
 */
public record Self(Workload workload, String hostname) {
    public String namespace() {
        return workload.getNamespace();
    }

    public String network() {
        return workload.getNetwork();
    }

    /** The waypoint as the mesh knows it, which says in which region and zone it runs; else what it knows itself. */
    public Workload in(WorkloadIndex index) {
        Workload known = index.workloadOfPod(
                workload.getNode(), workload.getNamespace(), workload.getName(), workload.getServiceAccount());
        return known == null ? workload : known;
    }

    /** Whether a service's or workload's reference to a waypoint means this one: by name or by an address of its Service. */
    public boolean isMeantBy(GatewayAddress waypoint, WorkloadIndex index) {
        return switch (waypoint.getDestinationCase()) {
            case HOSTNAME ->
                waypoint.getHostname().getHostname().equals(hostname)
                        && waypoint.getHostname().getNamespace().equals(namespace());
            case ADDRESS -> hasAddress(index.service(namespace(), hostname), waypoint.getAddress());
            case DESTINATION_NOT_SET -> false;
        };
    }

    private static boolean hasAddress(@Nullable ServiceEntry own, NetworkAddress wanted) {
        if (own == null) {
            return false;
        }
        IpAddress address = IpAddress.ofBytes(wanted.getAddress());
        for (NetworkAddress candidate : own.service().getAddressesList()) {
            if (candidate.getNetwork().equals(wanted.getNetwork())
                    && IpAddress.ofBytes(candidate.getAddress()).equals(address)) {
                return true;
            }
        }
        return false;
    }
}

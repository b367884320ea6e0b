package io.periplus.waypoint.upstream;

import io.periplus.dataplane.address.IpAddress;
import io.periplus.dataplane.index.Choice.Chosen;
import io.periplus.dataplane.index.ServiceEntry;
import io.periplus.dataplane.index.Upstream;
import io.periplus.dataplane.index.UpstreamResolver;
import io.periplus.dataplane.index.WorkloadIndex;
import io.periplus.waypoint.mesh.Self;
import io.periplus.wire.workload.GatewayAddress;
import io.periplus.wire.workload.NetworkAddress;
import java.net.InetSocketAddress;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The way from a gateway to a service whose owner wants traffic from outside to pass the service's waypoint
 * ({@code istio.io/ingress-use-waypoint}): a tunnel to an instance of the waypoint, with the service's own address as the
 * authority. Waypoints themselves never send to other waypoints.
 */
final class IngressWaypoint {
    private final UpstreamResolver resolver = new UpstreamResolver();
    private final Self self;

    IngressWaypoint(Self self) {
        this.self = self;
    }

    /** The waypoint that a request for the service has to pass; null if it goes to an endpoint directly. */
    @Nullable
    GatewayAddress of(ServiceEntry service) {
        return service.service().getIngressUseWaypoint() && addressOf(service) != null
                ? resolver.waypointOf(service)
                : null;
    }

    /**
     * An instance of the waypoint.
     *
     * @param tried uids of instances that were tried in vain
     * @return null if there is none: the waypoint is never passed by
     */
    @Nullable
    Backend instance(WorkloadIndex index, ServiceEntry service, int port, GatewayAddress waypoint, Set<String> tried) {
        IpAddress address = addressOf(service);
        if (address == null
                || !(resolver.forGateway(index, waypoint, self.workload(), address, tried)
                        instanceof Chosen(Upstream to))) {
            return null;
        }
        IpAddress instance = to.address();
        return instance == null
                ? null
                : new Backend(
                        to.workload(),
                        new InetSocketAddress(address.toInetAddress(), port),
                        true,
                        new InetSocketAddress(instance.toInetAddress(), to.port()));
    }

    /** The service's virtual address in this proxy's network. */
    private @Nullable IpAddress addressOf(ServiceEntry service) {
        for (NetworkAddress address : service.service().getAddressesList()) {
            if (address.getNetwork().equals(self.network()) && !address.hasLength()) {
                return IpAddress.ofBytes(address.getAddress());
            }
        }
        return null;
    }
}

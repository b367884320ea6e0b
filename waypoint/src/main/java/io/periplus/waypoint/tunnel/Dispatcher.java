package io.periplus.waypoint.tunnel;

import io.periplus.dataplane.index.ServiceEntry;
import io.periplus.dataplane.index.WorkloadIndex;
import io.periplus.waypoint.mesh.Destination;
import io.periplus.waypoint.mesh.Self;
import io.periplus.wire.workload.Port;
import io.periplus.wire.workload.Service;
import io.periplus.wire.workload.WeightedWaypoint;
import io.periplus.wire.workload.Workload;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Finds what a CONNECT's authority leads to: a port of a service that names this waypoint, or a workload that does.
 * Everything else is not ours to serve.
 *
 * <p>A service that has just left is served a little longer: the proxies that send here learn of it at other moments.
 */
final class Dispatcher {
    private static final long GRACE_NANOS = TimeUnit.SECONDS.toNanos(10);

    private final Self self;
    /** By service key; holds at most the services that were ever bound here and used. */
    private final Map<String, Long> servedNanos = new ConcurrentHashMap<>();

    Dispatcher(Self self) {
        this.self = self;
    }

    /** Null when nothing that this waypoint serves is there. */
    @Nullable
    Destination resolve(WorkloadIndex index, Authority authority) {
        ServiceEntry entry = index.serviceAt(self.network(), authority.address(), self.namespace());
        if (entry != null) {
            return ofService(index, entry, authority);
        }
        Workload workload = index.workloadAt(self.network(), authority.address());
        return workload != null && workload.hasWaypoint() && self.isMeantBy(workload.getWaypoint(), index)
                ? new Destination.OfWorkload(workload, authority.address(), authority.port())
                : null;
    }

    private @Nullable Destination ofService(WorkloadIndex index, ServiceEntry entry, Authority authority) {
        Service service = entry.service();
        Port port = port(service, authority.port());
        if (port == null || !serves(index, entry)) {
            return null;
        }
        return new Destination.OfService(
                entry.key(),
                service.getNamespace(),
                service.getHostname(),
                service.getName(),
                authority.address(),
                authority.port(),
                port.getAppProtocol());
    }

    private boolean serves(WorkloadIndex index, ServiceEntry entry) {
        long now = System.nanoTime();
        if (isBound(index, entry.service())) {
            servedNanos.put(entry.key(), now);
            return true;
        }
        Long served = servedNanos.get(entry.key());
        return served != null && now - served < GRACE_NANOS;
    }

    private boolean isBound(WorkloadIndex index, Service service) {
        if (service.hasWaypoint() && self.isMeantBy(service.getWaypoint(), index)) {
            return true;
        }
        for (WeightedWaypoint weighted : service.getWeightedWaypointsList()) {
            if (self.isMeantBy(weighted.getDestination(), index)) {
                return true;
            }
        }
        return false;
    }

    private static @Nullable Port port(Service service, int number) {
        for (Port port : service.getPortsList()) {
            if (port.getServicePort() == number) {
                return port;
            }
        }
        return null;
    }
}

package io.periplus.waypoint.route;

import io.periplus.dataplane.index.ServiceEntry;
import io.periplus.dataplane.index.WorkloadIndex;
import io.periplus.waypoint.mesh.Destination;
import io.periplus.wire.workload.AppProtocol;
import io.periplus.wire.workload.Port;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Where a route leads. Immutable and shared between threads. */
public sealed interface RouteBackend {
    /** What the client addressed. */
    record AsAddressed() implements RouteBackend {}

    /** The only instance that is needed. */
    RouteBackend AS_ADDRESSED = new AsAddressed();

    /**
     * A port of a service, which this proxy need not front.
     *
     * @param key {@code namespace/hostname}
     */
    record ToService(String key, String namespace, String hostname, int port) implements RouteBackend {}

    /** A reference that the control plane could not resolve: its share of the traffic fails. */
    record Invalid(String reason) implements RouteBackend {}

    /** The destination to find endpoints for; null when there is none, or when the service is not known (yet). */
    default @Nullable Destination resolve(WorkloadIndex index, Destination addressed) {
        return switch (this) {
            case AsAddressed as -> addressed;
            case ToService to -> resolve(to, index, addressed);
            case Invalid invalid -> null;
        };
    }

    private static @Nullable Destination resolve(ToService to, WorkloadIndex index, Destination addressed) {
        if (addressed instanceof Destination.OfService same
                && same.port() == to.port
                && same.key().equals(to.key)) {
            return addressed;
        }
        ServiceEntry entry = index.service(to.key);
        return entry == null
                ? null
                : new Destination.OfService(
                        to.key,
                        to.namespace,
                        to.hostname,
                        entry.service().getName(),
                        addressed.address(),
                        to.port,
                        protocolOf(entry, to.port),
                        sharesWaypoint(entry, index, addressed));
    }

    /** Whether the waypoint of what the client addressed, which is this one, is the waypoint of a service too. */
    private static boolean sharesWaypoint(ServiceEntry entry, WorkloadIndex index, Destination addressed) {
        if (!entry.service().hasWaypoint() || !(addressed instanceof Destination.OfService of)) {
            return false;
        }
        ServiceEntry own = index.service(of.key());
        return own != null && own.service().getWaypoint().equals(entry.service().getWaypoint());
    }

    private static AppProtocol protocolOf(ServiceEntry entry, int port) {
        List<Port> ports = entry.service().getPortsList();
        for (int i = 0; i < ports.size(); i++) {
            if (ports.get(i).getServicePort() == port) {
                return ports.get(i).getAppProtocol();
            }
        }
        return AppProtocol.UNKNOWN;
    }
}

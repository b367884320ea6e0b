package io.periplus.waypoint.upstream;

import io.periplus.dataplane.index.Endpoint;
import io.periplus.dataplane.index.ServiceEntry;
import io.periplus.dataplane.index.WorkloadIndex;
import io.periplus.waypoint.mesh.Destination;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * Services that stand for every host below a name, such as {@code *.example.com} of a ServiceEntry with resolution
 * {@code DYNAMIC_DNS}. They have no endpoints of their own: the host is the one that a client names, in its request or in its
 * TLS hello, and is resolved when it is asked for.
 */
public final class DynamicHosts {
    /**
     * Hosts of one service that one event loop keeps connections to at a time, as many as Envoy's cache of names has: clients
     * choose the names, so somebody has to bound them.
     */
    static final int HOSTS_MAX = 1024;

    private static final String ANY = "*.";

    private DynamicHosts() {}

    /**
     * Whether nobody is at the destination under that name.
     *
     * @param host that the client asks for, in lower case, without a port; empty if it names none
     */
    public static boolean areOutside(WorkloadIndex index, Destination destination, String host) {
        if (!mayBeDynamic(destination)) {
            return false;
        }
        ServiceEntry entry = index.service(((Destination.OfService) destination).key());
        return entry != null
                && endpoint(entry) != null
                && !covers(entry.service().getHostname(), host);
    }

    /** Whether it has a wildcard for a name, and so may depend on what a client asks for. */
    public static boolean mayBeDynamic(Destination destination) {
        return destination instanceof Destination.OfService service
                && service.hostname().startsWith(ANY);
    }

    /** What stands for the hosts of a service that is resolved as clients ask for one; null for any other. */
    static @Nullable Endpoint endpoint(ServiceEntry entry) {
        if (entry.service().getHostname().startsWith(ANY)) {
            for (Endpoint endpoint : entry.endpoints()) {
                if (endpoint.workload().getHostname().startsWith(ANY)) {
                    return endpoint;
                }
            }
        }
        return null;
    }

    /** The host of such a service, to be resolved; null if nobody is there under that name. */
    static @Nullable Backend backend(ServiceEntry entry, Endpoint stand, int port, String host) {
        int target = stand.targetPort(entry.service(), port);
        return target != Endpoint.NO_PORT && covers(entry.service().getHostname(), host)
                ? new Backend(stand.workload(), InetSocketAddress.createUnresolved(host, target), false)
                : null;
    }

    private static boolean covers(String wildcard, String host) {
        int suffix = wildcard.length() - 1;
        return host.length() > suffix && host.regionMatches(true, host.length() - suffix, wildcard, 1, suffix);
    }
}

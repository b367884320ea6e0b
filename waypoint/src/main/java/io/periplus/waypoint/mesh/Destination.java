package io.periplus.waypoint.mesh;

import io.periplus.dataplane.address.IpAddress;
import io.periplus.wire.workload.AppProtocol;
import io.periplus.wire.workload.Workload;

/**
 * What a client addressed: at a waypoint what the authority of its CONNECT said, at the edge a port of the Gateway. Lives as
 * long as the connection.
 */
public sealed interface Destination {
    /** The address in the authority. */
    IpAddress address();

    /** The port in the authority. */
    int port();

    /** What is spoken on that port, {@code UNKNOWN} if nobody declared it. */
    AppProtocol protocol();

    /** The namespace of what was addressed. */
    String namespace();

    /** The full host name of the service, empty for a workload and for a port of a Gateway. */
    String hostname();

    /**
     * A port of a service. The service itself is looked up for every request, as its endpoints
     * change.
     *
     * @param key {@code namespace/hostname}
     * @param fronted whether the service is bound to this waypoint; what routes lead to need not be
     */
    record OfService(
            String key,
            String namespace,
            String hostname,
            String name,
            IpAddress address,
            int port,
            AppProtocol protocol,
            boolean fronted)
            implements Destination {
        /** A port of a service that is bound to this waypoint. */
        public OfService(
                String key,
                String namespace,
                String hostname,
                String name,
                IpAddress address,
                int port,
                AppProtocol protocol) {
            this(key, namespace, hostname, name, address, port, protocol, true);
        }

        /** The same port, as if it declared another protocol. */
        public OfService speaking(AppProtocol other) {
            return new OfService(key, namespace, hostname, name, address, port, other, fronted);
        }
    }

    /** A workload bound to this waypoint, addressed itself, on any port. */
    record OfWorkload(Workload workload, IpAddress address, int port) implements Destination {
        @Override
        public String namespace() {
            return workload.getNamespace();
        }

        @Override
        public String hostname() {
            return "";
        }

        @Override
        public AppProtocol protocol() {
            return AppProtocol.UNKNOWN;
        }
    }

    /**
     * A port of the Gateway that this proxy serves. It has no endpoints of its own: routes lead on from it.
     *
     * @param namespace of the Gateway
     * @param gateway its name
     * @param address that the client connected to
     * @param secure whether TLS was terminated
     * @param serverName that the client asked for in TLS, lower case; empty if it named none
     */
    record OfListener(
            String namespace,
            String gateway,
            IpAddress address,
            int port,
            AppProtocol protocol,
            boolean secure,
            String serverName)
            implements Destination {
        @Override
        public String hostname() {
            return "";
        }
    }
}

package io.periplus.ztunnel;

import com.google.protobuf.ByteString;
import io.periplus.dataplane.address.IpAddress;
import io.periplus.dataplane.index.Addressed;
import io.periplus.dataplane.index.Choice;
import io.periplus.dataplane.index.ServiceEntry;
import io.periplus.dataplane.index.Upstream;
import io.periplus.dataplane.index.UpstreamResolver;
import io.periplus.dataplane.index.WorkloadIdentity;
import io.periplus.dataplane.index.WorkloadIndex;
import io.periplus.wire.workload.GatewayAddress;
import io.periplus.wire.workload.Service;
import io.periplus.wire.workload.Workload;
import java.net.InetSocketAddress;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Decides where an outgoing connection goes. In order: the waypoint of an addressed service; an endpoint of the
 * service or the addressed workload itself; for a workload, its waypoint unless the client is that waypoint; then a
 * tunnel or plain TCP, as the workload speaks. A service without endpoints refuses, an unknown address passes through,
 * a waypoint that cannot be resolved refuses.
 */
final class OutboundRouter {
    private final UpstreamResolver resolver;

    OutboundRouter(UpstreamResolver resolver) {
        this.resolver = resolver;
    }

    /**
     * One connection's route.
     *
     * @param client the pod that connects
     * @param clientAddress its address on this connection
     * @param avoid uids of next hops that were tried in vain
     */
    Route route(
            WorkloadIndex index,
            Workload client,
            IpAddress clientAddress,
            IpAddress destination,
            int port,
            Set<String> avoid) {
        Addressed addressed = index.find(client.getNetwork(), destination, client.getNamespace());
        if (addressed instanceof Addressed.OfService(ServiceEntry service)) {
            GatewayAddress waypoint = resolver.waypointOf(service);
            if (waypoint != null) {
                return viaWaypoint(index, client, waypoint, service.service(), destination, port, avoid);
            }
        }
        return switch (resolver.forDestination(index, client, destination, port, avoid)) {
            case Choice.Refused(String reason) -> new Route.Refused(reason, false, serviceOf(addressed));
            case Choice.Passthrough() ->
                new Route.Direct(new InetSocketAddress(destination.toInetAddress(), port), null, serviceOf(addressed));
            case Choice.Chosen(Upstream upstream) ->
                toUpstream(index, client, clientAddress, upstream, destination, port, avoid);
        };
    }

    private Route toUpstream(
            WorkloadIndex index,
            Workload client,
            IpAddress clientAddress,
            Upstream upstream,
            IpAddress destination,
            int port,
            Set<String> avoid) {
        Workload workload = upstream.workload();
        if (upstream.isRemoteTo(client.getNetwork())) {
            return otherNetwork(upstream, upstream.service());
        }
        if (upstream.service() == null && workload.hasWaypoint()) {
            Choice waypoint = resolver.forGateway(index, workload.getWaypoint(), client, destination, avoid);
            if (!(waypoint instanceof Choice.Chosen(Upstream hop)) || !isThat(client, clientAddress, hop.workload())) {
                return viaWaypoint(waypoint, client, null, destination, port);
            }
        }
        return to(upstream, null, upstream.service());
    }

    private static Route to(Upstream hop, @Nullable String authority, @Nullable Service service) {
        IpAddress address = hop.address();
        if (address != null) {
            return toAddress(hop, address, authority, service);
        }
        return hop.workload().getHostname().isEmpty()
                ? new Route.Refused(
                        "workload %s has neither address nor host name"
                                .formatted(hop.workload().getUid()),
                        authority != null,
                        service)
                : new Route.Named(hop, authority, service);
    }

    /**
     * The route to a hop whose address is known now.
     *
     * @param authority what the waypoint is asked for; {@code null} if the hop is no waypoint
     */
    static Route toAddress(Upstream hop, IpAddress address, @Nullable String authority, @Nullable Service service) {
        if (authority != null) {
            return new Route.Tunnel(
                    hop, new InetSocketAddress(address.toInetAddress(), hop.port()), authority, true, service);
        }
        return hop.isHbone()
                ? new Route.Tunnel(
                        hop,
                        new InetSocketAddress(address.toInetAddress(), ProxyPorts.HBONE),
                        Authority.of(address, hop.port()),
                        false,
                        service)
                : new Route.Direct(new InetSocketAddress(address.toInetAddress(), hop.port()), hop, service);
    }

    private Route viaWaypoint(
            WorkloadIndex index,
            Workload client,
            GatewayAddress waypoint,
            Service service,
            IpAddress destination,
            int port,
            Set<String> avoid) {
        return viaWaypoint(
                resolver.forGateway(index, waypoint, client, destination, avoid), client, service, destination, port);
    }

    private static Route viaWaypoint(
            Choice waypoint, Workload client, @Nullable Service service, IpAddress destination, int port) {
        return switch (waypoint) {
            case Choice.Refused(String reason) -> new Route.Refused(reason, true, service);
            case Choice.Passthrough() ->
                new Route.Refused("unknown waypoint: its service is in PASSTHROUGH mode", false, service);
            case Choice.Chosen(Upstream hop) -> {
                // The waypoint has to know what was asked for: the original destination stays the authority.
                yield hop.isRemoteTo(client.getNetwork())
                        ? otherNetwork(hop, service)
                        : to(hop, Authority.of(destination, port), service);
            }
        };
    }

    private static Route otherNetwork(Upstream upstream, @Nullable Service service) {
        return new Route.Refused(
                "workload %s is on network \"%s\"; tunnels through a network gateway are not supported by this version"
                        .formatted(
                                upstream.workload().getUid(),
                                upstream.workload().getNetwork()),
                false,
                service);
    }

    /** Whether the client is this waypoint itself: same identity, and calling from one of its addresses. */
    private static boolean isThat(Workload client, IpAddress clientAddress, Workload waypoint) {
        if (!WorkloadIdentity.of(client).equals(WorkloadIdentity.of(waypoint))) {
            return false;
        }
        for (ByteString address : waypoint.getAddressesList()) {
            if (IpAddress.ofBytes(address).equals(clientAddress)) {
                return true;
            }
        }
        return false;
    }

    private static @Nullable Service serviceOf(@Nullable Addressed addressed) {
        return addressed instanceof Addressed.OfService(ServiceEntry service) ? service.service() : null;
    }
}

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
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Decides where an outgoing connection goes. In order: the waypoint of an addressed service; an endpoint of the
 * service or the addressed workload itself; for a workload, its waypoint unless the client is that waypoint; then a
 * tunnel or plain TCP, as the workload speaks. What is on another network is reached through that network's gateway. A service without endpoints refuses, an unknown address passes through,
 * a waypoint that cannot be resolved refuses. What the index has to be asked for first leaves the route undecided.
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
        String lacking = index.toAsk(client.getNetwork(), destination);
        if (lacking != null) {
            return new Route.Undecided(lacking, null);
        }
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
            return across(index, client, upstream, false, upstream.service(), destination, port, avoid);
        }
        if (upstream.service() == null && workload.hasWaypoint()) {
            GatewayAddress waypoint = workload.getWaypoint();
            String lacking = index.toAsk(waypoint);
            if (lacking != null) {
                return new Route.Undecided(lacking, null);
            }
            // Any of its instances: one that was sent to another would get the connection back.
            if (!resolver.isAmong(index, waypoint, client, instance -> isThat(client, clientAddress, instance))) {
                return viaWaypoint(index, client, waypoint, null, destination, port, avoid);
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
                : new Route.Named(hop, authority, service, found -> toAddress(hop, found, authority, service));
    }

    /**
     * The route to a hop whose address is known now.
     *
     * @param authority what the waypoint is asked for; {@code null} if the hop is no waypoint
     */
    private static Route toAddress(
            Upstream hop, IpAddress address, @Nullable String authority, @Nullable Service service) {
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
            @Nullable Service service,
            IpAddress destination,
            int port,
            Set<String> avoid) {
        String lacking = index.toAsk(waypoint);
        if (lacking != null) {
            return new Route.Undecided(lacking, service);
        }
        return switch (resolver.forGateway(index, waypoint, client, destination, avoid)) {
            case Choice.Refused(String reason) -> new Route.Refused(reason, true, service);
            case Choice.Passthrough() ->
                new Route.Refused("unknown waypoint: its service is in PASSTHROUGH mode", false, service);
            case Choice.Chosen(Upstream hop) -> {
                // The waypoint has to know what was asked for: the original destination stays the authority.
                yield hop.isRemoteTo(client.getNetwork())
                        ? across(index, client, hop, true, service, destination, port, avoid)
                        : to(hop, Authority.of(destination, port), service);
            }
        };
    }

    /** Through the gateway of the other network, which finds an endpoint by the service's name. */
    private Route across(
            WorkloadIndex index,
            Workload client,
            Upstream beyond,
            boolean toWaypoint,
            @Nullable Service service,
            IpAddress destination,
            int port,
            Set<String> avoid) {
        Workload workload = beyond.workload();
        if (service == null) {
            return elsewhere(beyond, "only services are reached across networks", toWaypoint, null);
        }
        if (!workload.hasNetworkGateway()) {
            return elsewhere(beyond, "no gateway to it is known", toWaypoint, service);
        }
        if (beyond.serviceIdentities().isEmpty()) {
            return elsewhere(beyond, "its service names no identity that could be accepted there", toWaypoint, service);
        }
        String lacking = index.toAsk(workload.getNetworkGateway());
        if (lacking != null) {
            return new Route.Undecided(lacking, service);
        }
        String authority = service.getHostname() + ":" + port;
        return switch (resolver.forNetworkGateway(index, workload.getNetworkGateway(), client, destination, avoid)) {
            case Choice.Refused(String reason) -> elsewhere(beyond, reason, toWaypoint, service);
            case Choice.Passthrough() ->
                elsewhere(beyond, "the gateway's service is in PASSTHROUGH mode", toWaypoint, service);
            case Choice.Chosen(Upstream gateway) -> {
                Function<IpAddress, Route> through = address -> new Route.Across(
                        gateway,
                        new InetSocketAddress(address.toInetAddress(), gateway.port()),
                        beyond,
                        authority,
                        toWaypoint,
                        service);
                IpAddress address = gateway.address();
                yield address != null
                        ? through.apply(address)
                        : gateway.workload().getHostname().isEmpty()
                                ? elsewhere(beyond, "its gateway has no address", toWaypoint, service)
                                : new Route.Named(gateway, authority, service, through);
            }
        };
    }

    private static Route elsewhere(Upstream beyond, String why, boolean toWaypoint, @Nullable Service service) {
        return new Route.Refused(
                "workload %s is on network \"%s\": %s"
                        .formatted(beyond.workload().getUid(), beyond.workload().getNetwork(), why),
                toWaypoint,
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

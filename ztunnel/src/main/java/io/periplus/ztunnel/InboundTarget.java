package io.periplus.ztunnel;

import com.google.protobuf.ByteString;
import io.periplus.dataplane.address.IpAddress;
import io.periplus.dataplane.index.Addressed;
import io.periplus.dataplane.index.Endpoint;
import io.periplus.dataplane.index.ServiceEntry;
import io.periplus.dataplane.index.WorkloadIndex;
import io.periplus.wire.workload.ApplicationTunnel;
import io.periplus.wire.workload.GatewayAddress;
import io.periplus.wire.workload.Service;
import io.periplus.wire.workload.Workload;
import org.jspecify.annotations.Nullable;

/** Which port of the pod a CONNECT means, if it may mean this pod at all. */
sealed interface InboundTarget {
    /** This port, always on the pod's own address. */
    record Port(int port) implements InboundTarget {}

    /** Answered with this HTTP status. */
    record Rejected(int status, String reason) implements InboundTarget {}

    int BAD_REQUEST = 400;
    int UNAVAILABLE = 503;

    /**
     * Resolves an authority for a pod.
     *
     * @param podAddress the address that the client connected to
     */
    static InboundTarget resolve(WorkloadIndex index, Workload workload, IpAddress podAddress, Authority authority) {
        if (workload.getApplicationTunnel().getProtocol() == ApplicationTunnel.Protocol.PROXY) {
            return new Rejected(
                    UNAVAILABLE,
                    "workload %s wants PROXY protocol, which is not supported by this version"
                            .formatted(workload.getUid()));
        }
        InboundTarget target = switch (authority) {
            case Authority.Ip(IpAddress address, int port) -> {
                boolean acceptable = address.equals(podAddress)
                        || workload.hasApplicationTunnel()
                        || isWaypointOf(index, workload, podAddress, address);
                yield acceptable
                        ? new Port(port)
                        : new Rejected(BAD_REQUEST, "ip mismatch: %s != %s".formatted(podAddress, address));
            }
            case Authority.Host(String name, int port) -> byHostname(index, workload, name, port);
        };
        if (target instanceof Port(int port) && ProxyPorts.isOwn(port)) {
            return new Rejected(UNAVAILABLE, "port %d is the proxy's own".formatted(port));
        }
        int override = workload.getApplicationTunnel().getPort();
        return target instanceof Port && override > 0 ? new Port(override) : target;
    }

    private static InboundTarget byHostname(WorkloadIndex index, Workload workload, String name, int port) {
        ServiceEntry service = index.serviceByHostname(name, workload.getNamespace());
        if (service == null) {
            return new Rejected(UNAVAILABLE, "no service has the host name %s".formatted(name));
        }
        for (Endpoint endpoint : service.endpoints()) {
            if (endpoint.workload().getUid().equals(workload.getUid())) {
                int target = endpoint.targetPort(service.service(), port);
                return target != Endpoint.NO_PORT
                        ? new Port(target)
                        : new Rejected(UNAVAILABLE, "service %s has no port %d here".formatted(service.key(), port));
            }
        }
        return new Rejected(UNAVAILABLE, "%s is no endpoint of service %s".formatted(workload.getUid(), service.key()));
    }

    /** Whether what was asked for lists a waypoint that is this very pod. */
    private static boolean isWaypointOf(WorkloadIndex index, Workload workload, IpAddress podAddress, IpAddress asked) {
        Addressed addressed = index.find(workload.getNetwork(), asked, workload.getNamespace());
        return switch (addressed) {
            case Addressed.OfService(ServiceEntry entry) ->
                entry.service().hasWaypoint()
                        && resolvesTo(
                                index, workload, podAddress, entry.service().getWaypoint());
            case Addressed.OfWorkload(Workload other) ->
                other.hasWaypoint() && resolvesTo(index, workload, podAddress, other.getWaypoint());
            case null -> false;
        };
    }

    private static boolean resolvesTo(
            WorkloadIndex index, Workload workload, IpAddress podAddress, GatewayAddress waypoint) {
        ServiceEntry service = switch (waypoint.getDestinationCase()) {
            case HOSTNAME ->
                index.service(
                        waypoint.getHostname().getNamespace(),
                        waypoint.getHostname().getHostname());
            case ADDRESS -> {
                IpAddress address = IpAddress.ofBytes(waypoint.getAddress().getAddress());
                if (has(workload, address) && address.equals(podAddress)) {
                    yield null;
                }
                yield index.serviceAt(waypoint.getAddress().getNetwork(), address, workload.getNamespace());
            }
            case DESTINATION_NOT_SET -> null;
        };
        if (service == null) {
            return waypoint.hasAddress()
                    && IpAddress.ofBytes(waypoint.getAddress().getAddress()).equals(podAddress);
        }
        return service.endpoints().stream()
                .anyMatch(endpoint -> endpoint.workload().getUid().equals(workload.getUid()));
    }

    private static boolean has(Workload workload, IpAddress address) {
        for (ByteString own : workload.getAddressesList()) {
            if (IpAddress.ofBytes(own).equals(address)) {
                return true;
            }
        }
        return false;
    }

    /**
     * The service that a connection was meant for, for telemetry: the one that the client names if the pod is part of
     * it, else the first whose target port fits.
     */
    static @Nullable Service guessService(
            WorkloadIndex index, Workload workload, @Nullable String forwardedHost, int port) {
        Service byPort = null;
        for (String key : workload.getServicesMap().keySet()) {
            ServiceEntry entry = index.service(key);
            if (entry == null) {
                continue;
            }
            if (entry.service().getHostname().equals(forwardedHost)) {
                return entry.service();
            }
            if (byPort == null && entry.service().getPortsList().stream().anyMatch(p -> p.getTargetPort() == port)) {
                byPort = entry.service();
            }
        }
        return byPort;
    }
}

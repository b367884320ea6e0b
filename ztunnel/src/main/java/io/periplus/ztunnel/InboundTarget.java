package io.periplus.ztunnel;

import com.google.protobuf.ByteString;
import io.periplus.dataplane.address.IpAddress;
import io.periplus.dataplane.index.Endpoint;
import io.periplus.dataplane.index.ServiceEntry;
import io.periplus.dataplane.index.WorkloadIndex;
import io.periplus.wire.workload.ApplicationTunnel;
import io.periplus.wire.workload.GatewayAddress;
import io.periplus.wire.workload.NetworkAddress;
import io.periplus.wire.workload.Service;
import io.periplus.wire.workload.WeightedWaypoint;
import io.periplus.wire.workload.Workload;
import java.net.InetSocketAddress;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Which port of the pod a CONNECT means, if it may mean this pod at all. */
sealed interface InboundTarget {
    /**
     * This port, always on the pod's own address.
     *
     * @param addressed what the application is told by PROXY protocol that the connection was addressed to; {@code null}
     *     if it does not speak that
     */
    record Port(int port, @Nullable InetSocketAddress addressed) implements InboundTarget {}

    /** The control plane has to be asked for this name first. */
    record Undecided(String lacking) implements InboundTarget {}

    /** Answered with this HTTP status. */
    record Rejected(int status, String reason) implements InboundTarget {}

    int BAD_REQUEST = 400;
    int UNAVAILABLE = 503;

    /**
     * Resolves an authority for a pod.
     *
     * @param podAddress the address that the client connected to
     */
    static InboundTarget resolve(
            WorkloadIndex index, Features features, Workload workload, IpAddress podAddress, Authority authority) {
        return switch (authority) {
            case Authority.Ip(IpAddress address, int port) -> {
                boolean unconditional = address.equals(podAddress) || workload.hasApplicationTunnel();
                String lacking = unconditional || index.isComplete() ? null : lacking(index, workload, address);
                if (lacking != null) {
                    yield new Undecided(lacking);
                }
                yield unconditional || isWaypointOf(index, workload, podAddress, address)
                        ? tunnelled(features, workload, port, new InetSocketAddress(address.toInetAddress(), port))
                        : new Rejected(BAD_REQUEST, "ip mismatch: %s != %s".formatted(podAddress, address));
            }
            case Authority.Host(String name, int port) -> {
                String lacking = index.isComplete() ? null : lacking(index, workload, name);
                yield lacking == null ? byHostname(index, features, workload, name, port) : new Undecided(lacking);
            }
        };
    }

    /** What says whose waypoint the pod is: the address that was asked for, then the waypoints of what is there. */
    private static @Nullable String lacking(WorkloadIndex index, Workload workload, IpAddress asked) {
        String address = index.toAsk(workload.getNetwork(), asked);
        if (address != null) {
            return address;
        }
        Workload other = index.workloadAt(workload.getNetwork(), asked);
        Stream<GatewayAddress> waypoints = other == null
                ? index.servicesAt(workload.getNetwork(), asked).stream().flatMap(entry -> waypoints(entry.service()))
                : other.hasWaypoint() ? Stream.of(other.getWaypoint()) : Stream.of();
        return waypoints.map(index::toAsk).filter(Objects::nonNull).findFirst().orElse(null);
    }

    /**
     * A host name says nothing of its namespace: it is that of a service which the pod is part of, the pod's own, or the one
     * that Kubernetes has written into the name.
     */
    private static @Nullable String lacking(WorkloadIndex index, Workload workload, String hostname) {
        Stream<String> ofServices = workload.getServicesMap().keySet().stream()
                .filter(key -> key.endsWith("/" + hostname))
                .map(key -> key.substring(0, key.indexOf('/')));
        String[] labels = hostname.split("\\.", 4);
        Stream<String> ofName = labels.length > 2 && labels[2].equals("svc") ? Stream.of(labels[1]) : Stream.of();
        return Stream.of(ofServices, Stream.of(workload.getNamespace()), ofName)
                .flatMap(namespaces -> namespaces)
                .map(namespace -> index.toAsk(namespace, hostname))
                .filter(Objects::nonNull)
                .findFirst()
                .orElse(null);
    }

    private static InboundTarget tunnelled(
            Features features, Workload workload, int port, @Nullable InetSocketAddress addressed) {
        if (features.isOwnPort(port)) {
            return new Rejected(UNAVAILABLE, "port %d is the proxy's own".formatted(port));
        }
        int override = workload.getApplicationTunnel().getPort();
        boolean proxied = workload.getApplicationTunnel().getProtocol() == ApplicationTunnel.Protocol.PROXY;
        return new Port(override > 0 ? override : port, proxied ? addressed : null);
    }

    private static InboundTarget byHostname(
            WorkloadIndex index, Features features, Workload workload, String name, int port) {
        ServiceEntry service = index.serviceByHostname(name, workload.getNamespace());
        if (service == null) {
            return new Rejected(UNAVAILABLE, "no service has the host name %s".formatted(name));
        }
        int target = targetPort(service, workload, port);
        if (target == Endpoint.NO_PORT) {
            return new Rejected(UNAVAILABLE, "service %s has no port %d here".formatted(service.key(), port));
        }
        if (workload.getApplicationTunnel().getProtocol() != ApplicationTunnel.Protocol.PROXY) {
            return tunnelled(features, workload, target, null);
        }
        IpAddress virtual = virtualAddress(service, workload.getNetwork());
        return virtual == null
                ? new Rejected(
                        UNAVAILABLE, "service %s has no address to tell by PROXY protocol".formatted(service.key()))
                : tunnelled(features, workload, target, new InetSocketAddress(virtual.toInetAddress(), port));
    }

    /** As this instance maps the service's port; a pod that is none, as the waypoint of a service, has the service's. */
    private static int targetPort(ServiceEntry service, Workload workload, int port) {
        for (Endpoint endpoint : service.endpoints()) {
            if (endpoint.workload().getUid().equals(workload.getUid())) {
                return endpoint.targetPort(service.service(), port);
            }
        }
        return new Endpoint(workload, List.of()).targetPort(service.service(), port);
    }

    private static @Nullable IpAddress virtualAddress(ServiceEntry service, String network) {
        return service.service().getAddressesList().stream()
                .filter(address -> !ServiceEntry.isBlock(address))
                .min(Comparator.<NetworkAddress>comparingInt(
                                address -> address.getNetwork().equals(network) ? 0 : 1)
                        .thenComparingInt(address -> address.getAddress().size()))
                .map(address -> IpAddress.ofBytes(address.getAddress()))
                .orElse(null);
    }

    /**
     * Whether what was asked for lists a waypoint that is this very pod. Of services that share the address any will do, also
     * one that is visible in its own namespace only: who the client is, and so which one it means, is not known here.
     */
    private static boolean isWaypointOf(WorkloadIndex index, Workload workload, IpAddress podAddress, IpAddress asked) {
        Workload other = index.workloadAt(workload.getNetwork(), asked);
        if (other != null) {
            return other.hasWaypoint() && resolvesTo(index, workload, podAddress, other.getWaypoint());
        }
        return index.servicesAt(workload.getNetwork(), asked).stream()
                .flatMap(entry -> waypoints(entry.service()))
                .anyMatch(waypoint -> resolvesTo(index, workload, podAddress, waypoint));
    }

    private static Stream<GatewayAddress> waypoints(Service service) {
        return Stream.concat(
                service.hasWaypoint() ? Stream.of(service.getWaypoint()) : Stream.of(),
                service.getWeightedWaypointsList().stream().map(WeightedWaypoint::getDestination));
    }

    private static boolean resolvesTo(
            WorkloadIndex index, Workload workload, IpAddress podAddress, GatewayAddress waypoint) {
        return switch (waypoint.getDestinationCase()) {
            case HOSTNAME -> {
                String namespace = waypoint.getHostname().getNamespace();
                String hostname = waypoint.getHostname().getHostname();
                ServiceEntry service = index.service(namespace, hostname);
                yield service != null
                        ? isEndpoint(service, workload)
                        : hostname.equals(workload.getHostname()) && namespace.equals(workload.getNamespace());
            }
            case ADDRESS -> {
                IpAddress address = IpAddress.ofBytes(waypoint.getAddress().getAddress());
                List<ServiceEntry> services =
                        index.servicesAt(waypoint.getAddress().getNetwork(), address);
                yield services.isEmpty()
                        ? address.equals(podAddress) || has(workload, address)
                        : services.stream().anyMatch(service -> isEndpoint(service, workload));
            }
            case DESTINATION_NOT_SET -> false;
        };
    }

    private static boolean isEndpoint(ServiceEntry service, Workload workload) {
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

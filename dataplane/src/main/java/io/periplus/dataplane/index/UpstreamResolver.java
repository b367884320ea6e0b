package io.periplus.dataplane.index;

import io.periplus.dataplane.address.IpAddress;
import io.periplus.wire.workload.GatewayAddress;
import io.periplus.wire.workload.NamespacedHostname;
import io.periplus.wire.workload.WeightedWaypoint;
import io.periplus.wire.workload.Workload;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** Finds what a destination address, a waypoint or a network gateway stands for, and chooses an endpoint of it. */
public final class UpstreamResolver {
    /** Where gateways speak HBONE unless they say otherwise. */
    private static final int HBONE_PORT = 15008;

    private final EndpointChooser chooser;
    private final RandomGenerator random;

    /** For use from any number of threads. */
    public UpstreamResolver() {
        this(() -> ThreadLocalRandom.current().nextLong());
    }

    /** @param random has to be safe for the threads that use this */
    public UpstreamResolver(RandomGenerator random) {
        this.random = random;
        this.chooser = new EndpointChooser(random);
    }

    /**
     * An upstream for an original destination in the client's network: a service before a workload. A service without
     * a usable endpoint is refused, an unknown address passed through: the one must never turn into the other.
     *
     * @param avoid uids of endpoints that were tried in vain
     */
    public Choice forDestination(WorkloadIndex index, Workload client, IpAddress address, int port, Set<String> avoid) {
        ServiceEntry service = index.serviceAt(client.getNetwork(), address, client.getNamespace());
        if (service != null) {
            return forService(service, port, client, address, avoid);
        }
        Workload workload = index.workloadAt(client.getNetwork(), address);
        return workload == null
                ? new Choice.Passthrough()
                : new Choice.Chosen(new Upstream(workload, null, port, address));
    }

    /** An endpoint of a service; passthrough if the service asks for it, refused if there is no usable endpoint. */
    public Choice forService(
            ServiceEntry service, int port, Workload client, @Nullable IpAddress destination, Set<String> avoid) {
        if (service.isPassthrough()) {
            return new Choice.Passthrough();
        }
        Upstream upstream = chooser.choose(service, port, client, destination, EndpointChooser.Purpose.SERVICE, avoid);
        if (upstream != null) {
            return new Choice.Chosen(upstream);
        }
        String why = service.declaresPort(port)
                ? "none of its " + service.endpoints().size() + " endpoints is usable from here"
                : "it has no port " + port;
        return new Choice.Refused("no healthy upstream: service " + service.key() + ": " + why);
    }

    /**
     * The waypoint that traffic to this service goes through: sampled by weight for each connection if weights are
     * given and not all zero, else the only one; {@code null} if it has none.
     */
    public @Nullable GatewayAddress waypointOf(ServiceEntry service) {
        List<WeightedWaypoint> weighted = service.service().getWeightedWaypointsList();
        long total = 0;
        for (WeightedWaypoint candidate : weighted) {
            total += Integer.toUnsignedLong(candidate.getWeight());
        }
        if (total > 0) {
            long ticket = random.nextLong(total);
            for (WeightedWaypoint candidate : weighted) {
                ticket -= Integer.toUnsignedLong(candidate.getWeight());
                if (ticket < 0) {
                    return candidate.getDestination();
                }
            }
        }
        return service.service().hasWaypoint() ? service.service().getWaypoint() : null;
    }

    /**
     * An instance of a waypoint or network gateway. The port of the result is where it speaks HBONE. A reference that
     * resolves to nothing is refused, never bypassed.
     *
     * @param destination the original destination, whose family is preferred for a gateway known by name
     */
    public Choice forGateway(
            WorkloadIndex index,
            GatewayAddress gateway,
            Workload client,
            @Nullable IpAddress destination,
            Set<String> avoid) {
        return forGateway("waypoint", index, gateway, gateway.getHboneMtlsPort(), client, destination, avoid);
    }

    /**
     * Whether a workload that fits is what a reference to a waypoint stands for: any instance of its service, usable or not, or
     * the one workload.
     */
    public boolean isAmong(WorkloadIndex index, GatewayAddress gateway, Workload client, Predicate<Workload> fits) {
        ServiceEntry service = null;
        Workload workload = null;
        switch (gateway.getDestinationCase()) {
            case HOSTNAME -> {
                NamespacedHostname name = gateway.getHostname();
                service = index.service(name.getNamespace(), name.getHostname());
                workload = index.workloadByHostname(name.getNamespace(), name.getHostname());
            }
            case ADDRESS -> {
                IpAddress address = IpAddress.ofBytes(gateway.getAddress().getAddress());
                String network = gateway.getAddress().getNetwork();
                service = index.serviceAt(network, address, client.getNamespace());
                workload = index.workloadAt(network, address);
            }
            case DESTINATION_NOT_SET -> {}
        }
        if (service == null) {
            return workload != null && fits.test(workload);
        }
        return service.endpoints().stream().map(Endpoint::workload).anyMatch(fits);
    }

    /** The same for the gateway of another network, which is looked up in that network. */
    public Choice forNetworkGateway(
            WorkloadIndex index,
            GatewayAddress gateway,
            Workload client,
            @Nullable IpAddress destination,
            Set<String> avoid) {
        int port = gateway.getHboneMtlsPort() == 0 ? HBONE_PORT : gateway.getHboneMtlsPort();
        return forGateway("network gateway", index, gateway, port, client, destination, avoid);
    }

    private Choice forGateway(
            String what,
            WorkloadIndex index,
            GatewayAddress gateway,
            int port,
            Workload client,
            @Nullable IpAddress destination,
            Set<String> avoid) {
        return switch (gateway.getDestinationCase()) {
            case HOSTNAME -> byHostname(what, index, gateway.getHostname(), port, client, destination, avoid);
            case ADDRESS -> byAddress(what, index, gateway, port, client, avoid);
            case DESTINATION_NOT_SET ->
                new Choice.Refused("unknown %s: the reference names no destination".formatted(what));
        };
    }

    private Choice byHostname(
            String what,
            WorkloadIndex index,
            NamespacedHostname name,
            int port,
            Workload client,
            @Nullable IpAddress destination,
            Set<String> avoid) {
        ServiceEntry service = index.service(name.getNamespace(), name.getHostname());
        if (service != null) {
            return ofService(what, service, port, client, destination, avoid);
        }
        Workload workload = index.workloadByHostname(name.getNamespace(), name.getHostname());
        if (workload == null) {
            return new Choice.Refused("unknown " + what + ": " + name.getNamespace() + "/" + name.getHostname()
                    + " is neither a service nor a workload");
        }
        return new Choice.Chosen(new Upstream(workload, null, port, AddressChoice.choose(workload, null, destination)));
    }

    private Choice byAddress(
            String what, WorkloadIndex index, GatewayAddress gateway, int port, Workload client, Set<String> avoid) {
        String network = gateway.getAddress().getNetwork();
        IpAddress address = IpAddress.ofBytes(gateway.getAddress().getAddress());
        ServiceEntry service = index.serviceAt(network, address, client.getNamespace());
        if (service != null) {
            return ofService(what, service, port, client, address, avoid);
        }
        Workload workload = index.workloadAt(network, address);
        return workload == null
                ? new Choice.Refused("unknown " + what + ": nothing is at " + network + "/" + address)
                : new Choice.Chosen(new Upstream(workload, null, port, address));
    }

    private Choice ofService(
            String what,
            ServiceEntry service,
            int port,
            Workload client,
            @Nullable IpAddress destination,
            Set<String> avoid) {
        Upstream upstream = chooser.choose(service, port, client, destination, EndpointChooser.Purpose.GATEWAY, avoid);
        return upstream == null
                ? new Choice.Refused(
                        "unknown " + what + ": service " + service.key() + " has no usable endpoint for port " + port)
                : new Choice.Chosen(upstream);
    }
}

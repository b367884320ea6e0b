package io.periplus.model.gateway;

import io.periplus.api.Annotations;
import io.periplus.api.IpAddresses;
import io.periplus.api.NamespacedName;
import io.periplus.model.MeshSettings;
import io.periplus.model.collection.Collection;
import io.periplus.model.collection.Fetch;
import io.periplus.model.collection.Index;
import io.periplus.model.input.GatewayInput;
import io.periplus.model.input.GatewayInput.Address;
import io.periplus.model.input.ServiceInput;
import io.periplus.model.input.SliceInput;
import io.periplus.model.proxy.ProxyNames;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The Services that lead to a Gateway: the one deployed for it, or those its user names as addresses. */
public record GatewayServices(
        MeshSettings mesh,
        Collection<NamespacedName, ServiceInput> services,
        Index<NamespacedName, NamespacedName, SliceInput> slicesByService) {

    static final String IP = "IPAddress";
    static final String HOSTNAME = "Hostname";
    static final Set<String> ADDRESS_TYPES = Set.of(IP, HOSTNAME);

    /**
     * A Service that leads to a Gateway.
     *
     * @param exists   whether there is such a Service
     * @param external addresses of its load balancer
     * @param internal its cluster addresses
     * @param ports    those of the wanted ports that the Service has
     * @param trouble  why it does not serve; empty when it does
     */
    record Found(
            String hostname,
            boolean exists,
            List<String> external,
            List<String> internal,
            List<Integer> ports,
            String trouble) {
        boolean isServing() {
            return trouble.isEmpty();
        }
    }

    /** The Services of a Gateway that listens on these ports. */
    List<Found> of(Fetch fetch, GatewayInput gateway, String controller, List<Integer> ports) {
        List<Found> found = new ArrayList<>();
        if (!DeploymentWishes.byHand(gateway)) {
            found.add(find(
                    fetch,
                    new NamespacedName(gateway.key().namespace(), ProxyNames.deployed(gateway, controller)),
                    null,
                    ports));
            return found;
        }
        for (Address address : gateway.addresses()) {
            if (address.type().equals("Hostname") && !address.value().isEmpty()) {
                found.add(named(fetch, gateway, address.value(), ports));
            }
        }
        return found;
    }

    /**
     * The addresses of the type that the Gateway's annotation asks for; those that stand in its status if there is none, as
     * clients may know them.
     */
    static List<Address> published(GatewayInput gateway, List<Address> assigned) {
        String only = gateway.annotations().get(Annotations.ADDRESS_TYPE);
        List<Address> narrowed = assigned.stream()
                .distinct()
                .filter(address -> only == null
                        || !ADDRESS_TYPES.contains(only)
                        || address.type().equals(only))
                .toList();
        return narrowed.isEmpty() ? gateway.statusAddresses() : narrowed;
    }

    /** An address of the type that its value has. */
    static Address address(String value) {
        return new Address(IpAddresses.parse(value).isPresent() ? IP : HOSTNAME, value);
    }

    // A short name is of the Gateway's own namespace.
    private Found named(Fetch fetch, GatewayInput gateway, String host, List<Integer> ports) {
        String suffix = ".svc." + mesh.clusterDomain();
        if (!host.contains(".")) {
            return find(fetch, new NamespacedName(gateway.key().namespace(), host), null, ports);
        }
        if (host.endsWith(suffix)) {
            String[] parts = host.substring(0, host.length() - suffix.length()).split("\\.", -1);
            if (parts.length == 2) {
                return find(fetch, new NamespacedName(parts[1], parts[0]), host, ports);
            }
        }
        return missing(host);
    }

    private Found find(Fetch fetch, NamespacedName name, @Nullable String host, List<Integer> ports) {
        String hostname = host == null ? mesh.hostname(name.namespace(), name.name()) : host;
        ServiceInput service = fetch.get(services, name);
        if (service == null) {
            return missing(hostname);
        }
        List<Integer> present = ports.stream()
                .filter(port -> service.ports().stream().anyMatch(p -> p.port() == port))
                .toList();
        return new Found(
                hostname,
                true,
                service.externalAddresses(),
                service.clusterIps(),
                present,
                trouble(fetch, service, name, hostname, ports, present));
    }

    private String trouble(
            Fetch fetch,
            ServiceInput service,
            NamespacedName name,
            String hostname,
            List<Integer> wanted,
            List<Integer> present) {
        if (service.type().equals("LoadBalancer") && service.externalAddresses().isEmpty()) {
            return "address pending for hostname \"" + hostname + "\"";
        }
        if (present.isEmpty() && !wanted.isEmpty()) {
            return "port " + wanted.getFirst() + " not found for hostname \"" + hostname + "\"";
        }
        boolean instances = fetch.by(slicesByService, name).stream()
                .anyMatch(slice -> slice.endpoints().stream().anyMatch(SliceInput.Endpoint::ready));
        return instances ? "" : "no instances found for hostname \"" + hostname + "\"";
    }

    private static Found missing(String hostname) {
        return new Found(hostname, false, List.of(), List.of(), List.of(), "hostname \"" + hostname + "\" not found");
    }
}

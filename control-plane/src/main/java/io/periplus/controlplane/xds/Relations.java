package io.periplus.controlplane.xds;

import io.periplus.api.Cidr;
import io.periplus.api.IpAddresses;
import io.periplus.wire.workload.NetworkAddress;
import io.periplus.wire.workload.Service;
import io.periplus.wire.workload.Workload;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * How a resource is found otherwise than by its name, by clients that ask for single resources.
 *
 * @param aliases other names under which it can be asked for: {@code network/ip}, {@code network/ip/length} for a block
 * @param blocks  any address of which it can be asked for by
 * @param node    whose proxy gets it unasked; empty for none
 * @param owners  names of resources that bring this one with them: a workload's services
 */
public record Relations(List<String> aliases, List<Block> blocks, String node, Set<String> owners) {
    /** Found by its name alone. */
    public static final Relations NONE = new Relations(List.of(), List.of(), "", Set.of());

    /** Addresses of one network. */
    public record Block(String network, Cidr range) {
        /** Whether a requested name, {@code network/ip}, is one of them. */
        boolean contains(String requested) {
            int length = network.length();
            return requested.length() > length
                    && requested.charAt(length) == '/'
                    && requested.startsWith(network)
                    && IpAddresses.parse(requested.substring(length + 1))
                            .filter(range::contains)
                            .isPresent();
        }
    }

    /** Of a workload. */
    public static Relations of(Workload workload) {
        List<String> aliases = workload.getAddressesList().stream()
                .map(bytes -> alias(workload.getNetwork(), IpAddresses.of(bytes.toByteArray())))
                .toList();
        return new Relations(
                aliases,
                List.of(),
                workload.getNode(),
                Set.copyOf(workload.getServicesMap().keySet()));
    }

    /** Of a service. */
    public static Relations of(Service service) {
        List<String> aliases = new ArrayList<>();
        List<Block> blocks = new ArrayList<>();
        for (NetworkAddress address : service.getAddressesList()) {
            InetAddress ip = IpAddresses.of(address.getAddress().toByteArray());
            String alias = alias(address.getNetwork(), ip);
            aliases.add(address.hasLength() ? alias + "/" + address.getLength() : alias);
            if (address.hasLength()) {
                blocks.add(new Block(address.getNetwork(), new Cidr(ip, address.getLength())));
            }
        }
        return new Relations(List.copyOf(aliases), List.copyOf(blocks), "", Set.of());
    }

    private static String alias(String network, InetAddress ip) {
        return network + "/" + IpAddresses.canonical(ip);
    }
}

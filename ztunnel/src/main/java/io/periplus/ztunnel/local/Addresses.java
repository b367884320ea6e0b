package io.periplus.ztunnel.local;

import com.google.protobuf.ByteString;
import io.periplus.dataplane.address.Cidr;
import io.periplus.dataplane.address.IpAddress;
import io.periplus.wire.workload.GatewayAddress;
import io.periplus.wire.workload.NamespacedHostname;
import io.periplus.wire.workload.NetworkAddress;
import io.periplus.wire.workload.Port;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Addresses, gateways and ports as the file writes them. */
final class Addresses {
    private Addresses() {}

    static ByteString bytes(String address) {
        return ByteString.copyFrom(IpAddress.parse(address).toInetAddress().getAddress());
    }

    /** {@code network/address}; the network may be empty. */
    static NetworkAddress inNetwork(String text) {
        int slash = text.indexOf('/');
        if (slash < 0) {
            throw new IllegalArgumentException(text + " (expected: network/address, the network possibly empty)");
        }
        return NetworkAddress.newBuilder()
                .setNetwork(text.substring(0, slash))
                .setAddress(bytes(text.substring(slash + 1)))
                .build();
    }

    static NetworkAddress block(String network, String cidr) {
        Cidr block = Cidr.parse(cidr);
        return NetworkAddress.newBuilder()
                .setNetwork(network)
                .setAddress(ByteString.copyFrom(block.base().toInetAddress().getAddress()))
                .setLength(block.length())
                .build();
    }

    /** {@code network/address} or {@code namespace/hostname}, and a port. */
    static @Nullable GatewayAddress gateway(Entry of, String name) {
        Entry gateway = of.entry(name);
        return gateway == null ? null : gateway(gateway);
    }

    static GatewayAddress gateway(Entry gateway) {
        String destination = gateway.required("destination");
        GatewayAddress.Builder address =
                GatewayAddress.newBuilder().setHboneMtlsPort(gateway.number("hboneMtlsPort", 15008, 0, 0xffff));
        int slash = destination.indexOf('/');
        if (slash < 0) {
            throw gateway.unexpected("destination", destination, "network/address or namespace/hostname");
        }
        String last = destination.substring(slash + 1);
        if (last.indexOf(':') >= 0 || last.chars().allMatch(c -> c == '.' || Character.isDigit(c))) {
            address.setAddress(gateway.parsed("destination", destination, Addresses::inNetwork));
        } else {
            address.setHostname(NamespacedHostname.newBuilder()
                    .setNamespace(destination.substring(0, slash))
                    .setHostname(last));
        }
        gateway.done();
        return address.build();
    }

    static List<Port> ports(Map<Integer, Integer> ports) {
        return ports.entrySet().stream()
                .map(port -> Port.newBuilder()
                        .setServicePort(port.getKey())
                        .setTargetPort(port.getValue())
                        .build())
                .toList();
    }
}

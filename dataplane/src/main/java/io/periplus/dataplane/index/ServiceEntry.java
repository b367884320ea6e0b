package io.periplus.dataplane.index;

import io.periplus.wire.workload.LoadBalancing;
import io.periplus.wire.workload.NetworkAddress;
import io.periplus.wire.workload.Port;
import io.periplus.wire.workload.Service;
import java.util.List;

/**
 * A service with the workloads behind it, healthy or not.
 *
 * @param endpoints immutable, in no particular order
 */
public record ServiceEntry(Service service, List<Endpoint> endpoints) {
    /** The resource name {@code namespace/hostname}. */
    public String key() {
        return service.getNamespace() + "/" + service.getHostname();
    }

    /** Whether this is a block of addresses; a full-length prefix is a single address. */
    public static boolean isBlock(NetworkAddress address) {
        return address.hasLength()
                && address.getLength() != Byte.SIZE * address.getAddress().size();
    }

    /** Whether the service has an address of its own, other than blocks. */
    public boolean hasVirtualAddress() {
        List<NetworkAddress> addresses = service.getAddressesList();
        for (int i = 0; i < addresses.size(); i++) {
            if (!isBlock(addresses.get(i))) {
                return true;
            }
        }
        return false;
    }

    /** Whether the service declares this port. */
    public boolean declaresPort(int servicePort) {
        List<Port> ports = service.getPortsList();
        for (int i = 0; i < ports.size(); i++) {
            if (ports.get(i).getServicePort() == servicePort) {
                return true;
            }
        }
        return false;
    }

    /** Whether traffic goes to its original destination instead of a chosen endpoint. */
    public boolean isPassthrough() {
        return service.getLoadBalancing().getMode() == LoadBalancing.Mode.PASSTHROUGH;
    }

    /** Whether endpoints are used whatever their health ({@code publishNotReadyAddresses}). */
    public boolean allowsUnhealthy() {
        return service.getLoadBalancing().getHealthPolicy() == LoadBalancing.HealthPolicy.ALLOW_ALL;
    }

    /** Whether clients in this namespace may see the service. */
    public boolean isVisibleTo(String clientNamespace) {
        return service.getVisibility() != Service.Visibility.NAMESPACE
                || service.getNamespace().equals(clientNamespace);
    }
}

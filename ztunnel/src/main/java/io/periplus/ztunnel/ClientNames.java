package io.periplus.ztunnel;

import io.periplus.dataplane.address.IpAddress;
import io.periplus.dataplane.index.Addressed;
import io.periplus.dataplane.index.ServiceEntry;
import io.periplus.dataplane.index.WorkloadIndex;
import io.periplus.wire.workload.NetworkAddress;
import io.periplus.wire.workload.Workload;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a pod means by a host name: the search list of its resolver, applied to the services of the index. */
final class ClientNames {
    private final String domain;

    /** @param domain of the cluster, such as {@code cluster.local} */
    ClientNames(String domain) {
        this.domain = domain;
    }

    /** The address that the pod connects to; {@code null} if no service that it sees has the name. */
    @Nullable
    IpAddress resolve(WorkloadIndex index, Workload client, String host) {
        IpAddress literal = literal(host);
        if (literal != null) {
            return literal;
        }
        ServiceEntry service = service(index, client, host);
        return service == null ? null : addressOf(service, client);
    }

    static @Nullable IpAddress literal(String host) {
        boolean looksLikeOne = host.indexOf(':') >= 0 || host.chars().allMatch(c -> c == '.' || Character.isDigit(c));
        try {
            return looksLikeOne ? IpAddress.parse(host) : null;
        } catch (IllegalArgumentException _) {
            return null;
        }
    }

    @Nullable
    ServiceEntry service(WorkloadIndex index, Workload client, String host) {
        for (String candidate : search(client, host)) {
            ServiceEntry found = index.serviceByHostname(candidate, client.getNamespace());
            if (found != null) {
                return found;
            }
        }
        return null;
    }

    private List<String> search(Workload client, String host) {
        return host.endsWith(".")
                ? List.of(host.substring(0, host.length() - 1))
                : List.of(
                        host + "." + client.getNamespace() + ".svc." + domain,
                        host + ".svc." + domain,
                        host + "." + domain,
                        host);
    }

    /**
     * The name to ask the control plane for before a host name is resolved, {@code namespace/hostname}; {@code null} for
     * none. A host is looked for in the namespace that Kubernetes has written into its name, else in the client's.
     */
    @Nullable
    String lacking(WorkloadIndex index, Workload client, String host) {
        if (index.isComplete() || literal(host) != null || service(index, client, host) != null) {
            return null;
        }
        String ofCluster = ".svc." + domain;
        for (String candidate : search(client, host)) {
            String[] labels = candidate.split("\\.", 3);
            boolean isOfCluster = candidate.endsWith(ofCluster) && labels.length == 3;
            String name = index.toAsk(isOfCluster ? labels[1] : client.getNamespace(), candidate);
            if (name != null) {
                return name;
            }
        }
        return null;
    }

    /** The virtual address; of a service without one, what DNS says: the address of an endpoint. */
    private static @Nullable IpAddress addressOf(ServiceEntry service, Workload client) {
        for (NetworkAddress address : service.service().getAddressesList()) {
            IpAddress candidate = IpAddress.ofBytes(address.getAddress());
            // What the address leads to in the end may be another service that has it too.
            if (address.getNetwork().equals(client.getNetwork()) && !ServiceEntry.isBlock(address)) {
                return candidate;
            }
        }
        return service.endpoints().stream()
                .flatMap(endpoint -> endpoint.workload().getAddressesList().stream())
                .map(IpAddress::ofBytes)
                .findFirst()
                .orElse(null);
    }

    /** {@code namespace/hostname} or {@code namespace/name} of what an address belongs to. */
    static String nameOf(@Nullable Addressed addressed) {
        return switch (addressed) {
            case Addressed.OfService(ServiceEntry service) -> service.key();
            case Addressed.OfWorkload(Workload workload) -> workload.getNamespace() + "/" + workload.getName();
            case null -> "";
        };
    }
}

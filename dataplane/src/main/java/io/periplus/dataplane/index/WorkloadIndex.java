package io.periplus.dataplane.index;

import io.periplus.dataplane.address.Cidr;
import io.periplus.dataplane.address.IpAddress;
import io.periplus.wire.workload.GatewayAddress;
import io.periplus.wire.workload.Workload;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * All workloads and services of the mesh as one immutable snapshot. A connection or request takes it once and decides
 * everything with it. {@link IndexStore} holds the newest.
 */
public final class WorkloadIndex {
    static final WorkloadIndex EMPTY = new WorkloadIndex(
            PersistentMap.empty(),
            PersistentMap.empty(),
            PersistentMap.empty(),
            PersistentMap.empty(),
            PersistentMap.empty(),
            PersistentMap.empty(),
            PersistentMap.empty(),
            PersistentMap.empty(),
            List.of(),
            null);

    /** The same where nothing comes unasked. */
    static final WorkloadIndex ON_DEMAND = new WorkloadIndex(
            EMPTY.workloads,
            EMPTY.workloadsByAddress,
            EMPTY.workloadsByName,
            EMPTY.workloadsByHostname,
            EMPTY.services,
            EMPTY.endpoints,
            EMPTY.servicesByAddress,
            EMPTY.servicesByHostname,
            EMPTY.blocks,
            PersistentMap.empty());

    /** A service's block of addresses. */
    record Block(String network, Cidr cidr, String service) {}

    final PersistentMap<String, Workload> workloads;
    /** Best first; never empty. */
    final PersistentMap<NetworkAddress, List<Workload>> workloadsByAddress;
    /** By {@code namespace/name}; never empty. */
    final PersistentMap<String, List<Workload>> workloadsByName;
    /** Only those that have a host name. */
    final PersistentMap<String, List<Workload>> workloadsByHostname;

    final PersistentMap<String, ServiceEntry> services;
    /** By service key, also of services that are not known yet: resources arrive in any order. */
    final PersistentMap<String, PersistentMap<String, Endpoint>> endpoints;
    /** Service keys, in order of arrival; never empty. */
    final PersistentMap<NetworkAddress, List<String>> servicesByAddress;

    final PersistentMap<String, List<String>> servicesByHostname;
    final List<Block> blocks;
    /** Names that were asked for and answered; {@code null} where everything comes unasked. */
    final @Nullable PersistentMap<String, Boolean> answered;

    WorkloadIndex(
            PersistentMap<String, Workload> workloads,
            PersistentMap<NetworkAddress, List<Workload>> workloadsByAddress,
            PersistentMap<String, List<Workload>> workloadsByName,
            PersistentMap<String, List<Workload>> workloadsByHostname,
            PersistentMap<String, ServiceEntry> services,
            PersistentMap<String, PersistentMap<String, Endpoint>> endpoints,
            PersistentMap<NetworkAddress, List<String>> servicesByAddress,
            PersistentMap<String, List<String>> servicesByHostname,
            List<Block> blocks,
            @Nullable PersistentMap<String, Boolean> answered) {
        this.workloads = workloads;
        this.workloadsByAddress = workloadsByAddress;
        this.workloadsByName = workloadsByName;
        this.workloadsByHostname = workloadsByHostname;
        this.services = services;
        this.endpoints = endpoints;
        this.servicesByAddress = servicesByAddress;
        this.servicesByHostname = servicesByHostname;
        this.blocks = blocks;
        this.answered = answered;
    }

    /** The index of a proxy that has not heard from its control plane. */
    public static WorkloadIndex empty() {
        return EMPTY;
    }

    /** Starts a changed copy. */
    public IndexBuilder edit() {
        return new IndexBuilder(this);
    }

    /** Whether everything there is comes unasked, so that what is not here does not exist. */
    public boolean isComplete() {
        return answered == null;
    }

    /** Whether what this name or alias of resources stands for is here, if there is anything. */
    public boolean isAnswered(String name) {
        return answered == null || answered.get(name) != null;
    }

    /**
     * The name to ask the control plane for before deciding about an address, {@code network/ip}; {@code null} if what is
     * here counts. A workload is one of the node's own, or was sent for another reason. A service that was sent for another
     * reason may be one of several with this address.
     */
    public @Nullable String toAsk(String network, IpAddress address) {
        if (answered == null) {
            return null;
        }
        NetworkAddress asked = new NetworkAddress(network, address);
        if (workloadsByAddress.get(asked) != null) {
            return null;
        }
        String name = asked.toString();
        return answered.get(name) == null ? name : null;
    }

    /** The same before deciding about a host name of a namespace, {@code namespace/hostname}. */
    public @Nullable String toAsk(String namespace, String hostname) {
        if (answered == null || workloadByHostname(namespace, hostname) != null) {
            return null;
        }
        String name = namespace + "/" + hostname;
        return services.get(name) != null || answered.get(name) != null ? null : name;
    }

    /** The same before deciding about a waypoint or network gateway. */
    public @Nullable String toAsk(GatewayAddress gateway) {
        if (answered == null) {
            return null;
        }
        return switch (gateway.getDestinationCase()) {
            case HOSTNAME ->
                toAsk(
                        gateway.getHostname().getNamespace(),
                        gateway.getHostname().getHostname());
            case ADDRESS ->
                toAsk(
                        gateway.getAddress().getNetwork(),
                        IpAddress.ofBytes(gateway.getAddress().getAddress()));
            case DESTINATION_NOT_SET -> null;
        };
    }

    /** The workload with this uid. */
    public @Nullable Workload workload(String uid) {
        return workloads.get(uid);
    }

    /** The workload at this address; of several, pods come first, then those with HBONE. */
    public @Nullable Workload workloadAt(String network, IpAddress address) {
        List<Workload> found = workloadsByAddress.get(new NetworkAddress(network, address));
        return found == null ? null : found.getFirst();
    }

    /** The workload that is this pod of this node. */
    public @Nullable Workload workloadOfPod(String node, String namespace, String name, String serviceAccount) {
        List<Workload> found = workloadsByName.get(namespace + "/" + name);
        if (found == null) {
            return null;
        }
        for (Workload workload : found) {
            if (workload.getNode().equals(node)
                    && WorkloadIdentity.of(workload).serviceAccount().equals(serviceAccount)) {
                return workload;
            }
        }
        return null;
    }

    /** A workload that is known by this host name instead of an address. */
    public @Nullable Workload workloadByHostname(String namespace, String hostname) {
        List<Workload> found = workloadsByHostname.get(hostname);
        if (found == null) {
            return null;
        }
        for (Workload workload : found) {
            if (workload.getNamespace().equals(namespace)) {
                return workload;
            }
        }
        return null;
    }

    /** The service with this name, {@code hostname} in full. */
    public @Nullable ServiceEntry service(String namespace, String hostname) {
        return services.get(namespace + "/" + hostname);
    }

    /** The service with this resource name, {@code namespace/hostname}. */
    public @Nullable ServiceEntry service(String key) {
        return services.get(key);
    }

    /** All services with this host name, of any namespace and visibility, in order of arrival. */
    public List<ServiceEntry> servicesNamed(String hostname) {
        List<String> keys = servicesByHostname.get(hostname);
        return keys == null ? List.of() : named(keys);
    }

    private List<ServiceEntry> named(List<String> keys) {
        List<ServiceEntry> entries = new ArrayList<>(keys.size());
        for (String key : keys) {
            ServiceEntry entry = services.get(key);
            if (entry != null) {
                entries.add(entry);
            }
        }
        return entries;
    }

    /** The service that a client in this namespace means by a host name. */
    public @Nullable ServiceEntry serviceByHostname(String hostname, String clientNamespace) {
        return best(servicesByHostname.get(hostname), clientNamespace);
    }

    /**
     * The service that a client in this namespace means by an address: a host address before a block; then, among
     * those visible to it, its own namespace, then the canonical one; of blocks the longer prefix.
     */
    public @Nullable ServiceEntry serviceAt(String network, IpAddress address, String clientNamespace) {
        ServiceEntry exact = best(servicesByAddress.get(new NetworkAddress(network, address)), clientNamespace);
        return exact != null || blocks.isEmpty() ? exact : byBlock(network, address, clientNamespace);
    }

    /** All services with this address, of any namespace and visibility; where none has it, those with a block around it. */
    public List<ServiceEntry> servicesAt(String network, IpAddress address) {
        List<String> keys = servicesByAddress.get(new NetworkAddress(network, address));
        if (keys == null) {
            keys = blocks.stream()
                    .filter(block -> block.network.equals(network) && block.cidr.contains(address))
                    .map(Block::service)
                    .toList();
        }
        return named(keys);
    }

    /** What a client in this namespace addresses: a workload before a service; {@code null} for the unknown. */
    public @Nullable Addressed find(String network, IpAddress address, String clientNamespace) {
        Workload workload = workloadAt(network, address);
        if (workload != null) {
            return new Addressed.OfWorkload(workload);
        }
        ServiceEntry service = serviceAt(network, address, clientNamespace);
        return service == null ? null : new Addressed.OfService(service);
    }

    /** Every workload, in no particular order. */
    public void forEachWorkload(Consumer<Workload> action) {
        workloads.forEach((uid, workload) -> action.accept(workload));
    }

    /** Every service, in no particular order. */
    public void forEachService(Consumer<ServiceEntry> action) {
        services.forEach((key, service) -> action.accept(service));
    }

    /** Workloads that name services which are not known yet, by {@code namespace/hostname}. */
    public void forEachStaged(java.util.function.BiConsumer<String, List<String>> action) {
        endpoints.forEach((service, staged) -> {
            if (services.get(service) == null) {
                List<String> uids = new java.util.ArrayList<>();
                staged.forEach((uid, endpoint) -> uids.add(uid));
                action.accept(service, uids);
            }
        });
    }

    /** How many workloads there are. */
    public int workloadCount() {
        return workloads.size();
    }

    /** How many services there are. */
    public int serviceCount() {
        return services.size();
    }

    private @Nullable ServiceEntry best(@Nullable List<String> keys, String clientNamespace) {
        if (keys == null) {
            return null;
        }
        ServiceEntry best = null;
        int bestRank = -1;
        for (int i = 0; i < keys.size(); i++) {
            ServiceEntry entry = services.get(keys.get(i));
            if (entry == null || !entry.isVisibleTo(clientNamespace)) {
                continue;
            }
            int rank = (entry.service().getNamespace().equals(clientNamespace) ? 2 : 0)
                    + (entry.service().getCanonical() ? 1 : 0);
            if (rank > bestRank) {
                best = entry;
                bestRank = rank;
            }
        }
        return best;
    }

    private @Nullable ServiceEntry byBlock(String network, IpAddress address, String clientNamespace) {
        ServiceEntry best = null;
        int bestRank = -1;
        for (Block block : blocks) {
            if (!block.network.equals(network) || !block.cidr.contains(address)) {
                continue;
            }
            ServiceEntry entry = services.get(block.service);
            if (entry == null || !entry.isVisibleTo(clientNamespace)) {
                continue;
            }
            int rank = (entry.service().getNamespace().equals(clientNamespace) ? 1 << 10 : 0)
                    + block.cidr.length() * 2
                    + (entry.service().getCanonical() ? 1 : 0);
            if (rank > bestRank) {
                best = entry;
                bestRank = rank;
            }
        }
        return best;
    }
}

package io.periplus.dataplane.index;

import com.google.protobuf.ByteString;
import io.periplus.dataplane.address.Cidr;
import io.periplus.dataplane.address.IpAddress;
import io.periplus.wire.workload.Address;
import io.periplus.wire.workload.NetworkMode;
import io.periplus.wire.workload.PortList;
import io.periplus.wire.workload.Service;
import io.periplus.wire.workload.TunnelProtocol;
import io.periplus.wire.workload.Workload;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Applies the changes of one push to an index. Costs what the push touches: a changed workload copies its path in the
 * maps, and a service whose endpoints changed is rebuilt once, in {@link #build()}. For one thread.
 */
public final class IndexBuilder {
    /** Pods before workloads of other kinds, then those that speak HBONE. */
    private static final Comparator<Workload> BEST_FIRST = Comparator.comparing(
                    (Workload w) -> !w.getUid().contains("//Pod/"))
            .thenComparing(w -> w.getTunnelProtocol() != TunnelProtocol.HBONE);

    private PersistentMap<String, Workload> workloads;
    private PersistentMap<NetworkAddress, List<Workload>> workloadsByAddress;
    private PersistentMap<String, List<Workload>> workloadsByName;
    private PersistentMap<String, List<Workload>> workloadsByHostname;
    private PersistentMap<String, ServiceEntry> services;
    private PersistentMap<String, PersistentMap<String, Endpoint>> endpoints;
    private PersistentMap<NetworkAddress, List<String>> servicesByAddress;
    private PersistentMap<String, List<String>> servicesByHostname;
    private List<WorkloadIndex.Block> blocks;
    private @Nullable PersistentMap<String, Boolean> answered;
    private final Set<String> servicesToRebuild = new HashSet<>();

    IndexBuilder(WorkloadIndex from) {
        workloads = from.workloads;
        workloadsByAddress = from.workloadsByAddress;
        workloadsByName = from.workloadsByName;
        workloadsByHostname = from.workloadsByHostname;
        services = from.services;
        endpoints = from.endpoints;
        servicesByAddress = from.servicesByAddress;
        servicesByHostname = from.servicesByHostname;
        blocks = from.blocks;
        answered = from.answered;
    }

    /**
     * Adds a workload or service, in place of the one with the same name.
     *
     * @throws InvalidResourceException if it cannot be used; nothing has changed then
     */
    public IndexBuilder put(Address address) {
        switch (address.getTypeCase()) {
            case WORKLOAD -> put(address.getWorkload());
            case SERVICE -> put(address.getService());
            case TYPE_NOT_SET -> throw new InvalidResourceException("neither workload nor service is set");
        }
        return this;
    }

    /** As {@link #put(Address)}. */
    public IndexBuilder put(Workload workload) {
        AddressChecks.check(workload);
        removeWorkload(workload.getUid());
        workloads = workloads.with(workload.getUid(), workload);
        workloadsByName = added(workloadsByName, nameOf(workload), workload);
        if (!workload.getHostname().isEmpty()) {
            workloadsByHostname = added(workloadsByHostname, workload.getHostname(), workload);
        }
        if (workload.getNetworkMode() != NetworkMode.HOST_NETWORK) {
            for (ByteString address : workload.getAddressesList()) {
                workloadsByAddress = added(workloadsByAddress, at(workload.getNetwork(), address), workload);
            }
        }
        workload.getServicesMap().forEach((service, ports) -> addEndpoint(service, workload, ports));
        return this;
    }

    /** As {@link #put(Address)}. */
    public IndexBuilder put(Service service) {
        AddressChecks.check(service);
        ServiceEntry entry = new ServiceEntry(service, List.of());
        List<WorkloadIndex.Block> newBlocks = new ArrayList<>();
        for (var address : service.getAddressesList()) {
            if (ServiceEntry.isBlock(address)) {
                newBlocks.add(new WorkloadIndex.Block(address.getNetwork(), blockOf(address), entry.key()));
            }
        }
        removeService(entry.key());
        services = services.with(entry.key(), entry);
        servicesToRebuild.add(entry.key());
        servicesByHostname = addedKey(servicesByHostname, service.getHostname(), entry.key());
        for (var address : service.getAddressesList()) {
            if (!ServiceEntry.isBlock(address)) {
                servicesByAddress =
                        addedKey(servicesByAddress, at(address.getNetwork(), address.getAddress()), entry.key());
            }
        }
        if (!newBlocks.isEmpty()) {
            newBlocks.addAll(0, blocks);
            blocks = List.copyOf(newBlocks);
        }
        return this;
    }

    /** Removes a resource by its name: a workload's uid or a service's {@code namespace/hostname}. */
    public IndexBuilder remove(String name) {
        if (workloads.get(name) != null) {
            removeWorkload(name);
        } else {
            removeService(name);
        }
        return this;
    }

    /** Has a name or alias count as answered, or not any more; without effect where everything comes unasked. */
    public IndexBuilder answered(String name, boolean isAnswered) {
        if (answered != null) {
            answered = isAnswered ? answered.with(name, true) : answered.without(name);
        }
        return this;
    }

    /** The changed index. */
    public WorkloadIndex build() {
        for (String key : servicesToRebuild) {
            ServiceEntry entry = services.get(key);
            if (entry != null) {
                services = services.with(key, new ServiceEntry(entry.service(), endpointsOf(key)));
            }
        }
        servicesToRebuild.clear();
        return new WorkloadIndex(
                workloads,
                workloadsByAddress,
                workloadsByName,
                workloadsByHostname,
                services,
                endpoints,
                servicesByAddress,
                servicesByHostname,
                blocks,
                answered);
    }

    private List<Endpoint> endpointsOf(String service) {
        PersistentMap<String, Endpoint> present = endpoints.get(service);
        if (present == null) {
            return List.of();
        }
        List<Endpoint> list = new ArrayList<>(present.size());
        present.forEach((uid, endpoint) -> list.add(endpoint));
        return List.copyOf(list);
    }

    private void addEndpoint(String service, Workload workload, PortList ports) {
        PersistentMap<String, Endpoint> present = endpoints.get(service);
        PersistentMap<String, Endpoint> base = present == null ? PersistentMap.empty() : present;
        Endpoint endpoint = new Endpoint(workload, ports.getPortsList());
        endpoints = endpoints.with(service, base.with(workload.getUid(), endpoint));
        servicesToRebuild.add(service);
    }

    private void removeWorkload(String uid) {
        Workload old = workloads.get(uid);
        if (old == null) {
            return;
        }
        workloads = workloads.without(uid);
        workloadsByName = removed(workloadsByName, nameOf(old), old);
        workloadsByHostname = removed(workloadsByHostname, old.getHostname(), old);
        for (ByteString address : old.getAddressesList()) {
            workloadsByAddress = removed(workloadsByAddress, at(old.getNetwork(), address), old);
        }
        for (String service : old.getServicesMap().keySet()) {
            PersistentMap<String, Endpoint> present = endpoints.get(service);
            if (present != null) {
                PersistentMap<String, Endpoint> left = present.without(uid);
                endpoints = left.size() == 0 ? endpoints.without(service) : endpoints.with(service, left);
                servicesToRebuild.add(service);
            }
        }
    }

    private void removeService(String key) {
        ServiceEntry old = services.get(key);
        if (old == null) {
            return;
        }
        services = services.without(key);
        servicesByHostname = removedKey(servicesByHostname, old.service().getHostname(), key);
        for (var address : old.service().getAddressesList()) {
            if (!ServiceEntry.isBlock(address)) {
                servicesByAddress = removedKey(servicesByAddress, at(address.getNetwork(), address.getAddress()), key);
            }
        }
        if (blocks.stream().anyMatch(block -> block.service().equals(key))) {
            blocks = blocks.stream()
                    .filter(block -> !block.service().equals(key))
                    .toList();
        }
    }

    private static String nameOf(Workload workload) {
        return workload.getNamespace() + "/" + workload.getName();
    }

    private static NetworkAddress at(String network, ByteString address) {
        return new NetworkAddress(network, IpAddress.ofBytes(address));
    }

    private static Cidr blockOf(io.periplus.wire.workload.NetworkAddress address) {
        try {
            return new Cidr(IpAddress.ofBytes(address.getAddress()), address.getLength());
        } catch (IllegalArgumentException e) {
            throw new InvalidResourceException("addresses: " + e.getMessage());
        }
    }

    private static <K> PersistentMap<K, List<Workload>> added(
            PersistentMap<K, List<Workload>> map, K key, Workload workload) {
        List<Workload> present = map.get(key);
        if (present == null) {
            return map.with(key, List.of(workload));
        }
        List<Workload> all = new ArrayList<>(present);
        all.add(workload);
        all.sort(BEST_FIRST);
        return map.with(key, List.copyOf(all));
    }

    private static <K> PersistentMap<K, List<Workload>> removed(
            PersistentMap<K, List<Workload>> map, K key, Workload old) {
        return without(map, key, map.get(key), workload -> workload.getUid().equals(old.getUid()));
    }

    private static <K> PersistentMap<K, List<String>> addedKey(
            PersistentMap<K, List<String>> map, K key, String value) {
        List<String> present = map.get(key);
        if (present == null) {
            return map.with(key, List.of(value));
        }
        if (present.contains(value)) {
            return map;
        }
        List<String> all = new ArrayList<>(present);
        all.add(value);
        return map.with(key, List.copyOf(all));
    }

    private static <K> PersistentMap<K, List<String>> removedKey(
            PersistentMap<K, List<String>> map, K key, String value) {
        return without(map, key, map.get(key), value::equals);
    }

    private static <K, T> PersistentMap<K, List<T>> without(
            PersistentMap<K, List<T>> map, K key, @Nullable List<T> present, java.util.function.Predicate<T> unwanted) {
        if (present == null) {
            return map;
        }
        List<T> left = present.stream().filter(unwanted.negate()).toList();
        return left.isEmpty() ? map.without(key) : map.with(key, left);
    }
}

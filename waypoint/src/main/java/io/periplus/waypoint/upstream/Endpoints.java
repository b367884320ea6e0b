package io.periplus.waypoint.upstream;

import io.periplus.dataplane.address.IpAddress;
import io.periplus.dataplane.index.AddressChoice;
import io.periplus.dataplane.index.Endpoint;
import io.periplus.dataplane.index.ServiceEntry;
import io.periplus.waypoint.upstream.policy.TrafficSettings;
import io.periplus.wire.workload.TunnelProtocol;
import io.periplus.wire.workload.Workload;
import io.periplus.wire.workload.WorkloadStatus;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The endpoints of one port of a service that can be used from here, in order of preference. */
final class Endpoints {
    /**
     * One of them.
     *
     * @param place endpoints of one tier at the same place share its weight
     */
    record At(Backend backend, long weight, String place, long placeWeight) {}

    private final ServiceEntry service;
    private final int port;
    private final Workload client;
    private final IpAddress destination;
    private final Nearness nearness;
    private final Hostnames hostnames;

    Endpoints(
            ServiceEntry service,
            int port,
            Workload client,
            IpAddress destination,
            TrafficSettings settings,
            Hostnames hostnames) {
        this.service = service;
        this.port = port;
        this.client = client;
        this.destination = destination;
        this.nearness = Nearness.of(service.service(), client, settings);
        this.hostnames = hostnames;
    }

    /** Those of each tier; no tier is empty. */
    List<List<At>> tiers() {
        NavigableMap<Integer, List<At>> tiers = new TreeMap<>();
        for (Endpoint endpoint : service.endpoints()) {
            Workload workload = endpoint.workload();
            Nearness.Rank rank = obstacle(endpoint) == null ? nearness.of(workload) : null;
            if (rank != null) {
                for (Backend backend : backends(workload, endpoint.targetPort(service.service(), port))) {
                    tiers.computeIfAbsent(rank.tier(), _ -> new ArrayList<>())
                            .add(new At(backend, capacity(workload), rank.place(), rank.placeWeight()));
                }
            }
        }
        return List.copyOf(tiers.values());
    }

    /** Those that cannot be used, with what speaks against each, which continues a sentence. */
    Map<Endpoint, String> leftOut() {
        Map<Endpoint, String> left = new LinkedHashMap<>();
        for (Endpoint endpoint : service.endpoints()) {
            String obstacle = obstacle(endpoint);
            if (obstacle == null && nearness.of(endpoint.workload()) == null) {
                obstacle = "is elsewhere, and the service insists on endpoints near this proxy";
            }
            if (obstacle == null
                    && backends(endpoint.workload(), endpoint.targetPort(service.service(), port))
                            .isEmpty()) {
                obstacle = "has no address";
            }
            if (obstacle != null) {
                left.put(endpoint, obstacle);
            }
        }
        return left;
    }

    private @Nullable String obstacle(Endpoint endpoint) {
        Workload workload = endpoint.workload();
        if (workload.getStatus() == WorkloadStatus.UNHEALTHY && !service.allowsUnhealthy()) {
            return "is not ready";
        }
        if (capacity(workload) == 0) {
            return "has capacity 0";
        }
        if (!service.declaresPort(port) || endpoint.targetPort(service.service(), port) == Endpoint.NO_PORT) {
            return "does not serve the port";
        }
        return workload.getNetwork().equals(client.getNetwork())
                ? null
                : "is on network \"" + workload.getNetwork() + "\", which cannot be reached from here";
    }

    private static long capacity(Workload workload) {
        return workload.hasCapacity()
                ? Integer.toUnsignedLong(workload.getCapacity().getValue())
                : 1;
    }

    /** One; as many as a host name has addresses. */
    private List<Backend> backends(Workload workload, int target) {
        boolean tunnelled = workload.getTunnelProtocol() == TunnelProtocol.HBONE;
        IpAddress address = AddressChoice.choose(workload, service.service(), destination);
        if (address != null) {
            return List.of(new Backend(workload, new InetSocketAddress(address.toInetAddress(), target), tunnelled));
        }
        String hostname = workload.getHostname();
        if (hostname.isEmpty()) {
            return List.of();
        }
        List<InetAddress> known = hostnames.known(hostname);
        if (known.isEmpty()) {
            InetSocketAddress unresolved = InetSocketAddress.createUnresolved(hostname, target);
            return List.of(new Backend(workload, unresolved, tunnelled));
        }
        return known.stream()
                .map(each -> new Backend(workload, new InetSocketAddress(each, target), tunnelled))
                .toList();
    }
}

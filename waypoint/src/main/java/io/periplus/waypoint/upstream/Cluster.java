package io.periplus.waypoint.upstream;

import io.netty.channel.Channel;
import io.netty.util.concurrent.Future;
import io.periplus.dataplane.address.IpAddress;
import io.periplus.dataplane.index.AddressChoice;
import io.periplus.dataplane.index.Endpoint;
import io.periplus.dataplane.index.EndpointPreference;
import io.periplus.dataplane.index.ServiceEntry;
import io.periplus.waypoint.upstream.balance.LeastRequest;
import io.periplus.waypoint.upstream.balance.Pick;
import io.periplus.waypoint.upstream.balance.Tiers;
import io.periplus.wire.workload.LoadBalancing;
import io.periplus.wire.workload.TunnelProtocol;
import io.periplus.wire.workload.Workload;
import io.periplus.wire.workload.WorkloadStatus;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** One port of a service, as one event loop sees it: its endpoints and how to choose among them. */
final class Cluster {
    private final Clusters loop;
    private final int port;
    private Map<Backend, Host> hosts = Map.of();
    private @Nullable ServiceEntry service;
    private @Nullable Tiers<Host> tiers;

    Cluster(Clusters loop, int port) {
        this.loop = loop;
        this.port = port;
    }

    /**
     * An endpoint.
     *
     * @param current the service as the request sees it
     * @param client where the waypoint is, which decides what is near
     * @param destination the address that the client used, whose family is preferred
     */
    Choice choose(ServiceEntry current, Workload client, IpAddress destination, Pick pick) {
        Tiers<Host> ready = tiers;
        if (ready == null || current != service) {
            service = current;
            ready = rebuild(current, client, destination);
            tiers = ready;
        }
        Host chosen = preferred(pick);
        if (chosen == null) {
            chosen = ready.pick(pick);
        }
        if (chosen == null) {
            return Choice.NONE_HEALTHY;
        }
        if (pick.isTried(chosen)) {
            chosen = untried(chosen, pick);
        }
        return new Choice.Chosen(chosen);
    }

    private @Nullable Host preferred(Pick pick) {
        String uid = pick.preferred();
        if (uid == null) {
            return null;
        }
        for (Host host : hosts.values()) {
            if (host.backend().workload().getUid().equals(uid) && !pick.isTried(host)) {
                return host;
            }
        }
        return null;
    }

    private Host untried(Host otherwise, Pick pick) {
        for (Host host : hosts.values()) {
            if (!pick.isTried(host)) {
                return host;
            }
        }
        return otherwise;
    }

    boolean hasUntried(Pick pick) {
        return hosts.values().stream().anyMatch(host -> !pick.isTried(host));
    }

    private Tiers<Host> rebuild(ServiceEntry current, Workload client, IpAddress destination) {
        Map<Backend, Host> next = new LinkedHashMap<>();
        NavigableMap<Integer, List<Host>> byRank = new TreeMap<>();
        for (Endpoint endpoint : current.endpoints()) {
            int rank = rank(current, endpoint.workload(), client);
            Backend backend = rank < 0 ? null : backend(current, endpoint, client, destination);
            if (backend != null) {
                Host known = hosts.get(backend);
                Host host = known == null ? loop.host(this, backend, capacity(backend.workload())) : known;
                next.put(backend, host);
                byRank.computeIfAbsent(-rank, _ -> new ArrayList<>()).add(host);
            }
        }
        hosts = next;
        List<List<Tiers.Place<Host>>> places = new ArrayList<>();
        byRank.values().forEach(all -> places.add(List.of(new Tiers.Place<>(1, all, all))));
        return Tiers.of(places, 0, all -> new LeastRequest<>(all, loop.random()), loop.random());
    }

    private static int rank(ServiceEntry service, Workload workload, Workload client) {
        LoadBalancing balancing = service.service().getLoadBalancing();
        List<LoadBalancing.Scope> preferences = balancing.getRoutingPreferenceList();
        return switch (balancing.getMode()) {
            case STRICT -> EndpointPreference.matchesAll(preferences, client, workload) ? 0 : -1;
            case FAILOVER -> EndpointPreference.rank(preferences, client, workload);
            case PASSTHROUGH -> -1;
            case UNSPECIFIED_MODE, UNRECOGNIZED -> 0;
        };
    }

    private @Nullable Backend backend(ServiceEntry current, Endpoint endpoint, Workload client, IpAddress destination) {
        Workload workload = endpoint.workload();
        boolean healthy = workload.getStatus() != WorkloadStatus.UNHEALTHY || current.allowsUnhealthy();
        int target = endpoint.targetPort(current.service(), port);
        if (!healthy
                || capacity(workload) == 0
                || target == Endpoint.NO_PORT
                || !current.declaresPort(port)
                || !workload.getNetwork().equals(client.getNetwork())) {
            return null;
        }
        IpAddress address = AddressChoice.choose(workload, current.service(), destination);
        return address == null ? null : backend(workload, address, target);
    }

    private static Backend backend(Workload workload, IpAddress address, int port) {
        return new Backend(
                workload,
                new InetSocketAddress(address.toInetAddress(), port),
                workload.getTunnelProtocol() == TunnelProtocol.HBONE);
    }

    /** A workload that the client addressed itself. */
    Choice direct(Workload workload, IpAddress address) {
        Backend backend = backend(workload, address, port);
        Host known = hosts.get(backend);
        if (known == null) {
            known = loop.host(this, backend, 1);
            hosts = Map.of(backend, known);
        }
        return new Choice.Chosen(known);
    }

    private static long capacity(Workload workload) {
        return workload.hasCapacity()
                ? Integer.toUnsignedLong(workload.getCapacity().getValue())
                : 1;
    }

    Future<Channel> connect(Backend backend) {
        return loop.connect(backend);
    }

    void begin() {
        loop.begin();
    }

    void end() {
        loop.end();
    }

    int size() {
        return hosts.size();
    }
}

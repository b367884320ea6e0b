package io.periplus.waypoint.upstream;

import io.netty.channel.EventLoop;
import io.periplus.dataplane.index.Endpoint;
import io.periplus.dataplane.index.ServiceEntry;
import io.periplus.dataplane.index.WorkloadIndex;
import io.periplus.waypoint.mesh.Destination;
import io.periplus.waypoint.mesh.MeshSnapshot;
import io.periplus.waypoint.mesh.Self;
import io.periplus.waypoint.upstream.balance.Pick;
import io.periplus.waypoint.upstream.policy.BalancingSettings.Algorithm;
import io.periplus.waypoint.upstream.policy.TrafficSettings;
import io.periplus.wire.workload.GatewayAddress;
import io.periplus.wire.workload.TunnelProtocol;
import io.periplus.wire.workload.Workload;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Where requests and connections of one event loop find their endpoints: a cluster per port of a service that was asked
 * for. What the loops have to agree on, such as whether an endpoint is ejected, is shared underneath.
 */
public final class Clusters {
    private static final long SWEEP_MILLIS_MIN = 500;
    private static final long SWEEP_MILLIS_MAX = 10_000;

    /** Instances of a waypoint that are drawn until one was not tried before. */
    private static final int INSTANCES_MAX = 3;

    /** @param name of the service, {@code namespace/hostname}, or a workload's uid */
    private record Key(String name, int port, boolean ipv4) {}

    private final EventLoop loop;
    private final Connector connector;
    private final Self self;
    private final ClusterStates states;
    private final Hostnames hostnames;
    private final RandomGenerator random = () -> ThreadLocalRandom.current().nextLong();
    private final Map<Key, Cluster> clusters = new HashMap<>();
    /** Null in a waypoint: it sends to endpoints only. */
    private final @Nullable IngressWaypoint waypoints;

    private int inProgress;
    private long sweepMillis = SWEEP_MILLIS_MAX;
    private boolean sweeping;

    /**
     * @param self this waypoint, whose place decides what is near
     * @param states shared with the clusters of the other loops
     * @param edge whether this is a gateway, which passes the waypoints of services that want it
     * @param hostnames of this event loop
     */
    public Clusters(
            EventLoop loop, Connector connector, Self self, ClusterStates states, boolean edge, Hostnames hostnames) {
        this.loop = loop;
        this.connector = connector;
        this.self = self;
        this.states = states;
        this.waypoints = edge ? new IngressWaypoint(self) : null;
        this.hostnames = hostnames;
    }

    /** The endpoint for a request or connection; to be called on the event loop. */
    public Choice choose(MeshSnapshot mesh, Destination destination, Pick pick) {
        return switch (destination) {
            case Destination.OfService service -> {
                ServiceEntry entry = mesh.index().service(service.key());
                if (entry == null) {
                    yield Choice.NONE_HEALTHY;
                }
                GatewayAddress waypoint = waypoints == null ? null : waypoints.of(entry);
                if (waypoints != null && waypoint != null) {
                    yield through(waypoints, waypoint, entry, mesh.index(), service, pick);
                }
                Cluster cluster = cluster(service.key(), destination);
                Endpoint stand = DynamicHosts.endpoint(entry);
                if (stand != null) {
                    yield named(cluster, DynamicHosts.backend(entry, stand, service.port(), pick.host()));
                }
                yield passesThrough(entry, service)
                        ? cluster.direct(passthrough(mesh.index(), service))
                        : cluster.choose(entry, mesh.index(), service.address(), pick);
            }
            case Destination.OfWorkload workload ->
                cluster(workload.workload().getUid(), destination).direct(backend(workload.workload(), workload));
            case Destination.OfListener _ -> Choice.NONE_HEALTHY;
        };
    }

    /** What {@link #choose} would choose among; takes nobody's turn. To be called on the event loop. */
    public View look(MeshSnapshot mesh, Destination destination, Pick pick) {
        if (destination instanceof Destination.OfService service) {
            ServiceEntry entry = mesh.index().service(service.key());
            boolean balanced = entry != null
                    && (waypoints == null || waypoints.of(entry) == null)
                    && DynamicHosts.endpoint(entry) == null
                    && !passesThrough(entry, service);
            if (entry != null && balanced) {
                return cluster(service.key(), destination).look(entry, mesh.index(), service.address(), pick);
            }
        }
        return View.of(choose(mesh, destination, pick), settings(destination).balancing());
    }

    private TrafficSettings settings(Destination destination) {
        return states.settings(destination.namespace() + "/" + destination.hostname(), destination.port());
    }

    /** What the service's policies say of its endpoints is the waypoint's business. */
    private Choice through(
            IngressWaypoint waypoints,
            GatewayAddress waypoint,
            ServiceEntry entry,
            WorkloadIndex index,
            Destination.OfService service,
            Pick pick) {
        Cluster cluster = cluster("waypoint of " + service.key(), service);
        Set<String> tried = new HashSet<>();
        Choice last = Choice.NONE_HEALTHY;
        for (int i = 0; i < INSTANCES_MAX; i++) {
            Backend instance = waypoints.instance(index, entry, service.port(), waypoint, tried);
            last = instance == null ? last : cluster.direct(instance);
            if (instance == null || !(last instanceof Choice.Chosen(Host host)) || !pick.isTried(host)) {
                return last;
            }
            tried.add(instance.workload().getUid());
        }
        return last;
    }

    private Choice named(Cluster cluster, @Nullable Backend host) {
        if (host == null) {
            return Choice.NONE_HEALTHY;
        }
        sweepLater(Duration.ofMillis(SWEEP_MILLIS_MAX));
        return cluster.direct(host, DynamicHosts.HOSTS_MAX);
    }

    private boolean passesThrough(ServiceEntry entry, Destination.OfService service) {
        return entry.isPassthrough()
                || states.settings(service.key(), service.port()).balancing().algorithm() == Algorithm.PASSTHROUGH;
    }

    /** What the client addressed; a workload that is known there is reached as it wants to be. */
    private Backend passthrough(WorkloadIndex index, Destination.OfService service) {
        Workload known = index.workloadAt(self.network(), service.address());
        return backend(known == null ? Workload.getDefaultInstance() : known, service);
    }

    private static Backend backend(Workload workload, Destination destination) {
        return new Backend(
                workload,
                new InetSocketAddress(destination.address().toInetAddress(), destination.port()),
                workload.getTunnelProtocol() == TunnelProtocol.HBONE);
    }

    /** Whether the destination has an endpoint that was not tried in vain. */
    public boolean hasUntried(Destination destination, Pick pick) {
        return destination instanceof Destination.OfService service
                && !DynamicHosts.mayBeDynamic(destination)
                && cluster(service.key(), destination).hasUntried(pick);
    }

    /** Whether the destination's endpoints came or went within the last moments. */
    public boolean changedLately(Destination destination) {
        return destination instanceof Destination.OfService service
                && cluster(service.key(), destination).changedLately();
    }

    private Cluster cluster(String name, Destination destination) {
        return clusters.computeIfAbsent(
                new Key(name, destination.port(), destination.address().isIpv4()),
                key -> new Cluster(this, key.name, key.port));
    }

    /** All requests and connections in progress at endpoints. */
    public int inProgress() {
        return inProgress;
    }

    /** The state of every endpoint that was used lately; to be called on the event loop. */
    List<EndpointReport> reports() {
        return clusters.values().stream()
                .flatMap(cluster -> cluster.hosts().stream().map(host -> host.report(cluster.name())))
                .toList();
    }

    // ---- for clusters and hosts

    EventLoop loop() {
        return loop;
    }

    Connector connector() {
        return connector;
    }

    Self self() {
        return self;
    }

    ClusterStates states() {
        return states;
    }

    Hostnames hostnames() {
        return hostnames;
    }

    RandomGenerator random() {
        return random;
    }

    void begun() {
        inProgress++;
    }

    void ended() {
        inProgress--;
    }

    /** There are connections that may become idle for this long. */
    void sweepLater(Duration idle) {
        if (idle.toMillis() / 2 < sweepMillis) {
            sweepMillis = Math.max(SWEEP_MILLIS_MIN, idle.toMillis() / 2);
        }
        if (!sweeping) {
            sweeping = true;
            loop.schedule(this::sweep, sweepMillis, TimeUnit.MILLISECONDS);
        }
    }

    private void sweep() {
        long now = System.nanoTime();
        clusters.values().removeIf(cluster -> !cluster.sweep(now));
        sweeping = !clusters.isEmpty();
        if (sweeping) {
            loop.schedule(this::sweep, sweepMillis, TimeUnit.MILLISECONDS);
        }
    }
}

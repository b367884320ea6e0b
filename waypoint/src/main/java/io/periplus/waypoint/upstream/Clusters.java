package io.periplus.waypoint.upstream;

import io.netty.channel.EventLoop;
import io.periplus.dataplane.index.ServiceEntry;
import io.periplus.dataplane.index.WorkloadIndex;
import io.periplus.waypoint.mesh.Destination;
import io.periplus.waypoint.mesh.MeshSnapshot;
import io.periplus.waypoint.mesh.Self;
import io.periplus.waypoint.upstream.balance.Pick;
import io.periplus.waypoint.upstream.policy.BalancingSettings.Algorithm;
import io.periplus.wire.workload.TunnelProtocol;
import io.periplus.wire.workload.Workload;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;

/**
 * Where requests and connections of one event loop find their endpoints: a cluster per port of a service that was asked
 * for. What the loops have to agree on, such as whether an endpoint is ejected, is shared underneath.
 */
public final class Clusters {
    private static final long SWEEP_MILLIS_MIN = 500;
    private static final long SWEEP_MILLIS_MAX = 10_000;

    /** @param name of the service, {@code namespace/hostname}, or a workload's uid */
    private record Key(String name, int port, boolean ipv4) {}

    private final EventLoop loop;
    private final Connector connector;
    private final Self self;
    private final ClusterStates states;
    private final Hostnames hostnames;
    private final RandomGenerator random = () -> ThreadLocalRandom.current().nextLong();
    private final Map<Key, Cluster> clusters = new HashMap<>();
    private int inProgress;
    private long sweepMillis = SWEEP_MILLIS_MAX;
    private boolean sweeping;

    /**
     * @param self this waypoint, whose place decides what is near
     * @param states shared with the clusters of the other loops
     */
    public Clusters(EventLoop loop, Connector connector, Self self, ClusterStates states) {
        this.loop = loop;
        this.connector = connector;
        this.self = self;
        this.states = states;
        this.hostnames = Hostnames.ofSystem(loop);
    }

    /** The endpoint for a request or connection; to be called on the event loop. */
    public Choice choose(MeshSnapshot mesh, Destination destination, Pick pick) {
        return switch (destination) {
            case Destination.OfService service -> {
                ServiceEntry entry = mesh.index().service(service.key());
                if (entry == null) {
                    yield Choice.NONE_HEALTHY;
                }
                Cluster cluster = cluster(service.key(), destination);
                yield passesThrough(entry, service)
                        ? cluster.direct(passthrough(mesh.index(), service))
                        : cluster.choose(entry, mesh.index(), service.address(), pick);
            }
            case Destination.OfWorkload workload ->
                cluster(workload.workload().getUid(), destination).direct(backend(workload.workload(), workload));
            case Destination.OfListener _ -> Choice.NONE_HEALTHY;
        };
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

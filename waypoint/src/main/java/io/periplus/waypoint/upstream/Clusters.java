package io.periplus.waypoint.upstream;

import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import io.periplus.dataplane.index.ServiceEntry;
import io.periplus.waypoint.mesh.Destination;
import io.periplus.waypoint.mesh.MeshSnapshot;
import io.periplus.waypoint.upstream.balance.Pick;
import io.periplus.wire.workload.Workload;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.random.RandomGenerator;

/**
 * Where requests and connections of one event loop find their endpoints: a cluster per port of a service that was asked
 * for. What the loops have to agree on, such as whether an endpoint is ejected, is shared underneath.
 */
public final class Clusters {
    /** @param name of the service, {@code namespace/hostname}, or a workload's uid */
    private record Key(String name, int port, boolean ipv4) {}

    private final EventLoop loop;
    private final Connector connector;
    private final UpstreamPool pool;
    private final Workload self;
    private final RandomGenerator random = () -> ThreadLocalRandom.current().nextLong();
    private final Map<Key, Cluster> clusters = new HashMap<>();
    private int inProgress;

    /** @param self this waypoint, whose place decides what is near */
    public Clusters(EventLoop loop, Connector connector, Workload self) {
        this.loop = loop;
        this.connector = connector;
        this.self = self;
        this.pool = new UpstreamPool(loop, connector);
    }

    /** The endpoint for a request or connection; to be called on the event loop. */
    public Choice choose(MeshSnapshot mesh, Destination destination, Pick pick) {
        return switch (destination) {
            case Destination.OfService service -> {
                ServiceEntry entry = mesh.index().service(service.key());
                yield entry == null
                        ? Choice.NONE_HEALTHY
                        : cluster(service.key(), destination).choose(entry, self, service.address(), pick);
            }
            case Destination.OfWorkload workload ->
                cluster(workload.workload().getUid(), destination).direct(workload.workload(), workload.address());
            case Destination.OfListener _ -> Choice.NONE_HEALTHY;
        };
    }

    /** Whether the destination has an endpoint that was not tried in vain. */
    public boolean hasUntried(Destination destination, Pick pick) {
        return switch (destination) {
            case Destination.OfService service ->
                cluster(service.key(), destination).hasUntried(pick);
            case Destination.OfWorkload _, Destination.OfListener _ -> false;
        };
    }

    private Cluster cluster(String name, Destination destination) {
        return clusters.computeIfAbsent(
                new Key(name, destination.port(), destination.address().isIpv4()), key -> new Cluster(this, key.port));
    }

    /** All requests and connections in progress at endpoints. */
    public int inProgress() {
        return inProgress;
    }

    Host host(Cluster cluster, Backend backend, long weight) {
        return new Host(cluster, backend, weight, pool);
    }

    RandomGenerator random() {
        return random;
    }

    Future<Channel> connect(Backend backend) {
        return connector.connect(backend, loop);
    }

    void begin() {
        inProgress++;
    }

    void end() {
        inProgress--;
    }
}

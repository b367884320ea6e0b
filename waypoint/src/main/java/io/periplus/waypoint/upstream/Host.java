package io.periplus.waypoint.upstream;

import io.netty.channel.Channel;
import io.netty.util.concurrent.Future;
import io.periplus.waypoint.exchange.HttpProtocol;
import io.periplus.waypoint.upstream.balance.Candidate;

/** An endpoint of a cluster, as one event loop sees it: what is in progress there, and the connections to it. */
public final class Host implements Candidate {
    private final Cluster cluster;
    private final Backend backend;
    private final long weight;
    private final UpstreamPool pool;
    private int active;

    Host(Cluster cluster, Backend backend, long weight, UpstreamPool pool) {
        this.cluster = cluster;
        this.backend = backend;
        this.weight = weight;
        this.pool = pool;
    }

    /** Where it is. */
    public Backend backend() {
        return backend;
    }

    @Override
    public long weight() {
        return weight;
    }

    @Override
    public int active() {
        return active;
    }

    @Override
    public String hashName() {
        return backend.toString();
    }

    /** A request or connection goes there. */
    public void begin() {
        active++;
        cluster.begin();
    }

    /** It has ended. */
    public void end() {
        active--;
        cluster.end();
    }

    /** Finds or makes a place for a request and tells the acquirer, at once or later. */
    public void acquire(HttpProtocol protocol, Acquirer acquirer) {
        pool.acquire(backend, protocol, acquirer);
    }

    /**
     * Opens a stream of bytes: with an empty pipeline, on this event loop, not reading yet.
     *
     * @return fails with an exception whose message a user can read
     */
    public Future<Channel> connect() {
        return cluster.connect(backend);
    }

    @Override
    public String toString() {
        return backend.toString();
    }
}

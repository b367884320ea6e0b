package io.periplus.waypoint.upstream;

import io.netty.channel.Channel;
import io.netty.util.concurrent.Future;
import io.periplus.waypoint.exchange.HttpProtocol;
import io.periplus.waypoint.mesh.Destination;
import io.periplus.waypoint.upstream.balance.Candidate;
import io.periplus.waypoint.upstream.health.EndpointHealth;
import io.periplus.waypoint.upstream.policy.TrafficSettings;
import io.periplus.waypoint.upstream.tls.TlsOrigination;
import io.periplus.waypoint.upstream.tls.TlsOrigination.Inside;
import io.periplus.wire.waypoint.ProxyProtocol;
import io.periplus.wire.workload.AppProtocol;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** An endpoint of a cluster, as one event loop sees it: what is in progress there, and the connections to it. */
public final class Host implements Candidate {
    /** The share of an endpoint that has just come; Envoy's smallest. */
    private static final double COLDEST = 0.1;

    private final Clusters loop;
    private final ClusterState state;
    private final long weight;
    private final EndpointHealth health;
    private final long sinceNanos;
    private final UpstreamPool pool;
    /** Only where connections depend on the client or the request; swept when unused. */
    private final Map<ConnectionKey, UpstreamPool> pools = new HashMap<>(0);

    private Backend backend;
    private int active;
    private long total;
    private int connections;
    private long reachedNanos = System.nanoTime() - TimeUnit.HOURS.toNanos(1);

    /** @param sinceNanos when it became part of the service, of {@link System#nanoTime}; 0 for long ago */
    Host(Clusters loop, ClusterState state, Backend backend, long weight, long sinceNanos) {
        this.loop = loop;
        this.state = state;
        this.backend = backend;
        this.weight = weight;
        this.sinceNanos = sinceNanos;
        this.health = state.detector().of(backend.toString());
        this.pool = new UpstreamPool(source(ConnectionKey.ANY));
    }

    private ConnectionSource source(ConnectionKey key) {
        return new ConnectionSource(
                loop.loop(), loop.connector(), loop.hostnames(), backend, key, state.settings(), state.breakers());
    }

    /** Where it is, and the newest that is known of its workload. */
    public Backend backend() {
        return backend;
    }

    /** Takes over what changed of its workload. */
    void update(Backend newer) {
        backend = newer;
    }

    // ---- for the algorithms

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

    @Override
    public double warmth() {
        Duration warmup = state.settings().balancing().warmup();
        if (sinceNanos == 0 || warmup.isZero()) {
            return 1;
        }
        return Math.clamp((double) (System.nanoTime() - sinceNanos) / warmup.toNanos(), COLDEST, 1);
    }

    /** How it did lately, as all event loops saw it. */
    public EndpointHealth health() {
        return health;
    }

    // ---- requests and connections

    /** A request or connection goes there. */
    public void begin() {
        active++;
        total++;
        state.breakers().requestBegun();
        loop.begun();
    }

    /** It has ended. */
    public void end() {
        active--;
        state.breakers().requestEnded();
        loop.ended();
    }

    /** A request was given a connection to it. */
    public void reached(long nanos) {
        reachedNanos = nanos;
    }

    /** When a request last was; in the time of {@link System#nanoTime}. */
    public long reachedNanos() {
        return reachedNanos;
    }

    /** Whether the service lets another retry begin; to be given back by {@link #retryEnded}. */
    public boolean takeRetry() {
        return state.breakers().takeRetry();
    }

    /** The retry is over. */
    public void retryEnded() {
        state.breakers().retryEnded();
    }

    /** How it is spoken to. */
    public TrafficSettings settings() {
        return state.settings();
    }

    /**
     * The version of HTTP it is spoken to.
     *
     * @param declared by the port; if nothing is declared it is spoken to as the client speaks, if it is no protocol that says
     *     a version, in the one that every server knows
     */
    public HttpProtocol protocol(AppProtocol declared, HttpProtocol client) {
        HttpProtocol usual = switch (declared) {
            case HTTP2, GRPC -> HttpProtocol.HTTP2;
            case HTTP11, TCP, TLS, UNRECOGNIZED -> HttpProtocol.HTTP1;
            case UNKNOWN -> client;
        };
        return switch (state.settings().pool().upgrade()) {
            case NONE -> usual;
            case HTTP2 -> HttpProtocol.HTTP2;
            case LIKE_CLIENT -> client;
        };
    }

    /**
     * What connections for a request have to have in common.
     *
     * @param authority of the request, with or without port; empty for a connection
     * @param client the client's address
     * @param addressed what the client had connected to
     */
    public ConnectionKey key(String authority, InetSocketAddress client, Destination addressed) {
        TlsOrigination tls = state.settings().tls();
        boolean named = tls != null && tls.takesNameOfRequest();
        boolean announced = state.settings().proxyProtocol() != ProxyProtocol.NO_PROXY_PROTOCOL;
        if (!named && !announced) {
            return ConnectionKey.ANY;
        }
        return new ConnectionKey(
                named ? hostOf(authority) : "",
                announced ? client : null,
                announced ? new InetSocketAddress(addressed.address().toInetAddress(), addressed.port()) : null);
    }

    private static String hostOf(String authority) {
        if (authority.startsWith("[")) {
            int end = authority.indexOf(']');
            return end < 0 ? "" : authority.substring(1, end);
        }
        int colon = authority.indexOf(':');
        return colon < 0 ? authority : authority.substring(0, colon);
    }

    /** Finds or makes a place for a request and tells the acquirer, at once or later. */
    public void acquire(HttpProtocol protocol, ConnectionKey key, Acquirer acquirer) {
        loop.sweepLater(state.settings().pool().httpIdle());
        UpstreamPool chosen =
                key == ConnectionKey.ANY ? pool : pools.computeIfAbsent(key, other -> new UpstreamPool(source(other)));
        chosen.acquire(protocol, acquirer);
    }

    /**
     * Opens a stream of bytes: without handlers that matter, on this event loop, not reading yet. It ends when it has
     * reached the age that the service allows.
     *
     * @return fails with an exception whose message a user can read
     */
    public Future<Channel> connect(ConnectionKey key) {
        if (!state.breakers().takeConnection(false)) {
            return loop.loop().newFailedFuture(new OverflowException());
        }
        connections++;
        Future<Channel> connecting = source(key).open(Inside.BYTES);
        connecting.addListener((Future<Channel> connected) -> {
            if (connected.isSuccess()) {
                Channel channel = connected.getNow();
                channel.closeFuture().addListener(_ -> disconnected());
                TcpLimits.apply(channel, state.settings().pool());
                health.connected();
            } else {
                disconnected();
                health.brokeOff();
            }
        });
        return connecting;
    }

    private void disconnected() {
        connections--;
        state.breakers().connectionEnded();
    }

    // ---- housekeeping

    void sweep(long nowNanos) {
        pool.sweep(nowNanos);
        pools.values().forEach(each -> each.sweep(nowNanos));
        pools.values().removeIf(UpstreamPool::isUnused);
    }

    /**
     * It is no longer used.
     *
     * @param gone because it is no endpoint any more; else requests that wait for a connection get it
     */
    void retire(boolean gone) {
        pool.retire(gone);
        pools.values().forEach(each -> each.retire(gone));
    }

    boolean isUnused() {
        return active == 0 && connections == 0 && pool.isUnused() && pools.isEmpty();
    }

    EndpointReport report(String cluster) {
        int open = connections
                + pool.open()
                + pools.values().stream().mapToInt(UpstreamPool::open).sum();
        return new EndpointReport(
                cluster,
                state.settings().limits(),
                backend.toString(),
                open,
                active,
                total,
                health.isEjected(state.detector().nowNanos()),
                weight,
                backend.workload().getLocality());
    }

    @Override
    public String toString() {
        return backend.toString();
    }
}

package io.periplus.waypoint.upstream;

import io.netty.channel.EventLoop;
import io.periplus.waypoint.exchange.HttpProtocol;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The connections of one event loop to all endpoints. They carry this waypoint's identity, not the clients', so requests
 * of different clients share them.
 */
public final class UpstreamPool {
    private static final long SWEEP_SECONDS = 10;

    private final EventLoop loop;
    private final Connector connector;
    private final Map<Backend, Http1Connections> http1 = new HashMap<>();
    private final Map<Backend, Http2Connections> http2 = new HashMap<>();
    private @Nullable ScheduledFuture<?> sweeping;

    public UpstreamPool(EventLoop loop, Connector connector) {
        this.loop = loop;
        this.connector = connector;
    }

    /** Finds or makes a connection and tells the acquirer, at once or later. */
    public void acquire(Backend backend, HttpProtocol protocol, Acquirer acquirer) {
        if (sweeping == null) {
            sweeping = loop.scheduleWithFixedDelay(this::sweep, SWEEP_SECONDS, SWEEP_SECONDS, TimeUnit.SECONDS);
        }
        switch (protocol) {
            case HTTP1 ->
                http1.computeIfAbsent(backend, key -> new Http1Connections(key, loop, connector))
                        .acquire(acquirer);
            case HTTP2 ->
                http2.computeIfAbsent(backend, key -> new Http2Connections(key, loop, connector))
                        .acquire(acquirer);
        }
    }

    private void sweep() {
        long now = System.nanoTime();
        http1.values().forEach(connections -> connections.sweep(now));
        http2.values().forEach(connections -> connections.sweep(now));
        http1.values().removeIf(Http1Connections::isUnused);
        http2.values().removeIf(Http2Connections::isUnused);
        ScheduledFuture<?> timer = sweeping;
        if (timer != null && http1.isEmpty() && http2.isEmpty()) {
            timer.cancel(false);
            sweeping = null;
        }
    }
}

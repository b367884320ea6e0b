package io.periplus.dataplane.hbone;

import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.DuplexChannel;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Opens tunnels, sharing connections between tunnels of one source, next hop and expected identities. Connections
 * belong to an event loop and are shared only on it, so that a client's connection and the tunnel it is relayed into
 * never meet another thread.
 */
public final class HbonePool {
    private final HboneSettings settings;
    private final Map<EventLoop, LoopPool> pools = new ConcurrentHashMap<>();
    private volatile boolean closed;

    public HbonePool(HboneSettings settings) {
        this.settings = settings;
    }

    /**
     * Opens a tunnel on {@code loop}. The future completes on that loop with a
     * {@link io.netty.channel.socket.DuplexChannel} whose auto-read is off, so that a listener can install handlers
     * before bytes arrive: add them, then turn auto-read on. Fails with {@link HboneException}. Cancelling the future
     * gives the request up: one that waits for a connection is dropped, one that was sent is reset. A connection attempt goes on,
     * as others may share it.
     */
    public Future<Channel> connect(HboneTarget target, EventLoop loop) {
        Promise<Channel> promise = loop.newPromise();
        if (loop.inEventLoop()) {
            pool(loop).connect(target, promise);
        } else {
            loop.execute(() -> pool(loop).connect(target, promise));
        }
        return promise;
    }

    /**
     * Opens a tunnel within a tunnel: the outer one as {@link #connect} does, the inner one for itself alone. Completes on
     * {@code loop}; fails with {@link HboneException}; may be cancelled as that.
     */
    public Future<InnerTunnel> connectThrough(HboneTarget outer, HboneTarget inner, EventLoop loop) {
        Promise<InnerTunnel> promise = loop.newPromise();
        Future<Channel> opening = connect(outer, loop);
        promise.addListener(_ -> opening.cancel(false));
        opening.addListener(_ -> {
            if (promise.isDone() && opening.isSuccess()) {
                opening.getNow().close();
            } else if (opening.isSuccess()) {
                InnerDial.start(inner, settings, (DuplexChannel) opening.getNow(), promise);
            } else {
                promise.tryFailure(opening.cause());
            }
        });
        return promise;
    }

    private LoopPool pool(EventLoop loop) {
        LoopPool pool = pools.computeIfAbsent(loop, owner -> new LoopPool(owner, settings));
        if (closed) {
            pool.close();
        }
        return pool;
    }

    /** Open connections on {@code loop}; to be called on it. */
    public int connections(EventLoop loop) {
        LoopPool pool = pools.get(loop);
        return pool == null ? 0 : pool.connections();
    }

    /** Closes all connections and with them their tunnels. */
    public void close() {
        closed = true;
        pools.forEach((loop, pool) -> loop.execute(pool::close));
    }
}

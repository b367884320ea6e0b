package io.periplus.dataplane.hbone;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.ConnectTimeoutException;
import io.netty.channel.EventLoop;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.concurrent.Promise;
import io.periplus.dataplane.hbone.HboneException.Reason;
import io.periplus.dataplane.tls.Revocations;
import io.periplus.dataplane.tls.TlsFailures;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The connections of one event loop. Used on that loop only, so it needs no locks. */
final class LoopPool {
    private static final Logger LOG = LoggerFactory.getLogger(LoopPool.class);

    private final EventLoop loop;
    private final HboneSettings settings;
    private final Map<PoolKey, PoolEntry> entries = new HashMap<>();
    /** Every connection of this pool, also those that take no more streams. */
    private final Set<Channel> connections = new HashSet<>();

    private boolean closed;

    LoopPool(EventLoop loop, HboneSettings settings) {
        this.loop = loop;
        this.settings = settings;
    }

    void connect(HboneTarget target, Promise<Channel> promise) {
        connect(new PoolEntry.Waiting(target, promise, true));
    }

    /** Looks for the entry each time, as one that was forgotten must not go on beside its successor. */
    void connect(PoolEntry.Waiting request) {
        if (closed) {
            request.promise().tryFailure(closed());
            return;
        }
        entries.computeIfAbsent(request.target().key(), key -> new PoolEntry(key, this))
                .connect(request);
    }

    private static HboneException closed() {
        return new HboneException(Reason.CLOSED, "the pool is closed", null);
    }

    /** Opens a connection: TCP, TLS, HTTP/2. The promise is completed on this loop. */
    void dial(HboneTarget target, PoolEntry entry, Promise<ClientSession> promise) {
        if (closed) {
            promise.tryFailure(closed());
            return;
        }
        makeRoom();
        ChannelFuture connecting = target.connector()
                .connect(loop, target.destination(), target.sourceAddress(), new ChannelInboundHandlerAdapter());
        connecting.addListener(_ -> {
            if (!connecting.isSuccess()) {
                promise.tryFailure(connectFailure(target, connecting.cause()));
            } else if (closed) {
                connecting.channel().close();
                promise.tryFailure(closed());
            } else {
                handshake(connecting.channel(), target, entry, promise);
            }
        });
    }

    private void handshake(Channel connection, HboneTarget target, PoolEntry entry, Promise<ClientSession> promise) {
        connections.add(connection);
        connection.config().setOption(ChannelOption.ALLOW_HALF_CLOSURE, false);
        connection.closeFuture().addListener(_ -> connections.remove(connection));
        Supplier<SslHandler> tls = () -> target.source().newClientHandler(connection.alloc(), target.expected());
        TlsHandshake.begin(connection, tls, settings.handshakeTimeout(), new TlsHandshake.Outcome() {
            @Override
            public void established(TlsHandshake handshake) {
                ClientSession session = ClientSession.of(settings, entry::retired);
                connection.pipeline().replace(handshake, "hbone", session);
                handshake.watch(target.source(), Revocations.Side.CLIENT, session, connection);
                promise.trySuccess(session);
            }

            @Override
            public void failed(Throwable why) {
                connection.close();
                promise.tryFailure(new HboneException(
                        TlsFailures.isRevocation(why) ? Reason.REVOKED : Reason.TLS,
                        "TLS with %s failed: %s".formatted(target.destination(), TlsFailures.describe(why)),
                        why));
            }
        });
    }

    private static HboneException connectFailure(HboneTarget target, Throwable why) {
        return why instanceof ConnectTimeoutException
                ? new HboneException(
                        Reason.CONNECT_TIMEOUT,
                        "connecting to %s timed out; maybe a NetworkPolicy blocks port %d"
                                .formatted(
                                        target.destination(),
                                        target.destination().getPort()),
                        why)
                : new HboneException(
                        Reason.CONNECT,
                        "connecting to %s failed: %s".formatted(target.destination(), why.getMessage()),
                        why);
    }

    /** Keeps the pool within its bound by closing the connection that has been idle longest. */
    private void makeRoom() {
        if (connections.size() < settings.maxPooled()) {
            return;
        }
        entries.values().stream()
                .map(PoolEntry::sessions)
                .flatMap(List::stream)
                .filter(ClientSession::isIdle)
                .min(Comparator.comparingLong(ClientSession::lastUseNanos))
                .ifPresent(session -> {
                    LOG.debug("pool is full with {} connections, closing {}", connections.size(), session.channel());
                    session.channel().close();
                });
    }

    void forget(PoolKey key, PoolEntry entry) {
        entries.remove(key, entry);
    }

    EventLoop loop() {
        return loop;
    }

    int connections() {
        return connections.size();
    }

    void close() {
        closed = true;
        List.copyOf(connections).forEach(Channel::close);
    }
}

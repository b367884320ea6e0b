package io.periplus.dataplane.hbone;

import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import io.netty.handler.ssl.SslHandler;
import io.periplus.dataplane.tls.Revocations;
import io.periplus.dataplane.tls.WorkloadTls;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Terminates HBONE: TLS with a required client certificate, then HTTP/2, then an {@link HboneAcceptor} per CONNECT.
 * Listening is the caller's: give every accepted channel to {@link #serve}.
 *
 * <p>The certificate is asked for per connection, so a rotated one is used from the next connection on while
 * established ones continue. A connection is accepted before there is a certificate and waits for it for a bounded
 * time, so that a starting pod never refuses.
 */
public final class HboneServer {
    private static final long CERTIFICATE_TIMEOUT_SECONDS = 5;

    private final Supplier<CompletableFuture<WorkloadTls>> certificates;
    private final HboneAcceptor acceptor;
    private final HboneSettings settings;
    private final Set<ServerSession> sessions = ConcurrentHashMap.newKeySet();
    private volatile boolean draining;

    /** @param certificates gives the TLS contexts to present now; may complete on any thread */
    public HboneServer(
            Supplier<CompletableFuture<WorkloadTls>> certificates, HboneAcceptor acceptor, HboneSettings settings) {
        this.certificates = certificates;
        this.acceptor = acceptor;
        this.settings = settings;
    }

    /** Takes over a TCP connection; to be called on its event loop before it reads, e.g. in the child initializer. */
    public void serve(Channel connection) {
        connection.config().setAutoRead(false);
        // Half-close is a matter of tunnels; the end of the connection's input is its end.
        connection.config().setOption(ChannelOption.ALLOW_HALF_CLOSURE, false);
        certificates
                .get()
                .copy()
                .orTimeout(CERTIFICATE_TIMEOUT_SECONDS, TimeUnit.SECONDS)
                .whenComplete((tls, failure) -> {
                    if (connection.eventLoop().inEventLoop()) {
                        begin(connection, tls, failure);
                    } else {
                        connection.eventLoop().execute(() -> begin(connection, tls, failure));
                    }
                });
    }

    private void begin(Channel connection, WorkloadTls tls, Throwable failure) {
        if (failure != null) {
            failed(connection, failure);
            return;
        }
        Supplier<SslHandler> handler = () -> tls.newServerHandler(connection.alloc());
        TlsHandshake.begin(connection, handler, settings.handshakeTimeout(), new TlsHandshake.Outcome() {
            @Override
            public void established(TlsHandshake handshake) {
                startHttp2(connection, tls, handshake);
            }

            @Override
            public void failed(Throwable why) {
                HboneServer.this.failed(connection, why);
            }
        });
        connection.config().setAutoRead(true);
    }

    private void startHttp2(Channel connection, WorkloadTls tls, TlsHandshake handshake) {
        ServerSession session = ServerSession.of(settings, acceptor, handshake.peer());
        connection.pipeline().replace(handshake, "hbone", session);
        // Not before it is in its place: other threads ask those that are known for their channel.
        sessions.add(session);
        connection.closeFuture().addListener(_ -> sessions.remove(session));
        handshake.watch(tls, Revocations.Side.SERVER, session, connection);
        if (draining) {
            session.drain();
        }
    }

    private void failed(Channel connection, Throwable why) {
        acceptor.onConnectionFailed(connection.remoteAddress(), connection.localAddress(), why);
        connection.close();
    }

    /** Established connections. */
    public int connections() {
        return sessions.size();
    }

    /** Shows every open tunnel, each on its event loop. */
    public void forEachTunnel(Consumer<Channel> action) {
        for (ServerSession session : sessions) {
            session.channel()
                    .eventLoop()
                    .execute(() -> session.forEachTunnel(tunnel -> {
                        if (tunnel.isRegistered()) {
                            action.accept(tunnel);
                        }
                    }));
        }
    }

    /** Tells every client to open no more streams; each connection closes with its last tunnel. */
    public void drain() {
        draining = true;
        for (ServerSession session : sessions) {
            session.channel().eventLoop().execute(session::drain);
        }
    }

    /** Closes every connection at once. */
    public void close() {
        draining = true;
        for (ServerSession session : sessions) {
            session.channel().close();
        }
    }
}

package io.periplus.dataplane.hbone;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.ssl.ApplicationProtocolNames;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import io.periplus.api.SpiffeId;
import io.periplus.dataplane.hbone.HboneException.Reason;
import io.periplus.dataplane.tls.Revocations;
import io.periplus.dataplane.tls.WorkloadTls;
import java.nio.channels.ClosedChannelException;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Waits for a TLS handshake, checks that HTTP/2 was agreed on and who the peer is, then gives its place away. */
final class TlsHandshake extends ChannelInboundHandlerAdapter {
    private final SslHandler ssl;
    private final Outcome outcome;
    private @Nullable SpiffeId peer;
    private boolean done;

    /** What follows; one of the two is called, on the event loop. */
    interface Outcome {
        /** May throw, and is told that by {@link #failed}. */
        void established(TlsHandshake handshake);

        void failed(Throwable why);
    }

    private TlsHandshake(SslHandler ssl, Outcome outcome) {
        this.ssl = ssl;
        this.outcome = outcome;
    }

    /**
     * Begins a handshake on {@code connection}, on its event loop. Whatever goes wrong is an outcome, also a context that
     * cannot be made: somebody always waits for one.
     *
     * @param tls makes the handler
     */
    static void begin(Channel connection, Supplier<SslHandler> tls, Duration timeout, Outcome outcome) {
        try {
            SslHandler ssl = tls.get();
            ssl.setHandshakeTimeoutMillis(timeout.toMillis());
            connection.pipeline().addLast(ssl, new TlsHandshake(ssl, outcome));
        } catch (Throwable e) {
            outcome.failed(e);
        }
    }

    /** Ends {@code session} when its peer's certificate is revoked. */
    void watch(WorkloadTls tls, Revocations.Side side, HboneSession session, Channel connection) {
        AutoCloseable watching = tls.endWhenRevoked(ssl.engine(), side, session::revoked);
        connection.closeFuture().addListener(_ -> watching.close());
    }

    /** The verified identity of the other end. */
    SpiffeId peer() {
        SpiffeId known = peer;
        if (known == null) {
            throw new IllegalStateException("the handshake has not ended");
        }
        return known;
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (!(event instanceof SslHandshakeCompletionEvent handshake) || done) {
            ctx.fireUserEventTriggered(event);
            return;
        }
        if (!handshake.isSuccess()) {
            fail(handshake.cause());
            return;
        }
        if (!ApplicationProtocolNames.HTTP_2.equals(ssl.applicationProtocol())) {
            fail(new HboneException(
                    Reason.TLS,
                    "the peer did not agree on HTTP/2 (ALPN: %s)".formatted(ssl.applicationProtocol()),
                    null));
            return;
        }
        Optional<SpiffeId> identity = WorkloadTls.peer(ssl.engine());
        if (identity.isEmpty()) {
            fail(new HboneException(Reason.TLS, "the peer's certificate holds no SPIFFE identity", null));
            return;
        }
        done = true;
        peer = identity.get();
        try {
            outcome.established(this);
        } catch (Throwable e) {
            outcome.failed(e);
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        fail(new ClosedChannelException());
        ctx.fireChannelInactive();
    }

    /** Decoder errors repeat what the handshake event says. */
    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        fail(cause);
    }

    private void fail(Throwable why) {
        if (!done) {
            done = true;
            outcome.failed(why);
        }
    }
}

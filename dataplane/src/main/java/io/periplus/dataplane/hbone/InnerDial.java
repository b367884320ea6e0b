package io.periplus.dataplane.hbone;

import io.netty.channel.Channel;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.concurrent.Promise;
import io.periplus.dataplane.hbone.HboneException.Reason;
import io.periplus.dataplane.tls.Revocations;
import io.periplus.dataplane.tls.TlsFailures;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/**
 * Opens one tunnel inside another: TLS and HTTP/2 over the outer tunnel's bytes, for a single stream. Never shared: which
 * endpoint is at the other end is the gateway's choice, and is made for each outer tunnel anew. {@code handshake → asked →
 * open → ended}; the outer tunnel ends with the inner one.
 */
final class InnerDial {
    private static final String BAGGAGE = "baggage";

    private final HboneTarget target;
    private final HboneSettings settings;
    private final DuplexChannel outer;
    private final Promise<InnerTunnel> promise;
    private List<String> baggage = List.of();

    private InnerDial(HboneTarget target, HboneSettings settings, DuplexChannel outer, Promise<InnerTunnel> promise) {
        this.target = target;
        this.settings = settings;
        this.outer = outer;
        this.promise = promise;
    }

    /**
     * Starts the handshake on the event loop of {@code outer}, which is closed if the promise fails.
     *
     * @param outer a tunnel that has not delivered bytes yet
     */
    static void start(HboneTarget target, HboneSettings settings, DuplexChannel outer, Promise<InnerTunnel> promise) {
        promise.addListener(_ -> {
            if (!promise.isSuccess()) {
                outer.close();
            }
        });
        new InnerDial(target, settings, outer, promise).handshake();
    }

    private void handshake() {
        outer.pipeline().addLast(new OuterEnd(outer));
        Supplier<SslHandler> tls = () -> target.source().newClientHandler(outer.alloc(), target.expected());
        TlsHandshake.begin(outer, tls, settings.handshakeTimeout(), new TlsHandshake.Outcome() {
            @Override
            public void established(TlsHandshake handshake) {
                ask(handshake);
            }

            @Override
            public void failed(Throwable why) {
                promise.tryFailure(new HboneException(
                        TlsFailures.isRevocation(why) ? Reason.REVOKED : Reason.TLS,
                        "TLS with %s through the gateway %s failed: %s"
                                .formatted(target.authority(), target.destination(), TlsFailures.describe(why)),
                        why));
            }
        });
        outer.config().setAutoRead(true);
    }

    private void ask(TlsHandshake handshake) {
        ClientSession session = ClientSession.of(settings, _ -> {});
        outer.pipeline().replace(handshake, "hbone", session);
        handshake.watch(target.source(), Revocations.Side.CLIENT, session, outer);
        session.onAnswer(this::answered);
        Promise<Channel> opening = outer.eventLoop().newPromise();
        opening.addListener(_ -> {
            if (!opening.isSuccess()) {
                promise.tryFailure(opening.cause());
                return;
            }
            // The one stream it is for: the session ends with it.
            session.retire();
            DuplexChannel inner = (DuplexChannel) opening.getNow();
            if (!promise.trySuccess(new InnerTunnel(inner, handshake.peer(), baggage))) {
                inner.close();
            }
        });
        session.open(target, opening);
    }

    private void answered(Http2Headers answer) {
        List<String> lines = new ArrayList<>(1);
        answer.getAll(BAGGAGE).forEach(line -> lines.add(line.toString()));
        baggage = lines;
    }
}

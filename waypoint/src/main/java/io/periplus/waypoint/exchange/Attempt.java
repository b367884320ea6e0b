package io.periplus.waypoint.exchange;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.HttpHeaders;
import io.periplus.dataplane.http.RequestHead;
import io.periplus.dataplane.http.ResponseHead;
import io.periplus.waypoint.upstream.Acquirer;
import io.periplus.waypoint.upstream.Host;
import io.periplus.waypoint.upstream.UpstreamSlot;
import org.jspecify.annotations.Nullable;

/**
 * One try of a request at one endpoint, from the search for a connection to the end of the answer. Tells what happens until it
 * is over; what comes later is dropped.
 */
final class Attempt implements Acquirer, ResponseHandler {
    private final Delivery delivery;
    private final HttpExchange exchange;
    private final Turn turn;
    private final long startNanos = System.nanoTime();
    private @Nullable UpstreamSlot slot;
    private @Nullable UpstreamStream stream;
    private boolean over;

    Attempt(Delivery delivery, HttpExchange exchange, Turn turn) {
        this.delivery = delivery;
        this.exchange = exchange;
        this.turn = turn;
    }

    Turn turn() {
        return turn;
    }

    Host host() {
        return turn.host();
    }

    /** In the time of {@link System#nanoTime}. */
    long startNanos() {
        return startNanos;
    }

    /** What takes the request's body; null before there is a connection, and after the end. */
    @Nullable
    UpstreamStream stream() {
        return stream;
    }

    /** Whether its connection served requests before. */
    boolean reused() {
        return slot != null && slot.reused();
    }

    /** Sends the head on the connection that was found. */
    UpstreamStream start(UpstreamSlot found, RequestHead head, boolean end, @Nullable GrpcWeb web) {
        slot = found;
        UpstreamStream started = GrpcWeb.request(web, found.start(head, end, this), exchange::notBase64);
        stream = started;
        return started;
    }

    /** It is over: the endpoint is told if it was still at work. */
    void cancel() {
        UpstreamStream open = stream;
        over = true;
        stream = null;
        turn.end();
        if (open != null) {
            open.cancel();
        }
    }

    /** It is over, and nobody is there to be told. */
    private void ended() {
        over = true;
        stream = null;
    }

    @Override
    public void ready(UpstreamSlot found) {
        if (over) {
            found.discard();
        } else {
            host().reached(startNanos);
            delivery.ready(this, found);
        }
    }

    @Override
    public void failed(ResetReason reason, String cause) {
        if (!over) {
            ended();
            delivery.failed(this, reason, cause);
        }
    }

    @Override
    public void responseReset(ResetReason reason) {
        if (!over) {
            ended();
            delivery.responseReset(this, reason);
        }
    }

    @Override
    public void responseInformational(ResponseHead head) {
        if (!over) {
            exchange.responseInformational(head);
        }
    }

    @Override
    public void responseHead(ResponseHead head, boolean end) {
        if (!over) {
            delivery.responseHead(this, head, end);
        }
    }

    @Override
    public void responseData(ByteBuf data, boolean end) {
        if (over) {
            data.release();
        } else {
            exchange.responseData(data, end);
        }
    }

    @Override
    public void responseTrailers(HttpHeaders trailers) {
        if (!over) {
            exchange.responseTrailers(trailers);
        }
    }

    @Override
    public void responseReadComplete() {
        if (!over) {
            exchange.responseReadComplete();
        }
    }

    @Override
    public void upstreamWritabilityChanged() {
        if (!over) {
            exchange.upstreamWritabilityChanged();
        }
    }

    @Override
    public void responseUpgraded(ResponseHead head) {
        if (!over) {
            delivery.responseUpgraded(this, head);
        }
    }
}

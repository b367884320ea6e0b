package io.periplus.waypoint.exchange;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.util.concurrent.ScheduledFuture;
import io.periplus.dataplane.http.RequestHead;
import io.periplus.dataplane.http.ResponseHead;
import io.periplus.dataplane.policy.Decision;
import io.periplus.waypoint.mesh.Destination;
import io.periplus.waypoint.route.match.HostIndex;
import io.periplus.waypoint.upstream.Acquirer;
import io.periplus.waypoint.upstream.Choice;
import io.periplus.waypoint.upstream.UpstreamSlot;
import java.util.ArrayDeque;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A copy of a request for a mirror. The request itself never waits for it and never hears of it: an endpoint that cannot be
 * had or does not keep up loses the copy, and the answer is dropped.
 */
final class Shadow implements ResponseHandler, Acquirer {
    /** What waits for the connection; what an endpoint has not taken is bounded by its stream's own mark. */
    private static final int WAITING_BYTES_MAX = 64 * 1024;

    /** Nobody waits for the answer, so somebody has to give it up. */
    private static final long ANSWER_SECONDS_MAX = 15;

    private final RequestHead head;
    private final boolean hasBody;
    private final Turn turn;
    private final @Nullable GrpcWeb web;
    private final ArrayDeque<ByteBuf> waiting = new ArrayDeque<>(0);
    private @Nullable ScheduledFuture<?> patience;
    private @Nullable HttpHeaders trailers;
    private @Nullable UpstreamStream upstream;
    private int waitingBytes;
    private boolean requestEnded;
    private boolean over;

    private Shadow(RequestHead head, boolean hasBody, Turn turn, @Nullable GrpcWeb web) {
        this.head = head;
        this.hasBody = hasBody;
        this.turn = turn;
        this.web = web;
        this.requestEnded = !hasBody;
    }

    /** Sends a copy of the head, and later what {@link #data} and {@link #trailers} bring; null if it cannot be sent. */
    static @Nullable Shadow begin(
            RequestContext request, Course course, boolean hasBody, Destination destination, @Nullable GrpcWeb web) {
        RequestHead original = request.head();
        RequestHead head = new RequestHead(
                original.method(),
                original.scheme(),
                shadowed(original.authority()),
                original.path(),
                original.headers().copy());
        Attempts attempts = new Attempts(request.copy(head));
        if (!(attempts.choose(destination) instanceof Choice.Chosen(var host))
                || attempts.judge(host) instanceof Decision.Denied) {
            return null;
        }
        Turn turn = attempts.begin(host);
        Shadow shadow = new Shadow(head, hasBody, turn, web);
        shadow.patience = request.services().loop().schedule(shadow::cancel, ANSWER_SECONDS_MAX, TimeUnit.SECONDS);
        attempts.acquire(turn, course.spokenAt(destination), request.protocol(), false, shadow);
        return shadow;
    }

    /** As Envoy marks copies: {@code host-shadow:port}. */
    private static String shadowed(String authority) {
        int end = HostIndex.hostEnd(authority);
        return authority.substring(0, end) + "-shadow" + authority.substring(end);
    }

    /** Takes a piece; ownership passes to this copy. */
    void data(ByteBuf data, boolean end) {
        requestEnded |= end;
        UpstreamStream open = upstream;
        if (over) {
            data.release();
        } else if (open == null) {
            waiting.add(data);
            waitingBytes += data.readableBytes();
            if (waitingBytes > WAITING_BYTES_MAX) {
                cancel();
            }
        } else {
            open.data(data, end);
            if (!end && !open.isWritable()) {
                cancel();
            }
        }
    }

    void trailers(HttpHeaders fields) {
        requestEnded = true;
        UpstreamStream open = upstream;
        if (open == null) {
            trailers = fields;
        } else {
            open.trailers(fields);
        }
    }

    void flush() {
        UpstreamStream open = upstream;
        if (open != null) {
            open.flush();
        }
    }

    /** The request will not be completed. */
    void abandon() {
        if (!requestEnded) {
            cancel();
        }
    }

    private void cancel() {
        UpstreamStream open = upstream;
        over();
        if (open != null) {
            open.cancel();
        }
    }

    private void over() {
        if (!over) {
            over = true;
            upstream = null;
            ScheduledFuture<?> timer = patience;
            if (timer != null) {
                timer.cancel(false);
            }
            turn.end();
            ByteBuf data;
            while ((data = waiting.poll()) != null) {
                data.release();
            }
        }
    }

    @Override
    public void ready(UpstreamSlot slot) {
        if (over) {
            slot.discard();
            return;
        }
        UpstreamStream open = GrpcWeb.request(web, slot.start(head, !hasBody, this), this::cancel);
        upstream = open;
        ByteBuf data;
        while ((data = waiting.poll()) != null) {
            open.data(data, requestEnded && trailers == null && waiting.isEmpty());
        }
        HttpHeaders fields = trailers;
        if (fields != null) {
            open.trailers(fields);
        }
        open.flush();
    }

    @Override
    public void failed(ResetReason reason, String cause) {
        over();
    }

    @Override
    public void responseInformational(ResponseHead interim) {
        // Nobody waits for it.
    }

    @Override
    public void responseHead(ResponseHead response, boolean end) {
        if (end) {
            ended();
        }
    }

    @Override
    public void responseData(ByteBuf data, boolean end) {
        data.release();
        if (end) {
            ended();
        }
    }

    @Override
    public void responseTrailers(HttpHeaders fields) {
        ended();
    }

    /** An answer that ends before the request ends the exchange. */
    private void ended() {
        if (requestEnded) {
            over();
        } else {
            cancel();
        }
    }

    @Override
    public void responseReadComplete() {
        // Nothing was passed on.
    }

    @Override
    public void upstreamWritabilityChanged() {
        // Looked at with every piece.
    }

    @Override
    public void responseReset(ResetReason reason) {
        over();
    }

    @Override
    public void responseUpgraded(ResponseHead response) {
        cancel();
    }
}

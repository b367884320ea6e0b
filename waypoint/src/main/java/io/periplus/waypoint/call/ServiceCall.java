package io.periplus.waypoint.call;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.util.concurrent.ScheduledFuture;
import io.periplus.dataplane.http.HttpFields;
import io.periplus.dataplane.http.RequestHead;
import io.periplus.dataplane.http.ResponseHead;
import io.periplus.waypoint.exchange.AnswerStatus;
import io.periplus.waypoint.exchange.ClientConnection;
import io.periplus.waypoint.exchange.HttpProtocol;
import io.periplus.waypoint.exchange.LoopServices;
import io.periplus.waypoint.exchange.ResetReason;
import io.periplus.waypoint.exchange.ResponseHandler;
import io.periplus.waypoint.exchange.UpstreamStream;
import io.periplus.waypoint.mesh.Destination;
import io.periplus.waypoint.mesh.MeshSnapshot;
import io.periplus.waypoint.upstream.Acquirer;
import io.periplus.waypoint.upstream.Choice;
import io.periplus.waypoint.upstream.Host;
import io.periplus.waypoint.upstream.UpstreamSlot;
import io.periplus.waypoint.upstream.balance.Candidate;
import io.periplus.waypoint.upstream.balance.Pick;
import io.periplus.waypoint.upstream.policy.HashKey;
import io.periplus.wire.workload.AppProtocol;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One call. Belongs to the event loop on which it was begun.
 *
 * <pre>
 * choose -> connect -> send -> head -> body -> trailers -> answered
 *    ^         '----------'-> another endpoint, while it cannot have been heard or the connection was an old one
 *    '- waits a moment while the service's endpoints change
 * any -> failed, cancelled
 * </pre>
 */
public final class ServiceCall implements Acquirer, ResponseHandler, Pick {
    private static final int RETRIES_MAX = 2;

    /** How long news of a service whose endpoints change is waited for, as requests of clients wait for it. */
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(5);

    private static final long LOOK_AGAIN_MS = 100;

    private final LoopServices services;
    private final ClientConnection client;
    private final CallSettings settings;
    private final RequestHead head;
    private final byte[] body;
    private final Consumer<CallOutcome> done;
    private final ByteArrayOutputStream answer = new ByteArrayOutputStream(0);
    private final long beginNanos = System.nanoTime();
    private final ScheduledFuture<?> deadline;
    private List<Candidate> tried = List.of();
    private @Nullable Destination destination;
    private @Nullable Host host;
    private @Nullable UpstreamSlot slot;
    private @Nullable UpstreamStream stream;
    private @Nullable ResponseHead answerHead;
    private int retries;
    private boolean over;

    private ServiceCall(
            LoopServices services,
            ClientConnection client,
            CallSettings settings,
            RequestHead head,
            byte[] body,
            Consumer<CallOutcome> done) {
        this.services = services;
        this.client = client;
        this.settings = settings;
        this.head = head;
        this.body = body;
        this.done = done;
        this.deadline = services.loop().schedule(this::late, settings.timeoutNanos(), TimeUnit.NANOSECONDS);
    }

    /**
     * Begins a call.
     *
     * @param client on whose behalf
     * @param body empty for none
     * @param done called once, perhaps before this method returns; not called once the call is cancelled
     */
    public static ServiceCall begin(
            LoopServices services,
            ClientConnection client,
            CallSettings settings,
            RequestHead head,
            byte[] body,
            Consumer<CallOutcome> done) {
        ServiceCall call = new ServiceCall(services, client, settings, head, body, done);
        call.attempt();
        return call;
    }

    /** Gives the call up. */
    public void cancel() {
        if (!over) {
            end();
        }
    }

    /** How long the call takes or took until now. */
    public long nanos() {
        return System.nanoTime() - beginNanos;
    }

    // ---- an endpoint

    private void attempt() {
        MeshSnapshot mesh = services.mesh().snapshot();
        Destination found = settings.service().resolve(mesh.index(), client.destination());
        destination = found;
        if (found == null) {
            fail("service " + settings.service().key() + " is not known");
            return;
        }
        switch (services.clusters().choose(mesh, found, this)) {
            case Choice.Chosen(Host chosen) -> attempt(found, chosen);
            case Choice.NoneHealthy _ -> failUnlessNews("no healthy upstream");
            case Choice.Overflow _ -> fail("overflow");
        }
    }

    private void attempt(Destination found, Host chosen) {
        host = chosen;
        chosen.begin();
        AppProtocol declared =
                settings.http2() || found.protocol() == AppProtocol.UNKNOWN ? AppProtocol.HTTP11 : found.protocol();
        chosen.acquire(
                settings.http2() ? HttpProtocol.HTTP2 : chosen.protocol(declared, HttpProtocol.HTTP1),
                chosen.key(head.authority(), client.remoteAddress(), client.destination()),
                this);
    }

    @Override
    public boolean isTried(Candidate candidate) {
        return tried.contains(candidate);
    }

    @Override
    public @Nullable String hashed(HashKey key) {
        return key instanceof HashKey.SourceIp ? client.attributes().source().toString() : null;
    }

    @Override
    public void ready(UpstreamSlot free) {
        if (over) {
            free.discard();
            return;
        }
        slot = free;
        Host reached = host;
        if (reached != null) {
            reached.reached(System.nanoTime());
        }
        UpstreamStream started = free.start(head, body.length == 0, this);
        stream = started;
        if (body.length > 0) {
            started.data(Unpooled.wrappedBuffer(body), true);
        }
        started.flush();
    }

    @Override
    public void failed(ResetReason reason, String cause) {
        boolean again = reason.beforeDelivery();
        leave(reason);
        retryOr(again, cause.isEmpty() ? reason.text() : cause);
    }

    @Override
    public void responseReset(ResetReason reason) {
        UpstreamSlot used = slot;
        boolean again = answerHead == null && (reason.beforeDelivery() || used != null && used.reused());
        leave(reason);
        retryOr(again, answerHead == null ? reason.text() : "the answer broke off: " + reason.text());
    }

    private void leave(ResetReason reason) {
        Host used = host;
        host = null;
        slot = null;
        stream = null;
        if (used != null) {
            if (reason.tellsOfEndpoint()) {
                used.health().brokeOff();
            }
            used.end();
            List<Candidate> all = new ArrayList<>(tried);
            all.add(used);
            tried = all;
        }
    }

    private void retryOr(boolean again, String reason) {
        if (over) {
            return;
        }
        if (again && retries < RETRIES_MAX) {
            retries++;
            attempt();
        } else if (again) {
            failUnlessNews(reason);
        } else {
            fail(reason);
        }
    }

    /** While an authorizer is restarted its endpoints may be gone a moment before their successors are heard of. */
    private void failUnlessNews(String reason) {
        Destination asked = destination;
        if (asked == null || nanos() > PATIENCE_NANOS || !services.clusters().changedLately(asked)) {
            fail(reason);
            return;
        }
        tried = List.of();
        services.loop().schedule(this::attemptAgain, LOOK_AGAIN_MS, TimeUnit.MILLISECONDS);
    }

    private void attemptAgain() {
        if (!over) {
            attempt();
        }
    }

    private void late() {
        fail("no answer within " + TimeUnit.NANOSECONDS.toMillis(settings.timeoutNanos()) + " ms");
    }

    // ---- the answer

    @Override
    public void responseInformational(ResponseHead interim) {
        // Nobody waits for it.
    }

    @Override
    public void responseHead(ResponseHead response, boolean end) {
        Host used = host;
        if (used != null) {
            used.health().answered(AnswerStatus.of(response));
        }
        answerHead = response;
        if (end) {
            answered(new HttpFields());
        }
    }

    @Override
    public void responseData(ByteBuf data, boolean end) {
        try {
            if (over) {
                return;
            }
            if (data.readableBytes() > settings.answerBytesMax() - answer.size()) {
                fail("the answer has more than " + settings.answerBytesMax() + " bytes");
                return;
            }
            byte[] bytes = new byte[data.readableBytes()];
            data.readBytes(bytes);
            answer.writeBytes(bytes);
        } finally {
            data.release();
        }
        if (end) {
            answered(new HttpFields());
        }
    }

    @Override
    public void responseTrailers(HttpHeaders trailers) {
        answered(trailers);
    }

    @Override
    public void responseReadComplete() {
        // Nothing was passed on.
    }

    @Override
    public void upstreamWritabilityChanged() {
        // All is written at once: it is in memory anyway.
    }

    @Override
    public void responseUpgraded(ResponseHead response) {
        fail("the answer switches protocols");
    }

    private void answered(HttpHeaders trailers) {
        ResponseHead received = answerHead;
        if (!over && received != null) {
            end();
            done.accept(new CallOutcome.Answered(received, answer.toByteArray(), trailers));
        }
    }

    private void fail(String reason) {
        if (!over) {
            end();
            done.accept(new CallOutcome.Failed(reason));
        }
    }

    private void end() {
        over = true;
        deadline.cancel(false);
        Host used = host;
        host = null;
        UpstreamStream open = stream;
        stream = null;
        if (open != null) {
            open.cancel();
        }
        if (used != null) {
            used.end();
        }
    }
}

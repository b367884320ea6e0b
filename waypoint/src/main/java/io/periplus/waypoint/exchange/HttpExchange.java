package io.periplus.waypoint.exchange;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.HttpHeaders;
import io.periplus.api.SpiffeId;
import io.periplus.dataplane.http.RequestHead;
import io.periplus.dataplane.http.ResponseHead;
import io.periplus.dataplane.policy.Decision;
import io.periplus.dataplane.policy.HttpRequestAttributes;
import io.periplus.waypoint.mesh.Destination;
import io.periplus.waypoint.mesh.MeshSnapshot;
import io.periplus.waypoint.route.NoRoute;
import io.periplus.waypoint.route.Route;
import io.periplus.waypoint.route.RouteBackend;
import io.periplus.waypoint.route.WeightedBackend;
import io.periplus.waypoint.upstream.Acquirer;
import io.periplus.waypoint.upstream.Choice;
import io.periplus.waypoint.upstream.Host;
import io.periplus.waypoint.upstream.UpstreamSlot;
import java.util.ArrayDeque;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One request from its head to the end of its answer.
 *
 * <pre>
 * judged for the service -> routed -> endpoint chosen -> judged for the endpoint -> CONNECTING -> RELAYING -> ENDED
 *                                          ^------------ retry, nothing delivered ------|
 * </pre>
 *
 * Any step may end it with a local reply. Until an endpoint takes the request its body is not read; what was read with the
 * head waits in {@code early}.
 */
final class HttpExchange implements RequestHandler, ResponseHandler, Acquirer {
    /** After the first attempt. */
    private static final int RETRIES_MAX = 2;

    private final LoopServices services;
    private final ClientConnection connection;
    private final ClientStream client;
    private final RequestHead head;
    private boolean hasBody;
    private final boolean upgrade;
    private final MeshSnapshot mesh;
    private final Attempts attempts;
    private final ExchangeRecord record;
    private final ArrayDeque<ByteBuf> early = new ArrayDeque<>(0);
    private @Nullable HttpHeaders earlyTrailers;
    private @Nullable Destination target;
    private @Nullable UpstreamSlot slot;
    private @Nullable UpstreamStream upstream;
    private boolean bodySent;
    private boolean requestEnded;
    private boolean headSent;
    private boolean ended;
    private long attemptNanos;

    HttpExchange(
            LoopServices services,
            ClientConnection connection,
            ClientStream client,
            RequestHead head,
            boolean hasBody,
            boolean upgrade) {
        this.services = services;
        this.connection = connection;
        this.client = client;
        this.head = head;
        this.hasBody = hasBody;
        this.upgrade = upgrade;
        this.requestEnded = !hasBody;
        this.mesh = services.mesh().snapshot();
        this.attempts = new Attempts(services, connection, head, mesh);
        this.record = new ExchangeRecord(services.telemetry(), connection, mesh, client.protocol(), head);
    }

    /** Everything up to the connection to an endpoint, in order. */
    void begin() {
        if (hasBody) {
            client.setReading(false);
        }
        HeaderRules.request(head.headers(), upgrade);
        HttpRequestAttributes request = new HttpRequestAttributes(connection.attributes(), new HeadAttributes(head));
        Destination addressed = connection.destination();
        if (mesh.policies().authorizeService(addressed.namespace(), addressed.hostname(), request)
                instanceof Decision.Denied denied) {
            reply(LocalReply.of(denied));
            return;
        }
        switch (services.routes().get().route(addressed, clientNamespace(), head)) {
            case NoRoute none -> reply(LocalReply.of(none));
            case Route route -> follow(route, addressed);
        }
    }

    private void follow(Route route, Destination addressed) {
        record.route(route.name());
        WeightedBackend backend = route.backends().next();
        if (backend == null || backend.backend() instanceof RouteBackend.Invalid) {
            reply(LocalReply.NO_BACKEND);
            return;
        }
        target = backend.backend().resolve(mesh.index(), addressed);
        if (target == null) {
            reply(LocalReply.UNKNOWN_BACKEND);
            return;
        }
        attempt(target);
    }

    private @Nullable String clientNamespace() {
        SpiffeId peer = connection.peer();
        return peer == null ? null : peer.namespace();
    }

    // ---- an endpoint

    private void attempt(Destination destination) {
        switch (attempts.choose(destination)) {
            case Choice.Chosen(Host host) -> attempt(destination, host);
            case Choice.NoneHealthy none -> reply(LocalReply.NO_HEALTHY_UPSTREAM);
            case Choice.Overflow full -> reply(LocalReply.of(ResetReason.OVERFLOW, "", attempts.retried()));
        }
    }

    private void attempt(Destination destination, Host chosen) {
        record.backend(chosen.backend());
        if (attempts.judge(chosen) instanceof Decision.Denied denied) {
            reply(LocalReply.of(denied));
            return;
        }
        attemptNanos = System.nanoTime();
        attempts.acquire(chosen, destination.protocol(), client.protocol(), upgrade, this);
    }

    @Override
    public void ready(UpstreamSlot free) {
        if (ended) {
            free.discard();
            return;
        }
        slot = free;
        record.connected(free.channel().localAddress());
        UpstreamStream started = free.start(head, !hasBody, this);
        upstream = started;
        ByteBuf data;
        while ((data = early.poll()) != null) {
            bodySent = true;
            started.data(data, requestEnded && earlyTrailers == null && early.isEmpty());
        }
        HttpHeaders trailers = earlyTrailers;
        if (trailers != null) {
            earlyTrailers = null;
            started.trailers(trailers);
        }
        started.flush();
        if (!requestEnded) {
            client.setReading(started.isWritable());
        }
    }

    @Override
    public void failed(ResetReason reason, String cause) {
        record.transportFailure(cause);
        attempts.failed(reason);
        if (!ended) {
            retryOr(reason, cause);
        }
    }

    @Override
    public void responseReset(ResetReason reason) {
        boolean stale = slot != null && slot.reused() && reason == ResetReason.CONNECTION_TERMINATION && isIdempotent();
        upstream = null;
        slot = null;
        attempts.failed(reason);
        if (headSent) {
            record.flags(reason.flag());
            record.details(
                    "upstream_reset_after_response_started{" + reason.text().replace(' ', '_') + "}");
            end();
            client.abort();
        } else if (bodySent || !(stale || reason.beforeDelivery())) {
            reply(LocalReply.of(reason, "", attempts.retried()));
        } else {
            retryOr(reason, "");
        }
    }

    private boolean isIdempotent() {
        return switch (head.method()) {
            case "GET", "HEAD", "OPTIONS", "TRACE", "PUT", "DELETE" -> !hasBody;
            default -> false;
        };
    }

    private void retryOr(ResetReason reason, String cause) {
        Destination chosen = target;
        boolean retried = attempts.retried();
        if (chosen == null || reason == ResetReason.OVERFLOW || !attempts.takeRetry(RETRIES_MAX)) {
            reply(LocalReply.of(reason, cause, retried));
            return;
        }
        client.eventLoop()
                .schedule(
                        () -> {
                            if (!ended) {
                                attempt(chosen);
                            }
                        },
                        attempts.pauseMillis(chosen, 0),
                        TimeUnit.MILLISECONDS);
    }

    // ---- the request's body

    @Override
    public void requestData(ByteBuf data, boolean end) {
        if (!hasBody || ended) {
            data.release();
            return;
        }
        record.requestData(data);
        requestEnded |= end;
        UpstreamStream open = upstream;
        if (open == null) {
            early.add(data);
            return;
        }
        bodySent = true;
        open.data(data, end);
        if (!end && !open.isWritable()) {
            client.setReading(false);
        }
    }

    @Override
    public void requestTrailers(HttpHeaders trailers) {
        if (!hasBody || ended) {
            return;
        }
        requestEnded = true;
        UpstreamStream open = upstream;
        if (open == null) {
            earlyTrailers = trailers;
        } else {
            open.trailers(trailers);
        }
    }

    @Override
    public void requestReadComplete() {
        UpstreamStream open = upstream;
        if (open != null) {
            open.flush();
        }
    }

    @Override
    public void upstreamWritabilityChanged() {
        UpstreamStream open = upstream;
        if (open != null && !requestEnded) {
            client.setReading(open.isWritable());
        }
    }

    @Override
    public void requestMalformed() {
        record.details("http1.codec_error");
        record.flags("DPE");
        if (headSent) {
            end();
            client.abort();
        } else {
            reply(new LocalReply(400, "", "DPE", "http1.codec_error"));
        }
    }

    @Override
    public void clientGone() {
        record.flags("DC");
        record.details("downstream_remote_disconnect");
        end();
    }

    // ---- the response

    @Override
    public void responseInformational(ResponseHead interim) {
        client.informational(interim);
        client.flush();
    }

    @Override
    public void responseHead(ResponseHead response, boolean end) {
        headSent = true;
        attempts.responded(response);
        HeaderRules.response(response.headers(), serviceMillis());
        record.response(response, "via_upstream");
        client.head(response, end);
        if (end) {
            client.flush();
            end();
        }
    }

    private long serviceMillis() {
        long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - attemptNanos);
        record.upstreamMillis(millis);
        return millis;
    }

    @Override
    public void responseData(ByteBuf data, boolean end) {
        if (ended) {
            data.release();
            return;
        }
        record.responseData(data);
        client.data(data, end);
        UpstreamStream open = upstream;
        if (end) {
            client.flush();
            end();
        } else if (open != null && !client.isWritable()) {
            client.flush();
            open.setReading(client.isWritable());
        }
    }

    @Override
    public void responseTrailers(HttpHeaders trailers) {
        record.trailers(trailers);
        client.trailers(trailers);
        client.flush();
        end();
    }

    @Override
    public void responseReadComplete() {
        client.flush();
    }

    @Override
    public void clientWritabilityChanged() {
        UpstreamStream open = upstream;
        if (open != null) {
            open.setReading(client.isWritable());
        }
    }

    @Override
    public void responseUpgraded(ResponseHead response) {
        UpstreamStream open = upstream;
        if (!upgrade || open == null) {
            if (open != null) {
                open.cancel();
            }
            responseReset(ResetReason.PROTOCOL_ERROR);
            return;
        }
        headSent = true;
        attempts.responded(response);
        hasBody = true;
        requestEnded = false;
        HeaderRules.switching(response.headers(), serviceMillis());
        record.response(response, "via_upstream");
        client.switchProtocols(response);
        client.flush();
        client.setReading(open.isWritable());
    }

    private void reply(LocalReply reply) {
        record.local(reply);
        headSent = true;
        boolean grpc = record.isGrpc();
        end();
        reply.send(client, grpc);
    }

    /** The exchange is over for the client; what the endpoint still does is of no interest. */
    private void end() {
        if (ended) {
            return;
        }
        ended = true;
        attempts.end();
        UpstreamStream open = upstream;
        upstream = null;
        if (open != null) {
            open.cancel();
        }
        ByteBuf data;
        while ((data = early.poll()) != null) {
            data.release();
        }
        record.end();
    }
}

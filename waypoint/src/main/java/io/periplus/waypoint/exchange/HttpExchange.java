package io.periplus.waypoint.exchange;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.HttpHeaders;
import io.periplus.dataplane.http.RequestHead;
import io.periplus.dataplane.http.ResponseHead;
import io.periplus.dataplane.policy.Decision;
import io.periplus.waypoint.mesh.Destination;
import io.periplus.waypoint.mesh.MeshSnapshot;
import io.periplus.waypoint.route.Mirror;
import io.periplus.waypoint.route.RetryRules;
import io.periplus.waypoint.upstream.Acquirer;
import io.periplus.waypoint.upstream.Choice;
import io.periplus.waypoint.upstream.Host;
import io.periplus.waypoint.upstream.UpstreamSlot;
import io.periplus.wire.workload.AppProtocol;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One request from its head to the end of its answer.
 *
 * <pre>
 * way in -> endpoint chosen -> judged for the endpoint -> CONNECTING -> RELAYING -> ENDED
 *                  ^---------- retry, no head passed on -----------|
 * </pre>
 *
 * Any step may end it with a local reply. Until an endpoint takes the request its body is not read; what was read with the
 * head waits in {@link RequestBody}.
 */
final class HttpExchange implements RequestHandler, ResponseHandler, Acquirer, WayIn.End, RequestContext.BodyReader {
    /** How long a request waits for an endpoint whose coming is expected: as long as news may take on a very busy machine. */
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(5);

    private static final long LOOK_AGAIN_MS = 100;

    /** From this status on people want to find out why. */
    private static final int FAILURE = 400;

    private final LoopServices services;
    private final ClientConnection connection;
    private final ClientStream client;
    private final RequestHead head;
    private boolean hasBody;
    private final boolean upgrade;
    private final Attempts attempts;
    private final ExchangeRecord record;
    private final RequestContext context;
    private final WayIn way;
    private final RequestBody body;
    /** Made when somebody wants to see the body before an endpoint does. */
    private @Nullable BodyReading reading;

    private final Deadlines deadlines;
    private ClientLimits limits = ClientLimits.NONE;
    private RetryJudge judge;
    private @Nullable Destination target;
    private @Nullable Host host;
    private @Nullable UpstreamSlot slot;
    private @Nullable UpstreamStream upstream;
    private boolean headSent;
    private boolean ended;
    private long patienceEndNanos;
    private long attemptNanos;
    private int tries;
    /** Of an attempt whose time is limited. */
    private @Nullable Turn turn;

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
        this.judge = new RetryJudge(RetryRules.DEFAULT, head, hasBody, head.isGrpc());
        this.body = new RequestBody(hasBody);
        this.deadlines = new Deadlines(client.eventLoop());
        MeshSnapshot mesh = services.mesh().snapshot();
        this.context = new RequestContext(services, connection, head, mesh, client.protocol(), this);
        this.attempts = new Attempts(context);
        this.record = new ExchangeRecord(services.telemetry(), connection, mesh, client.protocol(), head);
        this.way = new WayIn(context, record, this);
    }

    /** Everything up to the connection to an endpoint, in order. */
    void begin() {
        if (hasBody) {
            client.setReading(false);
        }
        HeaderRules.request(head.headers(), upgrade);
        way.begin();
    }

    @Override
    public void send(Course course, Destination found) {
        target = found;
        record.target(found);
        limit(course);
        if (!upgrade) {
            mirror(course.rule().filters().mirrors());
            mirror(course.backendFilters().mirrors());
        }
        attempts.prefer(course.sessionUid());
        attempt(found);
    }

    private void limit(Course course) {
        limits = ClientLimits.merge(course.rule().timeouts(), head.headers(), record.isGrpc());
        RetryRules retries = ClientRetries.merge(course.rule().retry(), head.headers());
        judge = new RetryJudge(retries, head, hasBody, head.isGrpc());
        if (retries.most() == 0 || upgrade) {
            body.forget();
        }
        long requestNanos = limits.timeouts().requestNanos();
        if (requestNanos != 0) {
            deadlines.request(requestNanos, this::requestLate);
        }
    }

    private void mirror(List<Mirror> mirrors) {
        if (!mirrors.isEmpty()) {
            body.copyTo(Shadows.begin(context, hasBody, client.protocol(), mirrors));
        }
    }

    // ---- an endpoint

    private void attempt(Destination destination) {
        switch (attempts.choose(destination)) {
            case Choice.Chosen(Host chosen) -> attempt(destination, chosen);
            case Choice.NoneHealthy none -> {
                if (!awaitsNews(destination, services.clusters().changedLately(destination))) {
                    reply(LocalReply.NO_HEALTHY_UPSTREAM);
                }
            }
            case Choice.Overflow full -> reply(LocalReply.of(ResetReason.OVERFLOW, "", attempts.retried()));
        }
    }

    private void attempt(Destination destination, Host chosen) {
        host = chosen;
        record.backend(chosen.backend());
        record.marked(attempts.marks(chosen));
        if (attempts.judge(chosen) instanceof Decision.Denied denied) {
            reply(LocalReply.of(denied));
            return;
        }
        tries++;
        attemptNanos = System.nanoTime();
        long limitNanos = limits.timeouts().attemptNanos();
        boolean limited = limitNanos != 0;
        if (limited) {
            deadlines.attempt(limitNanos, this::attemptLate);
        }
        Course course = way.course();
        AppProtocol spoken = course != null && course.rule().grpc() ? AppProtocol.GRPC : destination.protocol();
        attempts.acquire(chosen, spoken, client.protocol(), upgrade, acquirer(limited));
    }

    private Acquirer acquirer(boolean limited) {
        turn = limited ? new Turn() : null;
        Turn own = turn;
        return own == null ? this : own;
    }

    /** Stands for one attempt: a connection that is ready after the attempt was given up is not used. */
    private final class Turn implements Acquirer {
        @Override
        public void ready(UpstreamSlot free) {
            if (this == turn) {
                HttpExchange.this.ready(free);
            } else {
                free.discard();
            }
        }

        @Override
        public void failed(ResetReason reason, String cause) {
            if (this == turn) {
                HttpExchange.this.failed(reason, cause);
            }
        }
    }

    @Override
    public void ready(UpstreamSlot free) {
        if (ended) {
            free.discard();
            return;
        }
        slot = free;
        Host reached = host;
        if (reached != null) {
            reached.reached(attemptNanos);
        }
        record.connected(free.channel().localAddress());
        UpstreamStream started = free.start(head, !hasBody, this);
        upstream = started;
        body.sendTo(started);
        started.flush();
        if (!body.ended()) {
            client.setReading(started.isWritable());
        }
    }

    @Override
    public void failed(ResetReason reason, String cause) {
        record.transportFailure(cause);
        attempts.failed(reason);
        if (!ended) {
            retryOr(judge.isWorthIt(reason, false), reason, cause);
        }
    }

    @Override
    public void responseReset(ResetReason reason) {
        // While a service's endpoints change, also a new connection may be one that its application never accepts.
        boolean reused = slot != null && slot.reused()
                || target != null && services.clusters().changedLately(target);
        leaveEndpoint();
        attempts.failed(reason);
        if (headSent) {
            record.flags(reason.flag());
            record.details(
                    "upstream_reset_after_response_started{" + reason.text().replace(' ', '_') + "}");
            end();
            client.abort();
        } else {
            retryOr(judge.isWorthIt(reason, reused), reason, "");
        }
    }

    /** What is written to the endpoint from now on would be lost. */
    private void leaveEndpoint() {
        upstream = null;
        slot = null;
        body.stopSending();
        deadlines.attemptEnded();
    }

    private void retryOr(boolean worthIt, ResetReason reason, String cause) {
        boolean retried = attempts.retried();
        if (worthIt && body.isWhole() && attempts.takeRetry(judge.rules().most())) {
            attemptAgain();
        } else if (!(worthIt && reason.beforeDelivery() && body.isWhole() && awaitsNews(leaving()))) {
            reply(LocalReply.of(reason, cause, retried));
        }
    }

    /** Whether the endpoint that cannot be reached now was reached a moment ago. */
    private boolean leaving() {
        Host failed = host;
        return failed != null && System.nanoTime() - failed.reachedNanos() < PATIENCE_NANOS;
    }

    private boolean awaitsNews(boolean expected) {
        Destination destination = target;
        return destination != null && awaitsNews(destination, expected);
    }

    /**
     * While an application is restarted, the last endpoint known here may be gone a moment before its successor is heard of.
     * Nothing has been delivered, so the request rather waits for the news than fails.
     *
     * @param expected whether there are signs of it; once it has begun to wait, a request does so to the end
     */
    private boolean awaitsNews(Destination destination, boolean expected) {
        long now = System.nanoTime();
        if (!expected && patienceEndNanos == 0) {
            return false;
        }
        if (patienceEndNanos == 0) {
            patienceEndNanos = now + PATIENCE_NANOS;
        }
        if (now - patienceEndNanos >= 0) {
            return false;
        }
        deadlines.attemptEnded();
        attempts.startOver();
        client.eventLoop()
                .schedule(
                        () -> {
                            if (!ended) {
                                attempt(destination);
                            }
                        },
                        LOOK_AGAIN_MS,
                        TimeUnit.MILLISECONDS);
        return true;
    }

    private void attemptAgain() {
        Destination again = target;
        if (again == null) {
            return;
        }
        deadlines.attemptEnded();
        if (hasBody && !body.ended()) {
            client.setReading(false);
        }
        RetryRules rules = judge.rules();
        long pause = rules.backoffMillis() > 0 ? rules.pauseMillis(tries) : attempts.pauseMillis(again, 0);
        client.eventLoop()
                .schedule(
                        () -> {
                            if (!ended) {
                                attempt(again);
                            }
                        },
                        pause,
                        TimeUnit.MILLISECONDS);
    }

    // ---- time

    private void attemptLate() {
        if (ended || headSent) {
            return;
        }
        UpstreamStream open = upstream;
        leaveEndpoint();
        turn = null;
        attempts.failed(ResetReason.TIMEOUT);
        if (open != null) {
            open.cancel();
        }
        retryOr(judge.isWorthIt(ResetReason.TIMEOUT, false), ResetReason.TIMEOUT, "");
    }

    private void requestLate() {
        if (ended) {
            return;
        }
        attempts.failed(ResetReason.TIMEOUT);
        if (headSent) {
            record.flags("UT");
            record.details("response_timeout");
            cutShort();
        } else {
            reply(limits.deadline() ? LocalReply.DEADLINE_EXCEEDED : LocalReply.REQUEST_TIMEOUT);
        }
    }

    /** After the head: a gRPC client is told its status, others see that the answer is incomplete. */
    private void cutShort() {
        if (limits.deadline() && client.protocol() == HttpProtocol.HTTP2) {
            HttpHeaders trailers = new DefaultHttpHeaders();
            trailers.set("grpc-status", Integer.toString(LocalReply.DEADLINE));
            responseTrailers(trailers);
        } else {
            end();
            client.abort();
        }
    }

    // ---- the request's body

    @Override
    public void requestData(ByteBuf data, boolean end) {
        if (!hasBody || ended) {
            data.release();
            return;
        }
        record.requestData(data);
        body.add(data, end);
        readOn();
        UpstreamStream open = upstream;
        if (open != null && !end && !open.isWritable()) {
            client.setReading(false);
        }
    }

    @Override
    public void requestTrailers(HttpHeaders trailers) {
        if (!hasBody || ended) {
            return;
        }
        body.end(trailers);
        readOn();
    }

    @Override
    public void readBody(int bytes, Consumer<BufferedBody> next) {
        BodyReading read = new BodyReading(client, head, body);
        reading = read;
        read.read(bytes, next);
    }

    private void readOn() {
        BodyReading read = reading;
        if (read != null) {
            read.arrived();
        }
    }

    @Override
    public void requestReadComplete() {
        body.flush();
    }

    @Override
    public void upstreamWritabilityChanged() {
        UpstreamStream open = upstream;
        if (open != null && !body.ended()) {
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
        attempts.responded(response);
        boolean failure = judge.isWorthIt(response);
        if (failure
                && body.isWhole()
                && attempts.takeRetryOfAnswer(judge.rules().most())) {
            UpstreamStream open = upstream;
            leaveEndpoint();
            if (open != null) {
                open.cancel();
            }
            attemptAgain();
            return;
        }
        headSent = true;
        body.forget();
        HeaderRules.response(response.headers(), serviceMillis());
        edit(response.headers());
        record.response(response, "via_upstream");
        if (failure && attempts.retried()) {
            record.flags("URX");
        }
        client.head(response, end);
        if (end) {
            client.flush();
            end();
        }
    }

    private void edit(HttpHeaders answer) {
        context.editAnswer(answer);
        Course course = way.course();
        if (course != null) {
            course.editAnswer(answer);
            Host answered = host;
            if (answered != null) {
                course.keepSession(answer, answered.backend().workload().getUid());
            }
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
        deadlines.ended();
        attempts.responded(response);
        hasBody = true;
        body.reopen();
        HeaderRules.switching(response.headers(), serviceMillis());
        record.response(response, "via_upstream");
        client.switchProtocols(response);
        client.flush();
        client.setReading(open.isWritable());
    }

    private void reply(LocalReply reply) {
        answer(reply, _ -> {});
    }

    @Override
    public void answer(LocalReply reply, Consumer<HttpHeaders> edits) {
        record.local(reply);
        headSent = true;
        boolean grpc = record.isGrpc();
        end();
        reply.send(client, grpc, answer -> {
            if (reply.status() >= FAILURE) {
                HeaderRules.keepRequestId(head.headers(), answer);
            }
            edits.accept(answer);
            context.editAnswer(answer);
            Course course = way.course();
            if (course != null) {
                course.editAnswer(answer);
            }
        });
    }

    /** The exchange is over for the client; what the endpoint still does is of no interest. */
    private void end() {
        if (ended) {
            return;
        }
        ended = true;
        deadlines.ended();
        way.abandon();
        attempts.end();
        UpstreamStream open = upstream;
        upstream = null;
        if (open != null) {
            open.cancel();
        }
        BodyReading read = reading;
        if (read != null) {
            read.abandon();
        }
        body.close();
        record.end();
    }
}

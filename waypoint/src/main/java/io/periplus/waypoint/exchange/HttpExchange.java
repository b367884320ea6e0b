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
import io.periplus.waypoint.upstream.Choice;
import io.periplus.waypoint.upstream.Host;
import io.periplus.waypoint.upstream.UpstreamSlot;
import io.periplus.wire.workload.AppProtocol;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Stream;
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
final class HttpExchange implements RequestHandler, WayIn.End, RequestContext.BodyReader {
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
    /** The newest, and the only one but for hedged requests. */
    private @Nullable Attempt current;
    /** What was late and goes on beside it, oldest first. */
    private List<Attempt> earlier = List.of();

    private final Patience patience = new Patience();
    private boolean headSent;
    private boolean ended;
    private int tries;

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
                if (current == null
                        && awaitsNews(destination, services.clusters().changedLately(destination))) {
                    return;
                }
                noAttempt(LocalReply.NO_HEALTHY_UPSTREAM);
            }
            case Choice.Overflow full -> noAttempt(LocalReply.of(ResetReason.OVERFLOW, "", attempts.retried()));
        }
    }

    /** Another attempt may still be at work. */
    private void noAttempt(LocalReply reply) {
        attempts.returnRetry();
        if (current == null) {
            reply(reply);
        }
    }

    private void attempt(Destination destination, Host chosen) {
        record.backend(chosen.backend());
        record.marked(attempts.marks(chosen));
        if (attempts.judge(chosen) instanceof Decision.Denied denied) {
            noAttempt(LocalReply.of(denied));
            return;
        }
        tries++;
        Attempt attempt = new Attempt(this, attempts.begin(chosen));
        if (current != null) {
            earlier = Stream.concat(earlier.stream(), Stream.of(current)).toList();
        }
        current = attempt;
        long limitNanos = limits.timeouts().attemptNanos();
        if (limitNanos != 0) {
            deadlines.attempt(limitNanos, this::attemptLate);
        }
        Course course = way.course();
        AppProtocol spoken = course != null && course.rule().grpc() ? AppProtocol.GRPC : destination.protocol();
        attempts.acquire(attempt.turn(), spoken, client.protocol(), upgrade, attempt);
    }

    void ready(Attempt attempt, UpstreamSlot found) {
        record.connected(found.channel().localAddress());
        UpstreamStream started = attempt.start(found, head, !hasBody);
        body.sendTo(started);
        started.flush();
        if (!body.ended()) {
            client.setReading(started.isWritable());
        }
    }

    void failed(Attempt attempt, ResetReason reason, String cause) {
        record.transportFailure(cause);
        attempts.failed(attempt.turn(), reason);
        retryOr(attempt, judge.isWorthIt(reason, false), reason, cause);
    }

    void responseReset(Attempt attempt, ResetReason reason) {
        // While a service's endpoints change, also a new connection may be one that its application never accepts.
        boolean reused =
                attempt.reused() || target != null && services.clusters().changedLately(target);
        attempts.failed(attempt.turn(), reason);
        if (headSent) {
            record.flags(reason.flag());
            record.details(
                    "upstream_reset_after_response_started{" + reason.text().replace(' ', '_') + "}");
            end();
            client.abort();
        } else {
            retryOr(attempt, judge.isWorthIt(reason, reused), reason, "");
        }
    }

    /** Whether others are still at work for the request when one is not any more. */
    private boolean goesOnWithout(Attempt gone) {
        if (earlier.isEmpty()) {
            current = null;
            // What is written to the endpoint from now on would be lost.
            body.stopSending();
            deadlines.attemptEnded();
            return false;
        }
        List<Attempt> left = new ArrayList<>(earlier);
        if (gone == current) {
            current = left.removeLast();
            deadlines.attemptEnded();
        } else {
            left.remove(gone);
        }
        earlier = left;
        return true;
    }

    private void retryOr(Attempt failed, boolean worthIt, ResetReason reason, String cause) {
        boolean retried = attempts.retried();
        boolean newest = failed == current;
        boolean goesOn = goesOnWithout(failed);
        if (goesOn && !newest) {
            return;
        }
        if (worthIt && body.isWhole() && attempts.takeRetry(judge.rules().most())) {
            attemptAgain();
        } else if (!goesOn
                && !(worthIt && reason.beforeDelivery() && body.isWhole() && awaitsNews(isLeaving(failed.host())))) {
            reply(LocalReply.of(reason, cause, retried));
        }
    }

    /** Whether the endpoint that cannot be reached now was reached a moment ago. */
    private static boolean isLeaving(Host failed) {
        return System.nanoTime() - failed.reachedNanos() < Patience.MOST_NANOS;
    }

    private boolean awaitsNews(boolean expected) {
        Destination destination = target;
        return destination != null && awaitsNews(destination, expected);
    }

    private boolean awaitsNews(Destination destination, boolean expected) {
        if (!patience.lasts(expected)) {
            return false;
        }
        deadlines.attemptEnded();
        attempts.startOver();
        attemptIn(destination, Patience.LOOK_AGAIN_MS);
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
        attemptIn(again, rules.backoffMillis() > 0 ? rules.pauseMillis(tries) : attempts.pauseMillis(again, 0));
    }

    private void attemptIn(Destination destination, long millis) {
        client.eventLoop()
                .schedule(
                        () -> {
                            if (!ended && !headSent) {
                                attempt(destination);
                            }
                        },
                        millis,
                        TimeUnit.MILLISECONDS);
    }

    /** What takes the request's body; null while nothing does. */
    private @Nullable UpstreamStream upstream() {
        Attempt attempt = current;
        return attempt == null ? null : attempt.stream();
    }

    // ---- time

    private void attemptLate() {
        Attempt late = current;
        Destination destination = target;
        if (ended || headSent || late == null || destination == null) {
            return;
        }
        if (limits.hedges() && !upgrade && body.ended() && body.isWhole()) {
            if (attempts.takeHedge(late.turn(), judge.rules().most())) {
                attempt(destination);
            }
            return;
        }
        attempts.failed(late.turn(), ResetReason.TIMEOUT);
        late.cancel();
        retryOr(late, judge.isWorthIt(ResetReason.TIMEOUT, false), ResetReason.TIMEOUT, "");
    }

    private void requestLate() {
        if (ended) {
            return;
        }
        Attempt late = current;
        if (late != null) {
            attempts.failed(late.turn(), ResetReason.TIMEOUT);
        }
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
        UpstreamStream open = upstream();
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

    void upstreamWritabilityChanged() {
        UpstreamStream open = upstream();
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

    void responseInformational(ResponseHead interim) {
        client.informational(interim);
        client.flush();
    }

    void responseHead(Attempt attempt, ResponseHead response, boolean end) {
        attempts.responded(attempt.turn(), response);
        boolean failure = judge.isWorthIt(response);
        if (failure && !isTheBest(attempt)) {
            return;
        }
        win(attempt);
        headSent = true;
        body.forget();
        HeaderRules.response(response.headers(), serviceMillis(attempt));
        edit(attempt, response.headers());
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

    /** Whether an answer that is worth a retry is passed on all the same; if not, what is better is on its way. */
    private boolean isTheBest(Attempt attempt) {
        if (attempt == current
                && body.isWhole()
                && attempts.takeRetryOfAnswer(attempt.turn(), judge.rules().most())) {
            attempt.cancel();
            goesOnWithout(attempt);
            attemptAgain();
            return false;
        }
        if (!earlier.isEmpty()) {
            attempt.cancel();
            goesOnWithout(attempt);
            return false;
        }
        return true;
    }

    /** Its answer is the request's. */
    private void win(Attempt attempt) {
        if (!earlier.isEmpty()) {
            record.backend(attempt.host().backend());
            Attempt newest = current;
            if (newest != null && newest != attempt) {
                newest.cancel();
            }
            earlier.stream().filter(other -> other != attempt).forEach(Attempt::cancel);
            earlier = List.of();
        }
        current = attempt;
        deadlines.attemptEnded();
    }

    private void edit(Attempt attempt, HttpHeaders answer) {
        context.editAnswer(answer);
        Course course = way.course();
        if (course != null) {
            course.editAnswer(answer);
            course.keepSession(answer, attempt.host().backend().workload().getUid());
        }
    }

    private long serviceMillis(Attempt attempt) {
        long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - attempt.startNanos());
        record.upstreamMillis(millis);
        return millis;
    }

    void responseData(ByteBuf data, boolean end) {
        record.responseData(data);
        client.data(data, end);
        UpstreamStream open = upstream();
        if (end) {
            client.flush();
            end();
        } else if (open != null && !client.isWritable()) {
            client.flush();
            open.setReading(client.isWritable());
        }
    }

    void responseTrailers(HttpHeaders trailers) {
        record.trailers(trailers);
        client.trailers(trailers);
        client.flush();
        end();
    }

    void responseReadComplete() {
        client.flush();
    }

    @Override
    public void clientWritabilityChanged() {
        UpstreamStream open = upstream();
        if (open != null) {
            open.setReading(client.isWritable());
        }
    }

    void responseUpgraded(Attempt attempt, ResponseHead response) {
        UpstreamStream open = attempt.stream();
        if (!upgrade || open == null) {
            attempt.cancel();
            responseReset(attempt, ResetReason.PROTOCOL_ERROR);
            return;
        }
        headSent = true;
        deadlines.ended();
        attempts.responded(attempt.turn(), response);
        hasBody = true;
        body.reopen();
        HeaderRules.switching(response.headers(), serviceMillis(attempt));
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
        attempts.returnRetry();
        Attempt last = current;
        if (last != null) {
            last.cancel();
        }
        earlier.forEach(Attempt::cancel);
        BodyReading read = reading;
        if (read != null) {
            read.abandon();
        }
        body.close();
        record.end();
    }
}

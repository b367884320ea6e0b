package io.periplus.waypoint.exchange;

import io.periplus.dataplane.http.RequestHead;
import io.periplus.dataplane.http.ResponseHead;
import io.periplus.dataplane.policy.Decision;
import io.periplus.waypoint.mesh.Destination;
import io.periplus.waypoint.route.RetryRules;
import io.periplus.waypoint.upstream.Choice;
import io.periplus.waypoint.upstream.Host;
import io.periplus.waypoint.upstream.UpstreamSlot;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Brings one request to an endpoint that answers: attempt after attempt, in the time and number that its route and its client
 * allow. With hedging a late attempt goes on beside the next one, and the first good answer of either counts.
 */
final class Delivery {
    private final HttpExchange exchange;
    private final LoopServices services;
    private final ExchangeRecord record;
    private final RequestBody body;
    private final ClientStream client;
    private final RequestHead head;
    private final boolean upgrade;
    private final Course course;
    private final Destination destination;
    private final Attempts attempts;
    private final ClientLimits limits;
    private final RetryJudge judge;
    private final Deadlines deadlines;
    private final @Nullable GrpcWeb web;
    private final Patience patience = new Patience();
    /** The newest, and the only one but for hedged requests. */
    private @Nullable Attempt current;
    /** What was late and goes on beside it, oldest first. */
    private List<Attempt> earlier = List.of();

    private int tries;
    private boolean answered;
    private boolean over;

    /** Takes what the client said of time and retries out of the request's head. */
    Delivery(
            HttpExchange exchange,
            RequestContext request,
            ExchangeRecord record,
            RequestBody body,
            ClientStream client,
            boolean upgrade,
            Course course,
            Destination destination) {
        this.exchange = exchange;
        this.services = request.services();
        this.record = record;
        this.body = body;
        this.client = client;
        this.head = request.head();
        this.upgrade = upgrade;
        this.course = course;
        this.destination = destination;
        this.attempts = new Attempts(request);
        this.deadlines = new Deadlines(client.eventLoop());
        this.web = GrpcWeb.of(head, course.spokenAt(destination));
        this.limits = ClientLimits.merge(course.rule().timeouts(), head.headers(), head.isGrpc());
        RetryRules retries =
                ClientRetries.merge(course.rule().retry(), services.http().retries(), head.headers());
        this.judge = new RetryJudge(retries, head, body.exists(), head.isGrpc());
        if (retries.most() == 0 || upgrade) {
            body.forget();
        }
    }

    void begin() {
        long nanos = limits.timeouts().requestNanos();
        if (nanos != 0) {
            deadlines.request(nanos, this::requestLate);
        }
        attempts.prefer(course.sessionUid());
        attempt();
    }

    /** What translates between the client and the endpoint; null for nothing. */
    @Nullable
    GrpcWeb web() {
        return web;
    }

    /** What takes the request's body; null while nothing does. */
    @Nullable
    UpstreamStream stream() {
        Attempt attempt = current;
        return attempt == null ? null : attempt.stream();
    }

    /** The exchange is over; what endpoints still do for it is of no interest. */
    void end() {
        over = true;
        deadlines.ended();
        attempts.returnRetry();
        Attempt last = current;
        if (last != null) {
            last.cancel();
        }
        earlier.forEach(Attempt::cancel);
    }

    // ---- attempts

    private void attempt() {
        switch (attempts.choose(destination)) {
            case Choice.Chosen(Host chosen) -> attempt(chosen);
            case Choice.NoneHealthy none -> {
                if (current == null && awaitsNews(services.clusters().changedLately(destination))) {
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
            exchange.reply(reply);
        }
    }

    private void attempt(Host chosen) {
        record.backend(chosen.backend());
        record.marked(attempts.marks(chosen));
        if (attempts.judge(chosen) instanceof Decision.Denied denied) {
            noAttempt(LocalReply.of(denied));
            return;
        }
        tries++;
        Attempt attempt = new Attempt(this, exchange, attempts.begin(chosen));
        if (current != null) {
            earlier = Stream.concat(earlier.stream(), Stream.of(current)).toList();
        }
        current = attempt;
        long limitNanos = limits.timeouts().attemptNanos();
        if (limitNanos != 0) {
            deadlines.attempt(limitNanos, this::attemptLate);
        }
        attempts.acquire(attempt.turn(), course.spokenAt(destination), client.protocol(), upgrade, attempt);
    }

    void ready(Attempt attempt, UpstreamSlot found) {
        record.connected(found.channel().localAddress());
        UpstreamStream started = attempt.start(found, head, !body.exists(), web);
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
        boolean reused = attempt.reused() || services.clusters().changedLately(destination);
        attempts.failed(attempt.turn(), reason);
        if (answered) {
            exchange.brokenOff(reason);
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
                && !(worthIt
                        && reason.beforeDelivery()
                        && body.isWhole()
                        && awaitsNews(Patience.isExpected(failed.host())))) {
            exchange.reply(LocalReply.of(reason, cause, retried));
        }
    }

    private boolean awaitsNews(boolean expected) {
        if (!patience.lasts(expected)) {
            return false;
        }
        deadlines.attemptEnded();
        attempts.startOver();
        attemptIn(Patience.LOOK_AGAIN_MS);
        return true;
    }

    private void attemptAgain() {
        deadlines.attemptEnded();
        if (!body.ended()) {
            client.setReading(false);
        }
        RetryRules rules = judge.rules();
        attemptIn(rules.backoffMillis() > 0 ? rules.pauseMillis(tries) : attempts.pauseMillis(destination, 0));
    }

    private void attemptIn(long millis) {
        client.eventLoop()
                .schedule(
                        () -> {
                            if (!over && !answered) {
                                attempt();
                            }
                        },
                        millis,
                        TimeUnit.MILLISECONDS);
    }

    // ---- time

    private void attemptLate() {
        Attempt late = current;
        if (over || answered || late == null) {
            return;
        }
        if (limits.hedges() && !upgrade && body.ended() && body.isWhole()) {
            if (attempts.takeHedge(late.turn(), judge.rules().most())) {
                attempt();
            }
            return;
        }
        attempts.failed(late.turn(), ResetReason.TIMEOUT);
        late.cancel();
        retryOr(late, judge.isWorthIt(ResetReason.TIMEOUT, false), ResetReason.TIMEOUT, "");
    }

    private void requestLate() {
        if (over) {
            return;
        }
        Attempt late = current;
        if (late != null) {
            attempts.failed(late.turn(), ResetReason.TIMEOUT);
        }
        exchange.late(limits.deadline());
    }

    // ---- answers

    void responseHead(Attempt attempt, ResponseHead response, boolean end) {
        attempts.responded(attempt.turn(), response);
        boolean failure = judge.isWorthIt(response);
        if (!failure || isTheBest(attempt)) {
            win(attempt);
            exchange.answered(attempt, response, end, failure && attempts.retried());
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
        answered = true;
        deadlines.attemptEnded();
    }

    void responseUpgraded(Attempt attempt, ResponseHead response) {
        UpstreamStream open = attempt.stream();
        if (!upgrade || open == null) {
            attempt.cancel();
            responseReset(attempt, ResetReason.PROTOCOL_ERROR);
            return;
        }
        answered = true;
        deadlines.ended();
        attempts.responded(attempt.turn(), response);
        exchange.switched(attempt, open, response);
    }
}

package io.periplus.waypoint.authz;

import io.periplus.waypoint.authz.AuthorizerMetrics.Outcome;
import io.periplus.waypoint.call.CallOutcome;
import io.periplus.waypoint.call.ServiceCall;
import io.periplus.waypoint.exchange.LoopServices;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** One question to one authorizer, until its verdict. Belongs to the event loop on which it was begun. */
final class Check {
    private final Provider provider;
    private final Subject subject;
    private final AuthorizerMetrics metrics;
    private final Consumer<Verdict> done;
    private final long beginNanos = System.nanoTime();
    private @Nullable ServiceCall call;
    private boolean over;

    private Check(Provider provider, Subject subject, AuthorizerMetrics metrics, Consumer<Verdict> done) {
        this.provider = provider;
        this.subject = subject;
        this.metrics = metrics;
        this.done = done;
    }

    /** @param done called once unless the check is cancelled, perhaps before this method returns */
    static Check begin(
            LoopServices services,
            Provider provider,
            Subject subject,
            AuthorizerMetrics metrics,
            Consumer<Verdict> done) {
        Check check = new Check(provider, subject, metrics, done);
        Question question;
        try {
            question = provider.authorizer().question(subject, provider.call().timeoutNanos());
        } catch (IllegalArgumentException e) {
            check.ended(new CallOutcome.Failed("it cannot be told of the request: " + e.getMessage()));
            return check;
        }
        check.call = ServiceCall.begin(
                services, subject.client(), provider.call(), question.head(), question.body(), check::ended);
        return check;
    }

    /** Nobody waits for the verdict any more. */
    void cancel() {
        ServiceCall open = call;
        if (!over) {
            over = true;
            count(Outcome.ABANDONED);
            if (open != null) {
                open.cancel();
            }
        }
    }

    private void ended(CallOutcome outcome) {
        if (over) {
            return;
        }
        over = true;
        Verdict verdict = switch (outcome) {
            case CallOutcome.Answered answer -> read(answer);
            case CallOutcome.Failed failed -> new Verdict.Failed(failed.reason());
        };
        if (verdict instanceof Verdict.Allowed allowed
                && subject.head() != null
                && !allowed.request().fits(subject.head())) {
            verdict = new Verdict.Failed("it adds more to the request than a request may have");
        }
        count(
                switch (verdict) {
                    case Verdict.Allowed _ -> Outcome.ALLOWED;
                    case Verdict.Denied _ -> Outcome.DENIED;
                    case Verdict.Failed _ -> provider.failOpen() ? Outcome.FAILED_OPEN : Outcome.ERROR;
                });
        if (verdict instanceof Verdict.Failed failed) {
            provider.failures().failed(provider, subject, failed.reason());
        }
        done.accept(verdict);
    }

    /** What an authorizer says is never a reason to leave a request without an answer. */
    private Verdict read(CallOutcome.Answered answer) {
        try {
            return provider.authorizer().verdict(answer);
        } catch (IllegalArgumentException e) {
            return new Verdict.Failed("an answer that cannot be read: " + e.getMessage());
        }
    }

    private void count(Outcome outcome) {
        String protocol = subject.head() == null ? "tcp" : "http";
        metrics.ended(provider.name(), protocol, outcome, subject.match().dryRun());
        metrics.took(provider.name(), protocol, System.nanoTime() - beginNanos);
    }
}

package io.periplus.waypoint.limit;

import io.periplus.waypoint.exchange.Gate;
import io.periplus.waypoint.exchange.RequestContext;
import io.periplus.waypoint.limit.bucket.Counters.Taken;
import io.periplus.waypoint.limit.remote.Ask;
import io.periplus.waypoint.limit.remote.Remote;
import io.periplus.waypoint.limit.remote.Standing;
import io.periplus.waypoint.limit.remote.Verdict;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A request that backends are asked about, one policy after the other; on its event loop.
 *
 * <pre>
 * asking -- within the limits, or beyond in a dry run, or no answer and failing open --> the next policy --> passed
 *        -- beyond, or no answer and failing closed --> what was counted is given back --> refused
 * </pre>
 */
final class Inquiry {
    private final RequestContext request;
    private final Gate.Passage passage;
    private final List<List<Limit>> policies;
    private final List<Limit> local;
    private final List<Taken> taken;
    private final List<Earlier> earlier = new ArrayList<>(1);
    private @Nullable Limit nearest;
    private Standing nearestStanding = Standing.unknown(false);
    private boolean over;
    private int next;

    /** What a backend has counted for this request. */
    private record Earlier(Remote remote, List<Limit> limits, List<Ask> asks) {}

    /** @param taken what this proxy's own limits counted, in the order of {@code local} */
    Inquiry(
            RequestContext request,
            Gate.Passage passage,
            List<List<Limit>> policies,
            List<Limit> local,
            List<Taken> taken) {
        this.request = request;
        this.passage = passage;
        this.policies = policies;
        this.local = local;
        this.taken = taken;
    }

    /** The answer tells about the limit that is nearest to its end. */
    void note(Limit limit, Standing standing) {
        if (!limit.policy().dryRun()
                && standing.burst() > 0
                && (nearest == null || standing.share() < nearestStanding.share())) {
            nearest = limit;
            nearestStanding = standing;
        }
    }

    void begin() {
        request.onEnd(this::abandon);
        askNext();
    }

    private void askNext() {
        while (next < policies.size()) {
            List<Limit> limits = policies.get(next++);
            Remote remote = limits.getFirst().policy().remote();
            List<Limit> counting = new ArrayList<>(limits.size());
            List<Ask> asks = new ArrayList<>(limits.size());
            for (Limit limit : limits) {
                if (limit.counts(request)) {
                    counting.add(limit);
                    asks.add(new Ask(limit.asked(), limit.keys().values(request)));
                }
            }
            if (!asks.isEmpty() && remote != null) {
                Policy policy = limits.getFirst().policy();
                remote.ask(
                        asks,
                        !policy.dryRun(),
                        request.services().loop(),
                        policy.timeoutNanos(),
                        verdict -> answered(remote, counting, asks, verdict));
                return;
            }
        }
        pass();
    }

    private void answered(Remote remote, List<Limit> limits, List<Ask> asks, @Nullable Verdict verdict) {
        if (over) {
            return;
        }
        Policy policy = limits.getFirst().policy();
        if (verdict == null) {
            failed(policy, limits);
        } else if (verdict.over() && !policy.dryRun()) {
            beyond(limits, verdict);
        } else {
            within(remote, limits, asks, verdict);
        }
    }

    private void failed(Policy policy, List<Limit> limits) {
        boolean passes = policy.failOpen() || policy.dryRun();
        limits.forEach(limit ->
                (passes ? limit.outcomes().failedOpen() : limit.outcomes().failedClosed()).increment());
        if (passes) {
            askNext();
        } else {
            over = true;
            giveBack();
            passage.refuse(limits.getFirst().failed());
        }
    }

    private void beyond(List<Limit> limits, Verdict verdict) {
        over = true;
        giveBack();
        int at = 0;
        for (int i = 0; i < limits.size(); i++) {
            boolean longer = verdict.standings().get(i).resetSeconds()
                    > verdict.standings().get(at).resetSeconds();
            if (verdict.standings().get(i).over()) {
                limits.get(i).outcomes().limited().increment();
                at = !verdict.standings().get(at).over() || longer ? i : at;
            }
        }
        Limit limit = limits.get(at);
        Standing standing = verdict.standings().get(at);
        if (!standing.over()) {
            // A service that says no without saying which.
            limit.outcomes().limited().increment();
            standing = Standing.unknown(true);
        }
        passage.refuse(
                verdict.body().isEmpty() ? limit.limited() : limit.limited().withBody(verdict.body()),
                new Refusal(limit, standing, verdict.responseHeaders()));
    }

    private void within(Remote remote, List<Limit> limits, List<Ask> asks, Verdict verdict) {
        List<Limit> counted = new ArrayList<>(limits.size());
        List<Ask> countedAsks = new ArrayList<>(limits.size());
        for (int i = 0; i < limits.size(); i++) {
            Standing standing = verdict.standings().get(i);
            if (standing.over()) {
                limits.get(i).outcomes().dryRunLimited().increment();
            } else {
                counted.add(limits.get(i));
                countedAsks.add(asks.get(i));
                note(limits.get(i), standing);
            }
        }
        earlier.add(new Earlier(remote, counted, countedAsks));
        verdict.requestHeaders().forEach(field -> request.head().headers().set(field.getKey(), field.getValue()));
        if (!verdict.responseHeaders().isEmpty()) {
            List<Map.Entry<String, String>> fields = verdict.responseHeaders();
            request.onAnswer(answer -> fields.forEach(field -> answer.add(field.getKey(), field.getValue())));
        }
        askNext();
    }

    private void pass() {
        over = true;
        local.forEach(limit -> limit.outcomes().allowed().increment());
        earlier.forEach(asked ->
                asked.limits().forEach(limit -> limit.outcomes().allowed().increment()));
        Limit limit = nearest;
        if (limit != null && limit.policy().tellsAlways()) {
            request.onAnswer(new LimitFields(limit, nearestStanding));
        }
        passage.pass();
    }

    private void giveBack() {
        taken.forEach(Taken::giveBack);
        earlier.forEach(asked -> {
            if (!asked.asks().isEmpty()) {
                asked.remote().giveBack(asked.asks());
            }
        });
    }

    /** The client has gone: it counts as it would have counted. */
    private void abandon() {
        over = true;
    }
}

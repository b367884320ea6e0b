package io.periplus.waypoint.limit;

import com.google.protobuf.Duration;
import io.periplus.waypoint.exchange.LocalReply;
import io.periplus.waypoint.limit.bucket.Counters;
import io.periplus.waypoint.limit.bucket.Rate;
import io.periplus.waypoint.limit.remote.Asked;
import io.periplus.waypoint.limit.remote.Remote;
import io.periplus.waypoint.limit.remote.Remotes;
import io.periplus.wire.waypoint.LimitKey;
import io.periplus.wire.waypoint.LimitTarget;
import io.periplus.wire.waypoint.RateLimit;
import io.periplus.wire.waypoint.RateLimitPolicy;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/** Turns policies as the control plane sends them into what requests are counted by. */
final class LimitCompiler {
    /** Where a counter of a proxy's own comes from: the one that is there for this limit, or a new one. */
    interface CounterSource extends BiFunction<CounterKey, Rate, Counters> {}

    /** A limit whose numbers are others is another: it starts afresh. */
    record CounterKey(String policy, LimitTarget target, RateLimit limit) {}

    private static final String BODY = "rate limit exceeded";

    private final Remotes remotes;
    private final LimitMetrics metrics;

    LimitCompiler(Remotes remotes, LimitMetrics metrics) {
        this.remotes = remotes;
        this.metrics = metrics;
    }

    /**
     * The limits of a policy at one of its targets.
     *
     * @throws IllegalArgumentException if it cannot be used, saying why
     */
    List<Limit> compile(RateLimitPolicy message, LimitTarget target, CounterSource counters) {
        Remote remote = message.hasBackend() ? remotes.of(message.getBackend()) : null;
        Policy policy = new Policy(
                message.getNamespace() + "/" + message.getName(),
                remote,
                nanos(message.getBackend().getTimeout()),
                message.getFailOpen(),
                message.getDryRun(),
                message.getResponse());
        List<Limit> limits = new ArrayList<>(message.getLimitsCount());
        for (RateLimit limit : message.getLimitsList()) {
            limits.add(limit(message, policy, target, limit, counters));
        }
        return limits;
    }

    private Limit limit(
            RateLimitPolicy message, Policy policy, LimitTarget target, RateLimit limit, CounterSource counters) {
        int cost = Math.max(1, limit.getCost());
        boolean counted = limit.getRequests() > 0;
        boolean local = policy.remote() == null && !limit.getUnlimited();
        if (!counted && !limit.getUnlimited() && !message.getBackend().hasService()) {
            throw new IllegalArgumentException("limit " + limit.getName() + " has no number of requests");
        }
        Rate rate = counted ? Rate.of(limit.getRequests(), nanos(limit.getPer()), Math.max(1, limit.getBurst())) : null;
        CounterKey key = new CounterKey(policy.key(), target, limit);
        String named =
                "ns[" + message.getNamespace() + "]-policy[" + message.getName() + "]-limit[" + limit.getName() + "]";
        String body = policy.response().getBody();
        return new Limit(
                policy,
                limit.getName(),
                limit.hasMatch() ? LimitMatcher.compile(limit.getMatch()) : null,
                LimitKeys.compile(limit.getKeyList()),
                cost,
                limit.getUnlimited(),
                limit.getOverride(),
                local && rate != null ? counters.apply(key, rate) : null,
                asked(policy, target, limit, rate, cost),
                metrics.of(policy.key(), limit.getName()),
                new LocalReply(429, body.isEmpty() ? BODY : body, "RL", "request_rate_limited[" + named + "]"),
                new LocalReply(500, "", "RLSE", "rate_limiter_error[" + named + "]"));
    }

    private static Asked asked(Policy policy, LimitTarget target, RateLimit limit, @Nullable Rate rate, int cost) {
        String numbers = rate == null ? "" : "/" + rate.intervalNanos() + "/" + rate.toleranceNanos();
        Duration per = limit.getPer();
        return new Asked(
                policy.key(),
                placeOf(target) + numbers,
                limit.getName(),
                limit.getKeyList().stream().map(LimitKey::getEntry).toList(),
                rate,
                limit.getRequests(),
                per.getNanos() == 0 ? per.getSeconds() : 0,
                cost);
    }

    /** The same in every proxy. */
    private static String placeOf(LimitTarget target) {
        return switch (target.getKindCase()) {
            case GATEWAY -> "gateway";
            case LISTENER -> "listener/" + target.getListener();
            case SERVICE ->
                "service/" + target.getService().getNamespace() + "/"
                        + target.getService().getHostname();
            case ROUTE ->
                "route/" + target.getRoute().getKind() + "/"
                        + target.getRoute().getNamespace() + "/"
                        + target.getRoute().getName() + "/"
                        + target.getRoute().getRule();
            case KIND_NOT_SET -> throw new IllegalArgumentException("a target of an unknown kind");
        };
    }

    private static long nanos(Duration duration) {
        return TimeUnit.SECONDS.toNanos(duration.getSeconds()) + duration.getNanos();
    }
}

package io.periplus.waypoint.limit;

import io.periplus.dataplane.telemetry.Counter;
import io.periplus.dataplane.telemetry.Family;
import io.periplus.dataplane.telemetry.MetricsRegistry;
import io.periplus.waypoint.limit.bucket.KeyBudget;

/** What is counted about limits; there are as many series as users wrote limits, times the outcomes. */
final class LimitMetrics {
    /**
     * Of one limit.
     *
     * @param overflow requests that were counted in the bucket of all keys that have none of their own
     */
    record Outcomes(
            Counter allowed,
            Counter limited,
            Counter dryRunLimited,
            Counter failedOpen,
            Counter failedClosed,
            Counter overflow) {}

    private final Family<Counter> requests;
    private final Family<Counter> overflow;

    LimitMetrics(MetricsRegistry metrics, KeyBudget budget) {
        requests = metrics.counter(
                "periplus_rate_limit_requests_total",
                "Requests that limits counted, by what became of them there",
                "policy",
                "limit",
                "outcome");
        overflow = metrics.counter(
                "periplus_rate_limit_overflow_total",
                "Requests whose key had no room and shared a counter with others",
                "policy",
                "limit");
        metrics.gauge("periplus_rate_limit_keys", "Keys of limits that are remembered", budget::used);
    }

    Outcomes of(String policy, String limit) {
        return new Outcomes(
                requests.with(policy, limit, "allowed"),
                requests.with(policy, limit, "limited"),
                requests.with(policy, limit, "dry_run_limited"),
                requests.with(policy, limit, "failed_open"),
                requests.with(policy, limit, "failed_closed"),
                overflow.with(policy, limit));
    }
}

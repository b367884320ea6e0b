package io.periplus.waypoint.upstream.policy;

import io.periplus.wire.waypoint.ConnectionPool;
import io.periplus.wire.waypoint.RetryBudget;
import io.periplus.wire.waypoint.TrafficPolicy;

/**
 * What a service is spared: a circuit breaker that opens at each of these, for the proxy as a whole.
 *
 * @param connections open at once, to all endpoints
 * @param pending requests that wait for a connection
 * @param requests in progress
 * @param retries in progress; unused with a budget
 * @param budgetPercent of the requests in progress that may be retries, negative for no budget
 * @param budgetMin retries that are always allowed by a budget
 */
public record Limits(int connections, int pending, int requests, int retries, double budgetPercent, int budgetMin) {
    private static final double BUDGET_PERCENT_DEFAULT = 20;
    private static final int BUDGET_MIN_DEFAULT = 3;
    private static final int UNLIMITED = Integer.MAX_VALUE;

    /** No limit at all. */
    public static final Limits NONE = new Limits(UNLIMITED, UNLIMITED, UNLIMITED, UNLIMITED, -1, 0);

    static Limits of(TrafficPolicy policy) {
        ConnectionPool pool = policy.getConnectionPool();
        RetryBudget budget = policy.getRetryBudget();
        return new Limits(
                PoolSettings.limit(pool.getMaxConnections()),
                PoolSettings.limit(pool.getHttp1MaxPendingRequests()),
                PoolSettings.limit(pool.getHttp2MaxRequests()),
                PoolSettings.limit(pool.getMaxRetries()),
                !policy.hasRetryBudget() ? -1 : budget.hasPercent() ? budget.getPercent() : BUDGET_PERCENT_DEFAULT,
                budget.hasMinConcurrent() ? budget.getMinConcurrent() : BUDGET_MIN_DEFAULT);
    }

    /** Whether retries are a share of the requests. */
    public boolean hasBudget() {
        return budgetPercent >= 0;
    }
}

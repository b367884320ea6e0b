package io.periplus.waypoint.upstream.health;

import io.periplus.waypoint.upstream.policy.Limits;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The circuit breakers of one port of a service, with what is in progress in the whole proxy. A service without limits
 * counts nothing.
 */
public final class Breakers {
    private final Limits limits;
    private final Gauge connections;
    private final Gauge pending;
    private final Gauge requests;
    private final AtomicInteger retries = new AtomicInteger();
    private final boolean limitsRetries;

    /** A number in progress, counted only where something depends on it. */
    private record Gauge(AtomicInteger count, int max, boolean counted) {
        static Gauge of(int max, boolean needed) {
            return new Gauge(new AtomicInteger(), max, needed || max != Integer.MAX_VALUE);
        }

        boolean take() {
            if (!counted) {
                return true;
            }
            if (count.incrementAndGet() > max) {
                count.decrementAndGet();
                return false;
            }
            return true;
        }

        void force() {
            if (counted) {
                count.incrementAndGet();
            }
        }

        void give() {
            if (counted) {
                count.decrementAndGet();
            }
        }
    }

    public Breakers(Limits limits) {
        this.limits = limits;
        connections = Gauge.of(limits.connections(), false);
        pending = Gauge.of(limits.pending(), limits.hasBudget());
        requests = Gauge.of(limits.requests(), limits.hasBudget());
        limitsRetries = limits.hasBudget() || limits.retries() != Integer.MAX_VALUE;
    }

    /** Whether another request may be in progress. Loops that ask at the same moment may both hear that it may. */
    public boolean hasRoom() {
        return requests.count.get() < requests.max;
    }

    public void requestBegun() {
        requests.force();
    }

    public void requestEnded() {
        requests.give();
    }

    /** Whether another request may wait for a connection. */
    public boolean takePending() {
        return pending.take();
    }

    public void pendingEnded() {
        pending.give();
    }

    /**
     * Whether another connection may be opened.
     *
     * @param first to its endpoint: that one is always granted, or requests for the endpoint would wait for ever
     */
    public boolean takeConnection(boolean first) {
        if (first) {
            connections.force();
            return true;
        }
        return connections.take();
    }

    public void connectionEnded() {
        connections.give();
    }

    /** Whether another retry may be in progress. */
    public boolean takeRetry() {
        if (!limitsRetries) {
            return true;
        }
        if (retries.incrementAndGet() > retriesMax()) {
            retries.decrementAndGet();
            return false;
        }
        return true;
    }

    public void retryEnded() {
        if (limitsRetries) {
            retries.decrementAndGet();
        }
    }

    private double retriesMax() {
        return limits.hasBudget()
                ? Math.max(
                        limits.budgetMin(), limits.budgetPercent() / 100 * (requests.count.get() + pending.count.get()))
                : limits.retries();
    }
}

package io.periplus.waypoint.upstream.health;

import io.periplus.waypoint.upstream.policy.OutlierSettings;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * How one endpoint did lately, as all event loops saw it. Success costs a read; only failures and the first success after
 * one write.
 */
public final class EndpointHealth {
    private final OutlierDetector detector;
    private final String name;
    private final AtomicInteger serverErrors = new AtomicInteger();
    private final AtomicInteger gatewayErrors = new AtomicInteger();
    private final AtomicInteger localFailures = new AtomicInteger();
    // Written by the detector, under its lock.
    private volatile boolean wasEjected;
    private volatile long ejectedUntilNanos;
    private int ejectionsInARow;

    EndpointHealth(OutlierDetector detector, String name) {
        this.detector = detector;
        this.name = name;
    }

    /** The endpoint answered with this status. */
    public void answered(int status) {
        OutlierSettings settings = detector.settings();
        if (settings == null) {
            return;
        }
        if (status < 500) {
            clear(serverErrors);
            clear(gatewayErrors);
        } else {
            boolean gateway = status >= 502 && status <= 504;
            if (gateway) {
                count(gatewayErrors, settings.gatewayErrors(), "gateway errors");
            } else {
                clear(gatewayErrors);
            }
            count(serverErrors, settings.serverErrors(), "5xx answers");
        }
        if (settings.split()) {
            clear(localFailures);
        }
    }

    /** It could not be connected to, or the connection broke before the end of the answer. */
    public void brokeOff() {
        OutlierSettings settings = detector.settings();
        if (settings == null) {
            return;
        }
        if (settings.split()) {
            count(localFailures, settings.localFailures(), "failed connections");
        } else {
            // For who counts statuses, it is as if the endpoint had answered 503.
            count(gatewayErrors, settings.gatewayErrors(), "gateway errors");
            count(serverErrors, settings.serverErrors(), "5xx answers");
        }
    }

    /** A connection to it stands. */
    public void connected() {
        OutlierSettings settings = detector.settings();
        if (settings != null && settings.split()) {
            clear(localFailures);
        }
    }

    private static void clear(AtomicInteger counter) {
        if (counter.get() != 0) {
            counter.set(0);
        }
    }

    private void count(AtomicInteger counter, int limit, String what) {
        if (counter.incrementAndGet() >= limit && limit > 0) {
            detector.eject(this, limit + " " + what + " in a row");
        }
    }

    /** Whether it is to be left alone at this time of {@link System#nanoTime}. */
    public boolean isEjected(long nowNanos) {
        return wasEjected && nowNanos - ejectedUntilNanos < 0;
    }

    /** Until when; meaningless unless it is ejected. */
    public long ejectedUntilNanos() {
        return ejectedUntilNanos;
    }

    /** How often it was ejected, less one for each interval in which it behaved. */
    void eject(long nowNanos, OutlierSettings settings, long maxNanos) {
        if (wasEjected) {
            long forgiven = (nowNanos - ejectedUntilNanos) / settings.interval().toNanos();
            ejectionsInARow = (int) Math.max(0, ejectionsInARow - forgiven);
        }
        ejectionsInARow++;
        long forNanos = Math.min(
                Math.max(maxNanos, settings.baseEjection().toNanos()),
                settings.baseEjection().toNanos() * ejectionsInARow);
        ejectedUntilNanos = nowNanos + forNanos;
        wasEjected = true;
        serverErrors.set(0);
        gatewayErrors.set(0);
        localFailures.set(0);
    }

    @Override
    public String toString() {
        return name;
    }
}

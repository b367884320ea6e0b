package io.periplus.ztunnel;

import io.periplus.dataplane.telemetry.Counter;
import io.periplus.dataplane.telemetry.Family;
import io.periplus.dataplane.telemetry.MetricsRegistry;
import io.periplus.dataplane.tls.Revocations;

/** Counts what revoked certificates lead to. */
final class RevocationMetrics implements Revocations.Events {
    private final Family<Counter> rejections;
    private final Family<Counter> untracked;

    RevocationMetrics(MetricsRegistry metrics) {
        this.rejections = metrics.counter(
                "istio_crl_policy_rejections_total",
                "The total number of connections rejected because a certificate was revoked (unstable)",
                "reporter");
        this.untracked = metrics.counter(
                "istio_crl_untracked_connections_total",
                "The total number of connections that a later revocation would not end (unstable)",
                "reporter");
    }

    @Override
    public void rejected(Revocations.Side side) {
        rejections.with(label(side)).increment();
    }

    @Override
    public void untracked(Revocations.Side side) {
        untracked.with(label(side)).increment();
    }

    private static String label(Revocations.Side side) {
        return switch (side) {
            case CLIENT -> "source";
            case SERVER -> "destination";
        };
    }
}

package io.periplus.waypoint.authz;

import io.periplus.dataplane.telemetry.Counter;
import io.periplus.dataplane.telemetry.Family;
import io.periplus.dataplane.telemetry.Histogram;
import io.periplus.dataplane.telemetry.MetricsRegistry;
import java.util.Locale;

/** What is counted of authorizers. */
public final class AuthorizerMetrics {
    private static final double[] MILLIS = {
        0.5, 1, 2.5, 5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000, 10_000, 60_000, 600_000
    };

    private static final double NANOS_PER_MILLI = 1e6;

    /** How asking ended. */
    enum Outcome {
        ALLOWED,
        DENIED,
        /** No answer, or none that can be understood: denied. */
        ERROR,
        /** The same with a provider that fails open: passed. */
        FAILED_OPEN,
        /** The body is larger than the authorizer may see. */
        TOO_LARGE,
        /** There was nobody to ask. */
        UNCONFIGURED,
        /** It speaks HTTP only, and what it would be asked about is none. */
        UNASKABLE,
        /** The client went away before. */
        ABANDONED
    }

    private final Family<Counter> calls;
    private final Family<Histogram> durations;

    public AuthorizerMetrics(MetricsRegistry metrics) {
        calls = metrics.counter(
                "periplus_ext_authz_requests_total",
                "Requests and connections about which external authorizers were asked",
                "provider",
                "protocol",
                "outcome",
                "dry_run");
        durations = metrics.histogram(
                "periplus_ext_authz_duration_milliseconds",
                "Time until external authorizers answered, or were given up",
                MILLIS,
                "provider",
                "protocol");
    }

    /** @param protocol {@code http} or {@code tcp}: what it was about */
    void ended(String provider, String protocol, Outcome outcome, boolean dryRun) {
        calls.with(provider, protocol, outcome.name().toLowerCase(Locale.ROOT), String.valueOf(dryRun))
                .increment();
    }

    void took(String provider, String protocol, long nanos) {
        durations.with(provider, protocol).record(nanos / NANOS_PER_MILLI);
    }
}

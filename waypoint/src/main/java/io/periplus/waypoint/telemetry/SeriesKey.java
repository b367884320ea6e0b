package io.periplus.waypoint.telemetry;

import io.periplus.api.SpiffeId;
import io.periplus.waypoint.mesh.Destination;
import io.periplus.waypoint.upstream.Backend;
import io.periplus.wire.workload.Workload;
import org.jspecify.annotations.Nullable;

/**
 * What the labels of a series are made from. Looking a series up by this is much cheaper than by its labels.
 *
 * @param protocol {@code http}, {@code grpc} or {@code tcp}
 * @param flags empty if none
 */
record SeriesKey(
        @Nullable Workload source,
        @Nullable SpiffeId peer,
        Destination destination,
        @Nullable Workload backend,
        String protocol,
        int status,
        String grpcStatus,
        String flags) {
    static SeriesKey of(RequestReport report, Reporter reporter) {
        return of(
                report.parties(),
                reporter,
                report.grpc() ? "grpc" : "http",
                report.status(),
                report.grpcStatus(),
                report.flags());
    }

    static SeriesKey of(ConnectionReport report, Reporter reporter) {
        return of(report.parties(), reporter, "tcp", 0, "", report.flags());
    }

    private static SeriesKey of(
            Parties parties, Reporter reporter, String protocol, int status, String grpcStatus, String flags) {
        Backend backend = parties.backend();
        return new SeriesKey(
                reporter.sourceOf(parties),
                reporter.principalOf(parties),
                parties.target(),
                backend == null ? null : backend.workload(),
                protocol,
                status,
                grpcStatus,
                flags);
    }
}

package io.periplus.waypoint.tunnel;

import io.periplus.dataplane.index.WorkloadIndex;
import io.periplus.dataplane.policy.Marks;
import io.periplus.waypoint.exchange.ClientConnection;
import io.periplus.waypoint.mesh.Destination;
import io.periplus.waypoint.telemetry.ConnectionReport;
import io.periplus.waypoint.telemetry.Parties;
import io.periplus.waypoint.telemetry.Telemetry;
import io.periplus.waypoint.upstream.Backend;
import io.periplus.wire.workload.Workload;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/** Notes what happens to a connection whose bytes pass as they are, and tells of it. */
final class ConnectionRecord {
    private final Telemetry telemetry;
    private final ClientConnection client;
    private final @Nullable Workload source;
    private final long startMillis = System.currentTimeMillis();
    private final long startNanos = System.nanoTime();
    private Destination target;
    private @Nullable Backend backend;
    private @Nullable InetSocketAddress upstreamLocal;
    private @Nullable Marks marks;
    private long received;
    private long sent;
    private long toldReceived;
    private long toldSent;
    private String flags = "";
    private String details = "";
    private String transportFailure = "";

    ConnectionRecord(Telemetry telemetry, ClientConnection client, WorkloadIndex index) {
        this.telemetry = telemetry;
        this.client = client;
        this.source = index.workloadAt(client.network(), client.attributes().source());
        this.target = client.destination();
    }

    void target(Destination routed) {
        target = routed;
    }

    void backend(Backend chosen) {
        backend = chosen;
    }

    /** The endpoint that was chosen last, null if none was. */
    @Nullable
    Backend backend() {
        return backend;
    }

    /** What policies say that decide nothing; null if nothing. */
    void marked(@Nullable Marks more) {
        marks = Marks.both(marks, more);
    }

    void connected(InetSocketAddress local) {
        upstreamLocal = local;
        transportFailure = "";
    }

    void transportFailure(String cause) {
        transportFailure = cause;
    }

    /** Why it is not let through, or goes no further. */
    void stopped(String why, String because) {
        flags = why;
        details = because;
    }

    void received(long bytes) {
        received += bytes;
    }

    void sent(long bytes) {
        sent += bytes;
    }

    /** In both directions. */
    long bytes() {
        return received + sent;
    }

    void opened() {
        telemetry.opened(report());
    }

    void tellMoved() {
        long newlyReceived = received - toldReceived;
        long newlySent = sent - toldSent;
        if (newlyReceived + newlySent > 0) {
            telemetry.moved(report(), newlyReceived, newlySent);
            toldReceived = received;
            toldSent = sent;
        }
    }

    /** @param broken whether one side broke off */
    void ended(boolean broken) {
        tellMoved();
        flags = broken ? "UC" : "";
        telemetry.ended(report());
    }

    /** It was never passed through, which counts as opened and closed. */
    void refused() {
        ConnectionReport report = report();
        telemetry.opened(report);
        telemetry.ended(report);
    }

    private ConnectionReport report() {
        Parties parties = new Parties(
                client.peer(),
                source,
                client.remoteAddress(),
                client.localAddress(),
                client.destination(),
                target,
                backend,
                client.serverName());
        return new ConnectionReport(
                parties,
                startMillis,
                System.nanoTime() - startNanos,
                flags,
                details,
                transportFailure,
                received,
                sent,
                upstreamLocal,
                marks);
    }
}

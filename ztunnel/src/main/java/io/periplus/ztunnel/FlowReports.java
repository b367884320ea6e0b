package io.periplus.ztunnel;

import io.periplus.dataplane.telemetry.AccessLog;
import io.periplus.dataplane.telemetry.ConnectionLogEntry;
import io.periplus.dataplane.telemetry.ConnectionLogEntry.Stage;
import io.periplus.dataplane.telemetry.TcpLabels;
import io.periplus.dataplane.telemetry.TcpMetrics;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Reports connections to the metrics and to the access log. */
final class FlowReports implements FlowLog {
    private final TcpMetrics metrics;
    private final AccessLog access;

    FlowReports(TcpMetrics metrics, AccessLog access) {
        this.metrics = metrics;
        this.access = access;
    }

    private record CountedFlow(TcpMetrics.Connection counters) implements Meter {
        @Override
        public void received(int bytes) {
            counters.received(bytes);
        }

        @Override
        public void sent(int bytes) {
            counters.sent(bytes);
        }

        @Override
        public void closed(ResponseFlag flag) {
            counters.closed(flag.label());
        }
    }

    @Override
    public Meter opened(Flow flow) {
        if (access.logsOpened()) {
            access.log(entry(flow, Stage.OPENED, null));
        }
        boolean mutualTls = flow.sourceIdentity != null;
        return new CountedFlow(metrics.opened(new TcpLabels(
                reporter(flow),
                flow.sourceWorkload,
                flow.sourceIdentity,
                flow.destinationWorkload,
                flow.destinationIdentity,
                flow.service,
                mutualTls)));
    }

    @Override
    public void completed(Flow flow, @Nullable String error) {
        access.log(entry(flow, Stage.COMPLETE, error));
    }

    @Override
    public void failed(Flow flow, String error) {
        access.log(entry(flow, Stage.FAILED, error));
    }

    @Override
    public void socketOpened(Flow.Reporter reporter) {
        metrics.sockets(label(reporter)).increment();
    }

    @Override
    public void socketClosed(Flow.Reporter reporter) {
        metrics.sockets(label(reporter)).decrement();
    }

    private static ConnectionLogEntry entry(Flow flow, Stage stage, @Nullable String error) {
        boolean mutualTls = flow.sourceIdentity != null;
        boolean outbound = flow.reporter == Flow.Reporter.SOURCE;
        return new ConnectionLogEntry(
                Instant.now(),
                stage,
                flow.source,
                flow.sourceWorkload,
                flow.sourceIdentity,
                flow.nextHop != null ? flow.nextHop : flow.destination,
                flow.hboneTarget,
                flow.service == null ? null : flow.service.getHostname(),
                flow.destinationWorkload,
                mutualTls ? flow.destinationIdentity : null,
                outbound ? "outbound" : "inbound",
                // As the application of this end sees it: the client sends what we receive, the server what we send.
                outbound ? flow.receivedBytes : flow.sentBytes,
                outbound ? flow.sentBytes : flow.receivedBytes,
                flow.durationMillis(),
                error);
    }

    private static String reporter(Flow flow) {
        return label(flow.reporter);
    }

    private static String label(Flow.Reporter reporter) {
        return switch (reporter) {
            case SOURCE -> "source";
            case DESTINATION -> "destination";
        };
    }
}

package io.periplus.ztunnel;

import io.periplus.api.SpiffeId;
import io.periplus.dataplane.address.IpAddress;
import io.periplus.wire.workload.Workload;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One line per connection, at its end, with the keys and the order that upstream's log readers know. */
final class AccessLog {
    private static final Logger LOG = LoggerFactory.getLogger("access");

    void completed(Flow flow, @Nullable String error) {
        if (error == null) {
            if (LOG.isInfoEnabled()) {
                LOG.info("connection complete\t{}", line(flow, null));
            }
        } else {
            LOG.error("connection complete\t{}", line(flow, error));
        }
    }

    void failed(Flow flow, String error) {
        LOG.warn(
                "connection failed\tsrc.addr={} dst.addr={} direction=\"{}\" error=\"{}\"",
                address(flow.source),
                address(flow.destination),
                direction(flow),
                error);
    }

    static String line(Flow flow, @Nullable String error) {
        StringBuilder line = new StringBuilder(512);
        boolean outbound = flow.reporter == Flow.Reporter.SOURCE;
        bare(line, "src.addr", address(flow.source));
        workload(line, "src", flow.sourceWorkload);
        identity(line, "src", flow.sourceIdentity);
        cluster(line, "src", flow.sourceWorkload);
        bare(line, "dst.addr", address(flow.destination));
        if (flow.hboneTarget != null) {
            bare(line, "dst.hbone_addr", flow.hboneTarget);
        }
        if (flow.service != null) {
            quoted(line, "dst.service", flow.service.getHostname());
        }
        workload(line, "dst", flow.destinationWorkload);
        identity(line, "dst", flow.sourceIdentity == null ? null : flow.destinationIdentity);
        cluster(line, "dst", flow.destinationWorkload);
        quoted(line, "direction", direction(flow));
        // Seen from the application of this end: what it sent, and what it received.
        bare(line, "bytes_sent", Long.toString(outbound ? flow.receivedBytes : flow.sentBytes));
        bare(line, "bytes_recv", Long.toString(outbound ? flow.sentBytes : flow.receivedBytes));
        quoted(line, "duration", flow.durationMillis() + "ms");
        if (error != null) {
            quoted(line, "error", error);
        }
        return line.toString();
    }

    private static String direction(Flow flow) {
        return switch (flow.reporter) {
            case SOURCE -> "outbound";
            case DESTINATION -> "inbound";
        };
    }

    private static void workload(StringBuilder line, String end, @Nullable Workload workload) {
        if (workload != null) {
            String name = workload.getName().isEmpty() ? workload.getCanonicalName() : workload.getName();
            quoted(line, end + ".workload", name);
            quoted(line, end + ".namespace", workload.getNamespace());
        }
    }

    private static void identity(StringBuilder line, String end, @Nullable SpiffeId identity) {
        if (identity != null) {
            quoted(line, end + ".identity", identity.toString());
        }
    }

    private static void cluster(StringBuilder line, String end, @Nullable Workload workload) {
        if (workload != null && !workload.getClusterId().isEmpty()) {
            quoted(line, end + ".cluster", workload.getClusterId());
        }
    }

    private static String address(InetSocketAddress address) {
        return Authority.of(IpAddress.of(address.getAddress()), address.getPort());
    }

    private static void bare(StringBuilder line, String key, String value) {
        if (!line.isEmpty()) {
            line.append(' ');
        }
        line.append(key).append('=').append(value);
    }

    private static void quoted(StringBuilder line, String key, String value) {
        bare(line, key, '"' + escaped(value) + '"');
    }

    private static String escaped(String value) {
        return value.indexOf('"') < 0 && value.indexOf('\\') < 0 && value.chars().noneMatch(c -> c < ' ')
                ? value
                : value.replace("\\", "\\\\").replace("\"", "\\\"").replaceAll("\\p{Cntrl}", " ");
    }
}

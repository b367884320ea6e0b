package io.periplus.dataplane.telemetry;

import io.periplus.api.SpiffeId;
import io.periplus.dataplane.address.IpAddress;
import io.periplus.wire.workload.Workload;
import java.net.InetSocketAddress;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A line of ztunnel's access log.
 *
 * @param stage which of the lines it is
 * @param destination the next hop; inbound over HBONE it is the pod's port 15008
 * @param hboneTarget the target inside the tunnel; {@code null} without one
 * @param service the host name asked for; {@code null} if none
 * @param direction {@code inbound} or {@code outbound}
 * @param bytesSent outbound what the client's application sent, inbound what went back to the client
 * @param error {@code null} if all went well
 */
public record ConnectionLogEntry(
        Instant time,
        Stage stage,
        InetSocketAddress source,
        @Nullable Workload sourceWorkload,
        @Nullable SpiffeId sourceIdentity,
        InetSocketAddress destination,
        @Nullable String hboneTarget,
        @Nullable String service,
        @Nullable Workload destinationWorkload,
        @Nullable SpiffeId destinationIdentity,
        String direction,
        long bytesSent,
        long bytesReceived,
        long durationMillis,
        @Nullable String error)
        implements LogEntry {
    /** The lines there are. */
    public enum Stage {
        /** Routed; not yet connected. */
        OPENED,
        /** Ended after it was opened. */
        COMPLETE,
        /** Refused before it was opened. */
        FAILED
    }

    @Override
    public String level() {
        return switch (stage) {
            case OPENED -> "debug";
            case COMPLETE -> error == null ? "info" : "error";
            case FAILED -> "warn";
        };
    }

    @Override
    public String scope() {
        return AccessLog.SCOPE;
    }

    @Override
    public String message() {
        return switch (stage) {
            case OPENED -> "connection opened";
            case COMPLETE -> "connection complete";
            case FAILED -> "connection failed";
        };
    }

    @Override
    public void fields(Fields to) {
        to.bare("src.addr", address(source));
        if (stage == Stage.FAILED) {
            to.bare("dst.addr", address(destination));
            to.text("direction", direction);
            to.text("error", error);
            return;
        }
        workload(to, "src", sourceWorkload, sourceIdentity);
        to.bare("dst.addr", address(destination));
        to.bare("dst.hbone_addr", hboneTarget);
        to.text("dst.service", service);
        workload(to, "dst", destinationWorkload, destinationIdentity);
        to.text("direction", direction);
        if (stage == Stage.COMPLETE) {
            to.number("bytes_sent", bytesSent);
            to.number("bytes_recv", bytesReceived);
            to.text("duration", durationMillis + "ms");
        }
        to.text("error", error);
    }

    private static void workload(Fields to, String side, @Nullable Workload workload, @Nullable SpiffeId identity) {
        if (workload != null) {
            String name = workload.getName();
            to.text(side + ".workload", present(name.isEmpty() ? workload.getCanonicalName() : name));
            to.text(side + ".namespace", present(workload.getNamespace()));
        }
        to.text(side + ".identity", identity == null ? null : identity.toString());
        if (workload != null) {
            to.text(side + ".cluster", present(workload.getClusterId()));
        }
    }

    private static @Nullable String present(String value) {
        return value.isEmpty() ? null : value;
    }

    private static String address(InetSocketAddress address) {
        if (address.getAddress() == null) {
            return address.getHostString() + ":" + address.getPort();
        }
        IpAddress ip = IpAddress.of(address.getAddress());
        return (ip.isIpv4() ? ip.toString() : "[" + ip + "]") + ":" + address.getPort();
    }
}

package io.periplus.ztunnel;

import io.periplus.api.SpiffeId;
import io.periplus.dataplane.net.Relay;
import io.periplus.dataplane.policy.Decision;
import io.periplus.wire.workload.Service;
import io.periplus.wire.workload.Workload;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * What is known of one connection, for metrics and the access log. Belongs to the connection's event loop. States:
 * described, {@link #opened} once its route is known, {@link #closed} once.
 */
final class Flow {
    /** Which end reports. */
    enum Reporter {
        /** The client's side. */
        SOURCE,
        /** The server's side. */
        DESTINATION
    }

    final Reporter reporter;
    final InetSocketAddress source;
    private final FlowLog log;
    private final long startedNanos = System.nanoTime();
    private final long startedMillis = System.currentTimeMillis();

    final InetSocketAddress destination;
    /** Where the bytes go next; {@code null} for the destination itself. */
    @Nullable
    InetSocketAddress nextHop;

    @Nullable
    Workload sourceWorkload;

    /** Proved by TLS. */
    @Nullable
    SpiffeId sourceIdentity;

    @Nullable
    Workload destinationWorkload;

    /** By its record, whether it was proved or not. */
    @Nullable
    SpiffeId destinationIdentity;

    @Nullable
    Service service;
    /** The target inside the tunnel; {@code null} without one. */
    @Nullable
    String hboneTarget;
    /** Whether the tunnel leads through another one, to another network. */
    boolean acrossNetworks;

    long receivedBytes;
    long sentBytes;
    private FlowLog.@Nullable Meter meter;
    private String openedTo = "";
    private boolean closed;
    private long closedNanos;

    /** The decision of the policies that refused or cut it; {@code null} if none did. */
    Decision.@Nullable Denied denied;

    /** Why it failed; {@code null} if it did not, or not yet. */
    private @Nullable String error;

    Flow(FlowLog log, Reporter reporter, InetSocketAddress source, InetSocketAddress destination) {
        this.log = log;
        this.reporter = reporter;
        this.source = source;
        this.destination = destination;
    }

    /**
     * The route is known: counts the connection as opened. When that route failed and another is taken, the one to the
     * first endpoint counts as failed and the one to the next as opened, so that each has its own name.
     */
    void opened() {
        String hop = destinationWorkload == null ? "" : destinationWorkload.getUid();
        FlowLog.Meter open = meter;
        if (open == null) {
            meter = log.opened(this);
        } else if (hop.equals(openedTo)) {
            log.rerouted(this);
        } else {
            open.closed(ResponseFlag.CONNECT);
            meter = log.opened(this);
        }
        openedTo = hop;
    }

    /** The connection has ended, or never came to be. */
    void closed(ResponseFlag flag, @Nullable String error) {
        if (closed) {
            return;
        }
        closed = true;
        closedNanos = System.nanoTime();
        this.error = error;
        FlowLog.Meter open = meter;
        if (open != null) {
            open.closed(flag);
            log.completed(this, error);
        } else {
            log.failed(this, error == null ? "closed before it was routed" : error);
        }
    }

    boolean isClosed() {
        return closed;
    }

    /** Counts bytes from the client. */
    Relay.Counter received() {
        FlowLog.Meter open = meter;
        return bytes -> {
            receivedBytes += bytes;
            if (open != null) {
                open.received(bytes);
            }
        };
    }

    /** Counts bytes to the client. */
    Relay.Counter sent() {
        FlowLog.Meter open = meter;
        return bytes -> {
            sentBytes += bytes;
            if (open != null) {
                open.sent(bytes);
            }
        };
    }

    /** Why it failed; {@code null} if it did not, or not yet. */
    @Nullable
    String error() {
        return error;
    }

    /** When it was accepted, since the epoch. */
    long startedMillis() {
        return startedMillis;
    }

    /** Whole milliseconds since the connection was accepted. */
    long durationMillis() {
        return ((closed ? closedNanos : System.nanoTime()) - startedNanos) / 1_000_000;
    }
}

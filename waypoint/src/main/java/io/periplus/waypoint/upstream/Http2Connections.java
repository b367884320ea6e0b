package io.periplus.waypoint.upstream;

import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import io.periplus.waypoint.exchange.ResetReason;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The HTTP/2 connections of one event loop to one endpoint: one, unless it is full. */
final class Http2Connections {
    /** With {@code HttpLimits.STREAMS_MAX} requests each. */
    private static final int CONNECTIONS_MAX = 16;

    /** Requests that wait for a connection being made. */
    private static final int WAITING_MAX = 1024;

    private static final long IDLE_NANOS_MAX = TimeUnit.SECONDS.toNanos(50);

    private final Backend backend;
    private final EventLoop loop;
    private final Connector connector;
    private final List<Http2UpstreamConnection> connections = new ArrayList<>(1);
    private final ArrayDeque<Acquirer> waiting = new ArrayDeque<>();
    private boolean connecting;

    Http2Connections(Backend backend, EventLoop loop, Connector connector) {
        this.backend = backend;
        this.loop = loop;
        this.connector = connector;
    }

    void acquire(Acquirer acquirer) {
        for (Http2UpstreamConnection connection : connections) {
            if (connection.hasRoom()) {
                connection.open(acquirer);
                return;
            }
        }
        if (connections.size() >= CONNECTIONS_MAX || waiting.size() >= WAITING_MAX) {
            acquirer.failed(ResetReason.OVERFLOW, "the connections to " + backend + " are all in use");
            return;
        }
        waiting.add(acquirer);
        connect();
    }

    private void connect() {
        if (connecting) {
            return;
        }
        connecting = true;
        connector.connect(backend, loop).addListener((Future<Channel> connected) -> {
            connecting = false;
            List<Acquirer> ready = new ArrayList<>(waiting);
            waiting.clear();
            if (connected.isSuccess()) {
                Channel channel = connected.getNow();
                Http2UpstreamConnection connection = new Http2UpstreamConnection(channel);
                connections.add(connection);
                channel.closeFuture().addListener(closed -> connections.remove(connection));
                ready.forEach(this::acquire);
            } else {
                ready.forEach(acquirer -> acquirer.failed(
                        ConnectFailures.reasonOf(connected.cause()), ConnectFailures.textOf(connected.cause())));
            }
        });
    }

    /** Closes what was idle for too long, and what the endpoint wants to end. */
    void sweep(long nowNanos) {
        for (Http2UpstreamConnection connection : List.copyOf(connections)) {
            if (connection.isIdle(nowNanos, connection.hasRoom() ? IDLE_NANOS_MAX : 0)) {
                connection.channel().close();
            }
        }
    }

    boolean isUnused() {
        return connections.isEmpty() && !connecting;
    }
}

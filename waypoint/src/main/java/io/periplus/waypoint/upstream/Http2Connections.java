package io.periplus.waypoint.upstream;

import io.netty.channel.Channel;
import io.netty.util.concurrent.Future;
import io.periplus.waypoint.exchange.ResetReason;
import io.periplus.waypoint.upstream.tls.TlsOrigination.Inside;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The HTTP/2 connections of one event loop to one endpoint: one, unless it is full. */
final class Http2Connections {
    /** With {@code HttpLimits.STREAMS_MAX} requests each; more requests wait. */
    private static final int CONNECTIONS_MAX = 64;

    private final ConnectionSource source;
    private final List<Http2UpstreamConnection> connections = new ArrayList<>(1);
    private final Waiting waiting;
    private boolean dialling;
    private boolean retired;

    Http2Connections(ConnectionSource source) {
        this.source = source;
        this.waiting = new Waiting(source.breakers());
    }

    void acquire(Acquirer acquirer) {
        Http2UpstreamConnection connection = withRoom();
        if (connection != null) {
            connection.open(acquirer);
        } else if (waiting.add(acquirer)) {
            dialIfNeeded();
        }
    }

    private @Nullable Http2UpstreamConnection withRoom() {
        for (Http2UpstreamConnection connection : connections) {
            if (connection.hasRoom()) {
                return connection;
            }
        }
        return null;
    }

    private void dialIfNeeded() {
        if (dialling
                || waiting.size() == 0
                || connections.size() >= CONNECTIONS_MAX
                || !source.breakers().takeConnection(connections.isEmpty())) {
            return;
        }
        dialling = true;
        source.open(Inside.HTTP2).addListener((Future<Channel> connected) -> dialled(connected));
    }

    private void dialled(Future<Channel> connected) {
        dialling = false;
        if (connected.isSuccess()) {
            Channel channel = connected.getNow();
            Http2UpstreamConnection connection =
                    Http2UpstreamConnection.install(channel, source.settings().pool(), this::serveWaiting);
            connections.add(connection);
            channel.closeFuture().addListener(_ -> closed(connection));
            serveWaiting();
            return;
        }
        source.breakers().connectionEnded();
        waiting.fail(
                connections.isEmpty() ? waiting.size() : 1,
                ConnectFailures.reasonOf(connected.cause()),
                ConnectFailures.textOf(connected.cause()));
        dialIfNeeded();
    }

    private void closed(Http2UpstreamConnection connection) {
        connections.remove(connection);
        source.breakers().connectionEnded();
        dialIfNeeded();
    }

    /** A request has ended, or a connection was made. */
    private void serveWaiting() {
        Http2UpstreamConnection connection;
        while (waiting.size() > 0 && (connection = withRoom()) != null) {
            Acquirer next = waiting.poll();
            if (next != null) {
                connection.open(next);
            }
        }
        dialIfNeeded();
    }

    /** Closes what was idle for too long, and what takes no more requests. */
    void sweep(long nowNanos) {
        long idle = source.settings().pool().httpIdle().toNanos();
        for (Http2UpstreamConnection connection : List.copyOf(connections)) {
            if (connection.isIdle(nowNanos, connection.hasRoom() && !retired ? idle : 0)) {
                connection.channel().close();
            }
        }
    }

    /** No request will come any more: connections close when they have nothing to do. */
    void retire(boolean gone) {
        retired = true;
        if (gone) {
            // Later, as they look for another endpoint in the middle of what is changing now.
            source.loop()
                    .execute(() ->
                            waiting.fail(waiting.size(), ResetReason.CONNECTION_FAILURE, "the endpoint has gone"));
        }
        sweep(System.nanoTime());
    }

    boolean isUnused() {
        return connections.isEmpty() && !dialling;
    }

    int open() {
        return connections.size();
    }
}

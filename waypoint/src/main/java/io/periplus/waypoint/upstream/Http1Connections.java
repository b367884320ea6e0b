package io.periplus.waypoint.upstream;

import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import io.periplus.waypoint.exchange.ResetReason;
import java.util.ArrayDeque;
import java.util.concurrent.TimeUnit;

/** The HTTP/1.1 connections of one event loop to one endpoint. The one that was used last is used first. */
final class Http1Connections {
    /** Each is a socket of the application; more than this in use means that it is far behind. */
    static final int CONNECTIONS_MAX = 1024;

    /** Kept for the next burst. */
    static final int FREE_MAX = 64;

    /** Shorter than what servers usually allow (Node 5 s is the exception, hence the retry of what dies unanswered). */
    static final long FREE_NANOS_MAX = TimeUnit.SECONDS.toNanos(50);

    private record Free(Http1UpstreamConnection connection, long sinceNanos) {}

    private final Backend backend;
    private final EventLoop loop;
    private final Connector connector;
    private final ArrayDeque<Free> free = new ArrayDeque<>();
    private int open;

    Http1Connections(Backend backend, EventLoop loop, Connector connector) {
        this.backend = backend;
        this.loop = loop;
        this.connector = connector;
    }

    void acquire(Acquirer acquirer) {
        Free last = free.pollLast();
        if (last != null) {
            acquirer.ready(last.connection);
            return;
        }
        if (open >= CONNECTIONS_MAX) {
            acquirer.failed(ResetReason.OVERFLOW, CONNECTIONS_MAX + " connections to " + backend + " are in use");
            return;
        }
        open++;
        connector.connect(backend, loop).addListener((Future<Channel> connected) -> {
            if (connected.isSuccess()) {
                Channel channel = connected.getNow();
                channel.closeFuture().addListener(closed -> open--);
                acquirer.ready(new Http1UpstreamConnection(channel, this));
            } else {
                open--;
                acquirer.failed(ConnectFailures.reasonOf(connected.cause()), ConnectFailures.textOf(connected.cause()));
            }
        });
    }

    void free(Http1UpstreamConnection connection) {
        if (free.size() >= FREE_MAX) {
            free.pollFirst().connection.channel().close();
        }
        free.addLast(new Free(connection, System.nanoTime()));
    }

    void closed(Http1UpstreamConnection connection) {
        free.removeIf(entry -> entry.connection == connection);
    }

    /** Closes what was free for too long. */
    void sweep(long nowNanos) {
        Free oldest;
        while ((oldest = free.peekFirst()) != null && nowNanos - oldest.sinceNanos > FREE_NANOS_MAX) {
            free.pollFirst();
            oldest.connection.channel().close();
        }
    }

    boolean isUnused() {
        return open == 0;
    }
}

package io.periplus.waypoint.upstream;

import io.netty.channel.Channel;
import io.netty.util.concurrent.Future;
import io.periplus.waypoint.exchange.ResetReason;
import io.periplus.waypoint.upstream.tls.TlsOrigination.Inside;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * The HTTP/1.1 connections of one event loop to one endpoint. The one that was used last is used first; a request that
 * finds none waits, for a connection that is being made or for one that becomes free.
 */
final class Http1Connections {
    /** Each is a socket of the application; more than this in use means that it is far behind. */
    static final int CONNECTIONS_MAX = 4096;

    /** Kept for the next burst. */
    static final int FREE_MAX = 64;

    private record Free(Http1UpstreamConnection connection, long sinceNanos) {}

    private final ConnectionSource source;
    private final ArrayDeque<Free> free = new ArrayDeque<>();
    private final Waiting waiting;
    private int open;
    private int dialling;
    private boolean retired;

    Http1Connections(ConnectionSource source) {
        this.source = source;
        this.waiting = new Waiting(source.breakers());
    }

    void acquire(Acquirer acquirer) {
        Http1UpstreamConnection ready = takeFree();
        if (ready != null) {
            acquirer.ready(ready);
        } else if (waiting.add(acquirer)) {
            dialIfNeeded();
        }
    }

    private @Nullable Http1UpstreamConnection takeFree() {
        Free last;
        while ((last = free.pollLast()) != null) {
            if (last.connection.isUsable()) {
                return last.connection;
            }
            last.connection.channel().close();
        }
        return null;
    }

    private void dialIfNeeded() {
        while (dialling < waiting.size()
                && open + dialling < CONNECTIONS_MAX
                && source.breakers().takeConnection(open + dialling == 0)) {
            dialling++;
            source.open(Inside.HTTP1).addListener((Future<Channel> connected) -> dialled(connected));
        }
    }

    private void dialled(Future<Channel> connected) {
        dialling--;
        if (connected.isSuccess()) {
            open++;
            Channel channel = connected.getNow();
            channel.closeFuture().addListener(_ -> closed());
            serve(new Http1UpstreamConnection(channel, this, source.settings().pool()));
            return;
        }
        source.breakers().connectionEnded();
        // Each connection was made for one request; with none left to hope for, nobody waits on.
        int inVain = open + dialling == 0 ? waiting.size() : 1;
        waiting.fail(inVain, ConnectFailures.reasonOf(connected.cause()), ConnectFailures.textOf(connected.cause()));
        dialIfNeeded();
    }

    private void closed() {
        open--;
        source.breakers().connectionEnded();
        dialIfNeeded();
    }

    /** A connection has nothing to do: it goes to who waits longest. */
    void free(Http1UpstreamConnection connection) {
        serve(connection);
    }

    private void serve(Http1UpstreamConnection connection) {
        if (!connection.isUsable()) {
            connection.channel().close();
            return;
        }
        Acquirer next = waiting.poll();
        if (next != null) {
            next.ready(connection);
        } else if (retired) {
            connection.channel().close();
        } else {
            if (free.size() >= FREE_MAX) {
                free.pollFirst().connection.channel().close();
            }
            free.addLast(new Free(connection, System.nanoTime()));
        }
    }

    void closed(Http1UpstreamConnection connection) {
        free.removeIf(entry -> entry.connection == connection);
    }

    /** Closes what was free for too long. */
    void sweep(long nowNanos) {
        long idle = source.settings().pool().httpIdle().toNanos();
        Free oldest;
        while ((oldest = free.peekFirst()) != null
                && (nowNanos - oldest.sinceNanos > idle || !oldest.connection.isUsable())) {
            free.pollFirst();
            oldest.connection.channel().close();
        }
    }

    /** No request will come any more: what is free closes, the rest when it has answered. */
    void retire(boolean gone) {
        retired = true;
        if (gone) {
            // Later, as they look for another endpoint in the middle of what is changing now.
            source.loop()
                    .execute(() ->
                            waiting.fail(waiting.size(), ResetReason.CONNECTION_FAILURE, "the endpoint has gone"));
        }
        Free entry;
        while ((entry = free.pollFirst()) != null) {
            entry.connection.channel().close();
        }
    }

    boolean isUnused() {
        return open + dialling == 0;
    }

    int open() {
        return open;
    }
}

package io.periplus.e2e.load;

import io.netty.channel.ChannelFuture;
import io.netty.channel.EventLoop;
import io.periplus.dataplane.net.SocketFactory;
import io.periplus.e2e.load.HttpConnection.Outcome;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayDeque;

/** HTTP/1.1 requests, each on a connection of its own or on kept ones. Confined to its event loop. */
final class HttpLoad implements Pace.Sender {
    /** Requests under way: two seconds of the highest rate; more means that nothing is answered any more. */
    private static final int UNDER_WAY_MAX = 1000;

    private final EventLoop loop;
    private final SocketFactory sockets;
    private final InetSocketAddress target;
    private final boolean keep;
    private final Tally tally;
    private final ArrayDeque<HttpConnection> idle = new ArrayDeque<>();
    private int underWay;

    HttpLoad(EventLoop loop, SocketFactory sockets, InetSocketAddress target, boolean keep, Tally tally) {
        this.loop = loop;
        this.sockets = sockets;
        this.target = target;
        this.keep = keep;
        this.tally = tally;
    }

    @Override
    public void send() {
        if (underWay >= UNDER_WAY_MAX) {
            tally.unsent(1);
            return;
        }
        underWay++;
        long start = System.nanoTime();
        // The one that waited longest, so that all of them are used.
        HttpConnection kept = idle.poll();
        while (kept != null && !kept.isOpen()) {
            kept = idle.poll();
        }
        if (kept != null) {
            request(kept, start);
        } else {
            connect(start);
        }
    }

    private void connect(long start) {
        HttpConnection connection = new HttpConnection();
        ChannelFuture connecting = sockets.connect(loop, target, null, connection.initializer());
        connecting.addListener(_ -> {
            if (connecting.isSuccess()) {
                request(connection, start);
            } else {
                underWay--;
                tally.failed("connect: " + connecting.cause().getMessage(), since(start));
            }
        });
    }

    private void request(HttpConnection connection, long start) {
        connection.request(target.getHostString(), !keep, (used, outcome) -> done(used, outcome, start));
    }

    private void done(HttpConnection connection, Outcome outcome, long start) {
        switch (outcome) {
            case Outcome.Answered(int status, String body, boolean kept) -> {
                underWay--;
                if (keep && kept) {
                    idle.add(connection);
                } else {
                    connection.close();
                }
                if (status == 200) {
                    tally.answered(since(start));
                } else {
                    tally.failed("status " + status + " " + body, since(start));
                }
            }
            case Outcome.Failed(String cause, boolean repeatable) -> {
                connection.close();
                if (repeatable) {
                    tally.repeated();
                    connect(start);
                } else {
                    underWay--;
                    tally.failed(cause, since(start));
                }
            }
        }
    }

    /** Makes this many connections before the first request. */
    void open(int connections) {
        for (int i = 0; i < connections; i++) {
            HttpConnection connection = new HttpConnection();
            sockets.connect(loop, target, null, connection.initializer()).addListener(_ -> idle.add(connection));
        }
    }

    @Override
    public int underWay() {
        return underWay;
    }

    @Override
    public void close() {
        idle.forEach(HttpConnection::close);
    }

    private static Duration since(long nanos) {
        return Duration.ofNanos(System.nanoTime() - nanos);
    }
}

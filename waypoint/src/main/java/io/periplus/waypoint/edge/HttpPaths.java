package io.periplus.waypoint.edge;

import io.netty.channel.Channel;
import io.periplus.waypoint.exchange.Admission;
import io.periplus.waypoint.exchange.ClientConnection;
import io.periplus.waypoint.exchange.ConnectionExchanges;
import io.periplus.waypoint.exchange.Drain;
import io.periplus.waypoint.exchange.LoopServices;
import io.periplus.waypoint.server.Http1ServerConnection;
import io.periplus.waypoint.server.Http2ServerConnection;
import io.periplus.waypoint.tunnel.ProtocolDetector;

/** The ways on for a connection that speaks HTTP, of whichever version. */
final class HttpPaths implements ProtocolDetector.HttpContinuation {
    private final ConnectionExchanges exchanges;
    private final Drain drain;

    HttpPaths(LoopServices loop, ClientConnection client, Admission admission, Drain drain) {
        this.exchanges = new ConnectionExchanges(loop, client, admission);
        this.drain = drain;
    }

    @Override
    public void http1(Channel channel) {
        Http1ServerConnection.install(channel, exchanges, drain);
    }

    @Override
    public void http2(Channel channel) {
        Http2ServerConnection.install(channel, exchanges, drain);
    }
}

package io.periplus.waypoint.edge;

import io.netty.channel.Channel;
import io.periplus.waypoint.exchange.ClientConnection;
import io.periplus.waypoint.tunnel.ProtocolDetector;
import io.periplus.wire.workload.AppProtocol;
import java.net.InetSocketAddress;
import java.util.Map;

/** A port whose listeners speak HTTP in clear; which of them a request is for shows in its host. */
record HttpPort(EdgeContext context, int port, OpenConnections open) implements PortPlan {
    /** Of the port, not of a listener: all share its connections. */
    static final String KEY = "http";

    @Override
    public void accept(Channel connection) {
        open.add(connection);
        ClientConnection client = context.client(connection, port, AppProtocol.HTTP11, false, "");
        connection
                .pipeline()
                .addLast(ProtocolDetector.declaredHttp(new HttpPaths(
                        context.services(connection),
                        client,
                        context.rules().of(client.attributes().source().toString(), false, null),
                        open.drain())));
    }

    @Override
    public Arrival arrival(InetSocketAddress remote, InetSocketAddress local, boolean tls, String serverName) {
        if (tls) {
            return new Arrival.Refused("the listeners of port " + port + " speak HTTP in clear, not TLS");
        }
        ClientConnection client = context.client(remote, local, port, AppProtocol.HTTP11, false, "");
        return new Arrival.Requests(
                client, context.rules().of(client.attributes().source().toString(), false, null));
    }

    @Override
    public Map<?, OpenConnections> connections() {
        return Map.of(KEY, open);
    }
}

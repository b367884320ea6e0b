package io.periplus.waypoint.edge;

import io.netty.channel.Channel;
import io.netty.channel.socket.DuplexChannel;
import io.periplus.waypoint.tunnel.TcpExchange;
import io.periplus.wire.workload.AppProtocol;
import java.net.InetSocketAddress;
import java.util.Map;

/** A port whose one listener passes bytes. */
record TcpPort(EdgeContext context, int port, OpenConnections open) implements PortPlan {
    static final String KEY = "tcp";

    @Override
    public void accept(Channel connection) {
        open.add(connection);
        TcpExchange.begin(
                context.services(connection),
                context.client(connection, port, AppProtocol.TCP, false, ""),
                (DuplexChannel) connection);
    }

    @Override
    public Arrival arrival(InetSocketAddress remote, InetSocketAddress local, boolean tls, String serverName) {
        return new Arrival.Bytes(context.client(remote, local, port, AppProtocol.TCP, false, ""), "");
    }

    @Override
    public Map<?, OpenConnections> connections() {
        return Map.of(KEY, open);
    }
}

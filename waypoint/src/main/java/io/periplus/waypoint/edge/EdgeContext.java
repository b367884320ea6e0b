package io.periplus.waypoint.edge;

import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.periplus.dataplane.address.IpAddress;
import io.periplus.dataplane.policy.ConnectionAttributes;
import io.periplus.waypoint.exchange.ClientConnection;
import io.periplus.waypoint.exchange.LoopServices;
import io.periplus.waypoint.mesh.Destination;
import io.periplus.wire.workload.AppProtocol;
import java.net.InetSocketAddress;
import java.util.function.Function;

/**
 * What every listener of the Gateway needs.
 *
 * @param namespace of the Gateway
 * @param gateway its name
 * @param network of this proxy
 */
record EdgeContext(
        String namespace, String gateway, String network, EdgeRules rules, Function<EventLoop, LoopServices> services) {
    LoopServices services(Channel connection) {
        return services.apply(connection.eventLoop());
    }

    /**
     * A connection as requests see it.
     *
     * @param port of the listener
     * @param secure whether TLS was terminated
     * @param serverName from the client's TLS, empty if there was none
     */
    ClientConnection client(Channel connection, int port, AppProtocol protocol, boolean secure, String serverName) {
        return client(
                (InetSocketAddress) connection.remoteAddress(),
                (InetSocketAddress) connection.localAddress(),
                port,
                protocol,
                secure,
                serverName);
    }

    ClientConnection client(
            InetSocketAddress remote,
            InetSocketAddress local,
            int port,
            AppProtocol protocol,
            boolean secure,
            String serverName) {
        IpAddress address = IpAddress.of(local.getAddress());
        return new ClientConnection(
                network,
                null,
                remote,
                local,
                new Destination.OfListener(namespace, gateway, address, port, protocol, secure, serverName),
                new ConnectionAttributes(null, IpAddress.of(remote.getAddress()), address, port)
                        .withServerName(serverName));
    }
}

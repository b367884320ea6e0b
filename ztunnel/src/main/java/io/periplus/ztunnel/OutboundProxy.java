package io.periplus.ztunnel;

import io.netty.channel.Channel;
import io.netty.channel.socket.SocketChannel;
import io.periplus.dataplane.address.IpAddress;
import io.periplus.dataplane.hbone.HbonePool;
import io.periplus.dataplane.net.Held;
import io.periplus.dataplane.net.OriginalDestination;
import io.periplus.dataplane.net.SocketFactory;
import java.net.InetSocketAddress;

/** Port 15001 of one pod: its outgoing connections, as redirected. */
final class OutboundProxy {
    private final Node node;
    private final LocalWorkload local;
    private final OutboundRouter router;
    private final HbonePool pool;
    private final SocketFactory sockets;

    OutboundProxy(Node node, LocalWorkload local, HbonePool pool, SocketFactory sockets) {
        this.node = node;
        this.local = local;
        this.router = new OutboundRouter(node.resolver());
        this.pool = pool;
        this.sockets = sockets;
    }

    /**
     * The path of an outgoing connection: hold what it says → original destination → own record → route → tunnel or
     * TCP, elsewhere if that fails → relay.
     */
    void accept(Channel accepted) {
        SocketChannel client = (SocketChannel) accepted;
        Held.hold(client);
        sockets.keepAlive(client);
        begin(client, OriginalDestination.of(client), Greeting.NONE);
    }

    /**
     * The same for a connection whose destination is known.
     *
     * @param client held, so that nothing of what it says is lost
     */
    void begin(SocketChannel client, InetSocketAddress destination, Greeting greeting) {
        Flow flow = new Flow(node.flows(), Flow.Reporter.SOURCE, client.remoteAddress(), destination);
        if (node.features().isOwnPort(destination.getPort())
                && (destination.getAddress().isLoopbackAddress() || destination.equals(client.localAddress()))) {
            flow.closed(
                    ResponseFlag.NONE,
                    "a connection to the proxy's own port %d would loop".formatted(destination.getPort()));
            greeting.failed(client);
            return;
        }
        LocalWorkload.on(client.eventLoop(), local.await(), (workload, failure) -> {
            if (workload == null) {
                flow.closed(ResponseFlag.NONE, "no record of workload %s arrived in time".formatted(local));
                greeting.failed(client);
            } else {
                flow.sourceWorkload = workload;
                new OutboundConnection(
                                node,
                                router,
                                pool,
                                sockets,
                                local,
                                workload,
                                client,
                                IpAddress.of(destination.getAddress()),
                                flow,
                                greeting)
                        .start();
            }
        });
    }
}

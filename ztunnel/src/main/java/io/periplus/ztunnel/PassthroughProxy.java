package io.periplus.ztunnel;

import io.netty.channel.Channel;
import io.netty.channel.socket.SocketChannel;
import io.periplus.dataplane.address.IpAddress;
import io.periplus.dataplane.index.WorkloadIdentity;
import io.periplus.dataplane.net.Held;
import io.periplus.dataplane.net.OriginalDestination;
import io.periplus.dataplane.net.Relay;
import io.periplus.dataplane.net.SocketFactory;
import io.periplus.dataplane.policy.ConnectionAttributes;
import io.periplus.dataplane.policy.Decision;
import io.periplus.wire.workload.Workload;
import java.net.InetSocketAddress;

/** Port 15006 of one pod: connections in clear, from clients outside the mesh. */
final class PassthroughProxy {
    private final Node node;
    private final LocalWorkload local;
    private final AppConnector apps;
    private final SocketFactory sockets;

    PassthroughProxy(Node node, LocalWorkload local, AppConnector apps, SocketFactory sockets) {
        this.node = node;
        this.local = local;
        this.apps = apps;
        this.sockets = sockets;
    }

    /**
     * The path of an incoming plaintext connection: hold what it says → original destination → own record → register,
     * then policy without an identity → connect from the client's address → relay.
     */
    void accept(Channel accepted) {
        SocketChannel client = (SocketChannel) accepted;
        Held.hold(client);
        sockets.keepAlive(client);
        apps.avoid(client);
        InetSocketAddress destination = OriginalDestination.of(client);
        Flow flow = new Flow(node.flows(), Flow.Reporter.DESTINATION, client.remoteAddress(), destination);
        if (node.features().isOwnPort(destination.getPort())) {
            flow.closed(
                    ResponseFlag.NONE,
                    "a connection to the proxy's own port %d would loop".formatted(destination.getPort()));
            client.close();
            return;
        }
        LocalWorkload.on(client.eventLoop(), local.await(), (workload, failure) -> {
            if (workload == null) {
                flow.closed(ResponseFlag.NONE, "no record of workload %s arrived in time".formatted(local));
                client.close();
            } else {
                String lacking = node.onDemand().lackingOfPeer(node.network(), flow.source);
                if (lacking == null) {
                    authorize(client, workload, flow);
                } else {
                    node.onDemand()
                            .awaitPeer(
                                    client.eventLoop(), lacking, () -> authorize(client, local.after(workload), flow));
                }
            }
        });
    }

    private void authorize(SocketChannel client, Workload workload, Flow flow) {
        if (!client.isActive()) {
            flow.closed(ResponseFlag.NONE, InboundProxy.LEFT);
            return;
        }
        IpAddress source = IpAddress.of(flow.source.getAddress());
        IpAddress destination = IpAddress.of(flow.destination.getAddress());
        int port = flow.destination.getPort();
        var index = node.index().current();
        flow.destinationWorkload = workload;
        flow.destinationIdentity = WorkloadIdentity.of(workload);
        flow.sourceWorkload = index.workloadAt(node.network(), source);
        flow.service = InboundTarget.guessService(index, workload, null, port);
        flow.opened();
        Guard guard = new Guard(client.eventLoop(), flow);
        ConnectionTable.Entry entry = node.connections()
                .register(workload, new ConnectionAttributes(null, source, destination, port), guard::revoke);
        guard.watch(entry);
        if (entry.judge() instanceof Decision.Denied denied) {
            flow.denied = denied;
            end(client, guard, flow, ResponseFlag.DENY, denied.connectionError());
            return;
        }
        AppConnector.Attempt attempt =
                apps.connect(client.eventLoop(), flow.destination, flow.source.getAddress(), (connection, failure) -> {
                    if (connection == null && !client.isActive()) {
                        end(client, guard, flow, ResponseFlag.NONE, InboundProxy.LEFT);
                    } else if (connection == null) {
                        String why = InboundProxy.unanswered(flow.destination, failure);
                        end(client, guard, flow, ResponseFlag.CONNECT, why);
                    } else if (guard.isRevoked()) {
                        connection.close();
                        client.close();
                    } else {
                        guard.protect(client, connection);
                        Relay.join(client, connection, flow.received(), flow.sent(), _ -> {
                            guard.release();
                            flow.closed(ResponseFlag.NONE, null);
                        });
                    }
                });
        client.closeFuture().addListener(_ -> attempt.giveUp());
    }

    private static void end(SocketChannel client, Guard guard, Flow flow, ResponseFlag flag, String why) {
        guard.release();
        flow.closed(flag, why);
        client.close();
    }
}

package io.periplus.ztunnel;

import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoop;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.channel.socket.DuplexChannel;
import io.netty.util.concurrent.GlobalEventExecutor;
import io.periplus.api.SpiffeId;
import io.periplus.dataplane.hbone.HboneRequest;
import io.periplus.dataplane.hbone.HboneServer;
import io.periplus.dataplane.hbone.HboneSettings;
import io.periplus.dataplane.net.CloseOnError;
import io.periplus.dataplane.net.Relay;
import io.periplus.dataplane.net.SocketFactory;
import io.periplus.dataplane.net.SocketSettings;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * A gateway between networks: ends the outer tunnel and passes what is inside, which it cannot read, on to port 15008 of a pod
 * that serves what was asked for.
 */
final class TestGateway implements AutoCloseable {
    static final SpiffeId IDENTITY = new SpiffeId("cluster.local", "istio-gateways", "eastwest");

    private final SocketFactory sockets;
    private final Map<String, PodHost> pods;
    private final HboneServer server;
    private final ChannelGroup channels = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE);

    /** The outer CONNECTs, in order. */
    final List<HboneRequest> requests = new CopyOnWriteArrayList<>();
    /** Connections that clients opened. */
    final List<Channel> accepted = new CopyOnWriteArrayList<>();

    /** @param pods by the authority that leads to them */
    TestGateway(TestNode node, PodHost host, Map<String, PodHost> pods) throws IOException {
        this.sockets = SocketFactory.in(host.namespace().duplicate(), SocketSettings.PLAIN);
        this.pods = pods;
        this.server = new HboneServer(
                () -> node.node.certificates().fetch(IDENTITY).thenApply(node.node.tls()::of),
                this::onConnect,
                HboneSettings.DEFAULT);
        EventLoop loop = node.loops.next();
        channels.add(sockets.listen(
                        loop,
                        new InetSocketAddress(host.address(), ProxyPorts.HBONE),
                        false,
                        new ChannelInitializer<>() {
                            @Override
                            protected void initChannel(Channel connection) {
                                accepted.add(connection);
                                channels.add(connection);
                                server.serve(connection);
                            }
                        })
                .syncUninterruptibly()
                .channel());
    }

    private void onConnect(HboneRequest request) {
        requests.add(request);
        PodHost pod = pods.get(request.authority());
        if (pod == null) {
            request.reject(404);
            return;
        }
        var connecting = sockets.connect(
                request.eventLoop(),
                new InetSocketAddress(pod.address(), ProxyPorts.HBONE),
                null,
                CloseOnError.HANDLER);
        connecting.channel().config().setAutoRead(false);
        connecting.addListener(_ -> {
            if (connecting.isSuccess()) {
                channels.add(connecting.channel());
                request.accept(tunnel -> Relay.join(
                        (DuplexChannel) tunnel, (DuplexChannel) connecting.channel(), _ -> {}, _ -> {}, _ -> {}));
            } else {
                request.reject(503);
            }
        });
    }

    /** Connections to pods that are open, and those of clients. */
    int open() {
        return channels.size() - 1;
    }

    @Override
    public void close() {
        server.close();
        channels.close().awaitUninterruptibly();
    }
}

package io.periplus.ztunnel;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoop;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.GlobalEventExecutor;
import io.periplus.dataplane.hbone.HboneServer;
import io.periplus.dataplane.net.SocketFactory;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Port 15008 of the proxy's own pod, in the proxy's own name: its metrics can be asked for through the mesh, as policy
 * permits. Connections to it come from the pod's own address, since nobody redirects answers here.
 */
final class SelfProxy implements AutoCloseable {
    private final ChannelGroup channels = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE);
    private final HboneServer server;
    private @Nullable InetSocketAddress address;

    private SelfProxy(HboneServer server) {
        this.server = server;
    }

    /**
     * Starts serving.
     *
     * @param self the proxy's own pod
     * @throws IOException when the port is taken
     */
    static SelfProxy start(Node node, Pod self, int port) throws IOException {
        return start(node, self, SocketFactory.own(node.sockets().withMark(0)), port);
    }

    /** The same for a proxy in another network namespace than this process. */
    static SelfProxy start(Node node, Pod self, SocketFactory sockets, int port) throws IOException {
        LocalWorkload local = new LocalWorkload(node, self);
        AppConnector apps = new AppConnector(sockets, Features.OriginalSource.NEVER);
        SelfProxy proxy = new SelfProxy(new HboneServer(local::tls, new InboundProxy(node, local, apps), node.hbone()));
        for (EventExecutor loop : node.loops()) {
            proxy.listen(node, sockets, (EventLoop) loop, port);
        }
        return proxy;
    }

    private void listen(Node node, SocketFactory sockets, EventLoop loop, int port) throws IOException {
        ChannelInitializer<Channel> initializer = new ChannelInitializer<>() {
            @Override
            protected void initChannel(Channel accepted) {
                channels.add(accepted);
                node.flows().socketOpened(Flow.Reporter.DESTINATION);
                accepted.closeFuture().addListener(_ -> node.flows().socketClosed(Flow.Reporter.DESTINATION));
                server.serve(accepted);
            }
        };
        ChannelFuture binding =
                Wildcard.listen(sockets, loop, port, node.features().ipv6(), false, initializer);
        if (!binding.isSuccess()) {
            close();
            throw new IOException(
                    "cannot listen on port %d of the proxy's own pod: %s"
                            .formatted(port, binding.cause().getMessage()),
                    binding.cause());
        }
        channels.add(binding.channel());
        address = (InetSocketAddress) binding.channel().localAddress();
    }

    /** Where it listens; of several loops on any port, the last one. */
    InetSocketAddress address() {
        return Objects.requireNonNull(address);
    }

    @Override
    public void close() {
        server.close();
        channels.close().awaitUninterruptibly();
    }
}

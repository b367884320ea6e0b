package io.periplus.waypoint.edge;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.GlobalEventExecutor;
import io.periplus.dataplane.net.SocketFactory;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** One open port: a listening socket per event loop, and the plan for what it accepts. Changed by one thread at a time. */
final class EdgePort {
    private final List<Channel> sockets = new ArrayList<>();
    private volatile PortPlan plan;

    private EdgePort(PortPlan plan) {
        this.plan = plan;
    }

    /**
     * Listens.
     *
     * @param onConnection hears of every connection
     * @throws java.net.BindException or another exception of the system, thrown unchecked; nothing listens then
     */
    static EdgePort open(
            InetSocketAddress address,
            PortPlan plan,
            Iterable<EventLoop> loops,
            SocketFactory factory,
            Consumer<Channel> onConnection) {
        EdgePort port = new EdgePort(plan);
        for (EventLoop loop : loops) {
            ChannelFuture listening = factory.listen(loop, address, false, new ChannelInitializer<Channel>() {
                        @Override
                        protected void initChannel(Channel connection) {
                            onConnection.accept(connection);
                            port.plan.accept(connection);
                        }
                    })
                    .awaitUninterruptibly();
            if (!listening.isSuccess()) {
                port.stopAccepting();
                throw new IllegalStateException(listening.cause());
            }
            port.sockets.add(listening.channel());
        }
        return port;
    }

    PortPlan plan() {
        return plan;
    }

    /** From now on; connections of listeners that are gone may finish. */
    void change(PortPlan next, Duration drainAtMost) {
        PortPlan before = plan;
        plan = next;
        before.connections().forEach((key, open) -> {
            if (next.connections().get(key) != open) {
                open.retire(GlobalEventExecutor.INSTANCE, drainAtMost);
            }
        });
    }

    /** Tells every connection to finish. */
    void drain() {
        plan.connections().values().forEach(open -> open.drain().start());
    }

    void stopAccepting() {
        sockets.forEach(socket -> socket.close().syncUninterruptibly());
        plan.connections().values().forEach(open -> open.drain().endNotice());
    }

    /** The port is gone: nothing is accepted any more, and what is in progress may finish. */
    void retire(Duration drainAtMost) {
        stopAccepting();
        plan.connections().values().forEach(open -> open.retire(GlobalEventExecutor.INSTANCE, drainAtMost));
    }
}

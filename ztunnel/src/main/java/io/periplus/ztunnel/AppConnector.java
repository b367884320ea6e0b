package io.periplus.ztunnel;

import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.EventLoop;
import io.periplus.dataplane.net.SocketFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/** Connects to a pod's applications, from the client's own address where that is possible. */
final class AppConnector {
    private final SocketFactory sockets;
    private final boolean preserveSource;

    /** @param preserveSource whether sockets may be transparent here */
    AppConnector(SocketFactory sockets, boolean preserveSource) {
        this.sockets = sockets;
        this.preserveSource = preserveSource;
    }

    ChannelFuture connect(
            EventLoop loop, InetSocketAddress app, @Nullable InetAddress client, ChannelHandler initializer) {
        // A pod that calls itself would be answered by itself: source and destination must differ.
        boolean preserve = preserveSource
                && client != null
                && !client.equals(app.getAddress())
                && client.getClass() == app.getAddress().getClass();
        return sockets.connect(loop, app, preserve ? client : null, initializer);
    }
}

package io.periplus.dataplane.net;

import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.EventLoop;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * Opens TCP connections from one place of the network. Two connectors that are equal open them from the same place,
 * so a pool may share connections between them.
 */
@FunctionalInterface
public interface Connector {
    /**
     * Connects on {@code loop}; to be called on that loop. Fails within the connector's own time limit.
     *
     * @param source the address to connect from, {@code null} for the kernel's choice
     * @param initializer is in the pipeline before the connection becomes active
     */
    ChannelFuture connect(
            EventLoop loop, InetSocketAddress destination, @Nullable InetAddress source, ChannelHandler initializer);
}

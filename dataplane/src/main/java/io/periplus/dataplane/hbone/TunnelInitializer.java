package io.periplus.dataplane.hbone;

import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import java.util.function.Consumer;

/** Runs an acceptor's initializer when the tunnel is registered and not yet active. */
final class TunnelInitializer extends ChannelInitializer<Channel> {
    private final Consumer<Channel> initializer;

    TunnelInitializer(Consumer<Channel> initializer) {
        this.initializer = initializer;
    }

    @Override
    protected void initChannel(Channel tunnel) {
        initializer.accept(tunnel);
    }
}

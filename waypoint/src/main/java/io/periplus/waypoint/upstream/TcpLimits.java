package io.periplus.waypoint.upstream;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.timeout.IdleStateEvent;
import io.netty.handler.timeout.IdleStateHandler;
import io.periplus.waypoint.upstream.policy.PoolSettings;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** Ends a connection that carries plain bytes when it is too old, or nothing has passed for too long. */
final class TcpLimits {
    private TcpLimits() {}

    static void apply(Channel channel, PoolSettings settings) {
        Duration age = settings.maxAge();
        if (age != null) {
            var timer = channel.eventLoop().schedule(() -> channel.close(), age.toMillis(), TimeUnit.MILLISECONDS);
            channel.closeFuture().addListener(_ -> timer.cancel(false));
        }
        Duration idle = settings.tcpIdle();
        if (idle != null && idle.isPositive()) {
            channel.pipeline().addLast(new IdleStateHandler(0, 0, idle.toMillis(), TimeUnit.MILLISECONDS) {
                @Override
                protected void channelIdle(ChannelHandlerContext context, IdleStateEvent event) {
                    context.close();
                }
            });
        }
    }
}

package io.periplus.waypoint.edge;

import io.netty.channel.Channel;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.GlobalEventExecutor;
import io.periplus.waypoint.exchange.Drain;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** The connections that one listener let in, and their end when it goes away. */
final class OpenConnections {
    private final Drain drain = new Drain();
    private final ChannelGroup open = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE);

    /** Tells HTTP connections to finish. */
    Drain drain() {
        return drain;
    }

    void add(Channel connection) {
        open.add(connection);
    }

    int count() {
        return open.size();
    }

    /** The listener is gone: HTTP connections end after what is in progress, all others when the time is up. */
    void retire(EventExecutor timer, Duration atMost) {
        drain.endNotice();
        timer.schedule(() -> open.close(), atMost.toMillis(), TimeUnit.MILLISECONDS);
    }
}

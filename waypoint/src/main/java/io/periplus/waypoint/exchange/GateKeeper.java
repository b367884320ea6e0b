package io.periplus.waypoint.exchange;

import io.netty.channel.EventLoop;

/** Makes the gates of each event loop, once, when the proxy starts. */
@FunctionalInterface
public interface GateKeeper {
    /** The same for all: nobody is asked and nothing is counted. */
    GateKeeper DEFAULT = _ -> Gates.DEFAULT;

    /** The gates of a loop. */
    Gates gates(EventLoop loop);
}

package io.periplus.waypoint.upstream;

import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;

/** Opens a byte stream to an application. */
public interface Connector {
    /**
     * The stream, without handlers of its own interest, on the given loop, not reading yet; fails within the connect
     * timeout. To be called on the loop.
     *
     * @return fails with an exception whose message a user can read
     */
    Future<Channel> connect(Dial dial, EventLoop loop);
}

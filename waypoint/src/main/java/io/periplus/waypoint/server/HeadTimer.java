package io.periplus.waypoint.server;

import io.netty.channel.EventLoop;
import io.netty.util.concurrent.ScheduledFuture;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Bounds the time that a request's head may take from its first byte on, so that a client which sends a byte now and then
 * holds a connection no longer than that. A head that comes in one piece costs no timer.
 */
final class HeadTimer {
    private final Duration timeout;
    private final Runnable onTimeout;
    private @Nullable ScheduledFuture<?> running;

    HeadTimer(Duration timeout, Runnable onTimeout) {
        this.timeout = timeout;
        this.onTimeout = onTimeout;
    }

    /** A head has begun and is not complete; the time runs from the first call. */
    void begun(EventLoop loop) {
        if (running == null) {
            running = loop.schedule(onTimeout, timeout.toMillis(), TimeUnit.MILLISECONDS);
        }
    }

    void stop() {
        ScheduledFuture<?> timer = running;
        running = null;
        if (timer != null) {
            timer.cancel(false);
        }
    }
}

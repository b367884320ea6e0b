package io.periplus.waypoint.exchange;

import io.netty.channel.EventLoop;
import io.netty.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The timers of one request. Nothing is scheduled where nothing is limited. */
final class Deadlines {
    private final EventLoop loop;
    private @Nullable ScheduledFuture<?> request;
    private @Nullable ScheduledFuture<?> attempt;

    Deadlines(EventLoop loop) {
        this.loop = loop;
    }

    /** @param nanos 0 for no limit */
    void request(long nanos, Runnable late) {
        request = nanos == 0 ? null : loop.schedule(late, nanos, TimeUnit.NANOSECONDS);
    }

    /** @param nanos 0 for no limit */
    void attempt(long nanos, Runnable late) {
        attempt = nanos == 0 ? null : loop.schedule(late, nanos, TimeUnit.NANOSECONDS);
    }

    void attemptEnded() {
        cancel(attempt);
        attempt = null;
    }

    void ended() {
        attemptEnded();
        cancel(request);
        request = null;
    }

    private static void cancel(@Nullable ScheduledFuture<?> timer) {
        if (timer != null) {
            timer.cancel(false);
        }
    }
}

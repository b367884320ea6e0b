package io.periplus.waypoint.exchange;

import io.netty.channel.Channel;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Ends connections that nobody uses: looks now and then whether anything has happened since the last look. A timer per
 * connection and no work per request; a connection ends after one to two times the idle time.
 */
public final class IdleCheck {
    /** What {@code activity} returns while something is in progress. */
    public static final long BUSY = -1;

    private final Channel channel;
    private final LongSupplier activity;
    private long seen = BUSY;

    private IdleCheck(Channel channel, LongSupplier activity) {
        this.channel = channel;
        this.activity = activity;
    }

    /**
     * Watches a connection until it closes.
     *
     * @param idle how long nothing has to happen
     * @param activity a number that changes with everything that happens, or {@link #BUSY}; asked on the event loop
     */
    public static void watch(Channel channel, Duration idle, LongSupplier activity) {
        IdleCheck check = new IdleCheck(channel, activity);
        var timer = channel.eventLoop()
                .scheduleAtFixedRate(check::look, idle.toMillis(), idle.toMillis(), TimeUnit.MILLISECONDS);
        channel.closeFuture().addListener(closed -> timer.cancel(false));
    }

    private void look() {
        long now = activity.getAsLong();
        if (now != BUSY && now == seen) {
            channel.close();
        }
        seen = now;
    }
}

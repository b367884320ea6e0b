package io.periplus.waypoint.exchange;

import io.netty.channel.Channel;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Ends connections that nobody uses: looks once an hour whether anything has happened since the last look. A timer per
 * connection and no work per request; a connection ends after one to two idle hours.
 */
public final class IdleCheck {
    private static final long HOURS = 1;

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
     * @param activity a number that changes with everything that happens, or {@link #BUSY}; asked on the event loop
     */
    public static void watch(Channel channel, LongSupplier activity) {
        IdleCheck check = new IdleCheck(channel, activity);
        var timer = channel.eventLoop().scheduleAtFixedRate(check::look, HOURS, HOURS, TimeUnit.HOURS);
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

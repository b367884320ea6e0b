package io.periplus.e2e.load;

import io.netty.channel.EventLoop;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/** Has requests sent at a steady rate, whatever becomes of the earlier ones. */
final class Pace {
    private static final long TICK_MILLIS = 5;

    /** What was not sent within this time is not made up for: a stalled machine is no burst of users. */
    private static final long LATE_MILLIS = 500;

    private final EventLoop loop;
    private final Sender sender;
    private final Tally tally;
    private final double perMilli;
    private final long start = System.nanoTime();
    private final ScheduledFuture<?> ticks;
    private long sent;

    /** Sends one request. */
    interface Sender {
        void send();

        int underWay();

        void close();
    }

    Pace(EventLoop loop, int perSecond, Sender sender, Tally tally) {
        this.loop = loop;
        this.sender = sender;
        this.tally = tally;
        this.perMilli = perSecond / 1000.0;
        ticks = loop.scheduleAtFixedRate(this::tick, TICK_MILLIS, TICK_MILLIS, TimeUnit.MILLISECONDS);
    }

    private void tick() {
        long due = (long) (TimeUnit.NANOSECONDS.toMicros(System.nanoTime() - start) / 1000.0 * perMilli);
        long tooLate = due - sent - (long) (LATE_MILLIS * perMilli);
        if (tooLate > 0) {
            tally.unsent((int) tooLate);
            sent += tooLate;
        }
        while (sent < due) {
            sent++;
            sender.send();
        }
    }

    /** Sends no more; completes when everything under way has its outcome, at most after the requests' own timeouts. */
    CompletableFuture<Void> stop() {
        CompletableFuture<Void> done = new CompletableFuture<>();
        loop.execute(() -> {
            ticks.cancel(false);
            awaitLast(done);
        });
        return done;
    }

    private void awaitLast(CompletableFuture<Void> done) {
        if (sender.underWay() == 0) {
            sender.close();
            done.complete(null);
        } else {
            loop.schedule(() -> awaitLast(done), TICK_MILLIS, TimeUnit.MILLISECONDS);
        }
    }
}

package io.periplus.bench.micro;

import io.periplus.waypoint.limit.bucket.Counters;
import io.periplus.waypoint.limit.bucket.Counters.Taken;
import io.periplus.waypoint.limit.bucket.KeyBudget;
import io.periplus.waypoint.limit.bucket.Rate;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Threads;

/** A local rate limit: one counter for all requests, and one for each of ten thousand keys; alone and with two event loops. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class Limit {
    private static final int KEYS = 10_000;
    private static final long START = System.nanoTime();

    /** So much that every request passes, and a bucket that is far from full. */
    private final Counters counters =
            new Counters(Rate.of(1_000_000, TimeUnit.SECONDS.toNanos(1), 1_000_000_000), new KeyBudget(4 * KEYS));

    private final String[] keys = new String[KEYS];

    /** What an event loop has of its own. */
    @State(Scope.Thread)
    public static class Loop {
        final Taken taken = new Taken();
        int turn;
    }

    /** Makes the keys. */
    public Limit() {
        for (int i = 0; i < KEYS; i++) {
            keys[i] = "cluster.local/ns/tenant-" + i + "/sa/client";
        }
    }

    /** One counter for all requests. */
    @Benchmark
    public long alone(Loop loop) {
        return counters.take(null, 1, System.nanoTime() - START, loop.taken);
    }

    /** The same from two event loops. */
    @Benchmark
    @Threads(2)
    public long aloneWithTwoLoops(Loop loop) {
        return alone(loop);
    }

    /** Ten thousand keys in turn. */
    @Benchmark
    public long keyed(Loop loop) {
        loop.turn = loop.turn == KEYS - 1 ? 0 : loop.turn + 1;
        return counters.take(keys[loop.turn], 1, System.nanoTime() - START, loop.taken);
    }

    /** The same from two event loops. */
    @Benchmark
    @Threads(2)
    public long keyedWithTwoLoops(Loop loop) {
        return keyed(loop);
    }
}

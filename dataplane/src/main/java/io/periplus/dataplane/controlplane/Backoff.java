package io.periplus.dataplane.controlplane;

import java.time.Duration;
import java.util.random.RandomGenerator;

/** Growing pauses between attempts: doubled each time up to a bound, each ±20 % so that many clients spread out. */
public final class Backoff {
    private static final double JITTER = 0.2;

    private final Duration first;
    private final Duration max;
    private final RandomGenerator random;
    private Duration next;

    public Backoff(Duration first, Duration max, RandomGenerator random) {
        this.first = first;
        this.max = max;
        this.random = random;
        this.next = first;
    }

    /** The pause before the next attempt. */
    public Duration next() {
        Duration base = next;
        Duration doubled = base.multipliedBy(2);
        next = doubled.compareTo(max) > 0 ? max : doubled;
        double factor = 1 + JITTER * (2 * random.nextDouble() - 1);
        return Duration.ofNanos((long) (base.toNanos() * factor));
    }

    /** Starts again from the shortest pause: an attempt succeeded. */
    public void reset() {
        next = first;
    }
}

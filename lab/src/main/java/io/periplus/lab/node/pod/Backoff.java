package io.periplus.lab.node.pod;

import java.time.Duration;
import java.time.Instant;

/**
 * When a container that ended may start again: at once the first time, then after 10 s, doubled each time up to five minutes; from
 * the beginning once it has run for ten minutes. Used by one thread.
 */
final class Backoff {
    private static final Duration FIRST = Duration.ofSeconds(10);
    private static final Duration LONGEST = Duration.ofMinutes(5);
    private static final Duration RECOVERED = Duration.ofMinutes(10);

    private Duration next = Duration.ZERO;

    /** How long to wait after a run from {@code started} to {@code finished}. */
    Duration after(Instant started, Instant finished) {
        if (Duration.between(started, finished).compareTo(RECOVERED) >= 0) {
            next = Duration.ZERO;
        }
        Duration wait = next;
        next = wait.isZero() ? FIRST : wait.multipliedBy(2).compareTo(LONGEST) > 0 ? LONGEST : wait.multipliedBy(2);
        return wait;
    }
}

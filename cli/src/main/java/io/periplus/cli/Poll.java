package io.periplus.cli;

import java.io.IOException;
import java.time.Duration;

/** Asking again until a condition holds. */
public final class Poll {
    /** A condition that may fail to be read. */
    @FunctionalInterface
    public interface Condition {
        /** Whether it holds now. */
        boolean holds() throws IOException;
    }

    private Poll() {}

    /** Asks at once and then each {@code interval}; false if the condition does not hold within {@code timeout}. */
    public static boolean until(Duration timeout, Duration interval, Condition condition) throws IOException {
        long deadline = System.nanoTime() + timeout.toNanos();
        while (!condition.holds()) {
            if (System.nanoTime() + interval.toNanos() > deadline) {
                return false;
            }
            try {
                Thread.sleep(interval);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new CliException("interrupted");
            }
        }
        return true;
    }
}

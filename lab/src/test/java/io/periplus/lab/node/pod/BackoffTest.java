package io.periplus.lab.node.pod;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class BackoffTest {
    private static final Instant START = Instant.EPOCH;

    @Test
    void theFirstRestartIsImmediateAndTheWaitThenDoublesToFiveMinutes() {
        Backoff backoff = new Backoff();
        long[] seconds = {0, 10, 20, 40, 80, 160, 300, 300};
        for (long expected : seconds) {
            assertThat(backoff.after(START, START.plusSeconds(1))).isEqualTo(Duration.ofSeconds(expected));
        }
    }

    @Test
    void aLongRunForgetsOldFailures() {
        Backoff backoff = new Backoff();
        backoff.after(START, START);
        backoff.after(START, START);
        assertThat(backoff.after(START, START.plusSeconds(600))).isZero();
    }
}

package io.periplus.waypoint.upstream.health;

import static org.assertj.core.api.Assertions.assertThat;

import io.periplus.waypoint.upstream.policy.Limits;
import org.junit.jupiter.api.Test;

/** When a service is spared. */
class BreakersTest {
    private static final int NO_LIMIT = Integer.MAX_VALUE;

    @Test
    void aServiceWithoutLimitsNeverBreaks() {
        Breakers breakers = new Breakers(Limits.NONE);
        for (int i = 0; i < 10_000; i++) {
            breakers.requestBegun();
            assertThat(breakers.hasRoom()).isTrue();
            assertThat(breakers.takePending()).isTrue();
            assertThat(breakers.takeConnection(false)).isTrue();
            assertThat(breakers.takeRetry()).isTrue();
        }
    }

    @Test
    void aPlaceThatIsGivenBackCanBeTakenAgain() {
        Breakers breakers = new Breakers(new Limits(1, 1, 1, 1, -1, 0));
        breakers.requestBegun();
        assertThat(breakers.hasRoom()).isFalse();
        breakers.requestEnded();
        assertThat(breakers.hasRoom()).isTrue();
        assertThat(breakers.takePending()).isTrue();
        assertThat(breakers.takePending()).isFalse();
        breakers.pendingEnded();
        assertThat(breakers.takePending()).isTrue();
        assertThat(breakers.takeRetry()).isTrue();
        assertThat(breakers.takeRetry()).isFalse();
        breakers.retryEnded();
        assertThat(breakers.takeRetry()).isTrue();
    }

    @Test
    void anEndpointGetsItsFirstConnectionHoweverManyTheOthersHave() {
        Breakers breakers = new Breakers(new Limits(1, NO_LIMIT, NO_LIMIT, NO_LIMIT, -1, 0));
        assertThat(breakers.takeConnection(true)).isTrue();
        assertThat(breakers.takeConnection(true)).isTrue();
        assertThat(breakers.takeConnection(false)).isFalse();
    }

    @Test
    void retriesAreAShareOfTheRequestsButSomeAreAlwaysGranted() {
        Breakers breakers = new Breakers(new Limits(NO_LIMIT, NO_LIMIT, NO_LIMIT, NO_LIMIT, 20, 3));
        for (int i = 0; i < 3; i++) {
            assertThat(breakers.takeRetry()).isTrue();
        }
        assertThat(breakers.takeRetry()).isFalse();
        for (int i = 0; i < 20; i++) {
            breakers.requestBegun();
        }
        assertThat(breakers.takeRetry()).isTrue();
        assertThat(breakers.takeRetry()).isFalse();
    }
}

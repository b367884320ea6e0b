package io.periplus.waypoint.upstream.health;

import static org.assertj.core.api.Assertions.assertThat;

import io.periplus.waypoint.upstream.policy.OutlierSettings;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** When endpoints are ejected and for how long, by a clock that stands still. */
class OutlierDetectorTest {
    private final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 1000);

    private static OutlierSettings settings(boolean split, int gateway, int server, int maxPercent) {
        return new OutlierSettings(
                split, 3, gateway, server, Duration.ofSeconds(10), Duration.ofSeconds(30), maxPercent, 0);
    }

    private OutlierDetector detector(OutlierSettings settings) {
        return new OutlierDetector("accounts/accounts.accounts.svc.cluster.local", settings, nanos::get);
    }

    private boolean ejected(EndpointHealth endpoint) {
        return endpoint.isEjected(nanos.get());
    }

    private void pass(Duration time) {
        nanos.addAndGet(time.toNanos());
    }

    private static void answer(EndpointHealth endpoint, int... statuses) {
        for (int status : statuses) {
            endpoint.answered(status);
        }
    }

    @Test
    void fiveInARowEjectAndAnythingElseStartsAgain() {
        EndpointHealth endpoint = detector(settings(false, 0, 5, 10)).of("10.0.0.1:8080");
        answer(endpoint, 500, 503, 500, 500, 404, 500, 500, 500, 500);
        assertThat(ejected(endpoint)).isFalse();
        answer(endpoint, 500);
        assertThat(ejected(endpoint)).isTrue();
    }

    @Test
    void gatewayErrorsCountForThemselves() {
        EndpointHealth endpoint = detector(settings(false, 2, 0, 10)).of("10.0.0.1:8080");
        answer(endpoint, 500, 500, 500, 502, 500, 503);
        assertThat(ejected(endpoint)).isFalse();
        answer(endpoint, 504);
        assertThat(ejected(endpoint)).isTrue();
    }

    @Test
    void zeroTurnsAKindOff() {
        EndpointHealth endpoint = detector(settings(false, 0, 0, 10)).of("10.0.0.1:8080");
        answer(endpoint, 500, 500, 500, 500, 500, 500, 500);
        assertThat(ejected(endpoint)).isFalse();
    }

    @Test
    void aBrokenConnectionCountsAsAnErrorUnlessTheyAreSplit() {
        EndpointHealth together = detector(settings(false, 0, 2, 10)).of("10.0.0.1:8080");
        together.brokeOff();
        answer(together, 500);
        assertThat(ejected(together)).isTrue();

        EndpointHealth split = detector(settings(true, 0, 2, 10)).of("10.0.0.1:8080");
        split.brokeOff();
        answer(split, 500);
        split.brokeOff();
        split.brokeOff();
        assertThat(ejected(split)).isFalse();
        split.brokeOff();
        assertThat(ejected(split)).isTrue();
    }

    @Test
    void anEjectionEndsAndTheNextLastsLonger() {
        EndpointHealth endpoint = detector(settings(false, 0, 1, 10)).of("10.0.0.1:8080");
        answer(endpoint, 500);
        pass(Duration.ofSeconds(29));
        assertThat(ejected(endpoint)).isTrue();
        pass(Duration.ofSeconds(1));
        assertThat(ejected(endpoint)).isFalse();
        answer(endpoint, 500);
        pass(Duration.ofSeconds(59));
        assertThat(ejected(endpoint)).isTrue();
        pass(Duration.ofSeconds(1));
        assertThat(ejected(endpoint)).isFalse();
    }

    @Test
    void goodBehaviourIsRemembered() {
        EndpointHealth endpoint = detector(settings(false, 0, 1, 10)).of("10.0.0.1:8080");
        answer(endpoint, 500);
        pass(Duration.ofSeconds(30));
        answer(endpoint, 500);
        pass(Duration.ofSeconds(60));
        // Two intervals without an ejection: both are forgiven.
        pass(Duration.ofSeconds(20));
        answer(endpoint, 500);
        pass(Duration.ofSeconds(30));
        assertThat(ejected(endpoint)).isFalse();
    }

    @Test
    void noEjectionLastsLongerThanFiveMinutes() {
        EndpointHealth endpoint = detector(settings(false, 0, 1, 10)).of("10.0.0.1:8080");
        for (int i = 0; i < 20; i++) {
            answer(endpoint, 500);
            pass(Duration.ofSeconds(300));
            assertThat(ejected(endpoint)).isFalse();
        }
    }

    @Test
    void oneMayAlwaysBeEjectedAndMoreUpToTheShare() {
        OutlierDetector detector = detector(settings(false, 0, 1, 50));
        List<EndpointHealth> endpoints = List.of(
                detector.of("10.0.0.1:8080"),
                detector.of("10.0.0.2:8080"),
                detector.of("10.0.0.3:8080"),
                detector.of("10.0.0.4:8080"));
        endpoints.forEach(endpoint -> answer(endpoint, 500));
        assertThat(endpoints.stream().filter(this::ejected)).hasSize(2);

        OutlierDetector strict = detector(settings(false, 0, 1, 10));
        EndpointHealth one = strict.of("10.0.0.1:8080");
        EndpointHealth two = strict.of("10.0.0.2:8080");
        answer(one, 500);
        answer(two, 500);
        assertThat(ejected(one)).isTrue();
        assertThat(ejected(two)).isFalse();
    }

    @Test
    void theLoopsHearOfEjections() {
        OutlierDetector detector = detector(settings(false, 0, 1, 10));
        int before = detector.version();
        answer(detector.of("10.0.0.1:8080"), 200);
        assertThat(detector.version()).isEqualTo(before);
        answer(detector.of("10.0.0.1:8080"), 500);
        assertThat(detector.version()).isNotEqualTo(before);
    }

    @Test
    void withoutSettingsNothingIsEverEjected() {
        OutlierDetector detector = new OutlierDetector("service", null, nanos::get);
        EndpointHealth endpoint = detector.of("10.0.0.1:8080");
        answer(endpoint, 500, 500, 500, 500, 500, 500);
        endpoint.brokeOff();
        assertThat(ejected(endpoint)).isFalse();
    }
}

package io.periplus.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** How long changes take, and that none of them costs a request. */
class TimingTest {
    private final Cluster cluster = Lab.cluster1();

    @Test
    void aPolicyChangeTakesEffectWithinASecond() throws Exception {
        Sample.deploy(cluster);
        Sample.applyWaypoint(cluster);
        Sample.awaitWaypoint(cluster);
        List<Duration> times = new ArrayList<>();
        try (RequestLoop loop = RequestLoop.start(cluster, "finance", "POST")) {
            awaitLast(loop, "200", Instant.now());
            for (int change = 0; change < 10; change++) {
                times.add(effectOf(
                        () -> cluster.kubectl("apply", "-f", "samples/accounts/allow-get-only.yaml")
                                .run()
                                .succeeds(),
                        loop,
                        "403"));
                times.add(effectOf(
                        () -> cluster.kubectl("delete", "-f", "samples/accounts/allow-get-only.yaml")
                                .run()
                                .succeeds(),
                        loop,
                        "200"));
            }
        }
        times.sort(null);
        report("policy change to effect, median of 20", times.get(times.size() / 2));
        assertThat(times.get(times.size() / 2)).isLessThan(Duration.ofSeconds(1));
    }

    @Test
    void aWaypointServesWithinFiveSecondsOfApply() {
        Sample.deploy(cluster);
        Instant start = Instant.now();
        Sample.applyWaypoint(cluster);
        Sample.awaitWaypoint(cluster);
        assertThat(cluster.curl("finance", "-D", "-", "--max-time", "10", Sample.URL)
                        .run()
                        .succeeds()
                        .out())
                .as("answered through the waypoint")
                .contains("x-envoy-upstream-service-time");
        Duration time = Duration.between(start, Instant.now());
        report("waypoint apply to programmed and serving", time);
        assertThat(time).isLessThan(Duration.ofSeconds(5));
    }

    @Test
    void aRunningPodIsEnrolledWithinTwoSecondsAndNoChangeLosesARequest() throws Exception {
        Sample.deploy(cluster);
        try (RequestLoop loop = RequestLoop.start(cluster, "finance", "GET")) {
            awaitLast(loop, "200", Instant.now());
            for (String namespace : List.of("accounts", "finance")) {
                cluster.kubectl("label", "namespace", namespace, "istio.io/dataplane-mode-")
                        .run()
                        .succeeds();
                awaitEnrolled(namespace, "");
            }
            Instant start = Instant.now();
            for (String namespace : List.of("accounts", "finance")) {
                cluster.kubectl("label", "namespace", namespace, "istio.io/dataplane-mode=ambient")
                        .run()
                        .succeeds();
                awaitEnrolled(namespace, "enabled");
            }
            Duration time = Duration.between(start, Instant.now());
            report("enrolment of the running pods of two namespaces", time);
            Sample.applyWaypoint(cluster);
            Sample.awaitWaypoint(cluster);
            awaitLast(loop, "200", Instant.now());
            Sample.reset(cluster);
            awaitLast(loop, "200", Instant.now());
            assertThat(loop.otherThan("200"))
                    .as("lost requests of %d", loop.answers().size())
                    .isEmpty();
            assertThat(time).isLessThan(Duration.ofSeconds(4));
        }
    }

    private void awaitEnrolled(String namespace, String expected) {
        String path = "jsonpath={.items[*].metadata.annotations.ambient\\.istio\\.io/redirection}";
        await().atMost(Duration.ofSeconds(15))
                .pollInterval(Duration.ofMillis(50))
                .untilAsserted(() -> {
                    String found = cluster.kubectl("get", "pods", "-n", namespace, "-o", path)
                            .run()
                            .succeeds()
                            .out();
                    assertThat(found.strip()).isEqualTo(expected);
                });
    }

    private static Duration effectOf(Runnable change, RequestLoop loop, String status) {
        change.run();
        Instant applied = Instant.now();
        awaitLast(loop, status, applied);
        Instant effect = loop.answers().reversed().stream()
                .takeWhile(answer -> answer.at().isAfter(applied))
                .filter(answer -> answer.status().equals(status))
                .map(RequestLoop.Answer::at)
                .min(Instant::compareTo)
                .orElse(applied);
        return Duration.between(applied, effect);
    }

    /** Waits for an answer with this status that came after {@code since}. */
    private static void awaitLast(RequestLoop loop, String status, Instant since) {
        await().atMost(Duration.ofSeconds(15))
                .pollInterval(Duration.ofMillis(10))
                .untilAsserted(() -> assertThat(loop.answers().reversed().stream()
                                .takeWhile(answer -> answer.at().isAfter(since))
                                .anyMatch(answer -> answer.status().equals(status)))
                        .as("an answer %s after %s", status, since)
                        .isTrue());
    }

    private static void report(String what, Duration time) {
        System.out.printf("measured: %s: %d ms%n", what, time.toMillis());
    }
}

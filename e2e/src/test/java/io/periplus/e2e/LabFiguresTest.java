package io.periplus.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** What the whole lab costs, on two cores. */
class LabFiguresTest {
    private static final long GIBIBYTE = 1L << 30;

    @Test
    void bothClustersAreReadyWithTheMeshWithinThirtySeconds() {
        System.out.printf("measured: lab up: %d ms%n", Lab.startTime().toMillis());
        assertThat(Lab.startTime()).isLessThan(Duration.ofSeconds(30));
    }

    @Test
    void everythingTogetherStaysWithinTwoGibibytes() throws IOException {
        assertThat(Lab.clusters()).hasSize(2);
        JsonNode memory = new ObjectMapper()
                .readTree(Lab.periplus("lab", "status", "-o", "json")
                        .run()
                        .succeeds()
                        .out())
                .path("memory");
        long bytes = memory.path("lab").asLong() + memory.path("pods").asLong();
        System.out.printf("measured: memory of the lab with all pods: %d MiB%n", bytes >> 20);
        assertThat(bytes).isBetween(1L, 2 * GIBIBYTE);
    }
}

package io.periplus.waypoint.upstream.balance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.periplus.waypoint.upstream.balance.Tiers.Place;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** How requests spread over tiers and places when endpoints fail: Envoy's priority levels and locality weights. */
class TiersTest {
    private static final int PICKS = 20_000;
    private final Random random = new Random(42);

    private record Stub(String hashName) implements Candidate {
        @Override
        public long weight() {
            return 1;
        }

        @Override
        public int active() {
            return 0;
        }
    }

    private static List<Stub> stubs(String place, int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> new Stub(place + "-" + i))
                .toList();
    }

    private static Place<Stub> place(String name, long weight, int all, int healthy) {
        List<Stub> stubs = stubs(name, all);
        return new Place<>(weight, stubs, stubs.subList(0, healthy));
    }

    /** The share of each place, by the first part of the names. */
    private Map<String, Double> shares(int panicPercent, List<List<Place<Stub>>> places) {
        Tiers<Stub> tiers = Tiers.of(places, panicPercent, all -> new RandomChoice<>(all, random), random);
        Map<String, Double> shares = new HashMap<>();
        for (int i = 0; i < PICKS; i++) {
            Stub picked = tiers.pick(Pick.PLAIN);
            String name = picked == null ? "none" : picked.hashName.substring(0, picked.hashName.indexOf('-'));
            shares.merge(name, 1.0 / PICKS, Double::sum);
        }
        return shares;
    }

    @Test
    void theFirstTierTakesEverythingWhileItIsHealthy() {
        assertThat(shares(0, List.of(List.of(place("near", 1, 4, 4)), List.of(place("far", 1, 4, 4)))))
                .containsOnlyKeys("near");
    }

    @Test
    void threeOfFourAreEnoughForEverything() {
        assertThat(shares(0, List.of(List.of(place("near", 1, 4, 3)), List.of(place("far", 1, 4, 4)))))
                .containsOnlyKeys("near");
    }

    @Test
    void whatTheFirstTierCannotTakeSpillsOver() {
        Map<String, Double> shares =
                shares(0, List.of(List.of(place("near", 1, 4, 2)), List.of(place("far", 1, 4, 4))));
        assertThat(shares.get("near")).isCloseTo(0.7, within(0.02));
        assertThat(shares.get("far")).isCloseTo(0.3, within(0.02));
    }

    @Test
    void withNoneHealthyThereIsNoEndpoint() {
        assertThat(shares(0, List.of(List.of(place("near", 1, 4, 0))))).containsOnlyKeys("none");
    }

    @Test
    void belowThePanicThresholdAllAreUsed() {
        Tiers<Stub> tiers =
                Tiers.of(List.of(List.of(place("near", 1, 10, 2))), 50, all -> new RandomChoice<>(all, random), random);
        assertThat(IntStream.range(0, 1000)
                        .mapToObj(i -> tiers.pick(Pick.PLAIN))
                        .distinct())
                .hasSize(10);
    }

    @Test
    void abovePanicOnlyTheHealthyAreUsed() {
        Tiers<Stub> tiers =
                Tiers.of(List.of(List.of(place("near", 1, 10, 6))), 50, all -> new RandomChoice<>(all, random), random);
        assertThat(IntStream.range(0, 1000)
                        .mapToObj(i -> tiers.pick(Pick.PLAIN))
                        .distinct())
                .hasSize(6);
    }

    @Test
    void placesShareByWeight() {
        Map<String, Double> shares = shares(0, List.of(List.of(place("a", 80, 2, 2), place("b", 20, 2, 2))));
        assertThat(shares.get("a")).isCloseTo(0.8, within(0.02));
    }

    @Test
    void aPlaceThatFailsLosesItsShareToTheOthers() {
        assertThat(shares(0, List.of(List.of(place("a", 80, 2, 0), place("b", 20, 2, 2)))))
                .containsOnlyKeys("b");
    }

    @Test
    void thereMayBeNoEndpointAtAll() {
        assertThat(shares(0, List.of())).containsOnlyKeys("none");
    }
}

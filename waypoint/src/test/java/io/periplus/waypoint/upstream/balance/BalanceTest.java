package io.periplus.waypoint.upstream.balance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.periplus.waypoint.upstream.policy.HashKey;
import io.periplus.waypoint.upstream.policy.Hashing;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.BiFunction;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Properties of the algorithms that choose among endpoints. */
class BalanceTest {
    private static final int PICKS = 20_000;
    private static final HashKey KEY = new HashKey.SourceIp();
    private final Random random = new Random(42);

    /** A candidate by hand. */
    private static final class Stub implements Candidate {
        private final String name;
        private final long weight;
        int active;
        double warmth = 1;

        Stub(String name, long weight) {
            this.name = name;
            this.weight = weight;
        }

        @Override
        public long weight() {
            return weight;
        }

        @Override
        public int active() {
            return active;
        }

        @Override
        public String hashName() {
            return name;
        }

        @Override
        public double warmth() {
            return warmth;
        }

        @Override
        public String toString() {
            return name;
        }
    }

    private static List<Stub> stubs(int count) {
        return new ArrayList<>(IntStream.range(0, count)
                .mapToObj(i -> new Stub("10.0.0." + i + ":8080", 1))
                .toList());
    }

    private static Pick keyed(String key) {
        return new Pick() {
            @Override
            public @Nullable String hashed(HashKey ignored) {
                return key;
            }
        };
    }

    private static Map<Stub, Integer> count(Picker<Stub> picker, int picks) {
        Map<Stub, Integer> counts = new HashMap<>();
        for (int i = 0; i < picks; i++) {
            counts.merge(picker.pick(Pick.PLAIN), 1, Integer::sum);
        }
        return counts;
    }

    private static double share(Map<Stub, Integer> counts, Stub stub) {
        return counts.getOrDefault(stub, 0)
                / (double) counts.values().stream().mapToInt(Integer::intValue).sum();
    }

    @Test
    void leastRequestFollowsTheWeightsWhenNobodyIsBusy() {
        Stub heavy = new Stub("a", 3);
        Stub light = new Stub("b", 1);
        Map<Stub, Integer> counts = count(new RandomChoice<>(List.of(heavy, light), random), PICKS);
        assertThat(share(counts, heavy)).isCloseTo(0.75, within(0.02));
    }

    @Test
    void leastRequestAvoidsTheBusy() {
        List<Stub> stubs = stubs(2);
        stubs.getFirst().active = 10;
        Map<Stub, Integer> counts = count(new LeastRequest<>(stubs, random), PICKS);
        // Only when both draws fall on the busy one.
        assertThat(share(counts, stubs.getFirst())).isCloseTo(0.25, within(0.02));
    }

    @Test
    void leastRequestComparesLoadsByWeight() {
        Stub heavy = new Stub("a", 10);
        Stub light = new Stub("b", 1);
        heavy.active = 5;
        light.active = 1;
        Map<Stub, Integer> counts = count(new LeastRequest<>(List.of(heavy, light), random), PICKS);
        assertThat(share(counts, light)).isLessThan(0.02);
    }

    @Test
    void roundRobinIsExactToTheRequest() {
        List<Stub> stubs = stubs(4);
        assertThat(count(new RoundRobin<>(stubs, random), 400))
                .allSatisfy((stub, times) -> assertThat(times).isEqualTo(100));
    }

    @Test
    void roundRobinFollowsTheWeights() {
        Stub heavy = new Stub("a", 3);
        Stub light = new Stub("b", 1);
        Map<Stub, Integer> counts = count(new RoundRobin<>(List.of(heavy, light), random), 400);
        assertThat(counts.get(heavy)).isBetween(299, 301);
    }

    @Test
    void anEndpointThatWarmsUpTakesLess() {
        for (BiFunction<List<Stub>, Random, Picker<Stub>> algorithm :
                List.<BiFunction<List<Stub>, Random, Picker<Stub>>>of(RoundRobin::new, LeastRequest::new)) {
            List<Stub> stubs = stubs(4);
            stubs.getFirst().warmth = 0.1;
            Map<Stub, Integer> counts = count(algorithm.apply(stubs, random), PICKS);
            assertThat(share(counts, stubs.getFirst())).isLessThan(0.06);
        }
    }

    private Picker<Stub> hashing(Hashing.Ring ring, List<Stub> stubs) {
        return switch (ring) {
            case RING_HASH -> new RingHash<>(stubs, new Hashing(KEY, ring, 1024), random);
            case MAGLEV -> new Maglev<>(stubs, new Hashing(KEY, ring, 65_537), random);
        };
    }

    @ParameterizedTest
    @EnumSource
    void aKeyStaysWithItsEndpoint(Hashing.Ring ring) {
        List<Stub> stubs = stubs(10);
        Picker<Stub> one = hashing(ring, stubs);
        Picker<Stub> two = hashing(ring, stubs.reversed());
        for (int i = 0; i < 1000; i++) {
            Pick pick = keyed("user-" + i);
            assertThat(one.pick(pick)).isSameAs(one.pick(pick)).isSameAs(two.pick(pick));
        }
    }

    @ParameterizedTest
    @EnumSource
    void keysSpreadOverTheEndpoints(Hashing.Ring ring) {
        List<Stub> stubs = stubs(10);
        Map<Stub, Integer> counts = keys(hashing(ring, stubs));
        double tolerance = ring == Hashing.Ring.MAGLEV ? 0.01 : 0.04;
        stubs.forEach(stub -> assertThat(share(counts, stub)).isCloseTo(0.1, within(tolerance)));
    }

    @ParameterizedTest
    @EnumSource
    void keysFollowTheWeights(Hashing.Ring ring) {
        List<Stub> stubs = new ArrayList<>(stubs(3));
        Stub heavy = new Stub("10.0.1.1:8080", 3);
        stubs.add(heavy);
        assertThat(share(keys(hashing(ring, stubs)), heavy)).isCloseTo(0.5, within(0.06));
    }

    private static Map<Stub, Integer> keys(Picker<Stub> picker) {
        Map<Stub, Integer> counts = new HashMap<>();
        for (int i = 0; i < PICKS; i++) {
            counts.merge(picker.pick(keyed("user-" + i)), 1, Integer::sum);
        }
        return counts;
    }

    @ParameterizedTest
    @EnumSource
    void onlyTheKeysOfAnEndpointThatLeavesMove(Hashing.Ring ring) {
        List<Stub> stubs = stubs(10);
        Picker<Stub> before = hashing(ring, stubs);
        Stub gone = stubs.remove(4);
        Picker<Stub> after = hashing(ring, stubs);
        int moved = 0;
        for (int i = 0; i < PICKS; i++) {
            Pick pick = keyed("user-" + i);
            Stub owner = before.pick(pick);
            if (owner != gone && after.pick(pick) != owner) {
                moved++;
            }
        }
        // A ring moves none but those of the one that left; Maglev a few more (its paper, §5.3).
        assertThat(moved / (double) PICKS).isLessThan(ring == Hashing.Ring.MAGLEV ? 0.05 : 0.0001);
    }

    @ParameterizedTest
    @EnumSource
    void aKeyWhoseEndpointFailedGoesToOneAndTheSameOther(Hashing.Ring ring) {
        List<Stub> stubs = stubs(10);
        Picker<Stub> picker = hashing(ring, stubs);
        Stub owner = picker.pick(keyed("user"));
        Pick retry = new Pick() {
            @Override
            public boolean isTried(Candidate candidate) {
                return candidate == owner;
            }

            @Override
            public @Nullable String hashed(HashKey key) {
                return "user";
            }
        };
        assertThat(picker.pick(retry)).isNotSameAs(owner).isSameAs(picker.pick(retry));
    }

    @ParameterizedTest
    @EnumSource
    void withoutAKeyAnyEndpointWillDo(Hashing.Ring ring) {
        List<Stub> stubs = stubs(4);
        assertThat(count(hashing(ring, stubs), 1000)).hasSize(4);
    }
}

package io.periplus.waypoint.limit.bucket;

import static org.assertj.core.api.Assertions.assertThat;

import io.periplus.waypoint.limit.bucket.Counters.Taken;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Buckets against a model that counts in whole and broken tokens, at every time, key and number of threads. */
@Timeout(60)
class CountersTest {
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);
    private final KeyBudget budget = new KeyBudget(1_000);
    private final Taken taken = new Taken();

    @Test
    void asManyAsTheBurstPassAtOnceAndThenOnePerInterval() {
        Counters counters = new Counters(Rate.of(10, SECOND, 3), budget);
        assertThat(passed(counters, "a", 0, 10)).isEqualTo(3);
        assertThat(passed(counters, "a", SECOND / 10, 10)).isEqualTo(1);
        assertThat(passed(counters, "b", SECOND / 10, 10)).isEqualTo(3);
        assertThat(passed(counters, "a", 2 * SECOND, 10)).isEqualTo(3);
    }

    @Test
    void whatIsMissingIsTheTimeToWait() {
        Counters counters = new Counters(Rate.of(2, SECOND, 1), budget);
        assertThat(counters.take("a", 1, 0, taken)).isZero();
        long left = counters.take("a", 1, SECOND / 10, taken);
        assertThat(left).isEqualTo(-(SECOND / 2 - SECOND / 10));
        assertThat(counters.take("a", 1, SECOND / 10 - left, taken)).isZero();
    }

    @Test
    void whatWasGivenBackWasNeverTaken() {
        Counters counters = new Counters(Rate.of(1, SECOND, 2), budget);
        counters.take("a", 2, 0, taken);
        taken.giveBack();
        taken.giveBack();
        assertThat(passed(counters, "a", 0, 10)).isEqualTo(2);
    }

    /** The naive model: tokens as a fraction, refilled by the time that passed. */
    private static final class Model {
        private final double perNano;
        private final double burst;
        private double tokens;
        private long then;

        Model(Rate rate) {
            perNano = 1.0 / rate.intervalNanos();
            burst = rate.burst();
            tokens = burst;
        }

        boolean take(int cost, long now) {
            tokens = Math.min(burst, tokens + (now - then) * perNano);
            then = now;
            boolean enough = tokens >= cost - 1e-6;
            tokens -= enough ? cost : 0;
            return enough;
        }
    }

    @Test
    void anyCourseOfRequestsIsDecidedAsByTheModel() {
        for (int seed = 0; seed < 300; seed++) {
            Random random = new Random(seed);
            long per = SECOND << random.nextInt(10);
            Rate rate = Rate.of(1 + random.nextInt(50), per, 1 + random.nextInt(20));
            Counters counters = new Counters(rate, new KeyBudget(1_000));
            Map<String, Model> models = new HashMap<>();
            long now = 0;
            for (int step = 0; step < 500; step++) {
                // Whole intervals now and then, so that the very edge is met.
                now += random.nextBoolean()
                        ? rate.intervalNanos() * random.nextInt(3)
                        : random.nextLong(rate.intervalNanos() * 4);
                String key = "k" + random.nextInt(5);
                int cost = 1 + random.nextInt((int) Math.min(3, rate.burst()));
                boolean model =
                        models.computeIfAbsent(key, _ -> new Model(rate)).take(cost, now);
                assertThat(counters.take(key, cost, now, taken) >= 0)
                        .as("seed %d, step %d, key %s, cost %d, rate %s", seed, step, key, cost, rate)
                        .isEqualTo(model);
            }
            counters.close();
        }
    }

    @Test
    void threadsTogetherGetExactlyWhatOneWouldGet() throws Exception {
        int threads = 8;
        for (int round = 0; round < 20; round++) {
            Counters counters = new Counters(Rate.of(1_000, SECOND, 500), new KeyBudget(1_000));
            AtomicInteger passed = new AtomicInteger();
            CyclicBarrier start = new CyclicBarrier(threads);
            run(threads, thread -> {
                Taken own = new Taken();
                start.await();
                for (int i = 0; i < 1_000; i++) {
                    if (counters.take("k" + i % 4, 1, 0, own) >= 0) {
                        passed.incrementAndGet();
                    }
                }
            });
            assertThat(passed).hasValue(4 * 500);
        }
    }

    @Test
    void forgettingFullBucketsWhileOthersTakeNeverGivesMore() throws Exception {
        // Time moves with every step; keys come and go, so that buckets are forgotten and made again all the time.
        KeyBudget small = new KeyBudget(40);
        Rate rate = Rate.of(1_000, SECOND, 5);
        Counters counters = new Counters(rate, small);
        AtomicLong clock = new AtomicLong();
        int keys = 16;
        AtomicInteger[] passed = new AtomicInteger[keys];
        for (int i = 0; i < keys; i++) {
            passed[i] = new AtomicInteger();
        }
        run(4, thread -> {
            Taken own = new Taken();
            Random random = new Random(thread);
            for (int i = 0; i < 50_000; i++) {
                int key = random.nextInt(keys);
                long now = clock.addAndGet(random.nextInt(2_000));
                if (counters.take("k" + key, 1, now, own) >= 0) {
                    passed[key].incrementAndGet();
                }
                counters.sweep(now, 8);
            }
        });
        long most = rate.burst() + clock.get() / rate.intervalNanos() + 1;
        for (AtomicInteger one : passed) {
            assertThat(one.get()).isLessThanOrEqualTo((int) most);
        }
        assertThat(small.used()).isLessThanOrEqualTo(keys);
    }

    @Test
    void inventedKeysShareACounterAndNobodyWhoIsLimitedIsForgotten() {
        Counters counters = new Counters(Rate.of(1, 3_600 * SECOND, 1), budget);
        assertThat(counters.take("limited", 1, 1, taken)).isNotNegative();
        int passed = 0;
        for (int i = 0; i < 100_000; i++) {
            passed += counters.take("invented-" + i, 1, 1, taken) >= 0 ? 1 : 0;
        }
        assertThat(passed).isEqualTo(budget.mostOfOne() - 1 + 1);
        assertThat(taken.isShared()).isTrue();
        assertThat(budget.used()).isEqualTo(budget.mostOfOne());
        assertThat(counters.take("limited", 1, 2, taken)).isNegative();
    }

    @Test
    void fullBucketsAreForgottenForNewOnes() {
        Counters counters = new Counters(Rate.of(1, SECOND, 1), budget);
        for (int i = 0; i < 100_000; i++) {
            assertThat(counters.take("k" + i, 1, i * (SECOND / 10), taken)).isNotNegative();
            assertThat(taken.isShared()).isFalse();
        }
        assertThat(budget.used()).isLessThan(budget.mostOfOne());
    }

    @Test
    void aLimitMakesRoomForAnother() {
        Counters one = new Counters(Rate.of(1, SECOND, 1), budget);
        Counters other = new Counters(Rate.of(1, SECOND, 1), budget);
        Counters third = new Counters(Rate.of(1, SECOND, 1), budget);
        for (int i = 0; i < budget.mostOfOne(); i++) {
            one.take("a" + i, 1, 0, taken);
            other.take("b" + i, 1, 0, taken);
        }
        third.take("c", 1, 0, taken);
        assertThat(taken.isShared()).isTrue();
        third.take("c", 1, 2 * SECOND, taken);
        assertThat(taken.isShared()).isFalse();
        one.close();
        other.close();
        third.close();
        assertThat(budget.used()).isZero();
    }

    @Test
    void aKnownKeyIsCountedWithoutAnObject() {
        Counters counters = new Counters(Rate.of(1_000_000, SECOND, 1_000_000), budget);
        var bean = (com.sun.management.ThreadMXBean) java.lang.management.ManagementFactory.getThreadMXBean();
        take(counters, "a", 50_000);
        take(counters, null, 50_000);
        long before = bean.getCurrentThreadAllocatedBytes();
        take(counters, "a", 10_000);
        take(counters, null, 10_000);
        assertThat(bean.getCurrentThreadAllocatedBytes() - before).isLessThan(10_000);
    }

    private void take(Counters counters, @Nullable String key, int times) {
        for (int i = 0; i < times; i++) {
            counters.take(key, 1, i, taken);
        }
    }

    private int passed(Counters counters, String key, long now, int requests) {
        int passed = 0;
        for (int i = 0; i < requests; i++) {
            passed += counters.take(key, 1, now, taken) >= 0 ? 1 : 0;
        }
        return passed;
    }

    private interface Work {
        void run(int thread) throws Exception;
    }

    private static void run(int threads, Work work) throws Exception {
        List<Thread> all = new ArrayList<>();
        List<Throwable> failures = new ArrayList<>();
        for (int i = 0; i < threads; i++) {
            int number = i;
            all.add(Thread.ofPlatform().start(() -> {
                try {
                    work.run(number);
                } catch (Throwable e) {
                    synchronized (failures) {
                        failures.add(e);
                    }
                }
            }));
        }
        for (Thread thread : all) {
            thread.join();
        }
        assertThat(failures).isEmpty();
    }
}

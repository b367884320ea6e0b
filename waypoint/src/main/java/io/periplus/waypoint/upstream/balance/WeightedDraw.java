package io.periplus.waypoint.upstream.balance;

import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** Draws candidates at random by weight. */
final class WeightedDraw<C extends Candidate> {
    /** Of a set that was largely tried in vain, or is largely cold, the draws that look for something better. */
    private static final int DRAWS_MAX = 5;

    private final List<C> candidates;
    private final RandomGenerator random;
    /** Sums of the weights up to and including each; null where all weigh the same. */
    private final long @Nullable [] sums;

    WeightedDraw(List<C> candidates, RandomGenerator random) {
        this.candidates = List.copyOf(candidates);
        this.random = random;
        this.sums = equal(candidates) ? null : sums(candidates);
    }

    private static boolean equal(List<? extends Candidate> candidates) {
        long first = candidates.getFirst().weight();
        return candidates.stream().allMatch(candidate -> candidate.weight() == first);
    }

    private static long[] sums(List<? extends Candidate> candidates) {
        long[] sums = new long[candidates.size()];
        long sum = 0;
        for (int i = 0; i < sums.length; i++) {
            sum += candidates.get(i).weight();
            sums[i] = sum;
        }
        return sums;
    }

    /** One that was not tried, if a few draws find one; a cold one the less often the colder it is. */
    C draw(Pick pick) {
        C drawn = any();
        for (int i = 1; i < DRAWS_MAX && (pick.isTried(drawn) || isTooCold(drawn)); i++) {
            drawn = any();
        }
        return drawn;
    }

    private boolean isTooCold(Candidate candidate) {
        double warmth = candidate.warmth();
        return warmth < 1 && random.nextDouble() > warmth;
    }

    private C any() {
        long[] weighted = sums;
        if (weighted == null) {
            return candidates.get(candidates.size() == 1 ? 0 : random.nextInt(candidates.size()));
        }
        long ticket = random.nextLong(weighted[weighted.length - 1]);
        int at = Arrays.binarySearch(weighted, ticket + 1);
        return candidates.get(at >= 0 ? at : -at - 1);
    }
}

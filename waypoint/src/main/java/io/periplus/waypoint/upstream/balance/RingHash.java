package io.periplus.waypoint.upstream.balance;

import io.periplus.waypoint.upstream.policy.Hashing;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * Consistent hashing on a ring: every candidate stands at as many points as it weighs, and a key goes to the next point.
 * When a candidate comes or goes, only the keys between its points and those before them move. A request whose client
 * brought no key goes anywhere.
 */
public final class RingHash<C extends Candidate> implements Picker<C> {
    private record Point(long at, int candidate) {}

    private final List<C> candidates;
    private final Hashing hashing;
    private final RandomGenerator random;
    private final long[] points;
    private final int[] owners;

    /** @param candidates at least one */
    public RingHash(List<C> candidates, Hashing hashing, RandomGenerator random) {
        this.candidates = List.copyOf(candidates);
        this.hashing = hashing;
        this.random = random;
        List<Point> ring = ring();
        points = ring.stream().mapToLong(Point::at).toArray();
        owners = ring.stream().mapToInt(Point::candidate).toArray();
    }

    /** The points of a candidate depend on its name and weight relative to the lightest, not on who else is there. */
    private List<Point> ring() {
        long lightest = candidates.stream().mapToLong(Candidate::weight).min().orElse(1);
        long shares = candidates.stream().mapToLong(c -> c.weight() / lightest).sum();
        long perShare = Math.max(1, powerOfTwoFrom(Math.ceilDiv(hashing.size(), shares)));
        List<Point> ring = new ArrayList<>();
        for (int i = 0; i < candidates.size(); i++) {
            C candidate = candidates.get(i);
            long count = perShare * (candidate.weight() / lightest);
            for (long point = 0; point < count; point++) {
                ring.add(new Point(Hash64.of(candidate.hashName(), point), i));
            }
        }
        ring.sort(Comparator.comparingLong(Point::at));
        return ring;
    }

    /** So that one endpoint more or less rarely changes the number of points of the others. */
    private static long powerOfTwoFrom(long number) {
        return number <= 1 ? 1 : Long.highestOneBit(number - 1) << 1;
    }

    @Override
    public C pick(Pick pick) {
        String key = pick.hashed(hashing.key());
        if (key == null) {
            return candidates.get(random.nextInt(candidates.size()));
        }
        int first = firstFrom(Hash64.of(key, 0));
        for (int i = 0; i < owners.length; i++) {
            C candidate = candidates.get(owners[(first + i) % owners.length]);
            if (!pick.isTried(candidate)) {
                return candidate;
            }
        }
        return candidates.get(owners[first]);
    }

    private int firstFrom(long hash) {
        int at = Arrays.binarySearch(points, hash);
        int from = at >= 0 ? at : -at - 1;
        return from == points.length ? 0 : from;
    }
}

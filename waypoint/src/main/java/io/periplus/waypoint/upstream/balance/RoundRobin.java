package io.periplus.waypoint.upstream.balance;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.random.RandomGenerator;

/**
 * Each candidate in turn, as often as it weighs: the earliest deadline first, and each deadline the further away the less
 * its candidate weighs. Begins anywhere, so that the event loops do not march in step.
 */
public final class RoundRobin<C extends Candidate> implements Picker<C> {
    private record Turn<C extends Candidate>(C candidate, double deadline, long order) {}

    private final PriorityQueue<Turn<C>> turns = new PriorityQueue<>(
            Comparator.<Turn<C>>comparingDouble(Turn::deadline).thenComparingLong(Turn::order));
    private long order;

    /** @param candidates at least one */
    public RoundRobin(List<C> candidates, RandomGenerator random) {
        List<C> rotated = new ArrayList<>(candidates);
        int first = random.nextInt(rotated.size());
        rotated.addAll(List.copyOf(rotated.subList(0, first)));
        for (C candidate : rotated.subList(first, rotated.size())) {
            turns.add(new Turn<>(candidate, 1.0 / candidate.weight(), order++));
        }
    }

    @Override
    public C pick(Pick pick) {
        C picked = next();
        for (int i = 1; i < turns.size() && pick.isTried(picked); i++) {
            picked = next();
        }
        return picked;
    }

    @Override
    public C look(Pick pick) {
        return turns.stream()
                .sorted(turns.comparator())
                .map(Turn::candidate)
                .filter(candidate -> !pick.isTried(candidate))
                .findFirst()
                .orElseGet(() -> turns.element().candidate);
    }

    /** A candidate that warms up has its turn less often. */
    private C next() {
        Turn<C> turn = turns.remove();
        C candidate = turn.candidate;
        double distance = 1.0 / (candidate.weight() * candidate.warmth());
        turns.add(new Turn<>(candidate, turn.deadline + distance, order++));
        return candidate;
    }
}

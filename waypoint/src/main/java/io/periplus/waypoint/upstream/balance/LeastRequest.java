package io.periplus.waypoint.upstream.balance;

import java.util.List;
import java.util.random.RandomGenerator;

/**
 * Of two candidates drawn by weight, the one with less in progress for its weight. The event loops do not compare their
 * counts; each sees a fair sample of the whole.
 */
public final class LeastRequest<C extends Candidate> implements Picker<C> {
    private final WeightedDraw<C> draw;
    private final boolean single;

    /** @param candidates at least one */
    public LeastRequest(List<C> candidates, RandomGenerator random) {
        draw = new WeightedDraw<>(candidates, random);
        single = candidates.size() == 1;
    }

    @Override
    public C pick(Pick pick) {
        C first = draw.draw(pick);
        if (single) {
            return first;
        }
        C second = draw.draw(pick);
        if (first == second || pick.isTried(second)) {
            return first;
        }
        return pick.isTried(first) || second.active() * first.weight() < first.active() * second.weight()
                ? second
                : first;
    }
}

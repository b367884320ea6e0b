package io.periplus.waypoint.upstream.balance;

import java.util.List;
import java.util.random.RandomGenerator;

/** Any candidate, by weight. */
public final class RandomChoice<C extends Candidate> implements Picker<C> {
    private final WeightedDraw<C> draw;

    /** @param candidates at least one */
    public RandomChoice(List<C> candidates, RandomGenerator random) {
        draw = new WeightedDraw<>(candidates, random);
    }

    @Override
    public C pick(Pick pick) {
        return draw.draw(pick);
    }
}

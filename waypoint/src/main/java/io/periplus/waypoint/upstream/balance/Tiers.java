package io.periplus.waypoint.upstream.balance;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The endpoints of a service in order of preference. The first tier takes everything while enough of it is healthy; what it
 * cannot take spills over to the next. Within a tier, places may have shares of their own. Immutable but for the state of
 * the pickers; made anew whenever an endpoint comes, goes, fails or recovers.
 *
 * <p>The arithmetic is Envoy's: a tier counts as {@code 1.4 × healthy / all} available, so that it spills only when more than
 * 28 % of it have failed.
 */
public final class Tiers<C extends Candidate> {
    private static final int OVERPROVISIONED_PERCENT = 140;
    private static final int ALL_PERCENT = 100;

    /**
     * Endpoints at one place.
     *
     * @param weight the share of the place in its tier; irrelevant if it is alone there
     * @param all not empty
     * @param healthy those of {@code all} that are not ejected
     */
    public record Place<C>(long weight, List<C> all, List<C> healthy) {}

    private record Tier<C extends Candidate>(int upToPercent, List<Picker<C>> pickers, long[] upTo) {}

    private final List<Tier<C>> tiers;
    private final RandomGenerator random;

    private Tiers(List<Tier<C>> tiers, RandomGenerator random) {
        this.tiers = List.copyOf(tiers);
        this.random = random;
    }

    /**
     * @param places by tier, the preferred first; a tier is not empty
     * @param panicPercent with less than this healthy, and the tiers unable to take everything, all endpoints of a tier are
     *     used, healthy or not; 0: never
     * @param algorithm makes the picker of a place
     */
    public static <C extends Candidate> Tiers<C> of(
            List<List<Place<C>>> places,
            int panicPercent,
            Function<List<C>, Picker<C>> algorithm,
            RandomGenerator random) {
        int[] available = places.stream().mapToInt(Tiers::availablePercent).toArray();
        int sum = 0;
        for (int percent : available) {
            sum += percent;
        }
        boolean overloaded = sum < ALL_PERCENT;
        boolean[] panics = new boolean[available.length];
        for (int i = 0; i < available.length; i++) {
            panics[i] = overloaded && healthyPercent(places.get(i)) < panicPercent;
            if (panics[i] && sum == 0) {
                available[i] = ALL_PERCENT;
            }
        }
        return new Tiers<>(tiers(places, available, panics, algorithm), random);
    }

    private static <C extends Candidate> List<Tier<C>> tiers(
            List<List<Place<C>>> places, int[] available, boolean[] panics, Function<List<C>, Picker<C>> algorithm) {
        int total = 0;
        for (int percent : available) {
            total += percent;
        }
        int capped = Math.min(total, ALL_PERCENT);
        List<Tier<C>> tiers = new ArrayList<>();
        int upTo = 0;
        for (int i = 0; i < available.length && upTo < capped; i++) {
            if (available[i] > 0) {
                upTo = Math.min(capped, upTo + available[i]);
                tiers.add(tier(upTo, places.get(i), panics[i], algorithm));
            }
        }
        return tiers;
    }

    private static <C extends Candidate> Tier<C> tier(
            int upToPercent, List<Place<C>> places, boolean panic, Function<List<C>, Picker<C>> algorithm) {
        List<Picker<C>> pickers = new ArrayList<>();
        List<Long> sums = new ArrayList<>();
        long sum = 0;
        for (Place<C> place : places) {
            List<C> used = panic ? place.all : place.healthy;
            if (used.isEmpty()) {
                continue;
            }
            pickers.add(algorithm.apply(used));
            sum += panic ? place.weight * ALL_PERCENT : place.weight * availablePercent(List.of(place));
            sums.add(sum);
        }
        return new Tier<>(
                upToPercent,
                List.copyOf(pickers),
                sums.stream().mapToLong(Long::longValue).toArray());
    }

    private static <C> int availablePercent(List<Place<C>> places) {
        return Math.min(
                ALL_PERCENT, count(places, Place::healthy) * OVERPROVISIONED_PERCENT / count(places, Place::all));
    }

    private static <C> int healthyPercent(List<Place<C>> places) {
        return count(places, Place::healthy) * ALL_PERCENT / count(places, Place::all);
    }

    private static <C> int count(List<Place<C>> places, Function<Place<C>, List<C>> which) {
        int sum = 0;
        for (Place<C> place : places) {
            sum += which.apply(place).size();
        }
        return sum;
    }

    /** An endpoint, null if there is none. */
    public @Nullable C pick(Pick pick) {
        Tier<C> tier = tier();
        return tier == null ? null : picker(tier).pick(pick);
    }

    /** An endpoint that could be picked now, null if there is none; takes nobody's turn. */
    public @Nullable C look(Pick pick) {
        Tier<C> tier = tier();
        return tier == null ? null : picker(tier).look(pick);
    }

    private @Nullable Tier<C> tier() {
        if (tiers.isEmpty()) {
            return null;
        }
        if (tiers.size() == 1) {
            return tiers.getFirst();
        }
        int ticket = random.nextInt(tiers.getLast().upToPercent);
        for (Tier<C> tier : tiers) {
            if (ticket < tier.upToPercent) {
                return tier;
            }
        }
        throw new IllegalStateException("ticket " + ticket + " is beyond the last of " + tiers.size() + " tiers");
    }

    private Picker<C> picker(Tier<C> tier) {
        if (tier.pickers.size() == 1) {
            return tier.pickers.getFirst();
        }
        long ticket = random.nextLong(tier.upTo[tier.upTo.length - 1]);
        int at = 0;
        while (tier.upTo[at] <= ticket) {
            at++;
        }
        return tier.pickers.get(at);
    }
}

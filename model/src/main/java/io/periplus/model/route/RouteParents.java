package io.periplus.model.route;

import io.periplus.model.input.RouteKey;
import java.util.List;
import java.util.stream.Stream;

/**
 * What became of a route's parent references, each once, in their order; those that lead to nothing of ours are left out.
 *
 * @param created of the route: the older one stays where two cannot both be served
 */
public record RouteParents(RouteKey key, String created, List<ParentOutcome> outcomes) {
    /** Whether this route comes before the other by age, then by name. */
    boolean isBefore(RouteParents other) {
        int byAge = created.compareTo(other.created);
        return byAge != 0 ? byAge < 0 : key.compareTo(other.key) < 0;
    }

    Stream<Place.AtService> atServices() {
        return outcomes.stream()
                .flatMap(outcome -> outcome.places().stream())
                .filter(Place.AtService.class::isInstance)
                .map(Place.AtService.class::cast);
    }

    Stream<Place.AtListener> atListeners() {
        return outcomes.stream()
                .flatMap(outcome -> outcome.places().stream())
                .filter(Place.AtListener.class::isInstance)
                .map(Place.AtListener.class::cast);
    }

    /** The listeners that count the route as attached. */
    List<ListenerKey> counted() {
        return outcomes.stream()
                .filter(outcome -> outcome.refusal() == null)
                .flatMap(outcome -> outcome.places().stream())
                .filter(Place.AtListener.class::isInstance)
                .map(place -> ((Place.AtListener) place).listener().key())
                .distinct()
                .toList();
    }
}

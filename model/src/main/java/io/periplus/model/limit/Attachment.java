package io.periplus.model.limit;

import io.periplus.api.NamespacedName;
import io.periplus.wire.waypoint.LimitTarget;
import java.util.List;
import java.util.Map;

/**
 * What became of a place that a policy names.
 *
 * @param targets what the proxies of each Gateway or waypoint are told the place is; empty where no proxy of ours serves it
 */
record Attachment(LimitPlace place, Outcome outcome, Map<NamespacedName, List<LimitTarget>> targets) {
    /** Of attaching; the message says what to do about it. */
    sealed interface Outcome {
        /** The policy holds there. */
        record Holds() implements Outcome {}

        /** Another policy holds there. */
        record Conflicted(NamespacedName winner) implements Outcome {}

        /** There is no such object, listener or rule. */
        record NotFound(String message) implements Outcome {}

        /** Nothing serves it. */
        record NotBound(String message) implements Outcome {}

        /** It belongs to another controller. */
        record Foreign() implements Outcome {}
    }

    static final Outcome HOLDS = new Outcome.Holds();
    static final Outcome FOREIGN = new Outcome.Foreign();

    static Attachment nowhere(LimitPlace place, Outcome outcome) {
        return new Attachment(place, outcome, Map.of());
    }
}

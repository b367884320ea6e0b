package io.periplus.model.route;

import io.periplus.model.input.ConditionInput;
import io.periplus.model.input.RouteInput;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What became of one parent reference of a route.
 *
 * @param refusal   why the parent does not accept the route; null when it does
 * @param places    where the route is attached. A route that is refused for what it says itself, not for where it wants to
 *                  be, is still attached, so that its requests fail and are not let through without it
 * @param mesh      whether the parent is a service
 * @param waypoints the condition {@code ResolvedWaypoints}; null where there is no such question
 */
public record ParentOutcome(
        RouteInput.ParentRef ref,
        @Nullable Refusal refusal,
        List<Place> places,
        boolean mesh,
        @Nullable ConditionInput waypoints) {

    /** A reason of the condition {@code Accepted}, with its message. */
    public record Refusal(String reason, String message) {}

    static ParentOutcome refused(RouteInput.ParentRef ref, boolean mesh, String reason, String message) {
        return new ParentOutcome(ref, new Refusal(reason, message), List.of(), mesh, null);
    }

    /** The same, attached to fewer places. */
    ParentOutcome at(List<Place> remaining) {
        return new ParentOutcome(ref, refusal, remaining, mesh, waypoints);
    }

    /** The same, refused. */
    ParentOutcome refused(String reason, String message) {
        return new ParentOutcome(ref, new Refusal(reason, message), List.of(), mesh, waypoints);
    }
}

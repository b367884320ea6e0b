package io.periplus.model.policy;

import io.periplus.api.NamespacedName;
import io.periplus.model.input.ConditionInput;
import org.jspecify.annotations.Nullable;

/**
 * What the author of an AuthorizationPolicy is told.
 *
 * @param ztunnel  condition {@code ZtunnelAccepted}; null when the policy has targets
 * @param waypoint condition {@code WaypointAccepted}; null when it has none
 */
public record PolicyStatus(
        NamespacedName key,
        @Nullable ConditionInput ztunnel,
        @Nullable ConditionInput waypoint) {
    /** Type of the condition about ztunnels. */
    public static final String ZTUNNEL = "ZtunnelAccepted";

    /** Type of the condition about waypoints. */
    public static final String WAYPOINT = "WaypointAccepted";
}

package io.periplus.model.waypoint;

import io.periplus.model.input.ConditionInput;
import org.jspecify.annotations.Nullable;

/** The condition {@code istio.io/WaypointBound}. */
public final class WaypointCondition {
    /** The condition's type. */
    public static final String TYPE = "istio.io/WaypointBound";

    private WaypointCondition() {}

    /** What the author of a workload is told, to whom no ingress gateway sends anything; null as for {@link #of}. */
    public static @Nullable ConditionInput ofWorkload(Binding binding) {
        return binding instanceof Binding.Bound bound
                ? ConditionInput.of(
                        TYPE, true, "WaypointAccepted", "Successfully attached to waypoint " + bound.waypoint())
                : of(binding);
    }

    /** What a Service's author is told; null when no waypoint is wished for. */
    public static @Nullable ConditionInput of(Binding binding) {
        return switch (binding) {
            case Binding.None ignored -> null;
            case Binding.Bound bound ->
                ConditionInput.of(
                        TYPE,
                        true,
                        "WaypointAccepted",
                        "Successfully attached to waypoint " + bound.waypoint()
                                + (bound.ingress()
                                        ? ". Ingress traffic will traverse the waypoint"
                                        : ". Ingress traffic is not using the waypoint, set the"
                                                + " istio.io/ingress-use-waypoint label to true if desired.")
                                + (bound.canary() instanceof Canary.NotAttached(String ignored, String message)
                                        ? ". Canary waypoint not attached: " + message
                                        : ""));
            case Binding.Waiting waiting ->
                ConditionInput.of(
                        TYPE,
                        false,
                        "WaypointIsNotReady",
                        "waypoint \"" + waiting.waypoint() + "\" is not ready"
                                + (waiting.closed() == null
                                        ? ""
                                        : ". Traffic is refused until it is, because authorization policies depend on it"));
            case Binding.Leaving leaving ->
                ConditionInput.of(
                        TYPE, false, "WaypointIsNotReady", "waypoint \"" + leaving.waypoint() + "\" is not ready");
            case Binding.Refused refused -> ConditionInput.of(TYPE, false, refused.reason(), refused.message());
        };
    }
}

package io.periplus.model.waypoint;

import io.periplus.api.NamespacedName;
import io.periplus.wire.workload.GatewayAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What became of an object's wish for a waypoint. */
public sealed interface Binding {
    /** No waypoint is wished for. */
    Binding NONE = new None();

    /** No waypoint is wished for. */
    record None() implements Binding {}

    /**
     * Traffic goes through the waypoint.
     *
     * @param ingress also traffic from ingress gateways
     * @param canary  a second waypoint for a share of the connections, or why there is none although one is wished for;
     *                null when none is wished for
     */
    record Bound(
            NamespacedName waypoint,
            GatewayAddress address,
            boolean ingress,
            @Nullable Canary canary) implements Binding {}

    /**
     * The waypoint is not ready.
     *
     * @param exists whether there is a Gateway of that name
     * @param closed where traffic is sent meanwhile, to be refused, because L7 policy depends on the waypoint; null when
     *               traffic goes direct
     */
    record Waiting(
            NamespacedName waypoint,
            boolean exists,
            @Nullable GatewayAddress closed) implements Binding {}

    /** The waypoint has just been deleted: traffic goes direct, and what is still on its way through it is let through. */
    record Leaving(NamespacedName waypoint) implements Binding {}

    /** The waypoint may not be used; traffic goes direct. */
    record Refused(NamespacedName waypoint, String reason, String message) implements Binding {}

    /** What is published as the object's waypoint; null for direct traffic. */
    default @Nullable GatewayAddress address() {
        return switch (this) {
            case Bound bound -> bound.address();
            case Waiting waiting -> waiting.closed();
            case Leaving ignored -> null;
            case None ignored -> null;
            case Refused ignored -> null;
        };
    }

    /** All waypoints whose hops to the object are to be expected: a canary besides the one. */
    default List<NamespacedName> allExpected() {
        NamespacedName one = expected();
        if (this instanceof Bound bound && bound.canary() instanceof Canary.Attached attached) {
            return List.of(bound.waypoint(), attached.waypoint());
        }
        return one == null ? List.of() : List.of(one);
    }

    /** The waypoint whose hop to the object is to be expected, now or as soon as it is ready; null when there is none. */
    default @Nullable NamespacedName expected() {
        return switch (this) {
            case Bound bound -> bound.waypoint();
            case Waiting waiting -> waiting.exists() ? waiting.waypoint() : null;
            case Leaving leaving -> leaving.waypoint();
            case None ignored -> null;
            case Refused ignored -> null;
        };
    }
}

package io.periplus.model.waypoint;

import io.periplus.api.NamespacedName;
import io.periplus.wire.workload.GatewayAddress;
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
     */
    record Bound(NamespacedName waypoint, GatewayAddress address, boolean ingress) implements Binding {}

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

package io.periplus.model.waypoint;

import io.periplus.api.NamespacedName;
import io.periplus.model.input.GatewayInput;
import io.periplus.wire.workload.GatewayAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A Gateway seen as a waypoint.
 *
 * @param controller of its class; empty when the class is not known
 * @param deployed   name of the Service that is deployed for it, if one is
 * @param traffic    what may be bound to it
 * @param allowed    the namespaces that may bind to it
 * @param address    where clients reach it, with the port for HBONE; null until it has been given an address
 * @param principals SPIFFE ids of its pods without the scheme, sorted
 * @param leaving    its Gateway has been deleted a moment ago: nothing new is sent to it, and what it still has is served as
 *                   before
 */
public record Waypoint(
        NamespacedName key,
        String controller,
        String deployed,
        Traffic traffic,
        GatewayInput.Allowed allowed,
        @Nullable GatewayAddress address,
        List<String> principals,
        boolean leaving) {

    /** The port on which waypoints accept HBONE. */
    public static final int HBONE_PORT = 15008;

    /** The controller of waypoints that this control plane deploys. */
    public static final String CONTROLLER = "istio.io/mesh-controller";

    /** The class of waypoints that this control plane deploys. */
    public static final String CLASS_NAME = "istio-waypoint";

    /** Values of the label {@code istio.io/waypoint-for}. */
    public enum Traffic {
        SERVICE,
        WORKLOAD,
        ALL,
        NONE;

        /** The value of a label; anything unknown counts as {@code none}. */
        public static Traffic of(@Nullable String label) {
            return switch (label) {
                case null -> SERVICE;
                case "service" -> SERVICE;
                case "workload" -> WORKLOAD;
                case "all" -> ALL;
                default -> NONE;
            };
        }

        /** Whether services may be bound. */
        public boolean services() {
            return this == SERVICE || this == ALL;
        }

        /** Whether workloads may be bound. */
        public boolean workloads() {
            return this == WORKLOAD || this == ALL;
        }
    }
}

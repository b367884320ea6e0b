package io.periplus.model.gateway;

import io.periplus.model.collection.Collection;
import io.periplus.model.collection.Fetch;
import io.periplus.model.input.ConditionInput;
import io.periplus.model.input.GatewayClassInput;
import io.periplus.model.input.GatewayInput;
import io.periplus.model.input.GatewayInput.Address;
import io.periplus.model.waypoint.Waypoint;
import io.periplus.model.waypoint.Waypoints;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The status of Gateways whose class is one of ours; others are not touched. */
public record GatewayStatuses(
        Collection<String, GatewayClassInput> classes, WaypointStatuses waypoints, EdgeGatewayStatuses edge) {

    private static final String ACCEPTED = "Accepted";
    private static final String PROGRAMMED = "Programmed";

    /** The status; null for a Gateway of somebody else's class. */
    public @Nullable GatewayStatus of(Fetch fetch, GatewayInput gateway) {
        String controller = Waypoints.controller(gateway.className(), fetch.get(classes, gateway.className()));
        return switch (controller) {
            case Waypoint.CONTROLLER -> waypoints.of(fetch, gateway);
            case "istio.io/gateway-controller" -> edge.of(fetch, gateway);
            case "istio.io/unmanaged-gateway" -> remote(gateway);
            case "istio.io/eastwest-controller" -> unsupported(gateway, controller);
            default -> null;
        };
    }

    /** Condition {@code Accepted} of a Gateway whose parameters cannot be used. */
    static ConditionInput invalidParameters(String problem) {
        return ConditionInput.of(ACCEPTED, false, "InvalidParameters", problem);
    }

    /** Condition {@code Accepted} of a Gateway with so many valid ones among its listeners. */
    static ConditionInput accepted(long valid, long all) {
        if (valid == all) {
            return ConditionInput.of(ACCEPTED, true, "Accepted", "Resource accepted");
        }
        return valid > 0
                ? ConditionInput.of(
                        ACCEPTED, true, "ListenersNotValid", "One or more of the Gateway's listeners are invalid")
                : ConditionInput.of(ACCEPTED, false, "ListenersNotValid", "None of the Gateway's listeners are valid");
    }

    private static GatewayStatus remote(GatewayInput gateway) {
        return status(
                gateway,
                List.of(
                        ConditionInput.of(ACCEPTED, true, "Accepted", "Resource accepted"),
                        ConditionInput.of(
                                PROGRAMMED, true, "Programmed", "This Gateway is remote; Istio will not program it")),
                gateway.addresses(),
                List.of());
    }

    private static GatewayStatus unsupported(GatewayInput gateway, String controller) {
        String message = "Gateways of class \"" + gateway.className() + "\" (controller " + controller
                + ") are not supported by this control plane; supported is \"" + Waypoint.CLASS_NAME + "\"";
        return status(
                gateway,
                List.of(
                        ConditionInput.of(ACCEPTED, false, "Unsupported", message),
                        ConditionInput.of(PROGRAMMED, false, "Invalid", message)),
                gateway.statusAddresses(),
                List.of());
    }

    private static GatewayStatus status(
            GatewayInput gateway,
            List<ConditionInput> conditions,
            List<Address> addresses,
            List<ListenerStatus> listeners) {
        return GatewayStatus.of(gateway, conditions, addresses, listeners, 0);
    }
}

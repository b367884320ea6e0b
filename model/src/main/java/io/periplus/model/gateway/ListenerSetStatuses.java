package io.periplus.model.gateway;

import io.periplus.api.NamespacedName;
import io.periplus.model.collection.Collection;
import io.periplus.model.collection.Fetch;
import io.periplus.model.input.ConditionInput;
import io.periplus.model.input.GatewayInput;
import io.periplus.model.input.ListenerSetInput;
import io.periplus.model.route.ParentKey;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The status of ListenerSets whose Gateway is ours. */
public record ListenerSetStatuses(
        Collection<NamespacedName, GatewayInput> gateways,
        Collection<NamespacedName, EdgeGateway> edgeGateways,
        Collection<NamespacedName, GatewayStatus> gatewayStatus,
        ListenerStatuses listeners) {
    private static final String ACCEPTED = "Accepted";
    private static final String PROGRAMMED = "Programmed";

    /** The status; null while the parent is not there, or somebody else's. */
    public @Nullable ListenerSetStatus of(Fetch fetch, ListenerSetInput set) {
        if (!set.parent().isTo(EdgeGateways.GROUP, "Gateway")) {
            return null;
        }
        NamespacedName parent = set.parent().key();
        GatewayStatus status = fetch.get(gatewayStatus, parent);
        EdgeGateway gateway = fetch.get(edgeGateways, parent);
        if (status == null) {
            return null;
        }
        if (gateway == null) {
            GatewayInput input = fetch.get(gateways, parent);
            return refused(
                    set,
                    "NotAllowed",
                    "ListenerSets cannot attach to Gateways of class \"" + (input == null ? "" : input.className())
                            + "\"");
        }
        if (!gateway.permittedSets().contains(set.key())) {
            return refused(
                    set,
                    "NotAllowed",
                    "Gateway " + parent + " does not allow ListenerSets of namespace "
                            + set.key().namespace() + " (spec.allowedListeners)");
        }
        return attached(fetch, set, gateway, status);
    }

    private ListenerSetStatus attached(Fetch fetch, ListenerSetInput set, EdgeGateway gateway, GatewayStatus status) {
        List<EdgeListener> own = gateway.of(ParentKey.listenerSet(set.key()));
        ConditionInput accepted = accepted(own);
        boolean running = isTrue(status, PROGRAMMED);
        return ListenerSetStatus.of(
                set,
                List.of(accepted, programmed(accepted, own, status)),
                listeners.of(fetch, own, set.generation(), running));
    }

    private static ConditionInput accepted(List<EdgeListener> listeners) {
        long valid = listeners.stream().filter(EdgeListener::isAccepted).count();
        if (valid == listeners.size()) {
            return ConditionInput.of(ACCEPTED, true, ACCEPTED, "Resource accepted");
        }
        return valid > 0
                ? ConditionInput.of(
                        ACCEPTED, true, "ListenersNotValid", "One or more of the ListenerSet's listeners are invalid")
                : ConditionInput.of(
                        ACCEPTED, false, "ListenersNotValid", "None of the ListenerSet's listeners are valid");
    }

    private static ConditionInput programmed(
            ConditionInput accepted, List<EdgeListener> listeners, GatewayStatus gateway) {
        if (accepted.status().equals("False")) {
            return ConditionInput.of(PROGRAMMED, false, accepted.reason(), accepted.message());
        }
        if (listeners.stream().noneMatch(EdgeListener::isServable)) {
            return ConditionInput.of(
                    PROGRAMMED, false, "ListenersNotValid", "None of the ListenerSet's listeners can be served");
        }
        return isTrue(gateway, PROGRAMMED)
                ? ConditionInput.of(PROGRAMMED, true, PROGRAMMED, "Resource programmed")
                : ConditionInput.of(
                        PROGRAMMED, false, "ParentNotProgrammed", "Gateway " + gateway.key() + " is not programmed");
    }

    private static ListenerSetStatus refused(ListenerSetInput set, String reason, String message) {
        return ListenerSetStatus.of(
                set,
                List.of(
                        ConditionInput.of(ACCEPTED, false, reason, message),
                        ConditionInput.of(PROGRAMMED, false, reason, message)),
                List.of());
    }

    private static boolean isTrue(GatewayStatus status, String type) {
        return status.conditions().stream()
                .anyMatch(c -> c.type().equals(type) && c.status().equals("True"));
    }
}

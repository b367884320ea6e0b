package io.periplus.model.gateway;

import io.periplus.api.NamespacedName;
import io.periplus.model.input.ConditionInput;
import io.periplus.model.input.GatewayInput;
import io.periplus.model.input.ListenerStatusInput;
import io.periplus.model.status.Desired;
import java.util.List;
import java.util.Set;

/**
 * What a Gateway's status is to say, and what of it stands there already.
 *
 * @param attachedSets     number of ListenerSets that are attached
 * @param written          the conditions of now
 * @param writtenListeners the listeners' status of now
 * @param current          whether all of it stands there already
 */
public record GatewayStatus(
        NamespacedName key,
        List<ConditionInput> conditions,
        List<GatewayInput.Address> addresses,
        List<ListenerStatus> listeners,
        int attachedSets,
        List<ConditionInput> written,
        List<ListenerStatusInput> writtenListeners,
        boolean current)
        implements Desired {
    /** Conditions that are not always there. */
    private static final Set<String> PASSING = Set.of("InsecureFrontendValidationMode");

    /** A status for the present generation of a Gateway. */
    static GatewayStatus of(
            GatewayInput gateway,
            List<ConditionInput> conditions,
            List<GatewayInput.Address> addresses,
            List<ListenerStatus> listeners,
            int attachedSets) {
        List<ConditionInput> observed = conditions.stream()
                .map(condition -> condition.observed(gateway.generation()))
                .toList();
        boolean current = addresses.equals(gateway.statusAddresses())
                && attachedSets == gateway.edge().attachedSets()
                && ListenerStatus.current(observed, gateway.conditions(), PASSING)
                && ListenerStatus.current(listeners, gateway.edge().listenerStatus());
        return new GatewayStatus(
                gateway.key(),
                observed,
                addresses,
                listeners,
                attachedSets,
                gateway.conditions(),
                gateway.edge().listenerStatus(),
                current);
    }
}

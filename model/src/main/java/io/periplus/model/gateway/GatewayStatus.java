package io.periplus.model.gateway;

import io.periplus.api.NamespacedName;
import io.periplus.model.input.ConditionInput;
import io.periplus.model.input.GatewayInput;
import java.util.List;

/**
 * What a Gateway's status is to say, and what of it stands there already.
 *
 * @param written the conditions of now
 * @param current whether conditions and addresses already say it
 */
public record GatewayStatus(
        NamespacedName key,
        List<ConditionInput> conditions,
        List<GatewayInput.Address> addresses,
        List<Listener> listeners,
        List<ConditionInput> written,
        boolean current) {

    /** The status of one listener. */
    public record Listener(String name, List<ConditionInput> conditions) {}
}

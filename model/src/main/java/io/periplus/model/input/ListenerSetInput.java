package io.periplus.model.input;

import io.periplus.api.NamespacedName;
import java.util.List;

/** A ListenerSet: further listeners for a Gateway. */
public record ListenerSetInput(
        NamespacedName key,
        long generation,
        String created,
        ReferenceInput parent,
        List<GatewayInput.Listener> listeners,
        List<ConditionInput> conditions,
        List<ListenerStatusInput> listenerStatus) {}

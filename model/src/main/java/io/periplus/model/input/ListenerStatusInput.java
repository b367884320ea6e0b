package io.periplus.model.input;

import java.util.List;

/** The status of a listener as it stands in its object. */
public record ListenerStatusInput(
        String name,
        int attachedRoutes,
        List<GatewayInput.GroupKind> supportedKinds,
        List<ConditionInput> conditions) {}

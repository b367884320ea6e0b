package io.periplus.model.input;

import java.util.List;
import java.util.Map;

/** A GatewayClass. */
public record GatewayClassInput(
        String name, long generation, String controller, Map<String, String> labels, List<ConditionInput> conditions) {}

package io.periplus.model.input;

import java.util.List;
import java.util.Map;

/**
 * A GatewayClass.
 *
 * @param features as its status names them
 */
public record GatewayClassInput(
        String name,
        long generation,
        String controller,
        Map<String, String> labels,
        Map<String, String> annotations,
        List<ConditionInput> conditions,
        List<String> features) {
    /** A class whose status names no features. */
    public GatewayClassInput(
            String name,
            long generation,
            String controller,
            Map<String, String> labels,
            List<ConditionInput> conditions) {
        this(name, generation, controller, labels, Map.of(), conditions, List.of());
    }
}

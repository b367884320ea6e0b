package io.periplus.lab.controllers;

import com.fasterxml.jackson.databind.JsonNode;
import io.fabric8.kubernetes.api.model.Quantity;
import java.math.BigDecimal;
import java.util.HashMap;
import java.util.Map;

/** Amounts of resources by name, such as {@code cpu} and {@code memory}. */
final class Quantities {
    private Quantities() {}

    /** What a map of quantities says. */
    static Map<String, BigDecimal> of(JsonNode map) {
        var result = new HashMap<String, BigDecimal>();
        map.properties()
                .forEach(entry -> result.put(
                        entry.getKey(),
                        Quantity.getAmountInBytes(
                                Quantity.parse(entry.getValue().asText()))));
        return result;
    }

    /**
     * What a pod asks for: its containers together, or the most that one of its init containers needs if that is more; sidecars
     * count with the containers. A pod itself counts as one of {@code pods}.
     */
    static Map<String, BigDecimal> requestedBy(JsonNode podSpec) {
        var running = new HashMap<String, BigDecimal>();
        podSpec.path("containers").forEach(container -> add(running, requests(container)));
        var starting = new HashMap<String, BigDecimal>();
        var sidecars = new HashMap<String, BigDecimal>();
        for (JsonNode init : podSpec.path("initContainers")) {
            if (init.path("restartPolicy").asText().equals("Always")) {
                add(sidecars, requests(init));
                add(running, requests(init));
            } else {
                var now = new HashMap<>(sidecars);
                add(now, requests(init));
                now.forEach((name, amount) -> starting.merge(name, amount, BigDecimal::max));
            }
        }
        starting.forEach((name, amount) -> running.merge(name, amount, BigDecimal::max));
        add(running, of(podSpec.path("overhead")));
        running.put("pods", BigDecimal.ONE);
        return running;
    }

    static void add(Map<String, BigDecimal> sum, Map<String, BigDecimal> more) {
        more.forEach((name, amount) -> sum.merge(name, amount, BigDecimal::add));
    }

    private static Map<String, BigDecimal> requests(JsonNode container) {
        return of(container.path("resources").path("requests"));
    }
}

package io.periplus.lab.controllers;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigDecimal;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Whether a pod may be on a node beside the pods that are there. */
final class Fit {
    private final Occupancy occupancy;
    private final PodAffinity affinity;
    private final TopologySpread spread;

    Fit(Occupancy occupancy, PodAffinity affinity, TopologySpread spread) {
        this.occupancy = occupancy;
        this.affinity = affinity;
        this.spread = spread;
    }

    /** Null if it fits; otherwise what a scheduler says after the number of nodes. */
    @Nullable
    String obstacle(ObjectNode pod, ObjectNode node) {
        String placement = Placement.obstacle(pod.path("spec"), node);
        if (placement != null) {
            return "node(s) " + placement;
        }
        Set<String> ports = hostPorts(pod);
        if (!ports.isEmpty()) {
            for (ObjectNode other : occupancy.podsOn(node)) {
                if (hostPorts(other).stream().anyMatch(ports::contains)) {
                    return "node(s) didn't have free ports for the requested pod ports";
                }
            }
        }
        String lack = lack(pod, node);
        if (lack != null) {
            return lack;
        }
        String uneven = spread.obstacle(pod, node);
        return uneven != null ? uneven : affinity.obstacle(pod, node);
    }

    /** A node that does not say what it has has enough. */
    private @Nullable String lack(ObjectNode pod, ObjectNode node) {
        JsonNode allocatable = node.path("status").path("allocatable");
        if (allocatable.isEmpty()) {
            return null;
        }
        Map<String, BigDecimal> has = Quantities.of(allocatable);
        Map<String, BigDecimal> wanted = Quantities.requestedBy(pod.path("spec"));
        var used = new HashMap<String, BigDecimal>();
        occupancy.podsOn(node).forEach(other -> Quantities.add(used, Quantities.requestedBy(other.path("spec"))));
        for (String name : new TreeSet<>(wanted.keySet())) {
            BigDecimal amount = wanted.getOrDefault(name, BigDecimal.ZERO);
            BigDecimal free =
                    has.getOrDefault(name, BigDecimal.ZERO).subtract(used.getOrDefault(name, BigDecimal.ZERO));
            if (amount.signum() > 0 && amount.compareTo(free) > 0) {
                return name.equals("pods") ? "Too many pods" : "Insufficient " + name;
            }
        }
        return null;
    }

    private static Set<String> hostPorts(JsonNode pod) {
        var ports = new HashSet<String>();
        for (JsonNode container : pod.path("spec").path("containers")) {
            for (JsonNode port : container.path("ports")) {
                int number = port.path("hostPort").asInt();
                if (number > 0) {
                    ports.add(port.path("protocol").asText("TCP") + " " + number);
                }
            }
        }
        return ports;
    }
}

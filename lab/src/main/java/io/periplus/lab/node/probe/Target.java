package io.periplus.lab.node.probe;

import com.fasterxml.jackson.databind.JsonNode;
import io.periplus.lab.node.net.NodeNetwork;

/**
 * Where a container's probes and hooks go.
 *
 * @param network the node's, where the packets come from
 * @param podIp used where no host is named
 * @param container its specification, for named ports
 * @param exec runs a command inside the container
 */
public record Target(NodeNetwork network, String podIp, JsonNode container, Exec exec) {
    /** Runs a command inside a container. */
    @FunctionalInterface
    public interface Exec {
        /** @return whether it ended in time and with status 0, with its output */
        Check.Result run(java.util.List<String> command, int timeoutSeconds);
    }

    /** @throws IllegalArgumentException if a name is not among the container's ports */
    int port(JsonNode port) {
        if (port.isNumber()) {
            return port.asInt();
        }
        for (JsonNode declared : container.path("ports")) {
            if (declared.path("name").asText().equals(port.asText())) {
                return declared.path("containerPort").asInt();
            }
        }
        try {
            return Integer.parseInt(port.asText());
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("couldn't find port: " + port, e);
        }
    }
}

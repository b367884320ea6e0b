package io.periplus.cli.waypoint;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.periplus.api.Labels;
import io.periplus.cli.CliException;
import io.periplus.cli.text.Json;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A Gateway of class {@code istio-waypoint}: how one is written, and what one says about itself. */
record Waypoint(JsonNode gateway) {
    static final String DEFAULT_NAME = "waypoint";
    static final String CLASS = "istio-waypoint";
    private static final List<String> TRAFFIC_TYPES = List.of("all", "none", "service", "workload");

    /**
     * The object to apply.
     *
     * @param namespace empty to leave it out
     * @param trafficType of {@code --for}; empty to leave the label out
     * @param revision empty to leave the label out
     */
    static ObjectNode manifest(String name, String namespace, String trafficType, String revision) {
        if (!trafficType.isEmpty() && !TRAFFIC_TYPES.contains(trafficType)) {
            throw new CliException("failed to create gateway: invalid traffic type: " + trafficType
                    + ". Valid options are: [" + String.join(" ", TRAFFIC_TYPES) + "]");
        }
        ObjectNode gateway = Json.MAPPER.createObjectNode();
        gateway.put("apiVersion", "gateway.networking.k8s.io/v1").put("kind", "Gateway");
        ObjectNode metadata = gateway.putObject("metadata");
        metadata.put("name", name);
        if (!namespace.isEmpty()) {
            metadata.put("namespace", namespace);
        }
        if (!trafficType.isEmpty()) {
            metadata.withObjectProperty("labels").put(Labels.WAYPOINT_FOR, trafficType);
        }
        if (!revision.isEmpty()) {
            metadata.withObjectProperty("labels").put(Labels.REVISION, revision);
        }
        ObjectNode spec = gateway.putObject("spec");
        spec.put("gatewayClassName", CLASS);
        spec.putArray("listeners").add(Json.tree(Map.of("name", "mesh", "port", 15008, "protocol", "HBONE")));
        return gateway;
    }

    boolean isWaypoint() {
        return Json.text(gateway, "/spec/gatewayClassName", "").equals(CLASS);
    }

    String name() {
        return Json.text(gateway, "/metadata/name", "");
    }

    String namespace() {
        return Json.text(gateway, "/metadata/namespace", "");
    }

    String revision() {
        return Json.label(gateway, Labels.REVISION, "default");
    }

    /** The label; {@code none} when absent, as upstream shows it (although {@code service} is then in effect). */
    String trafficType() {
        return Json.label(gateway, Labels.WAYPOINT_FOR, "none");
    }

    /** {@code True}, {@code False} or {@code Unknown}. */
    String programmed() {
        JsonNode condition = condition("Programmed");
        return condition == null ? "False" : Json.text(condition, "/status", "False");
    }

    boolean isProgrammed() {
        return programmed().equals("True");
    }

    /** Programmed if it is true, otherwise the last condition; null if there is none. */
    @Nullable
    JsonNode tellingCondition() {
        JsonNode conditions = gateway.at("/status/conditions");
        return isProgrammed() || conditions.isEmpty() ? condition("Programmed") : conditions.get(conditions.size() - 1);
    }

    private @Nullable JsonNode condition(String type) {
        for (JsonNode condition : gateway.at("/status/conditions")) {
            if (Json.text(condition, "/type", "").equals(type)) {
                return condition;
            }
        }
        return null;
    }
}

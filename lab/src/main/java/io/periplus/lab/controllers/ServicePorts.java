package io.periplus.lab.controllers;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The ports of a Service as one pod has them: a named target port is a different number in every pod. */
final class ServicePorts {
    /**
     * @param name empty for the only, unnamed port
     * @param port null where the Service has no ports at all
     */
    record Port(
            String name,
            @Nullable Integer port,
            String protocol,
            @Nullable String appProtocol) {}

    private ServicePorts() {}

    /** Ports the pod has; one whose name no container of the pod knows is left out. */
    static List<Port> of(JsonNode service, JsonNode pod) {
        var ports = new ArrayList<Port>();
        for (JsonNode port : service.path("spec").path("ports")) {
            String protocol = port.path("protocol").asText("TCP");
            Integer number = number(port, protocol, pod);
            if (number != null) {
                ports.add(new Port(port.path("name").asText(), number, protocol, Meta.text(port.path("appProtocol"))));
            }
        }
        return List.copyOf(ports);
    }

    private static @Nullable Integer number(JsonNode port, String protocol, JsonNode pod) {
        JsonNode target = port.path("targetPort");
        if (target.isInt() || target.isLong()) {
            return target.asInt() == 0 ? port.path("port").asInt() : target.asInt();
        }
        String name = Meta.text(target);
        if (name == null) {
            return port.path("port").asInt();
        }
        for (String kind : List.of("containers", "initContainers")) {
            for (JsonNode container : pod.path("spec").path(kind)) {
                for (JsonNode candidate : container.path("ports")) {
                    if (candidate.path("name").asText().equals(name)
                            && candidate.path("protocol").asText("TCP").equals(protocol)) {
                        return candidate.path("containerPort").asInt();
                    }
                }
            }
        }
        return null;
    }
}

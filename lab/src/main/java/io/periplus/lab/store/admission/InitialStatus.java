package io.periplus.lab.store.admission;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.periplus.lab.store.Json;
import io.periplus.lab.store.ResourceType;
import java.util.Set;

/** The status new objects begin with; clients cannot choose it. */
final class InitialStatus {
    /** Types whose creators report a status at once. */
    private static final Set<String> KEPT = Set.of("nodes", "persistentvolumes", "customresourcedefinitions");

    private static final Set<String> WITHOUT = Set.of("events", "configmaps", "secrets", "endpoints");

    private InitialStatus() {}

    static void set(ResourceType type, ObjectNode object) {
        String plural = type.plural();
        if (KEPT.contains(plural) || WITHOUT.contains(plural)) {
            return;
        }
        object.remove("status");
        switch (type.qualified()) {
            case "pods" ->
                object.putObject("status").put("phase", "Pending").put("qosClass", quality(object.path("spec")));
            case "namespaces" -> {
                object.putObject("status").put("phase", "Active");
                ObjectNode spec = Json.ensureObject(object, "spec");
                spec.set("finalizers", Json.array().add("kubernetes"));
            }
            case "services" -> object.putObject("status").putObject("loadBalancer");
            default -> {}
        }
    }

    /** The pod's quality of service class, from the resources of its containers. */
    private static String quality(JsonNode spec) {
        boolean any = false;
        boolean guaranteed = true;
        for (JsonNode container : spec.path("containers")) {
            JsonNode requests = container.path("resources").path("requests");
            JsonNode limits = container.path("resources").path("limits");
            any |= !requests.isEmpty() || !limits.isEmpty();
            for (String resource : new String[] {"cpu", "memory"}) {
                JsonNode limit = limits.path(resource);
                JsonNode request = requests.path(resource);
                guaranteed &= !limit.isMissingNode() && (request.isMissingNode() || request.equals(limit));
            }
        }
        return !any ? "BestEffort" : guaranteed ? "Guaranteed" : "Burstable";
    }
}

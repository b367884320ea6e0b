package io.periplus.nodeagent;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Map;

/** What the agent has to know of a namespace. */
record NodeNamespace(String name, Map<String, String> labels) {
    static NodeNamespace of(JsonNode namespace) {
        JsonNode metadata = namespace.path("metadata");
        return new NodeNamespace(metadata.path("name").asText(), NodePod.strings(metadata.path("labels")));
    }
}

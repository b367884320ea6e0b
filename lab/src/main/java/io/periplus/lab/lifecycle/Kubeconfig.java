package io.periplus.lab.lifecycle;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** The file with which {@code kubectl} reaches all clusters of the lab. */
final class Kubeconfig {
    private static final YAMLMapper YAML = new YAMLMapper();

    private Kubeconfig() {}

    /** Joins the clusters' own kubeconfigs; the first one's context is the current one. */
    static String merge(List<String> documents) throws IOException {
        ObjectNode merged = (ObjectNode) YAML.readTree(documents.getFirst());
        for (String document : documents.subList(1, documents.size())) {
            JsonNode other = YAML.readTree(document);
            for (String list : List.of("clusters", "users", "contexts")) {
                other.path(list).forEach(merged.withArray(list)::add);
            }
        }
        return YAML.writeValueAsString(merged);
    }

    static void write(Path file, List<String> documents) throws IOException {
        Json.writeAtomically(file, merge(documents));
    }
}

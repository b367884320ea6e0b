package io.periplus.model.input;

import io.periplus.model.collection.Collection;
import io.periplus.model.collection.Fetch;
import io.periplus.model.collection.Graph;
import io.periplus.model.mesh.MeshConfig;
import java.util.Map;

/**
 * Which namespaces belong to the mesh, by the mesh configuration's {@code discoverySelectors}. The root namespace always does:
 * its policies hold for everybody, and would otherwise be lifted by a label.
 */
final class Discovery {
    private Discovery() {}

    /** The namespaces that do not belong to it. */
    static Collection<String, Boolean> outside(
            Graph graph,
            String rootNamespace,
            Collection<String, NamespaceInput> namespaces,
            Collection<String, MeshConfig> config) {
        return graph.flatMap(
                "outside",
                namespaces,
                (fetch, namespace) -> namespace.name().equals(rootNamespace) || belongs(fetch, namespace, config)
                        ? Map.of()
                        : Map.of(namespace.name(), true));
    }

    private static boolean belongs(Fetch fetch, NamespaceInput namespace, Collection<String, MeshConfig> config) {
        MeshConfig mesh = fetch.get(config, Watched.MESH);
        return mesh == null
                || mesh.discovery().isEmpty()
                || mesh.discovery().stream().anyMatch(selector -> selector.matches(namespace.labels()));
    }
}

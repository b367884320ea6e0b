package io.periplus.cli.analyze.snapshot;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.periplus.cli.text.Json;
import io.periplus.cli.text.Yaml;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/**
 * The mesh's settings, of the ConfigMap {@code istio} in the system namespace.
 *
 * @param root missing when there is no such ConfigMap, or it is no YAML
 */
public record MeshConfig(JsonNode root) {
    private static final String NAME = "istio";
    private static final Set<String> BUILT_IN = Set.of("prometheus", "stackdriver", "envoy");

    /** Of a snapshot that holds ConfigMaps. */
    public static MeshConfig of(Snapshot snapshot) {
        KubeObject map = snapshot.find(ObjectKind.CONFIG_MAP, snapshot.systemNamespace(), NAME);
        return map == null ? new MeshConfig(MissingNode.getInstance()) : parse(map.text("/data/mesh"));
    }

    /** Of a text in YAML. */
    public static MeshConfig parse(String text) {
        try {
            List<JsonNode> documents = Yaml.documents(text);
            return new MeshConfig(documents.isEmpty() ? MissingNode.getInstance() : documents.getFirst());
        } catch (YamlEngineException _) {
            return new MeshConfig(MissingNode.getInstance());
        }
    }

    /** An extension provider by name, or null. */
    public @Nullable JsonNode provider(String name) {
        for (JsonNode provider : root.path("extensionProviders")) {
            if (Json.text(provider, "/name", "").equals(name)) {
                return provider;
            }
        }
        return null;
    }

    /** Whether there is a provider of that name, configured or built in. */
    public boolean hasProvider(String name) {
        return BUILT_IN.contains(name) || provider(name) != null;
    }

    /** Whether a default is set for metrics, traces or access logs. */
    public boolean hasDefaultProvider(String what) {
        return !root.path("defaultProviders").path(what).isEmpty();
    }
}

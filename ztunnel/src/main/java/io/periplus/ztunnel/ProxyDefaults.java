package io.periplus.ztunnel;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/**
 * Variables that the mesh sets for its proxies: {@code concurrency}, {@code discoveryAddress}, the ports of the
 * process and {@code proxyMetadata} of the mesh file's {@code defaultConfig}, of {@code PROXY_CONFIG} before that, and the
 * process's own before both.
 */
final class ProxyDefaults {
    /** Where a mesh configuration is mounted, if one is. */
    static final Path MESH_FILE = Path.of("/etc/istio/config/mesh");

    /** Names of what only the mesh can set. */
    static final String ADMIN_PORT = "proxyAdminPort";

    static final String STATS_PORT = "statsPort";

    private static final String PROXY_CONFIG = "PROXY_CONFIG";

    /** The variables that fields of the proxy's configuration are the same as. */
    private static final Map<String, String> VARIABLES = Map.of(
            "concurrency",
            "ZTUNNEL_WORKER_THREADS",
            "discoveryAddress",
            "XDS_ADDRESS",
            ADMIN_PORT,
            ADMIN_PORT,
            STATS_PORT,
            STATS_PORT);

    private ProxyDefaults() {}

    /**
     * The variables with what the mesh sets beneath them.
     *
     * @throws IllegalArgumentException naming the source that cannot be used
     */
    static Map<String, String> beneath(Map<String, String> variables, Path meshFile) {
        Map<String, String> merged = new HashMap<>();
        if (Files.exists(meshFile)) {
            Map<?, ?> mesh = mapping(meshFile.toString(), load(meshFile.toString(), read(meshFile)));
            collect(meshFile + ": defaultConfig", mesh.get("defaultConfig"), merged);
        }
        String own = variables.getOrDefault(PROXY_CONFIG, "");
        if (!own.isEmpty()) {
            collect(PROXY_CONFIG, load(PROXY_CONFIG, own), merged);
        }
        variables.forEach((name, value) -> {
            // An empty one means something where the mesh says nothing.
            if (!value.isEmpty() || !merged.containsKey(name)) {
                merged.put(name, value);
            }
        });
        return merged;
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read the mesh configuration", e);
        }
    }

    private static @Nullable Object load(String what, String yaml) {
        try {
            return new Load(LoadSettings.builder().build()).loadFromString(yaml);
        } catch (YamlEngineException e) {
            throw new IllegalArgumentException("%s: no YAML: %s".formatted(what, e.getMessage()), e);
        }
    }

    private static void collect(String what, @Nullable Object config, Map<String, String> to) {
        Map<?, ?> values = mapping(what, config);
        VARIABLES.forEach((field, variable) -> {
            Object value = values.get(field);
            if (value != null) {
                to.put(variable, value.toString());
            }
        });
        mapping(what + ".proxyMetadata", values.get("proxyMetadata"))
                .forEach((name, value) -> to.put(name.toString(), value == null ? "" : value.toString()));
    }

    private static Map<?, ?> mapping(String what, @Nullable Object value) {
        return switch (value) {
            case null -> Map.of();
            case Map<?, ?> map -> map;
            case Object other ->
                throw new IllegalArgumentException("%s: %s (expected: a mapping)".formatted(what, other));
        };
    }
}
